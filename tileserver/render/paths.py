"""Outlines of a store as SVG path data: whole numbers, each from the one before, so that texts stay short."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tileserver.store.reader import LineLevel, PolygonLevel

Box = tuple[float, float, float, float]


def rows_in(boxes: NDArray[np.int32], box: Box) -> NDArray[np.intp]:
    """List the rows whose boxes (west, north, east, south) meet `box`."""
    west, north, east, south = box
    meets = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= south) & (boxes[:, 3] >= north)
    return np.flatnonzero(meets)


def polygon_path(level: PolygonLevel, rows: NDArray[np.intp], origin: tuple[int, int]) -> str:
    """Write the rings of some rows, in grid units from `origin`; empty where there are no rows."""
    first = level.ring_offsets[level.polygon_offsets[rows]]
    last = level.ring_offsets[level.polygon_offsets[rows + 1]]
    return _path(level.xy, level.vertex_offsets, _ranges(first, last), origin, closed=True)


def line_path(level: LineLevel, rows: NDArray[np.intp], origin: tuple[int, int]) -> str:
    """Write the lines of some rows, in grid units from `origin`."""
    parts = _ranges(level.part_offsets[rows], level.part_offsets[rows + 1])
    return _path(level.xy, level.vertex_offsets, parts, origin, closed=False)


def line_boxes(level: LineLevel) -> NDArray[np.int32]:
    """Give the box of each feature of a layer of lines, int32 (n, 4): west, north, east, south."""
    starts = level.vertex_offsets[level.part_offsets[:-1]]
    if not len(starts):
        return np.empty((0, 4), np.int32)
    least, most = np.minimum.reduceat(level.xy, starts), np.maximum.reduceat(level.xy, starts)
    return np.column_stack([least, most])


def dot_path(xy: NDArray[np.int64]) -> str:
    """Write places as lines of no length, which round caps make dots."""
    return "".join(f"M{x} {y}h0" for x, y in xy.tolist())


def _ranges(first: NDArray[np.int32], last: NDArray[np.int32]) -> NDArray[np.intp]:
    """Concatenate the ranges from each of `first` to the one of `last`."""
    lengths = (last - first).astype(np.intp)
    if not lengths.sum():
        return np.empty(0, np.intp)
    begins = np.cumsum(lengths) - lengths
    found: NDArray[np.intp] = np.arange(lengths.sum()) + np.repeat(first.astype(np.intp) - begins, lengths)
    return found


def _path(
    xy: NDArray[np.int32],
    offsets: NDArray[np.int32],
    parts: NDArray[np.intp],
    origin: Sequence[int],
    *,
    closed: bool,
) -> str:
    if not parts.size:
        return ""
    starts, ends = offsets[parts], offsets[parts + 1]
    points = xy[_ranges(starts, ends)].astype(np.int64) - np.asarray(origin, np.int64)
    lengths = (ends - starts).astype(np.intp)
    heads = np.cumsum(lengths) - lengths
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64))
    # After a closed ring a relative move counts from where the ring began.
    before = points[heads[:-1]] if closed else points[heads[1:] - 1]
    steps[heads[1:]] = points[heads[1:]] - before
    words = list(map(str, steps.ravel().tolist()))
    move = "zm" if closed else "m"
    for head in (2 * heads).tolist():
        words[head] = move + words[head]
    return " ".join(words).removeprefix("z") + ("z" if closed else "")
