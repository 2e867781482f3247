"""Geometry of one feature in one tile: clipped and encoded, or the number of bytes it may need.

A feature that lies wholly in the box is not handled here: `tileserver.kernel.layer` copies it.
`window` is int64 (6): the box (minimum x, minimum y, maximum x, maximum y) and the tile's origin
(x, y), grid units. Each writer fills `out` from 0 and returns the length (0: nothing of the feature is
in the tile), or, where `out` may be too small, minus the size that is sure to do.
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
from tileserver.kernel.jit import kernel
from tileserver.kernel.predicates import ring_side, side

FIRST, LAST, AREA = 0, 1, 2


@kernel
def polygon_geometry(arrays, feature, window, work, out):
    """Write the polygons of `feature`; see the module for the result."""
    box = window[:4]
    origin = window[4:]
    cursor = np.zeros(2, np.int64)
    at = 0
    for polygon in range(arrays.polygon_offsets[feature], arrays.polygon_offsets[feature + 1]):
        first_ring = arrays.ring_offsets[polygon]
        last_ring = arrays.ring_offsets[polygon + 1]
        where = _place(arrays, first_ring, box)
        if where > 0:
            vertices = arrays.vertex_offsets[last_ring] - arrays.vertex_offsets[first_ring]
            bound = VERTEX_BYTES * vertices + RING_OVERHEAD * (last_ring - first_ring)
            if at + bound > len(out):
                return -(at + bound)
            at = _write_rings(arrays, (first_ring, last_ring), origin, cursor, (out, at))
        elif where == 0:
            rings = clip_polygon(arrays, polygon, box, work)
            if rings == 0:
                continue
            bound = VERTEX_BYTES * work.out_rings[rings - 1, LAST] + RING_OVERHEAD * rings
            if at + bound > len(out):
                return -(at + bound)
            at = _write_clipped(rings, origin, cursor, (out, at), work)
    return at


@kernel
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
    origin = arrays.xy[first].astype(np.int64)
    return _write_rings(arrays, (first_ring, last_ring), origin, np.zeros(2, np.int64), (out, 0))


@kernel
def _place(arrays, ring, box):
    """Place an exterior ring: 1 wholly inside `box`, -1 wholly to one side of it, 0 otherwise."""
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
        return -1
    if low_x >= box[0] and high_x <= box[2] and low_y >= box[1] and high_y <= box[3]:
        return 1
    return 0


@kernel
def _write_rings(arrays, rings, origin, cursor, target):
    out, at = target
    for ring in range(rings[0], rings[1]):
        span = (arrays.vertex_offsets[ring], arrays.vertex_offsets[ring + 1])
        at = write_ring(out, at, arrays.xy, span, origin, cursor)
    return at


@kernel
def _write_clipped(rings, origin, cursor, target, work):
    """Write each exterior ring, followed by the holes that it contains."""
    out, at = target
    exteriors = 0
    for ring in range(rings):
        if work.out_rings[ring, AREA] > 0:
            exteriors += 1
    for ring in range(rings):
        if work.out_rings[ring, AREA] < 0:
            continue
        span = (work.out_rings[ring, FIRST], work.out_rings[ring, LAST])
        at = write_ring(out, at, work.out_xy, span, origin, cursor)
        for hole in range(rings):
            if work.out_rings[hole, AREA] > 0:
                continue
            if exteriors == 1 or _holds(work, ring, hole):
                span = (work.out_rings[hole, FIRST], work.out_rings[hole, LAST])
                at = write_ring(out, at, work.out_xy, span, origin, cursor)
    return at


@kernel
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


@kernel
def line_geometry(arrays, feature, window, out):
    """Write the runs of edges of `feature` that lie in the closed box; see the module."""
    box = window[:4]
    origin = window[4:]
    cursor = np.zeros(2, np.int64)
    first_part = arrays.part_offsets[feature]
    last_part = arrays.part_offsets[feature + 1]
    vertices = arrays.vertex_offsets[last_part] - arrays.vertex_offsets[first_part]
    # At worst every other edge is inside: a path of its own for every two vertices.
    bound = (VERTEX_BYTES + RING_OVERHEAD) * vertices
    if bound > len(out):
        return -bound
    at = 0
    for part in range(first_part, last_part):
        first = arrays.vertex_offsets[part]
        last = arrays.vertex_offsets[part + 1]
        begin = first
        for i in range(first, last + 1):
            if i < last and side(arrays.xy[i, 0], arrays.xy[i, 1], box) > 0:
                continue
            if i - begin >= 2:
                at = write_path(out, at, arrays.xy, (begin, i), origin, cursor)
            begin = i + 1
    return at


@kernel
def point_geometry(x, y, window, out):
    """Write a point at grid position (x, y) if it lies in the box; see the module."""
    if x < window[0] or x > window[2] or y < window[1] or y > window[3]:
        return 0
    cursor = np.zeros(2, np.int64)
    return write_move(out, 0, x - window[4], y - window[5], cursor)
