"""Several layers in one tile, and its TileJSON."""

import httpx
import pytest

from tests.web.country import DIGEST

TILE = "/tiles/communes,ti/8/130/88.mvt"


def test_a_composite_is_its_layers_one_after_the_other(client: httpx.Client) -> None:
    """In the order of the address."""
    one, other = (client.get(f"/tiles/{name}/8/130/88.mvt").content for name in ("communes", "ti"))
    assert client.get(TILE).content == one + other
    assert client.get("/tiles/ti,communes/8/130/88.mvt").content == other + one
    assert client.get("/tiles/ti%2Ccommunes/8/130/88.mvt").content == other + one


def test_where_some_layers_have_tiles_those_are_in_it(client: httpx.Client) -> None:
    """Communes begin at zoom 5, friches at 6; 404 only where none has."""
    regions = client.get("/tiles/regions/3/4/2.mvt").content
    assert client.get("/tiles/communes,regions,friches/3/4/2.mvt").content == regions
    assert client.get("/tiles/communes,friches/3/4/2.mvt").status_code == 404


def test_names_apply_to_the_layers_that_have_them(client: httpx.Client) -> None:
    plain = client.get(f"{TILE}?indicators=jobs&properties=").content
    assert plain.startswith(b"communes/8/130/88/(0, 1, 6);")
    assert b"ti/8/130/88/(0, 1, 6);" in plain


@pytest.mark.parametrize(
    ("names", "status", "culprit"),
    [
        ("ti,ti", 400, "'ti' is named more than once"),
        ("ti,,communes", 400, "empty name"),
        (",", 400, "empty name"),
        (",".join(f"l{number}" for number in range(17)), 400, "at most 16 layers"),
        ("," * 5000, 400, "at most 16 layers"),
        ("ti,cantons", 404, "'cantons'"),
    ],
)
@pytest.mark.parametrize("path", ["/tiles/{}/8/130/88.mvt", "/tiles/{}.json"])
def test_a_wrong_list_of_layers_is_told(
    client: httpx.Client, path: str, names: str, status: int, culprit: str
) -> None:
    answer = client.get(path.format(names))
    assert answer.status_code == status
    assert culprit in answer.json()["detail"]


def test_a_name_that_no_layer_has_is_told_with_those_that_there_are(client: httpx.Client) -> None:
    for url in (TILE, "/tiles/communes,ti.json"):
        answer = client.get(f"{url}?indicators=density@2023,population")
        assert answer.status_code == 400
        told = answer.json()["detail"]
        assert "'density@2023', which none of communes, ti has" in told
        assert "density, jobs, population" in told


def test_the_tilejson_of_a_composite_unites_its_layers(client: httpx.Client) -> None:
    document = client.get("/tiles/friches,regions.json?properties=&lang=en").json()
    assert [layer["id"] for layer in document["vector_layers"]] == ["friches", "regions"]
    assert [(layer["minzoom"], layer["maxzoom"]) for layer in document["vector_layers"]] == [(6, 14), (0, 12)]
    assert (document["minzoom"], document["maxzoom"]) == (0, 14)
    assert document["bounds"] == [-61.9, -21.4, 55.9, 49.2]
    assert document["attribution"].count("IGN") == 1
    assert set(document["vector_layers"][0]["fields"]) == {"code", "name", "population", "density"}
    [template] = document["tiles"]
    assert template.endswith(f"/tiles/friches,regions/{{z}}/{{x}}/{{y}}.mvt?properties=&v={DIGEST}")
    answer = client.get(template.format(z=8, x=130, y=88))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("tile", "status"),
    [
        ("5/10/14", 200), ("5/9/14", 404), ("5/20/14", 200),
        ("5/21/14", 404), ("5/15/10", 200), ("5/15/9", 404),
    ],
)  # fmt: skip
def test_a_tile_outside_the_bounds_of_its_layer_is_not_found(
    client: httpx.Client, tile: str, status: int
) -> None:
    """The country reaches from 61.9 west to 55.9 east, and to 49.2 north."""
    answer = client.get(f"/tiles/regions/{tile}.mvt")
    assert answer.status_code == status
    if status == 404:
        assert "layer regions lies within -61.9, -21.4, 55.9, 49.2" in answer.json()["detail"]
