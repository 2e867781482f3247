"""Outlines of a store as SVG path data: whole numbers, each from the one before, so that texts stay short."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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


def outline_path(level: PolygonLevel, rows: NDArray[np.intp], origin: tuple[int, int]) -> str:
    """Write what some rows of a coverage cover together, to be filled: without the edges between them."""
    edges = _edges(level, rows, origin)
    kept = np.flatnonzero(~edges.shared)
    if not kept.size:
        return ""
    firsts = np.flatnonzero(edges.begins(kept, ~edges.shared))
    lasts = np.append(firsts[1:], len(kept)) - 1
    order, heads = _linked(
        _keys(edges.starts[kept[firsts]]).tolist(), _keys(edges.ends[kept[lasts]]).tolist()
    )
    lengths = (lasts - firsts + 1)[order]
    begins = np.zeros(len(kept), np.bool_)
    begins[(np.cumsum(lengths) - lengths)[heads]] = True
    return _written(edges, kept[_ranges(firsts[order], lasts[order] + 1)], begins)


def border_paths(level: PolygonLevel, rows: NDArray[np.intp], origin: tuple[int, int]) -> tuple[str, str]:
    """Write the edges of some rows of a coverage once each: those of two of them, and those of one alone.

    The rings of neighbours hold each edge between them twice, and drawing is most of what a picture takes.
    """
    edges = _edges(level, rows, origin)
    chosen = (edges.shared & ~edges.again, ~edges.shared)
    between, around = (
        _written(edges, np.flatnonzero(which), edges.begins(np.flatnonzero(which), which)) for which in chosen
    )
    return between, around


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


def _ranges(first: NDArray[np.signedinteger[Any]], last: NDArray[np.signedinteger[Any]]) -> NDArray[np.intp]:
    """Concatenate the ranges from each of `first` to the one of `last`."""
    lengths = (last - first).astype(np.intp)
    if not lengths.sum():
        return np.empty(0, np.intp)
    begins = np.cumsum(lengths) - lengths
    found: NDArray[np.intp] = np.arange(lengths.sum()) + np.repeat(first.astype(np.intp) - begins, lengths)
    return found


@dataclass(frozen=True, slots=True)
class _Edges:
    """Edges of rings in their order, int64 (n, 2) from ``starts`` to ``ends``.

    ``heads`` begin a ring, ``shared`` come more than once, whichever way round, ``again`` came before.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    heads: NDArray[np.bool_]
    shared: NDArray[np.bool_]
    again: NDArray[np.bool_]

    def begins(self, kept: NDArray[np.intp], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Mark which of the edges ``kept``, those that are ``chosen``, don't go on from the one before."""
        found: NDArray[np.bool_] = self.heads[kept] | ~chosen[kept - 1]
        return found


def _edges(level: PolygonLevel, rows: NDArray[np.intp], origin: tuple[int, int]) -> _Edges:
    first = level.ring_offsets[level.polygon_offsets[rows]]
    last = level.ring_offsets[level.polygon_offsets[rows + 1]]
    rings = _ranges(first, last)
    begins, finishes = level.vertex_offsets[rings], level.vertex_offsets[rings + 1]
    starts = level.xy[_ranges(begins, finishes)].astype(np.int64) - np.asarray(origin, np.int64)
    lengths = (finishes - begins).astype(np.intp)
    tails = np.cumsum(lengths) - 1
    ends = np.empty_like(starts)
    ends[:-1] = starts[1:]
    ends[tails] = starts[tails - lengths + 1]
    heads = np.zeros(len(starts), np.bool_)
    heads[tails - lengths + 1] = True
    one, other = _keys(starts), _keys(ends)
    low, high = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((high, low))  # stable: of equal edges the first one stays first
    same = (np.diff(low[order]) == 0) & (np.diff(high[order]) == 0)
    again, shared = np.zeros(len(order), np.bool_), np.zeros(len(order), np.bool_)
    again[order[1:][same]] = True
    shared[order[1:][same]] = True
    shared[order[:-1][same]] = True
    return _Edges(starts, ends, heads, shared, again)


def _keys(points: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give a number for each place."""
    found: NDArray[np.int64] = (points[:, 0] << 32) + points[:, 1]
    return found


def _linked(starts: list[int], ends: list[int]) -> tuple[list[int], list[int]]:
    """Put lines into an order in which they follow one another; say at which places one begins anew.

    What remains of rings that all turn one way without what two of them share are rings again.
    """
    there: dict[int, list[int]] = {}
    for line, key in enumerate(starts):
        there.setdefault(key, []).append(line)
    order: list[int] = []
    heads: list[int] = []
    for waiting in there.values():
        while waiting:
            heads.append(len(order))
            following = waiting
            while following:
                line = following.pop()
                order.append(line)
                following = there.get(ends[line], [])
    return order, heads


def _written(edges: _Edges, kept: NDArray[np.intp], begins: NDArray[np.bool_]) -> str:
    """Write edges, each going on from the one before where it does not begin anew."""
    if not kept.size:
        return ""
    moved = np.flatnonzero(begins)
    places = np.arange(len(kept)) + np.cumsum(begins)
    steps = np.empty((len(kept) + len(moved), 2), np.int64)
    steps[places] = edges.ends[kept] - edges.starts[kept]
    moves = edges.starts[kept[moved]]
    moves[1:] -= edges.ends[kept[moved[1:] - 1]]
    steps[places[moved] - 1] = moves
    words = list(map(str, steps.ravel().tolist()))
    for head in (2 * (places[moved] - 1)).tolist():
        words[head] = "m" + words[head]
    return " ".join(words)


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
