"""The limits of a layer, held against its features: no tile with something in it is refused."""

from pathlib import Path

import numpy as np
import pytest

from tileserver.errors import NotFoundError
from tileserver.store.reader import open_store
from tileserver.tiles.address import TileAddress, layers_at


def test_no_tile_that_a_feature_reaches_is_outside(demo_store: Path) -> None:
    """By the boxes of all features at all zooms, with the buffer."""
    for layer in open_store(demo_store, verify=False).layers.values():
        entry = layer.entry
        for z in range(entry.min_zoom, entry.max_zoom + 1):
            if entry.kind in ("territory", "zoning"):
                boxes = layer.level(z).bbox.astype(np.int64)
            else:
                points = layer.points_at(z)
                boxes = np.tile(points.xy.astype(np.int64) >> (points.zoom - z), 2)
            reach = np.array([-entry.buffer, -entry.buffer, entry.buffer, entry.buffer])
            west, north, east, south = ((boxes + reach) // 4096).T
            last = (1 << z) - 1
            extremes = ((west.min(), north.min()), (east.max(), south.max()))
            for x, y in np.clip(extremes, 0, last).tolist():
                assert layers_at([entry], TileAddress(z, x, y)) == (0,), (entry.id, z, x, y)


def test_a_tile_far_from_a_layer_is_outside(demo_store: Path) -> None:
    entry = open_store(demo_store, verify=False).layer("communes").entry
    with pytest.raises(NotFoundError, match="layer communes lies within"):
        layers_at([entry], TileAddress(8, 0, 0))
