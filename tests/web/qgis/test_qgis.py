"""The documents for QGIS, opened in the real program: what it loads, draws, asks for and exports."""

import math
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

import geopandas
import httpx
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from PIL import Image

from tests.web.qgis.conftest import Ask, Site
from tileserver.store.reader import open_store

HALF = 20_037_508.342789244
SIZE = (900, 700)

PRECISION = 1e-7
"""Degrees: a centimetre, to which the API writes coordinates."""


def metres(longitude: float, latitude: float) -> tuple[float, float]:
    """Project degrees to EPSG:3857."""
    up = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / math.pi
    return longitude / 180 * HALF, up * HALF


def fitted(bounds: list[float]) -> list[float]:
    """Give the extent of a picture of `SIZE` that holds bounds in degrees, in EPSG:3857."""
    west, south = metres(bounds[0], bounds[1])
    east, north = metres(bounds[2], bounds[3])
    scale = max((east - west) / SIZE[0], (north - south) / SIZE[1]) * 1.02
    x, y = (west + east) / 2, (south + north) / 2
    return [
        x - scale * SIZE[0] / 2,
        y - scale * SIZE[1] / 2,
        x + scale * SIZE[0] / 2,
        y + scale * SIZE[1] / 2,
    ]


def pixel(extent: list[float], longitude: float, latitude: float) -> tuple[int, int]:
    """Give the column and row of a place in the picture of an extent."""
    x, y = metres(longitude, latitude)
    column = (x - extent[0]) / (extent[2] - extent[0]) * SIZE[0]
    row = (extent[3] - y) / (extent[3] - extent[1]) * SIZE[1]
    return int(column), int(row)


def ground(picture: NDArray[np.uint8], column: int, row: int, share: float) -> str | None:
    """Give the colour of a share of the 25 pixels around one; None where there is none, as at a border.

    Not of all of them where the hatching of a status may lie over it.
    """
    around = picture[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3].reshape(-1, 3)
    if len(around) < 25:  # at the edge of the picture, or outside
        return None
    (colour, count), *_ = Counter(map(tuple, around.tolist())).most_common()
    return "#" + "".join(f"{part:02x}" for part in colour) if count >= 25 * share else None


def tiles_of(told: dict[str, Any], layer: str) -> dict[str, Any]:
    """Find the tiles of a layer; QGIS gives layers ids of its own."""
    found = [
        each
        for each in told["layers"]
        if each["provider"] == "vectortile" and re.search(rf"/tiles/{layer}[,/]", each["source"])
    ]
    one: dict[str, Any] = found[0]
    return one


def table_of(told: dict[str, Any], layer: str) -> dict[str, Any]:
    """Find the features of a layer."""
    found = [each for each in told["layers"] if f"typename='{layer}'" in each["source"]]
    one: dict[str, Any] = found[0]
    return one


