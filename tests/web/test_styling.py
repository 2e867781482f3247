"""The class map whose tiles are outlines alone: what a client that joins values by itself is given."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.web.country import DIGEST
from tests.web.test_catalogue import ROOT, VALIDATOR

FUSED = "/styles/choropleth/ti/density.json"
APART = f"{FUSED}?join=state"


def test_its_colours_come_from_state_and_its_tiles_are_geometry(client: httpx.Client) -> None:
    """The same legend, the same layers; only where values come from is another."""
    apart, fused = client.get(APART).json(), client.get(FUSED).json()
    assert apart["metadata"] == fused["metadata"]
    assert [layer["id"] for layer in apart["layers"]] == [layer["id"] for layer in fused["layers"]]
    assert '["feature-state","value"]' in json.dumps(apart["layers"], separators=(",", ":"))
    assert "feature-state" not in json.dumps(fused)
    assert client.get(f"{FUSED}?join=tiles").json() == fused
    for name, source in apart["sources"].items():
        assert f"/geometry/{name}.json?v={DIGEST}" in source["url"]
        answer = client.get(source["url"])
        assert answer.json()["vector_layers"][0]["fields"] == {}
        assert "immutable" in answer.headers["cache-control"]


def test_another_indicator_has_the_same_sources(client: httpx.Client) -> None:
    """So that no tile is fetched again."""
    other = client.get("/styles/choropleth/ti/jobs.json?join=state&form=fill").json()
    assert other["sources"] == client.get(APART).json()["sources"]


def test_it_is_another_representation_with_a_tag_of_its_own(client: httpx.Client) -> None:
    assert client.get(APART).headers["etag"] != client.get(FUSED).headers["etag"]
    assert "immutable" in client.get(f"{APART}&v={DIGEST}").headers["cache-control"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("join=x", "join is 'x'; it is one of tiles state"),
        ("form=cubes", "form is 'cubes'; it is one of fill circles"),
        ("method=kmeans", "method is 'kmeans'; it is one of quantile equal jenks fixed"),
        ("classes=2", "classes is '2'; it is one of 3 4 5 6 7 8 9"),
        ("palette=Rainbow", "palette is 'Rainbow'; it is one of Blues BuGn"),
        ("form=circles", "density is none"),
        ("method=fixed", "density has no limits declared; there are quantile, equal, jenks"),
        ("year=23", "a year has four digits"),
        ("size=3", "query parameter 'size' is not known"),
    ],
)
def test_what_a_map_cannot_be_is_refused_in_a_sentence(
    client: httpx.Client, query: str, sentence: str
) -> None:
    answer = client.get(f"{FUSED}?{query}")
    assert answer.status_code == 400
    assert sentence in answer.json()["detail"]


def test_a_map_is_classified_and_coloured_as_asked(client: httpx.Client) -> None:
    """Each answer its own entity tag; unasked, it is what the indicator declares."""
    plain, asked = client.get(FUSED), client.get(f"{FUSED}?method=equal&classes=3&palette=OrRd")
    assert plain.headers["etag"] != asked.headers["etag"]
    legend = asked.json()["metadata"]["legend"]
    assert (legend["method"], legend["palette"], len(legend["classes"])) == ("equal", "OrRd", 3)
    assert plain.json()["metadata"]["legend"]["method"] == "quantile"


def test_a_total_is_a_map_of_circles_with_their_points_beside_it(client: httpx.Client) -> None:
    """The points come with their values, the largest first, or without for a client that has them."""
    style = client.get("/styles/choropleth/region/population.json").json()
    legend = style["metadata"]["legend"]
    assert (legend["form"], legend["classes"]) == ("circles", [])
    assert legend["circles"]["maximum"] == 36_000
    assert style["layers"][-1]["type"] == "circle"
    points = client.get(style["sources"]["symbols"]["data"])
    assert points.headers["content-type"] == "application/geo+json"
    assert "immutable" in points.headers["cache-control"]
    values = [feature["properties"]["value"] for feature in points.json()["features"]]
    assert values == [36_000, 25_000, 16_000, 9_000, 4_000, 1_000, None]
    apart = client.get("/styles/choropleth/region/population.json?join=state").json()
    assert "/layers/regions/labels?v=" in apart["sources"]["symbols"]["data"]
    assert client.get("/symbols/ti/density.geojson").status_code == 404


@pytest.mark.parametrize("path", ["ti/density", "region/population", "region/density"])
def test_maplibre_finds_nothing_wrong_with_it(client: httpx.Client, path: str, tmp_path: Path) -> None:
    """By the validator of the style specification itself."""
    node = shutil.which("node")
    if node is None or not (ROOT / VALIDATOR).is_file():
        pytest.skip("the validator needs node and `npm ci`")
    file = tmp_path / "style.json"
    style = client.get(f"/styles/choropleth/{path}.json?join=state").json()
    file.write_text(json.dumps(style), encoding="utf-8")
    done = subprocess.run([node, VALIDATOR, file], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
