"""Three independent readers of MVT: mapbox-vector-tile, GDAL and @mapbox/vector-tile."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from tileserver.store.reader import Store
from tileserver.tiles.render import render

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("decode.mjs")

Address = tuple[str, int, int, int]


@dataclass(frozen=True)
class Tiles:
    """Tiles on disk, ``folder/layer/z/x/y.mvt``, and the ids and property count of each."""

    folder: Path
    ids: Mapping[Address, frozenset[int]]

    def path(self, address: Address) -> Path:
        name, z, x, y = address
        return self.folder / name / str(z) / str(x) / f"{y}.mvt"


def write_tiles(store: Store, addresses: Iterable[Address], folder: Path) -> Tiles:
    """Render tiles with all their fields, check them with mapbox-vector-tile and shapely, keep them."""
    ids: dict[Address, frozenset[int]] = {}
    tiles = Tiles(folder, ids)
    for address in addresses:
        name, z, x, y = address
        layer = store.layer(name)
        data = render(layer, z, x, y, tuple(range(len(layer.entry.fields))))
        if not data:
            continue
        ids[address] = check_tile(data, name)
        path = tiles.path(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tiles


def check_tile(data: bytes, name: str) -> frozenset[int]:
    """Decode with mapbox-vector-tile; every geometry valid, polygons wound as MVT 2.1 says."""
    decoded = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    assert list(decoded) == [name]
    features = decoded[name]["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    for feature, shape in zip(features, shapes, strict=True):
        assert shape.is_valid, f"{name} {feature['id']}: {shapely.is_valid_reason(shape)}"
        assert not shape.is_empty
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                assert part.exterior.is_ccw  # y points down: positive area in the tile
                assert not any(hole.is_ccw for hole in part.interiors)
    found = [feature["id"] for feature in features]
    assert len(set(found)) == len(found)
    return frozenset(found)


def read_with_node(tiles: Tiles) -> dict[Address, dict[str, Any]]:
    """Read all tiles with @mapbox/vector-tile; skip where node or the package is not installed."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "@mapbox" / "vector-tile").is_dir():
        pytest.skip("@mapbox/vector-tile is not installed: run `make setup`")
    paths = {str(tiles.path(address)): address for address in tiles.ids}
    result = subprocess.run(
        [node, str(SCRIPT)], input="\n".join(paths), capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert not result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return {paths[line["path"]]: line["layers"] for line in lines}


def read_with_gdal(tiles: Tiles) -> dict[Address, list[int]]:
    """Read each tile with GDAL's MVT driver, unclipped; the ids it found."""
    ogr2ogr = shutil.which("ogr2ogr")
    if ogr2ogr is None:
        pytest.skip("GDAL's programs are not installed: on Debian or Ubuntu, `apt-get install gdal-bin`")
    options = ["-oo", "CLIP=NO", "-oo", "METADATA_FILE=", "-select", "mvt_id"]

    def read(address: Address) -> list[int]:
        # One file at a time: given a folder, GDAL leaves out what lies in the buffer alone.
        command = [ogr2ogr, "-f", "CSV", "/vsistdout/", f"MVT:{tiles.path(address)}", *options]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        assert not result.stderr.strip(), result.stderr
        return [int(row["mvt_id"]) for row in csv.DictReader(io.StringIO(result.stdout))]

    with ThreadPoolExecutor() as pool:
        return dict(zip(tiles.ids, pool.map(read, tiles.ids), strict=True))


def agree(tiles: Tiles) -> None:
    """Hold @mapbox/vector-tile and GDAL to what mapbox-vector-tile found, tile by tile."""
    for address, layers in read_with_node(tiles).items():
        told = layers[address[0]]
        assert {int(i) for i in told["ids"]} == tiles.ids[address]
        assert told["wrong"] == 0
        assert (told["version"], told["extent"]) == (2, 4096)
    for address, ids in read_with_gdal(tiles).items():
        assert sorted(ids) == sorted(tiles.ids[address])


def random_addresses(store: Store, count: int, seed: int) -> list[Address]:
    """Draw tiles over all layers and zooms, each at a random feature of its layer."""
    rng = np.random.default_rng(seed)
    names = list(store.layers)
    found: dict[Address, None] = {}
    while len(found) < count:
        name = names[int(rng.integers(len(names)))]
        layer = store.layer(name)
        z = int(rng.integers(layer.entry.min_zoom, layer.entry.max_zoom + 1))
        row = int(rng.integers(layer.entry.count))
        if layer.entry.kind == "territory":
            low_x, low_y, high_x, high_y = (int(v) for v in layer.level(z).bbox[row])
            x, y = int(rng.integers(low_x, high_x + 1)), int(rng.integers(low_y, high_y + 1))
        else:
            x, y = (int(v) >> (layer.points.zoom - z) for v in layer.points.xy[row])
        found[name, z, x // 4096, y // 4096] = None
    return list(found)