def get(site: Site, path: str) -> Any:
    answer = httpx.get(f"{site.address}/{path}", timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def compared(
    site: Site,
    png: Path,
    drawn: tuple[str, str, str],
    legend: dict[str, Any],
    extent: list[float],
    share: float,
) -> int:
    """Hold the colour where each name stands against the legend; give how many could be. See `ground`."""
    layer, level, indicator = drawn
    picture = np.asarray(Image.open(png).convert("RGB"))
    figures = get(site, f"indicators/{indicator}?level={level}&keys=id")
    values = dict(zip(figures["ids"], figures["values"], strict=True))
    found = 0
    for feature in get(site, f"layers/{layer}/labels")["features"]:
        value = values[feature["id"]]
        colour = ground(picture, *pixel(extent, *feature["geometry"]["coordinates"]), share)
        if value is None or colour is None:
            continue
        place = sum(value >= limit for limit in legend["breaks"])
        assert colour == legend["classes"][place]["colour"], feature
        found += 1
    return found


@pytest.mark.parametrize(
    ("layer", "shown", "wanted"),
    [("communes", "commune/density", (1.0, 50)), ("ti", "ti/difficult_projects_share", (0.6, 5))],
)
def test_a_layer_has_the_classes_and_colours_of_the_web_map(
    ask: Ask, site: Site, tmp_path: Path, layer: str, shown: str, wanted: tuple[float, int]
) -> None:
    level, indicator = shown.split("/")
    share, least = wanted  # of the pixels around a place, and how many places are to be compared
    legend = get(site, f"styles/choropleth/{shown}.json")["metadata"]["legend"]
    extent = fitted(get(site, "layers")["views"][0]["bounds"])
    view = {"size": SIZE, "extent": extent, "png": str(tmp_path / "map.png"), "labels": False}
    told = ask(f"qgis/{layer}.qlr?indicator={indicator}", {"views": [view]})
    assert told["loaded"]
    assert told["errors"] == []
    tiles = tiles_of(told, layer)
    assert tiles["valid"]
    assert tiles["misunderstood"] == []
    assert [name for name, _ in tiles["rules"]][: len(legend["classes"])] == [
        item["label"]["fr"] for item in legend["classes"]
    ]
    assert tiles["labels"] == [f"{layer}_labels"]
    drawn = (layer, level, indicator)
    assert compared(site, tmp_path / "map.png", drawn, legend, extent, share) >= least


def test_an_sld_is_read_with_the_classes_filters_and_hatching_of_the_model(ask: Ask, site: Site) -> None:
    """What no schema tells: which of it a program reads."""
    legend = get(site, "styles/choropleth/ti/difficult_projects_share.json")["metadata"]["legend"]
    source = f"url='{site.address}/ogc' typename='ti'"
    told = ask("styles/ti.sld?indicator=difficult_projects_share", {"source": source})
    assert told["loaded"]
    assert told["layers"][0]["misunderstood"] == []
    rules = told["styled"]
    drawn = {rule["label"]: [name for name, _ in rule["parts"]] for rule in rules}
    assert [[rule["label"], rule["parts"]] for rule in rules[: len(legend["classes"])]] == [
        [each["label"]["fr"], [["SimpleFill", each["colour"]]]] for each in legend["classes"]
    ]
    assert drawn["pas de donnée"] == ["SimpleFill", "LinePatternFill"]
    assert drawn["partiel"] == drawn["estimé"] == ["LinePatternFill"]
    scales = [rule["scales"] for rule in rules if rule["label"] == "Limites"]
    assert [low for low, _ in scales][1:] == [high for _, high in scales][:-1]


def test_features_are_drawn_by_an_sld_in_the_colours_of_the_web_map(
    ask: Ask, site: Site, tmp_path: Path
) -> None:
    legend = get(site, "styles/choropleth/commune/density.json")["metadata"]["legend"]
    extent = fitted(get(site, "layers")["views"][0]["bounds"])
    view = {"size": SIZE, "extent": extent, "png": str(tmp_path / "map.png")}
    source = f"url='{site.address}/ogc' typename='communes' pagingEnabled='true'"
    told = ask("styles/communes.sld?indicator=density", {"source": source, "views": [view]})
    assert told["loaded"]
    assert told["errors"] == []
    assert compared(site, tmp_path / "map.png", ("communes", "commune", "density"), legend, extent, 1.0) >= 50


OVER: Final[list[tuple[float, float, float]]] = [
    (0, 0, 1),
    (0.5, 0.2, 0.5),
    (0.3, 0.5, 0.4),
    (0.1, 0.1, 0.1),
    (0.5, 0.4, 0.03),
]
"""Views that lie over the mainland: their left and lower edge, and their size, as shares of its own."""

BEYOND: Final[list[tuple[float, float, float]]] = [(-0.6, -0.6, 1), (0.7, 0.7, 1), (-0.3, 0.3, 4)]
"""Views that reach beyond it."""


def pan(
    ask: Ask, site: Site, tmp_path: Path, places: list[tuple[float, float, float]]
) -> list[tuple[str, str, int]]:
    """Open the project and look at several places of it; give the tiles that were asked for.

    Nothing may be refused, warned of, or asked for twice in a view.
    """
    west, south, east, north = fitted(get(site, "layers")["views"][0]["bounds"])
    wide, high = east - west, north - south
    views = [
        {
            "size": SIZE,
            "extent": [
                west + wide * right,
                south + high * up,
                west + wide * (right + by),
                south + high * (up + by),
            ],
            "png": str(tmp_path / f"{number}.png"),
        }
        for number, (right, up, by) in enumerate(places)
    ]
    site.answers.clear()
    told = ask("qgis/project.qgs", {"views": views})
    assert told["loaded"]
    assert told["errors"] == []
    assert [layer["name"] for layer in told["layers"] if not layer["valid"]] == []
    assert [message for message in told["messages"] if message[2] > 0] == []
    tiles = [answer for answer in site.answers if answer[0].startswith("/tiles/")]
    assert [answer for answer in site.answers if answer[2] >= 400] == []
    assert max(Counter(tiles).values()) <= len(views)  # for each view once, whatever happens
    return tiles


def beyond_limits(site: Site, tiles: list[tuple[str, str, int]]) -> list[str]:
    """List the tiles that lie outside of what OGC API – Tiles tells as the limits of their layer."""
    beyond = []
    limits: dict[str, dict[int, dict[str, int]]] = {}
    for path, _, _ in tiles:
        names, z, x, y = path.removeprefix("/tiles/").removesuffix(".mvt").split("/")
        layer = names.partition(",")[0]  # labels are asked for beside what they name
        if layer not in limits:
            told = get(site, f"ogc/collections/{layer}/tiles/WebMercatorQuad")["tileMatrixSetLimits"]
            limits[layer] = {int(each["tileMatrix"]): each for each in told}
        box = limits[layer].get(int(z))
        columns = box and range(box["minTileCol"], box["maxTileCol"] + 1)
        rows = box and range(box["minTileRow"], box["maxTileRow"] + 1)
        if not (columns and rows and int(x) in columns and int(y) in rows):
            beyond.append(path)
    return beyond


def test_qgis_asks_within_the_limits_while_it_pans_and_for_nothing_that_is_refused_beyond(
    ask: Ask, site: Site, tmp_path: Path
) -> None:
    """It knows no bounds of vector tiles: beyond, what it asks for is empty, and not an error."""
    over = pan(ask, site, tmp_path, OVER)
    assert len(over) > 20
    assert beyond_limits(site, over) == []
    assert beyond_limits(site, pan(ask, site, tmp_path, BEYOND)) != []


def test_the_project_holds_every_layer_grouped_with_one_level_shown(ask: Ask, site: Site) -> None:
    told = ask("qgis/project.qgs", {})
    assert told["system"] == "EPSG:3857"
    features = [layer for layer in get(site, "layers")["layers"] if layer["role"] == "features"]
    for layer in features:
        table = table_of(told, layer["id"])
        assert table["valid"], layer["id"]
        assert table["rows"] == layer["count"]
        assert table["misunderstood"] == []
        assert tiles_of(told, layer["id"])["valid"]
    assert told["groups"] == [
        "Projets, foncier, zonages",
        "Territoires",
        "Fond de carte",
        "Tables et géométries exactes (OGC API)",
    ]
    assert [re.findall(r"/tiles/(\w+)", source) for source in told["visible"]] == [["ti"], ["regions"]]


def test_fields_have_names_and_units_and_layers_their_credits(ask: Ask, site: Site) -> None:
    told = ask("qgis/communes.qlr?indicator=density", {})
    table = table_of(told, "communes")
    names = dict(table["fields"])
    assert names["density"].endswith("(hab/km²)")
    tiles = tiles_of(told, "communes")
    assert tiles["attribution"] == "Pays inventé"
    assert tiles["links"] == [f"{site.address}/layers/communes"]
    assert tiles["licences"]


def test_an_export_has_the_geometry_of_the_source(ask: Ask, demo_store: Path, tmp_path: Path) -> None:
    task = {"export": {"collection": "communes", "gpkg": str(tmp_path / "communes.gpkg")}}
    told = ask("qgis/communes.qlr", task)
    assert told["export"][0] == 0, told["export"]
    written = geopandas.read_file(tmp_path / "communes.gpkg").set_index("code")
    store = open_store(demo_store)
    codes = store.layer("communes").attributes.column("code").to_pylist()
    assert sorted(written.index) == sorted(codes)
    _, xy, offsets = store.exact["communes"].take(np.arange(len(codes)))
    sources = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, xy, offsets)
    for code, source in zip(codes, sources, strict=True):
        shape = written.geometry[code]
        found = shape if shape.geom_type == "MultiPolygon" else shapely.multipolygons([shape])
        same = shapely.equals_exact(shapely.normalize(source), shapely.normalize(found), tolerance=PRECISION)
        assert same, code
