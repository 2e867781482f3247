"""Finds the heaviest tile of every zoom of a layer, and what each property adds to it.

The server holds a byte budget against these figures (`tileserver.tiles.budget`); the report and
``/quality`` publish them.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tileserver.store.manifest import EXTENT, Heaviest
from tileserver.store.reader import LayerStore
from tileserver.tiles.render import render

CANDIDATES = 4
"""Tiles of a zoom that are rendered to find the heaviest: those with most by an estimate."""

FEATURE_BYTES = 40
"""What a feature takes besides its geometry: its id, and a few properties."""

VERTEX_BYTES = 3
"""What a vertex of a line takes, or nearly."""

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


def weigh_bare(layer: LayerStore, z: int) -> int:
    """Measure the heaviest tile of a zoom without properties; bytes."""
    return max((len(render(layer, z, x, y, ())) for x, y in _candidates(layer, z)), default=0)


def expect_heaviest(level: pa.Table) -> float:
    """Estimate the bytes of the heaviest tile of a packed level of polygons, each with a few properties."""
    commands = level.column("commands").combine_chunks()
    size = np.diff(np.frombuffer(commands.buffers()[1], np.int32, len(commands) + 1)).astype(np.float64)
    bbox = level.column("bbox").combine_chunks().flatten().to_numpy().reshape(-1, 4).astype(np.int64)
    shown = bbox[:, 0] <= bbox[:, 2]
    x, y, size = _share_out(bbox[shown, :2], bbox[shown, 2:], size[shown])
    _, tile = np.unique(x << 32 | y, return_inverse=True)
    return float(np.bincount(tile, size).max(initial=0))


def _candidates(layer: LayerStore, z: int) -> list[tuple[int, int]]:
    """List the tiles that are likely to be the heaviest."""
    x, y, size = _lines(layer, z) if layer.entry.kind == "lines" else _shares(layer, z)
    tiles, tile = np.unique(x << 32 | y, return_inverse=True)
    weight = np.bincount(tile, size, minlength=len(tiles))
    heaviest = tiles[np.argsort(-weight, kind="stable")[:CANDIDATES]]
    return [(int(t >> 32), int(t & 0xFFFFFFFF)) for t in heaviest]


def _lines(layer: LayerStore, z: int) -> tuple[I64, I64, F64]:
    """Weigh lines by their vertices: they have some in each tile that they pass through.

    The box of a road across a country holds most of its tiles, and the road meets few of them.
    """
    level, buffer = layer.lines(z), layer.entry.buffer
    first = level.vertex_offsets[level.part_offsets]
    feature = np.repeat(np.arange(layer.entry.count), first[1:] - first[:-1])
    xy = level.xy.astype(np.int64)
    low, high = (xy - buffer) // EXTENT, (xy + buffer) // EXTENT
    both = (low != high).T
    found = []
    for across, down in ((0, 0), (1, 0), (0, 1), (1, 1)):  # a vertex is in four tiles at most
        x, y = (high if across else low)[:, 0], (high if down else low)[:, 1]
        in_world = (np.minimum(x, y) >= 0) & (np.maximum(x, y) < 1 << z)
        here = in_world & (both[0] | (across == 0)) & (both[1] | (down == 0))
        stay = np.column_stack([feature, x, y])[here]
        arrives = np.diff(stay, axis=0, prepend=-1).any(axis=1)
        found.append(np.column_stack([stay[:, 1:], VERTEX_BYTES + FEATURE_BYTES * arrives]))
    x, y, size = np.concatenate(found).T
    return x, y, size.astype(np.float64)


def _shares(layer: LayerStore, z: int) -> tuple[I64, I64, F64]:
    """Count the features of each tile by their boxes, and share out their geometry among its tiles."""
    return _share_out(*_boxes(layer, z))


def _share_out(low: I64, high: I64, size: F64) -> tuple[I64, I64, F64]:
    first, last = low // EXTENT, high // EXTENT
    across, down = (last - first + 1).T
    count = across * down
    feature = np.repeat(np.arange(len(count)), count)
    place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    x = first[feature, 0] + place % across[feature]
    y = first[feature, 1] + place // across[feature]
    return x, y, FEATURE_BYTES + (size / np.maximum(count, 1))[feature]


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
    """Count the features whose box meets the tile's buffered one; of lines, those with an edge in it."""
    first = np.array([x, y]) * EXTENT - layer.entry.buffer
    last = first + EXTENT + 2 * layer.entry.buffer
    if layer.entry.kind == "lines":
        level = layer.lines(z)
        vertex_x, vertex_y = level.xy.T
        within = (vertex_x >= first[0]) & (vertex_x <= last[0])
        within &= (vertex_y >= first[1]) & (vertex_y <= last[1])
        edge = within[:-1] & within[1:]
        edge[level.vertex_offsets[1:-1] - 1] = False  # from the end of a line to the next one
        line = np.searchsorted(level.vertex_offsets, np.flatnonzero(edge), side="right") - 1
        return len(np.unique(np.searchsorted(level.part_offsets, line, side="right")))
    low, high, _ = _boxes(layer, z)
    meets = (low <= last) & (high >= first)
    return int(meets.all(axis=1).sum())
