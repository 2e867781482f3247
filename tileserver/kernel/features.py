"""Geometry of one feature in one tile: clipped and encoded, or the number of bytes it may need.

A feature that lies wholly in the box is not handled here: `tileserver.kernel.layer` copies it.
`window` is a pair, the box (minimum x, minimum y, maximum x, maximum y) and the tile's origin (x, y):
whole numbers in grid units. Each writer fills `out` from 0 and returns the length (0: nothing of the
feature is in the tile), or, where `out` may be too small, minus the size that is sure to do.
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

FIRST, LAST, AREA = 0, 1, 2
START = (0, 0)
APART, CROSSING, WHOLE = -1, 0, 1


@inlined
def polygon_geometry(arrays, feature, window, work, out):
    """Write the polygons of `feature`, which meets the box; see the module for the result."""
    box, origin = window
    cursor = (np.int64(0), np.int64(0))
    at = np.int64(0)
    first_polygon = arrays.polygon_offsets[feature]
    last_polygon = arrays.polygon_offsets[feature + 1]
    for polygon in range(first_polygon, last_polygon):
        first_ring = arrays.ring_offsets[polygon]
        last_ring = arrays.ring_offsets[polygon + 1]
        # A single polygon has its feature's box, which is known to cross the tile's.
        where = CROSSING if last_polygon - first_polygon == 1 else _place(arrays, first_ring, box)
        if where == WHOLE:
            vertices = arrays.vertex_offsets[last_ring] - arrays.vertex_offsets[first_ring]
            bound = VERTEX_BYTES * vertices + RING_OVERHEAD * (last_ring - first_ring)
            if at + bound > len(out):
                return -(at + bound)
            at, cursor = _write_rings(arrays, (first_ring, last_ring), origin, cursor, (out, at))
        elif where == CROSSING:
            rings = clip_polygon(arrays, polygon, box, work)
            if rings == 0:
                continue
            bound = VERTEX_BYTES * work.out_rings[rings - 1, LAST] + RING_OVERHEAD * rings
            if at + bound > len(out):
                return -(at + bound)
            at, cursor = _write_clipped(rings, origin, cursor, (out, at), work)
    return at


@inlined
def whole_geometry(arrays, feature, out):
    """Write the polygons of `feature` relative to its first vertex, unclipped, from ``out[0]``.

    For the build: the first MoveTo takes three bytes, (0, 0), and the rest is what
    `tileserver.store.format.POLYGON_LEVEL` keeps. Same result as `polygon_geometry`.
    """
    first_ring = arrays.ring_offsets[arrays.polygon_offsets[feature]]
    last_ring = arrays.ring_offsets[arrays.polygon_offsets[feature + 1]]
    if first_ring == last_ring:
        return 0
    first = arrays.vertex_offsets[first_ring]
    bound = VERTEX_BYTES * (arrays.vertex_offsets[last_ring] - first) + RING_OVERHEAD * (
        last_ring - first_ring
    )
    if bound > len(out):
        return -bound
    origin = (np.int64(arrays.xy[first, 0]), np.int64(arrays.xy[first, 1]))
    start = (np.int64(0), np.int64(0))
    at, _ = _write_rings(arrays, (first_ring, last_ring), origin, start, (out, 0))
    return at


@inlined
def _place(arrays, ring, box):
    """Place an exterior ring: WHOLE inside `box`, APART to one side of it, or CROSSING."""
    first = arrays.vertex_offsets[ring]
    low_x = high_x = arrays.xy[first, 0]
    low_y = high_y = arrays.xy[first, 1]
    for i in range(first + 1, arrays.vertex_offsets[ring + 1]):
        x = arrays.xy[i, 0]
        y = arrays.xy[i, 1]
        low_x = min(low_x, x)
        high_x = max(high_x, x)
        low_y = min(low_y, y)
        high_y = max(high_y, y)
    if low_x > box[2] or high_x < box[0] or low_y > box[3] or high_y < box[1]:
        return APART
    if low_x >= box[0] and high_x <= box[2] and low_y >= box[1] and high_y <= box[3]:
        return WHOLE
    return CROSSING


@inlined
def _write_rings(arrays, rings, origin, cursor, target):
    out, at = target
    for ring in range(rings[0], rings[1]):
        span = (np.int64(arrays.vertex_offsets[ring]), np.int64(arrays.vertex_offsets[ring + 1]))
        at, cursor = write_ring(out, at, arrays.xy, span, origin, cursor)
    return at, cursor


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
def line_geometry(arrays, feature, window, out):
    """Write the runs of edges of `feature` that lie in the closed box; see the module."""
    box, origin = window
    cursor = (np.int64(0), np.int64(0))
    first_part = arrays.part_offsets[feature]
    last_part = arrays.part_offsets[feature + 1]
    vertices = arrays.vertex_offsets[last_part] - arrays.vertex_offsets[first_part]
    # At worst every other edge is inside: a path of its own for every two vertices.
    bound = (VERTEX_BYTES + RING_OVERHEAD) * vertices
    if bound > len(out):
        return -bound
    at = np.int64(0)
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
def point_geometry(x, y, window, out):
    """Write a point at grid position (x, y) if it lies in the box; see the module."""
    box, origin = window
    if x < box[0] or x > box[2] or y < box[1] or y > box[3]:
        return 0
    return write_move(out, 0, x - origin[0], y - origin[1], START)
