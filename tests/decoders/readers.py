"""Three independent readers of MVT: mapbox-vector-tile, GDAL and @mapbox/vector-tile."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pyogrio
import pytest
import shapely

from tests.decoders.walk import Address
from tileserver.store.reader import Store
from tileserver.tiles.render import render
from tileserver.tiles.selection import MAX_NAMES

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("decode.mjs")

Ids = Mapping[str, frozenset[int]]
"""Layer of a tile → the ids in it."""


@dataclass(frozen=True)
class Tiles:
    """Tiles on disk, ``folder/layers/z/x/y.mvt``, and the ids in each."""

    folder: Path
    ids: Mapping[Address, Ids]

    def path(self, address: Address) -> Path:
        name, z, x, y = address
        return self.folder / name / str(z) / str(x) / f"{y}.mvt"


def render_all(store: Store, address: Address) -> dict[str, bytes]:
    """Render each layer of a tile with as many fields as can be asked for; those without any are left out.

    Which fields they are goes by the place, so that all come up. With every field of a layer at once the
    fullest tile would have 11 MB, and GDAL reads no tile over 10.
    """
    names, z, x, y = address
    layers = [store.layer(name) for name in names.split(",")]
    every = [(layer, _some(len(layer.entry.fields), 31 * x + 17 * y + z)) for layer in layers]
    return {layer.entry.id: data for layer, columns in every if (data := render(layer, z, x, y, columns))}


def _some(fields: int, first: int) -> tuple[int, ...]:
    return tuple((first + number) % fields for number in range(min(fields, MAX_NAMES)))


def write_tiles(store: Store, addresses: Iterable[Address], folder: Path) -> Tiles:
    """Render tiles with all their fields, check them with mapbox-vector-tile and shapely, keep them."""
    ids: dict[Address, Ids] = {}
    tiles = Tiles(folder, ids)
    for address in addresses:
        parts = render_all(store, address)
        if not parts:
            continue
        data = b"".join(parts.values())
        ids[address] = check_tile(data, list(parts))
        path = tiles.path(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tiles


def check_tile(data: bytes, names: list[str]) -> Ids:
    """Decode with mapbox-vector-tile; every geometry valid, polygons wound as MVT 2.1 says."""
    decoded = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    assert list(decoded) == names
    return {name: _check_features(name, layer["features"]) for name, layer in decoded.items()}


def _check_features(name: str, features: list[dict[str, Any]]) -> frozenset[int]:
    for feature in features:
        shape = shapely.geometry.shape(feature["geometry"])
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


def read_with_gdal(tiles: Tiles) -> dict[tuple[Address, str], list[int]]:
    """Read each layer of each tile with GDAL's MVT driver, unclipped; the ids it found."""

    def read(place: tuple[Address, str]) -> list[int]:
        # One file at a time: given a folder, GDAL leaves out what lies in the buffer alone. In this process,
        # because one of GDAL's programs for each layer would take longer to start than to read. What GDAL
        # complains of is a warning, hence an error in a test.
        address, layer = place
        options = {"layer": layer, "columns": ["mvt_id"], "CLIP": "NO", "METADATA_FILE": ""}
        _, _, shapes, [ids] = pyogrio.raw.read(f"MVT:{tiles.path(address)}", **options)
        assert all(shapes), (address, layer)
        return [int(id_) for id_ in ids]

    return {
        (address, layer): read((address, layer)) for address, found in tiles.ids.items() for layer in found
    }


def agree(tiles: Tiles) -> None:
    """Hold @mapbox/vector-tile and GDAL to what mapbox-vector-tile found, tile by tile, layer by layer."""
    for address, layers in read_with_node(tiles).items():
        assert set(layers) == set(tiles.ids[address])
        for name, told in layers.items():
            assert {int(i) for i in told["ids"]} == tiles.ids[address][name]
            assert told["wrong"] == 0
            assert (told["version"], told["extent"]) == (2, 4096)
    for (address, layer), ids in read_with_gdal(tiles).items():
        assert sorted(ids) == sorted(tiles.ids[address][layer])
