"""Exact spatial predicates of lines; shapes and relations are those of `tileserver.kernel.relate`.

All coordinates are doubled here, so that the middle of an edge between two grid places is whole. They
are then below 2^31. A cross product is twice the area of a triangle of the world, less than 2^62 in all, and
each of its two products is no greater than 2^62: nothing overflows.
"""

import numpy as np

from tileserver.kernel.jit import inlined, kernel
from tileserver.kernel.relate import (
    I32,
    I64,
    U8,
    WITHIN,
    _box_of,
    _boxes_meet,
    _cross_properly,
    _edges_meet,
    _on_edge,
    winding,
)


@inlined
def _set_edge(row, xy, vertex):
    """Write the edge from `vertex` to the next one to the first row of `row`, doubled."""
    row[0, 0] = 2 * int(xy[vertex, 0])
    row[0, 1] = 2 * int(xy[vertex, 1])
    row[0, 2] = 2 * int(xy[vertex + 1, 0])
    row[0, 3] = 2 * int(xy[vertex + 1, 1])


@inlined
def _collect(edges, areal, box, near):
    """Copy the edges whose box meets `box` to `near`, in order; returns how many, and how many are areal."""
    count = 0
    bounding = 0
    for i in range(len(edges)):
        if _boxes_meet(edges, i, box):
            near[count, :] = edges[i, :]
            count += 1
            if i < areal:
                bounding += 1
    return count, bounding


@inlined
def _box_of_edge(row):
    return (
        min(row[0, 0], row[0, 2]),
        min(row[0, 1], row[0, 3]),
        max(row[0, 0], row[0, 2]),
        max(row[0, 1], row[0, 3]),
    )


@inlined
def _edge_meets(row, near):
    """Tell whether the edge has a place in common with one of the shape."""
    for j in range(len(near)):
        if _edges_meet(row, 0, near, j) or _on_edge(near, j, row[0, 2], row[0, 3]):
            return True
    return False


@inlined
def _runs_along(near, x, y, to_x, to_y):
    """Tell whether the stretch from (x, y) to (to_x, to_y) lies on one edge of the shape."""
    along = False
    for j in range(len(near)):
        if _on_edge(near, j, x, y) and _on_edge(near, j, to_x, to_y):
            along = True
            break
    return along


@inlined
def _distance(row, x, y):
    """Give how far (x, y), a place of the edge, is from its start (the sum of both ways)."""
    return abs(x - row[0, 0]) + abs(y - row[0, 1])


@inlined
def _next_stop(row, near, after):
    """Find the first end of an edge of the shape on this edge farther than `after`, else its own end."""
    x, y = row[0, 2], row[0, 3]
    best = _distance(row, x, y)
    for j in range(len(near)):
        for end in range(2):
            px = near[j, 2 * end]
            py = near[j, 2 * end + 1]
            if _on_edge(row, 0, px, py):
                far = _distance(row, px, py)
                if after < far < best:
                    best = far
                    x, y = px, py
    return best, x, y


@kernel
def _edge_is_within(row, shape, areal, near, bounding):
    """Tell whether the whole edge lies in the shape; `near` are the shape's edges around it.

    The first `bounding` of those are of outlines. Between two neighbouring ends of edges of the shape
    the edge runs along an edge, or is all inside or all outside, unless it crosses an outline: so the middle
    between them tells.
    """
    for j in range(bounding):
        if _cross_properly(row, 0, near, j):
            return False
    x, y = row[0, 0], row[0, 1]
    far = np.int64(0)
    whole = _distance(row, row[0, 2], row[0, 3])
    while far < whole:
        far, next_x, next_y = _next_stop(row, near, far)
        along = _runs_along(near, x, y, next_x, next_y)
        if not along and winding(shape, areal, (x + next_x) // 2, (y + next_y) // 2) <= 0:
            return False
        x, y = next_x, next_y
    return True


@kernel
def _part_is_within(xy, span, shape, areal, near, space):
    """Tell whether the line of vertices ``span[0]:span[1]`` lies in the shape.

    `near` is the shape's edges around the feature, and how many of them are areal. An edge that none of
    them is near to is where the edge before it is, inside.
    """
    around, around_areal = near
    row, close_space = space
    known = False
    for vertex in range(span[0], span[1] - 1):
        _set_edge(row, xy, vertex)
        count, bounding = _collect(around, around_areal, _box_of_edge(row), close_space)
        if count == 0 and known:
            continue
        if not _edge_is_within(row, shape, areal, close_space[:count], bounding):
            return False
        known = True
    return True


@kernel
def _feature_meets(lines, feature, shape, areal, near, row):
    """Tell whether the feature has a place in common with the shape, of which `near` is around it."""
    _, part_offsets, vertex_offsets, xy = lines
    for part in range(part_offsets[feature], part_offsets[feature + 1]):
        first = vertex_offsets[part]
        if len(near) > 0:
            for vertex in range(first, vertex_offsets[part + 1] - 1):
                _set_edge(row, xy, vertex)
                if _edge_meets(row, near):
                    return True
        if winding(shape, areal, 2 * int(xy[first, 0]), 2 * int(xy[first, 1])) > 0:
            return True
    return False


@kernel
def relate_lines(
    relation: int,
    lines: tuple[I32, I32, I32, I32],
    shape: I64,
    areal: int,
    space: tuple[I64, I64, I64],
    out: U8,
) -> None:
    """Tell for each row of a line level whether it stands in `relation` to a shape.

    `lines` is ``bbox`` int32 (n, 4), ``part_offsets``, ``vertex_offsets`` and ``xy`` as in
    `tileserver.store.reader.LineLevel`; `shape` int64 (e, 4) and `areal` as `tileserver.kernel.relate` says,
    in the grid of the level but **doubled**. `space` is scratch memory from `lines_space`. A line is within
    a shape where no place of it is outside; it may run along an outline, or along thin edges. Writes 1 or 0
    to each of `out` uint8 (n).
    """
    bbox, part_offsets, vertex_offsets, xy = lines
    near_space, close_space, row = space
    box = _box_of(shape, len(shape))
    for feature in range(len(out)):
        out[feature] = 0
        west = 2 * int(bbox[feature, 0])
        north = 2 * int(bbox[feature, 1])
        east = 2 * int(bbox[feature, 2])
        south = 2 * int(bbox[feature, 3])
        if west > box[2] or east < box[0] or north > box[3] or south < box[1]:
            continue
        if relation == WITHIN and (west < box[0] or east > box[2] or north < box[1] or south > box[3]):
            continue
        count, bounding = _collect(shape, areal, (west, north, east, south), near_space)
        near = near_space[:count]
        if relation == WITHIN:
            within = True
            for part in range(part_offsets[feature], part_offsets[feature + 1]):
                span = (vertex_offsets[part], vertex_offsets[part + 1])
                if not _part_is_within(xy, span, shape, areal, (near, bounding), (row, close_space)):
                    within = False
                    break
            if within:
                out[feature] = 1
        elif _feature_meets(lines, feature, shape, areal, near, row):
            out[feature] = 1


def lines_space(edges: int) -> tuple[I64, I64, I64]:
    """Allocate for a shape of `edges` edges."""
    return np.zeros((edges, 4), np.int64), np.zeros((edges, 4), np.int64), np.zeros((1, 4), np.int64)
