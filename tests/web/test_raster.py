"""Raster tiles and WMTS: the colours of the legend at the right places, read by clients that are not ours."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from owslib.wmts import WebMapTileService
from PIL import Image

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.render.frame import place
from tileserver.web.app import create_app

LOOK = "classes=4&palette=OrRd"
WMTS = "{http://www.opengis.net/wmts/1.0}"


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings(store=demo_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def pixels(server: httpx.Client, address: str) -> NDArray[np.uint8]:
    answer = server.get(address)
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(BytesIO(answer.content)).convert("RGB"))


def expected(server: httpx.Client, level: str, look: str) -> list[tuple[float, float, str]]:
    """Where the name of each territory would stand, as shares of the world, and the colour of its class."""
    layer = next(item for item in server.get("/layers").json()["layers"] if item["level"] == level)
    names = server.get(f"/layers/{layer['id']}/labels").json()["features"]
    told = server.get(f"/indicators/density?level={level}").json()
    values = dict(zip(told["ids"], told["values"], strict=True))
    style = server.get(f"/styles/choropleth/{level}/density.json?{look}").json()
    legend: dict[str, Any] = style["metadata"]["legend"]
    found = []
    for each in names:
        number = sum(values[each["id"]] >= limit for limit in legend["breaks"])
        found.append((*place(*each["geometry"]["coordinates"]), legend["classes"][number]["colour"]))
    return found


@pytest.mark.parametrize("form", ["png", "webp"])
def test_tiles_have_the_colours_of_the_legend(server: httpx.Client, form: str) -> None:
    """Next to each other: each territory's name is on one of the tiles of a zoom."""
    tiles: dict[tuple[int, int], NDArray[np.uint8]] = {}
    zoom, seen = 7, 0
    for x, y, colour in expected(server, "departement", LOOK)[:12]:
        column, row = x * 2**zoom, y * 2**zoom
        where = int(column), int(row)
        if where not in tiles:
            address = f"/raster/departement.density/{zoom}/{where[0]}/{where[1]}.{form}?{LOOK}"
            tiles[where] = pixels(server, address)
            assert tiles[where].shape == (256, 256, 3)
        pixel = tiles[where][int(row % 1 * 256), int(column % 1 * 256)]
        assert "#" + "".join(f"{part:02x}" for part in pixel.tolist()) == colour
        seen += 1
    assert seen >= 5


def test_a_tile_is_kept_by_its_tag_and_bounded(server: httpx.Client) -> None:
    address = "/raster/region.density/6/32/22.png"
    tag = {"If-None-Match": server.get(address).headers["etag"]}
    assert server.get(address, headers=tag).status_code == 304
    for path, status in (
        ("ti.nothing/6/32/22.png", 404), ("canton.density/6/32/22.png", 404), ("density/6/32/22.png", 404),
        ("region.density/6/64/22.png", 404), ("region.density/15/0/0.png", 404),
        ("region.density/6/32/22.gif", 404),
        ("region.density/6/a/22.png", 400), ("region.density/6/32/22.png?classes=99", 400),
        ("region.density/6/32/22.png?size=3", 400),
    ):  # fmt: skip
        assert server.get(f"/raster/{path}").status_code == status, path


def test_owslib_reads_the_capabilities_and_a_tile(server: httpx.Client) -> None:
    base = str(server.base_url).rstrip("/")
    service = WebMapTileService(f"{base}/wmts")
    assert {"region.density", "commune.population"} <= set(service.contents)
    layer = service.contents["region.unemployment_rate"]
    assert "2023-T3" in layer.dimensions["Time"]["values"]
    tile = service.gettile(
        layer="region.density",
        tilematrixset="WebMercatorQuad",
        tilematrix="6",
        row=22,
        column=32,
        format="image/png",
    )
    direct = server.get("/raster/region.density/6/32/22.png").content
    assert tile.read() == direct


def test_gdal_reads_the_map_by_wmts(server: httpx.Client) -> None:
    """Through its own driver: the colours of the legend at the places of the names."""
    base = str(server.base_url).rstrip("/")
    named = f"WMTS:{base}/wmts/1.0.0/WMTSCapabilities.xml,layer=departement.density,tilematrix=7"
    half = 20_037_508.342789244
    seen = 0
    with rasterio.open(named) as source:
        assert source.crs.to_epsg() == 3857
        for x, y, colour in expected(server, "departement", "")[:8]:
            easting, northing = (2 * x - 1) * half, (1 - 2 * y) * half
            values = next(source.sample([(easting, northing)]))
            assert "#" + "".join(f"{part:02x}" for part in values[:3].tolist()) == colour
            seen += 1
    assert seen >= 5


def test_faults_of_wmts_are_exception_reports(server: httpx.Client) -> None:
    good = {
        "SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": "region.density",
        "STYLE": "default",
        "TILEMATRIXSET": "WebMercatorQuad", "TILEMATRIX": "6", "TILEROW": "22", "TILECOL": "32",
        "FORMAT": "image/png",
    }  # fmt: skip
    assert server.get("/wmts", params=good).headers["content-type"] == "image/png"
    for changed, status in (
        ({"TILEMATRIXSET": "Other"}, 400), ({"FORMAT": "image/gif"}, 400), ({"TILEROW": "64"}, 404),
        ({"LAYER": "none"}, 404), ({"REQUEST": "GetMap"}, 400), ({"STYLE": "other"}, 400),
        ({"TIME": "1800"}, 400),
    ):  # fmt: skip
        answer = server.get("/wmts", params=good | changed)
        assert answer.status_code == status, changed
        report = ET.fromstring(answer.content)  # noqa: S314  # ours
        assert report.tag.endswith("ExceptionReport")
        assert report.find(".//{http://www.opengis.net/ows/1.1}ExceptionText") is not None
