"""A layer of lines for tests: the package's declarations with roads beside them, and roads drawn."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import shapely
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.catalog import Catalog, load_catalog
from preprocess.grid import to_lonlat

ROADS = "roads/roads.geojson"
LOWEST, DEEPEST = 3, 10

SOURCE = f"""
path = "{ROADS}"
crs = "EPSG:4326"
title = {{ fr = "Routes inventées", en = "Invented roads" }}
producer = "Pays inventé"
licence = "Licence Ouverte 2.0"
url = "https://example.org/"
date = "2026"
"""

LAYER = f"""
title = {{ fr = "Routes", en = "Roads" }}
kind = "lines"
source = "roads"
key = "code"
label = "name"
zoom = {{ min = {LOWEST}, max = {DEEPEST} }}
order = 80

[description]
fr = "Routes du pays inventé."
en = "Roads of the invented country."

[[properties]]
id = "lanes"
column = "lanes"
type = "integer"
title = {{ fr = "Voies", en = "Lanes" }}
"""

AWKWARD = {
    "no length": "LINESTRING (2 47, 2 47)",
    "a centimetre": "LINESTRING (2.1 47, 2.1000001 47)",
    "a centimetre to the south": "LINESTRING (2.1 47.1, 2.1 47.0999999)",
    "nothing but small parts": "MULTILINESTRING ((2 46, 2 46.0000001), (3 46, 3.0000002 46))",
    "a part too small": "MULTILINESTRING ((2 46.5, 2 46.5000001), (3 46, 4 46.2))",
    "a small ring": "LINESTRING (2 45, 2.000001 45, 2.000001 45.000001, 2 45)",
    "a ring": "LINESTRING (2 45, 4 45, 4 46, 2 46, 2 45)",
    "there and back": "LINESTRING (1 45, 3 45.5, 1 45)",
    "over itself": "LINESTRING (1 44, 3 46, 3 44, 1 46)",
    "vertices repeated": "LINESTRING (1 44, 1 44, 2 44.1, 2 44.1, 2 44.1, 3 44)",
    "east edge of the world": "LINESTRING (179 -16, 180 -16, 180 -17)",
    "a centimetre at the east edge": "LINESTRING (180 -17, 180 -17.0000001)",
    "to the pole": "LINESTRING (5 80, 6 89)",
    "a height that nobody asked for": "LINESTRING Z (5 44 100, 6 45 200)",
}


def declare(folder: Path) -> Path:
    """Copy the package's declarations to `folder` and add a layer of roads; return the folder."""
    with as_file(files("layers") / "definitions") as packaged:
        shutil.copytree(packaged, folder)
    (folder / "sources/roads.toml").write_text(SOURCE, encoding="utf-8")
    (folder / "layers/roads.toml").write_text(LAYER, encoding="utf-8")
    return folder


def roads_only(catalog: Catalog) -> Catalog:
    """Leave out all layers but the roads and, at two zooms, the outlines that a store has to have."""
    communes = catalog.layers["communes"]
    plain = replace(communes, default_indicators=(), detail=None, zoom=replace(communes.zoom, max=6))
    return Catalog(catalog.sources, {"communes": plain, "roads": catalog.layers["roads"]}, {})


def roads_catalog(folder: Path) -> Catalog:
    """Declare the roads in `folder` and read them back, without what is not about lines."""
    return roads_only(load_catalog(declare(folder)))


def on_tile_lines(zoom: int) -> list[shapely.Geometry]:
    """Draw lines, in degrees, along tile lines of a zoom, through their corners, and touching them."""
    corner = np.array([28, 22]) << zoom >> 6
    x, y = corner * 4096
    drawn = [
        [(x + 64, y - 300), (x + 64, y + 5000)],
        [(x - 64, y + 64), (x + 9000, y + 64)],
        [(x - 1000, y - 1000), (x + 9000, y + 9000)],
        [(x + 64, y + 64), (x + 2000, y + 900), (x + 64, y + 900), (x - 500, y + 700)],
        [(x - 900, y + 200), (x + 64, y + 300), (x - 900, y + 400)],
    ]
    return [shapely.LineString(to_lonlat(np.array(line, np.float64), zoom)) for line in drawn]


def random_walk(rng: np.random.Generator) -> shapely.Geometry:
    """Draw a crooked line of any length, from metres to a thousand kilometres, in degrees."""
    step = 10 ** rng.uniform(-5, 0)
    start = rng.uniform([-24, 43], [-16, 49])  # the mainland of the demo country
    return shapely.LineString(start + np.cumsum(rng.normal(0, step, (int(rng.integers(2, 40)), 2)), axis=0))


def shapes(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """Draw all that is awkward, and `count` lines at random, some of several parts."""
    drawn = [shapely.from_wkt(text) for text in AWKWARD.values()]
    drawn += [line for zoom in (LOWEST, 7, DEEPEST) for line in on_tile_lines(zoom)]
    for _ in range(count):
        walks = [random_walk(rng) for _ in range(int(rng.integers(1, 4)))]
        drawn.append(walks[0] if len(walks) == 1 else shapely.MultiLineString(walks))
    return np.array(drawn, object)


def write_roads(sources: Path, lines: NDArray[np.object_]) -> None:
    """Write roads, coded by their number, to where the declaration says that they are."""
    path = sources / ROADS
    path.parent.mkdir(parents=True, exist_ok=True)
    numbers = range(len(lines))
    table = pd.DataFrame(
        {
            "code": [f"R{number:03d}" for number in numbers],
            "name": [f"Route {number}" for number in numbers],
            "lanes": [number % 4 or None for number in numbers],
        }
    )
    frame = geopandas.GeoDataFrame(table, geometry=lines, crs="EPSG:4326")
    frame.to_file(path, driver="GeoJSON", COORDINATE_PRECISION=12)
