"""The abstract tests of OGC API – Tiles Part 1 (20-057), each assertion named by its requirement."""

import math
from typing import Any

import httpx
import mapbox_vector_tile
import mercantile
import pytest

QUAD = "WebMercatorQuad"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
JSON = {"Accept": "application/json"}
MVT = "application/vnd.mapbox-vector-tile"

PLACES = ["", "/collections/communes", "/collections/friches", "/collections/ti"]


def tileset(ogc: httpx.Client, place: str) -> dict[str, Any]:
    response = ogc.get(f"{place}/tiles/{QUAD}", headers=JSON)
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def template(found: dict[str, Any]) -> str:
    [link] = [link for link in found["links"] if link["rel"] == "item"]
    assert link["templated"] is True
    assert link["type"] == MVT
    return str(link["href"])


def tile(href: str, matrix: object, row: int, col: int) -> httpx.Response:
    return httpx.get(
        href.replace("{tileMatrix}", str(matrix))
        .replace("{tileRow}", str(row))
        .replace("{tileCol}", str(col))
    )


@pytest.mark.parametrize("place", PLACES)
def test_req_core_tc_op_and_success(ogc: httpx.Client, place: str) -> None:
    """/req/core/tc-op, tc-success: a tile of the template is a 200 of the type that the link promises."""
    found = tileset(ogc, place)
    first = found["tileMatrixSetLimits"][0]
    response = tile(template(found), first["tileMatrix"], first["minTileRow"], first["minTileCol"])
    assert response.status_code == 200
    assert response.headers["content-type"] == MVT


