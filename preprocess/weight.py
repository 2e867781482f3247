"""Finds the heaviest tile of every zoom of a layer, and what each property adds to it.

The server holds a byte budget against these figures (`tileserver.tiles.budget`); the report and
``/quality`` publish them.
"""

import numpy as np
from numpy.typing import NDArray

from tileserver.store.manifest import EXTENT, Heaviest
from tileserver.store.reader import LayerStore
from tileserver.tiles.render import render

CANDIDATES = 4
"""Tiles of a zoom that are rendered to find the heaviest: those with most by an estimate."""

FEATURE_BYTES = 40
"""What a feature takes besides its geometry: its id, and a few properties."""

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


def weigh(layer: LayerStore) -> dict[str, Heaviest]:
    """Measure the heaviest tile of each zoom of `layer`, keyed by zoom; zooms without a tile are left out."""
    entry = layer.entry
    found = {}
    for z in range(entry.min_zoom, entry.max_zoom + 1):
        tiles = [(len(render(layer, z, x, y, ())), x, y) for x, y in _candidates(layer, z)]
        size, x, y = max(tiles, default=(0, 0, 0))
        if size:
            columns = tuple(
                len(render(layer, z, x, y, (column,))) - size for column in range(len(layer.tags))
            )
            found[str(z)] = Heaviest(
                x=x, y=y, features=_features(layer, z, x, y), bytes=size, columns=columns
            )
    return found


def _candidates(layer: LayerStore, z: int) -> list[tuple[int, int]]:
    """List the tiles that are likely to be the heaviest: features counted by box, geometry shared out."""
    low, high, size = _boxes(layer, z)
    first, last = low // EXTENT, high // EXTENT
    across, down = (last - first + 1).T
    count = across * down
    feature = np.repeat(np.arange(len(count)), count)
    place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    x = first[feature, 0] + place % across[feature]
    y = first[feature, 1] + place // across[feature]
    tiles, tile = np.unique(x << 32 | y, return_inverse=True)
    weight = np.bincount(tile, FEATURE_BYTES + (size / np.maximum(count, 1))[feature], minlength=len(tiles))
    heaviest = tiles[np.argsort(-weight, kind="stable")[:CANDIDATES]]
    return [(int(t >> 32), int(t & 0xFFFFFFFF)) for t in heaviest]


def _boxes(layer: LayerStore, z: int) -> tuple[I64, I64, F64]:
    """Give the corners of the features' boxes, int64 (n, 2) each, and the bytes of their geometry."""
    if layer.entry.kind == "points":
        points = layer.points_at(z)
        xy = points.xy.astype(np.int64) >> (points.zoom - z)
        return xy, xy, np.zeros(len(xy))
    level = layer.level(z)
    shown = level.bbox[:, 0] <= level.bbox[:, 2]
    bbox = level.bbox[shown].astype(np.int64)
    return bbox[:, :2], bbox[:, 2:], np.diff(level.command_offsets)[shown].astype(np.float64)


def _features(layer: LayerStore, z: int, x: int, y: int) -> int:
    """Count the features whose box meets the tile's buffered one."""
    low, high, _ = _boxes(layer, z)
    corner = np.array([x, y]) * EXTENT
    meets = (low <= corner + EXTENT + layer.entry.buffer) & (high >= corner - layer.entry.buffer)
    return int(meets.all(axis=1).sum())
