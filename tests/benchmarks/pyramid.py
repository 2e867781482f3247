"""A PMTiles archive of the whole pyramid, from this project's renderer: the same tiles, made beforehand."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pmtiles.tile import Compression, HeaderDict, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from tests.benchmarks.ours import Ours
from tests.benchmarks.shapes import EXTENT
from tileserver.store.reader import LayerStore

GZIP_LEVEL = 6
"""What tile makers use, and zlib's default."""

BOUNDS = {
    "min_lon_e7": -1800000000,
    "min_lat_e7": -850000000,
    "max_lon_e7": 1800000000,
    "max_lat_e7": 850000000,
}


def tiles_under(boxes: NDArray[np.int32], buffer: int) -> set[tuple[int, int]]:
    """Give the tiles (x, y) whose buffered square meets a box; (n, 4) grid units, west north east south."""
    low = np.maximum((boxes[:, :2] - buffer) // EXTENT, 0)
    high = (boxes[:, 2:] + buffer) // EXTENT
    found: set[tuple[int, int]] = set()
    for (west, north), (east, south) in zip(low.tolist(), high.tolist(), strict=True):
        found.update((x, y) for x in range(west, east + 1) for y in range(north, south + 1))
    return found


def write(layer: LayerStore, archive: Path) -> int:
    """Write the archive, in place of one that is there; give the number of its tiles.

    Every tile of every stored zoom that has a feature is in it, gzipped.
    """
    archive.parent.mkdir(parents=True, exist_ok=True)
    building = archive.with_suffix(".part")
    count = 0
    with building.open("wb") as file:
        writer = Writer(file)  # type: ignore[no-untyped-call]
        for number, data in _tiles(layer):
            writer.write_tile(number, data)  # type: ignore[no-untyped-call]
            count += 1
        writer.finalize(_header(), _metadata(layer))  # type: ignore[no-untyped-call]
    building.replace(archive)
    return count


def _tiles(layer: LayerStore) -> Iterator[tuple[int, bytes]]:
    """Render the tiles in the order of their numbers, as the archive wants them."""
    ours = Ours(layer)
    for zoom in sorted(int(zoom) for zoom in layer.entry.geometries):
        boxes = np.asarray(layer.level(zoom).bbox)
        places = tiles_under(boxes, layer.entry.buffer)
        for number, x, y in sorted((zxy_to_tileid(zoom, x, y), x, y) for x, y in places):
            if data := ours.tile(zoom, x, y):
                yield number, gzip.compress(data, GZIP_LEVEL, mtime=0)


def _header() -> HeaderDict:
    header: HeaderDict = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "center_zoom": 5,
        "center_lon_e7": 0,
        "center_lat_e7": 0,
        **BOUNDS,  # type: ignore[typeddict-item]  # keys of HeaderDict
    }
    return header


def _metadata(layer: LayerStore) -> dict[str, object]:
    return {"name": layer.entry.id, "vector_layers": [{"id": layer.entry.id, "fields": {}}]}