@pytest.mark.parametrize("place", ["", "/collections/friches"])
def test_req_core_every_tile_inside_the_limits_is_there(ogc: httpx.Client, place: str) -> None:
    """/req/core/tc-success, /req/tileset/description: corners, sides and inside of the limits; not beyond."""
    found = tileset(ogc, place)
    href = template(found)
    for limit in found["tileMatrixSetLimits"][::5]:
        rows = sorted(
            {limit["minTileRow"], (limit["minTileRow"] + limit["maxTileRow"]) // 2, limit["maxTileRow"]}
        )
        cols = sorted(
            {limit["minTileCol"], (limit["minTileCol"] + limit["maxTileCol"]) // 2, limit["maxTileCol"]}
        )
        for row in rows:
            for col in cols:
                assert tile(href, limit["tileMatrix"], row, col).status_code == 200
        last = 2 ** int(limit["tileMatrix"]) - 1
        if limit["maxTileRow"] < last:
            assert tile(href, limit["tileMatrix"], limit["maxTileRow"] + 1, cols[0]).status_code == 404
        if limit["minTileCol"] > 0:
            assert tile(href, limit["tileMatrix"], rows[0], limit["minTileCol"] - 1).status_code == 404


@pytest.mark.parametrize("place", ["", "/collections/communes"])
def test_req_core_tc_error(ogc: httpx.Client, place: str) -> None:
    """/req/core/tc-error: what is outside is a 404, what is malformed a 400 or a 404."""
    assert ogc.get(f"{place}/tiles/{QUAD}/30/0/0").status_code in (400, 404)
    assert ogc.get(f"{place}/tiles/{QUAD}/x/0/0").status_code == 400
    assert ogc.get(f"{place}/tiles/WorldCRS84Quad/5/0/0").status_code == 404
    assert ogc.get(f"{place}/tiles/{QUAD}/6/0/0?f=png").status_code == 400


def test_req_tileset_description(ogc: httpx.Client) -> None:
    """/req/tileset/description, tms/2.0 tileset metadata: type, system, matrix set, links, layers."""
    for place in PLACES:
        found = tileset(ogc, place)
        assert found["dataType"] == "vector"
        assert found["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
        assert found["tileMatrixSetURI"].endswith(f"/OGC/1.0/{QUAD}")
        relations = {link["rel"] for link in found["links"]}
        assert {"self", "item", f"{REL}tiling-scheme"} <= relations
        for layer in found["layers"]:
            assert layer["propertiesSchema"]["properties"]
            assert int(layer["minTileMatrix"]) <= int(layer["maxTileMatrix"])


@pytest.mark.parametrize("place", PLACES)
def test_req_tilesets_list_and_dataset_and_geodata(ogc: httpx.Client, place: str) -> None:
    """/req/tilesets-list/tilesets-list-op, -success, /req/dataset-tilesets, /req/geodata-tilesets."""
    home = ogc.get(place, headers=JSON).json()
    [link] = [link for link in home["links"] if link["rel"] == f"{REL}tilesets-vector"]
    listed = httpx.get(link["href"], headers=JSON).json()["tilesets"]
    assert len(listed) == 1
    [own] = [link for link in listed[0]["links"] if link["rel"] == "self"]
    whole = httpx.get(own["href"], headers=JSON).json()
    assert {name: whole[name] for name in ("title", "dataType", "crs", "tileMatrixSetURI")} == {
        name: listed[0][name] for name in ("title", "dataType", "crs", "tileMatrixSetURI")
    }


def test_req_tms_definition_is_that_of_the_register(ogc: httpx.Client) -> None:
    """tms/2.0 /req/tilematrixset: WebMercatorQuad, each matrix twice as fine as the one before."""
    listed = ogc.get("/tileMatrixSets", headers=JSON).json()["tileMatrixSets"]
    assert [each["id"] for each in listed] == [QUAD]
    found = ogc.get(f"/tileMatrixSets/{QUAD}", headers=JSON).json()
    matrices = found["tileMatrices"]
    assert matrices[0]["scaleDenominator"] == pytest.approx(559082264.028717)
    for z, each in enumerate(matrices):
        assert each["id"] == str(z)
        assert each["matrixWidth"] == each["matrixHeight"] == 2**z
        side = each["cellSize"] * each["tileWidth"] * each["matrixWidth"]
        assert side == pytest.approx(2 * math.pi * 6378137)
    assert ogc.get("/tileMatrixSets/Nowhere", headers=JSON).status_code == 404


def test_req_mvt_the_tile_is_the_one_of_the_plain_address(ogc: httpx.Client, address: str) -> None:
    """/req/mvt: rows before columns here, columns before rows there; the same bytes, the same parameters."""
    limit = tileset(ogc, "/collections/communes")["tileMatrixSetLimits"][3]
    z, row, col = limit["tileMatrix"], limit["minTileRow"], limit["minTileCol"]
    query = "indicators=population&filter=population>100"
    here = ogc.get(f"/collections/communes/tiles/{QUAD}/{z}/{row}/{col}?f=mvt&{query}")
    there = httpx.get(f"{address}/tiles/communes/{z}/{col}/{row}.mvt?{query}")
    assert here.content == there.content
    assert here.headers["etag"] == there.headers["etag"]
    assert ogc.get(f"/tiles/{QUAD}/6/32/32/9").status_code == 404


def test_req_mvt_layers_of_the_dataset_are_its_territories(ogc: httpx.Client) -> None:
    """/req/dataset-tilesets: one tile has the layers that the tileset names."""
    found = tileset(ogc, "")
    limit = found["tileMatrixSetLimits"][-1]
    place = ogc.get("/collections/ti/items?limit=1").json()["features"][0]["geometry"]["coordinates"]
    while isinstance(place[0], list):
        place = place[0]
    at = mercantile.tile(place[0], place[1], int(limit["tileMatrix"]))
    layers = set(mapbox_vector_tile.decode(tile(template(found), at.z, at.y, at.x).content))
    assert layers == {layer["id"] for layer in found["layers"]}


def test_tilejson_of_a_tileset_leads_to_its_tiles(ogc: httpx.Client) -> None:
    found = ogc.get(f"/collections/ti/tiles/{QUAD}?f=tilejson").json()
    assert found["tilejson"] == "3.0.0"
    href = found["tiles"][0].replace("{z}", "0").replace("{x}", "0").replace("{y}", "0")
    assert httpx.get(href).headers["cache-control"].startswith("max-age=31536000")
