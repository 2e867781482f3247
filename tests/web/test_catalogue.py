"""Catalogue, TileJSON and styles over HTTP."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import Connect
from tests.web.country import DIGEST, REGIONS

VALIDATOR = Path("node_modules/@maplibre/maplibre-gl-style-spec/dist/gl-style-validate.mjs")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("query", "tiles", "names"),
    [
        ("", f"v={DIGEST}", {"code", "name", "nature", "population", "density"}),
        ("?indicators=", f"indicators=&v={DIGEST}", {"code", "name", "nature"}),
        ("?properties=remark,nature&indicators=jobs&lang=en&v=old",
         f"indicators=jobs&properties=remark,nature&v={DIGEST}",
         {"code", "name", "nature", "remark", "jobs"}),
    ],
)  # fmt: skip
def test_a_tilejson_carries_its_query_through_to_the_tiles(
    client: httpx.Client, query: str, tiles: str, names: set[str]
) -> None:
    """And names exactly the fields that those tiles have; the tiles are there."""
    document = client.get(f"/tiles/ti.json{query}").json()
    [template] = document["tiles"]
    assert template == f"{str(client.base_url).rstrip('/')}/tiles/ti/{{z}}/{{x}}/{{y}}.mvt?{tiles}"
    assert set(document["vector_layers"][0]["fields"]) == names
    assert client.get(template.format(z=5, x=15, y=11)).status_code == 200
    lon, lat, zoom = document["center"]
    assert (-3 < lon < 10, 41 < lat < 50, zoom) == (True, True, 5)


def test_the_catalogue_lists_layers_with_sources_and_views(client: httpx.Client) -> None:
    """The views: the mainland with Corse, then each region overseas; nothing of how a store keeps a layer."""
    answer = client.get("/layers").json()
    assert [layer["id"] for layer in answer["layers"]] == [
        "regions",
        "regions_labels",
        "ti",
        "communes",
        "friches",
    ]
    assert [view["name"]["fr"] for view in answer["views"]] == ["Métropole", "Guadeloupe", "La Réunion"]
    assert answer["views"][0]["bounds"] == pytest.approx([-2.6, 41.3, 9.6, 49.2], abs=1e-4)
    [layer] = [client.get("/layers/ti").json()]
    assert layer == answer["layers"][2]
    assert [(layer["role"], layer["of"]) for layer in answer["layers"][:2]] == [
        ("features", None),
        ("labels", "regions"),
    ]
    assert layer["sources"][0]["licence"] == "Licence Ouverte 2.0"
    assert {"geometries", "tags", "values", "attributes"}.isdisjoint(layer)


def test_names_have_one_point_each_inside_their_territory(client: httpx.Client) -> None:
    """As GeoJSON, the largest territory first in rank."""
    answer = client.get("/layers/regions/labels")
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    assert len(features) == len(REGIONS)
    for feature in features:
        _, (west, south, east, north) = REGIONS[feature["properties"]["code"]]
        lon, lat = feature["geometry"]["coordinates"]
        assert west < lon < east
        assert south < lat < north
    assert sorted(feature["properties"]["rank"] for feature in features) == list(range(len(REGIONS)))
    refused = client.get("/layers/friches/labels")
    assert refused.status_code == 404
    assert refused.json()["detail"] == (
        "layer friches has no names beside it; of layers that do, there are: regions"
    )


def test_indicators_are_listed_as_they_are_described(client: httpx.Client) -> None:
    listed = client.get("/indicators").json()["indicators"]
    assert client.get("/indicators/density").json() in listed


def test_a_style_classifies_every_territory(client: httpx.Client) -> None:
    """Its counts and its missing ones are all of them; it asks this server for its tiles."""
    style = client.get("/styles/choropleth/ti/population.json?form=fill").json()
    legend = style["metadata"]["legend"]
    assert sum(item["count"] for item in legend["classes"]) + legend["no_data"]["count"] == len(REGIONS)
    assert legend["no_data"]["count"] == 1
    for source in style["sources"].values():
        assert client.get(source["url"]).status_code == 200
    regions = client.get("/styles/choropleth/region/jobs.json?form=fill").json()
    assert regions["sources"]["regions"]["url"].endswith("/tiles/regions.json?indicators=jobs")


@pytest.mark.parametrize("path", ["ti/population", "ti/density", "ti/jobs", "region/population"])
def test_maplibre_finds_nothing_wrong_with_a_style(client: httpx.Client, path: str, tmp_path: Path) -> None:
    """By the validator of the style specification itself."""
    node = shutil.which("node")
    if node is None or not (ROOT / VALIDATOR).is_file():
        pytest.skip("the validator needs node and `npm ci`")
    file = tmp_path / "style.json"
    file.write_text(json.dumps(client.get(f"/styles/choropleth/{path}.json").json()), encoding="utf-8")
    done = subprocess.run([node, VALIDATOR, file], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_addresses_follow_the_public_url(connect: Connect) -> None:
    """Whatever the request says."""
    client = connect(public_url="https://tuiles.example.fr/ti")
    assert (
        client.get("/tiles/ti.json", headers={"Host": "evil.example"})
        .json()["tiles"][0]
        .startswith("https://tuiles.example.fr/ti/tiles/ti/{z}")
    )


@pytest.mark.parametrize(
    ("trust", "begins"), [(True, "https://tuiles.example.fr/tiles/"), (False, "http://10.0.0.1:8080/tiles/")]
)
def test_forwarded_headers_are_believed_only_on_request(connect: Connect, trust: bool, begins: str) -> None:
    """A header that any client can send is no proof."""
    headers = {"Host": "10.0.0.1:8080", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "tuiles.example.fr"}
    answer = connect(trust_forwarded=trust).get("/tiles/ti.json", headers=headers)
    assert answer.json()["tiles"][0].startswith(begins)


@pytest.mark.parametrize("host", ["evil.example/path", "a b", 'x"><script>', "user@host", "host:port"])
def test_a_host_that_is_none_is_not_written_into_documents(client: httpx.Client, host: str) -> None:
    """400, or what reaches caches is the attacker's."""
    assert client.get("/tiles/ti.json", headers={"Host": host}).status_code == 400
