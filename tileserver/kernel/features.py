"""Geometry of one feature in one tile: clipped and encoded, or the number of bytes it may need.

A feature that lies wholly in the box is not handled here: `tileserver.kernel.layer` copies it.
`window` is a pair, the box (minimum x, minimum y, maximum x, maximum y) and the tile's origin (x, y):
whole numbers in grid units. `target` is a pair, bytes and the position to write at. Each writer returns
the position after (the same: nothing of the feature is in the tile), or, where the bytes may be too
few, minus how many are sure to do.
"""

import numpy as np

from tileserver.kernel.clip import clip_polygon
from tileserver.kernel.geometry import (
    RING_OVERHEAD,
    VERTEX_BYTES,
    write_move,
    write_path,
    write_ring,
)
from tileserver.kernel.jit import inlined
from tileserver.kernel.predicates import ring_side, side
from tileserver.kernel.runs import TANGLED, write_runs

FIRST, LAST, AREA = 0, 1, 2
START = (0, 0)


@inlined
def polygon_geometry(arrays, feature, window, work, target):
    """Write the polygons of `feature`, which meets the box; see the module for the result."""
    box, origin = window
    out, at = target
    cursor = (np.int64(0), np.int64(0))
    for polygon in range(arrays.polygon_offsets[feature], arrays.polygon_offsets[feature + 1]):
        after, moved = write_runs(arrays, polygon, window, cursor, (out, at), work)
        if after >= 0:
            at = after
            cursor = moved
            continue
        if after < TANGLED:
            return after - TANGLED
        rings = clip_polygon(arrays, polygon, box, work)
        if rings == 0:
            continue
        bound = VERTEX_BYTES * work.out_rings[rings - 1, LAST] + RING_OVERHEAD * rings
        if at + bound > len(out):
            return -(at + bound)
        at, cursor = _write_clipped(rings, origin, cursor, (out, at), work)
    return at


@inlined
def _write_clipped(rings, origin, cursor, target, work):
    """Write each exterior ring, followed by the holes that it contains."""
    out, at = target
    xy = work.out_xy
    table = work.out_rings
    exteriors = 0
    for ring in range(rings):
        if table[ring, AREA] > 0:
            exteriors += 1
    for ring in range(rings):
        if table[ring, AREA] < 0:
            continue
        at, cursor = write_ring(out, at, xy, (table[ring, FIRST], table[ring, LAST]), origin, cursor)
        if exteriors == rings:
            continue
        for hole in range(rings):
            if table[hole, AREA] > 0:
                continue
            if exteriors == 1 or _holds(work, ring, hole):
                span = (table[hole, FIRST], table[hole, LAST])
                at, cursor = write_ring(out, at, xy, span, origin, cursor)
    return at, cursor


@inlined
def _holds(work, ring, hole):
    """Tell whether an exterior ring holds a hole that does not cross it (it may touch it)."""
    xy = work.out_xy
    span = (work.out_rings[ring, FIRST], work.out_rings[ring, LAST])
    first = work.out_rings[hole, FIRST]
    last = work.out_rings[hole, LAST]
    for i in range(first, last):
        where = ring_side(xy, span, 2 * int(xy[i, 0]), 2 * int(xy[i, 1]))
        if where != 0:
            return where > 0
    # Every vertex of the hole lies on the ring: then the middle of one of its edges does not.
    for i in range(first, last):
        j = i + 1 if i + 1 < last else first
        where = ring_side(xy, span, int(xy[i, 0]) + xy[j, 0], int(xy[i, 1]) + xy[j, 1])
        if where != 0:
            return where > 0
    return False


@inlined
def line_geometry(arrays, feature, window, target):
    """Write the runs of edges of `feature` that lie in the closed box; see the module."""
    box, origin = window
    out, at = target
    cursor = (np.int64(0), np.int64(0))
    first_part = arrays.part_offsets[feature]
    last_part = arrays.part_offsets[feature + 1]
    vertices = arrays.vertex_offsets[last_part] - arrays.vertex_offsets[first_part]
    # At worst every other edge is inside: a path of its own for every two vertices.
    bound = (VERTEX_BYTES + RING_OVERHEAD) * vertices
    if at + bound > len(out):
        return -(at + bound)
    for part in range(first_part, last_part):
        first = np.int64(arrays.vertex_offsets[part])
        last = np.int64(arrays.vertex_offsets[part + 1])
        begin = first
        for i in range(first, last + 1):
            if i < last and side(arrays.xy[i, 0], arrays.xy[i, 1], box) > 0:
                continue
            if i - begin >= 2:
                at, cursor = write_path(out, at, arrays.xy, (begin, i), origin, cursor)
            begin = np.int64(i + 1)
    return at


@inlined
def point_geometry(x, y, window, target):
    """Write a point at grid position (x, y) if it lies in the box; see the module."""
    box, origin = window
    out, at = target
    if x < box[0] or x > box[2] or y < box[1] or y > box[3]:
        return at
    if at + RING_OVERHEAD > len(out):
        return -(at + RING_OVERHEAD)
    return write_move(out, at, x - origin[0], y - origin[1], START)
