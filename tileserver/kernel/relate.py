"""Exact spatial predicates: which rows of a layer meet, or lie within, a shape of the same integer grid.

A shape is a heap of directed edges, int64 (e, 4): ax, ay, bx, by. The first `areal` of them are the
outlines of its areas, interior on the left of a → b (x to the right, y up: the sense in which a stored
exterior ring has a positive area), every ring closed; the others are thin: lines, and points as edges of
no length. A place is in an area where the outlines wind round it, so overlapping areas are their union.

Everything is 64-bit integer arithmetic without rounding. The world is at most 2^30 units wide (zoom 18,
4096 units a tile), hence differences are at most 2^30, their products 2^60, and the difference of two
products fits with room to spare.
"""

import numpy as np
from numpy.typing import NDArray

from tileserver.kernel.jit import inlined, kernel

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]

INTERSECTS = 0
"""The row and the shape have a place in common; a touch is enough."""

WITHIN = 1
"""The row lies in the shape; it may reach its border."""

NO_BOX = (1, 1, 0, 0)


@inlined
def _cross(edges, i, x, y):
    """Twice the signed area of a, b and (x, y): positive where (x, y) is on the left of edge `i`."""
    return (edges[i, 2] - edges[i, 0]) * (y - edges[i, 1]) - (edges[i, 3] - edges[i, 1]) * (x - edges[i, 0])


@inlined
def _on_edge(edges, i, x, y):
    """Tell whether (x, y) lies on edge `i`, its ends included."""
    return (
        min(edges[i, 0], edges[i, 2]) <= x <= max(edges[i, 0], edges[i, 2])
        and min(edges[i, 1], edges[i, 3]) <= y <= max(edges[i, 1], edges[i, 3])
        and _cross(edges, i, x, y) == 0
    )


@inlined
def _boxes_meet(edges, i, box):
    """Tell whether the box of edge `i` and the closed `box` have a place in common."""
    return (
        min(edges[i, 0], edges[i, 2]) <= box[2]
        and max(edges[i, 0], edges[i, 2]) >= box[0]
        and min(edges[i, 1], edges[i, 3]) <= box[3]
        and max(edges[i, 1], edges[i, 3]) >= box[1]
    )


@kernel
def winding(edges, count, x, y):
    """Count how often the outlines ``edges[:count]`` wind round (x, y), counter-clockwise.

    For a place on an outline it is the number of the places just beside it: to the right, and up by
    less (the ray to the right is cast a hair above y, and edges through (x, y) are then on its left).
    """
    total = 0
    for i in range(count):
        above_a = edges[i, 1] > y
        if above_a != (edges[i, 3] > y):
            side = _cross(edges, i, x, y)
            if not above_a and side > 0:
                total += 1
            elif above_a and side < 0:
                total -= 1
    return total


@inlined
def _sign(value):
    return 1 if value > 0 else (-1 if value < 0 else 0)


@inlined
def _cross_properly(row, i, shape, j):
    """Tell whether the two edges cross in a place that is the end of neither."""
    a = _sign(_cross(row, i, shape[j, 0], shape[j, 1]))
    b = _sign(_cross(row, i, shape[j, 2], shape[j, 3]))
    if a * b >= 0:
        return False
    c = _sign(_cross(shape, j, row[i, 0], row[i, 1]))
    d = _sign(_cross(shape, j, row[i, 2], row[i, 3]))
    return c * d < 0


@inlined
def _edges_meet(row, i, shape, j):
    """Tell whether the two edges have a place in common, their ends included but the row's second.

    The row's rings are closed: where an edge of it ends another begins.
    """
    return (
        _cross_properly(row, i, shape, j)
        or _on_edge(row, i, shape[j, 0], shape[j, 1])
        or _on_edge(row, i, shape[j, 2], shape[j, 3])
        or _on_edge(shape, j, row[i, 0], row[i, 1])
    )


@inlined
def _add_ray(rays, count, delta_x, delta_y, column, turn):
    """Note that turning counter-clockwise past this direction changes a winding number by `turn`."""
    rays[count, 0] = delta_x
    rays[count, 1] = delta_y
    rays[count, 2] = 0
    rays[count, 3] = 0
    rays[count, column] = turn
    return count + 1


@kernel
def _add_rays(rays, count, edges, column, x, y):
    """Note the directions in which edges leave (x, y); returns the new count."""
    for i in range(len(edges)):
        if _on_edge(edges, i, x, y):
            if edges[i, 2] != x or edges[i, 3] != y:
                count = _add_ray(rays, count, edges[i, 2] - x, edges[i, 3] - y, column, 1)
            if edges[i, 0] != x or edges[i, 1] != y:
                count = _add_ray(rays, count, edges[i, 0] - x, edges[i, 1] - y, column, -1)
    return count


@inlined
def _is_met_by(rays, j, i):
    """Tell whether ray `j` is met no later than ray `i`, turning from the east, which itself is last."""
    half_i = 0 if rays[i, 1] > 0 or (rays[i, 1] == 0 and rays[i, 0] < 0) else 1
    half_j = 0 if rays[j, 1] > 0 or (rays[j, 1] == 0 and rays[j, 0] < 0) else 1
    if half_i != half_j:
        return half_j < half_i
    return rays[j, 0] * rays[i, 1] - rays[j, 1] * rays[i, 0] >= 0


@kernel
def _leaves_at(row, shape, areal, near, rays, place):
    """Tell whether beside a place, on both outlines, there are places of the row outside the shape."""
    x, y = place
    row_base = winding(row, len(row), x, y)
    shape_base = winding(shape, areal, x, y)
    count = _add_rays(rays, 0, row, 2, x, y)
    count = _add_rays(rays, count, near, 3, x, y)
    for i in range(count):
        inside_row = row_base
        inside_shape = shape_base
        for j in range(count):
            if _is_met_by(rays, j, i):
                inside_row += rays[j, 2]
                inside_shape += rays[j, 3]
        if inside_row > 0 and inside_shape <= 0:
            return True
    return False


@kernel
def _meets_near(row, near):
    """Tell whether an edge of the row meets an edge of the shape, or holds one."""
    for k in range(len(near)):
        for i in range(len(row)):
            if _edges_meet(row, i, near, k):
                return True
        if winding(row, len(row), near[k, 0], near[k, 1]) > 0:
            return True
    return False


@kernel
def _is_within_near(row, shape, areal, near, rays):
    """Tell whether no place of the row beside a near edge of the shape is outside the shape.

    A place of the row outside the shape belongs to a region bounded by both outlines, whose corners
    are proper crossings, or vertices of one on the outline of the other, or inside the row, or (which
    the caller looks at) outside the shape.
    """
    for k in range(len(near)):
        for i in range(len(row)):
            if _cross_properly(row, i, near, k):
                return False
    for k in range(len(near)):
        x = near[k, 0]
        y = near[k, 1]
        touches = False
        for i in range(len(row)):
            if _on_edge(row, i, x, y):
                touches = True
                break
        if touches:
            if _leaves_at(row, shape, areal, near, rays, (x, y)):
                return False
        elif winding(row, len(row), x, y) > 0:
            return False
        for i in range(len(row)):
            if _on_edge(near, k, row[i, 0], row[i, 1]) and _leaves_at(
                row, shape, areal, near, rays, (row[i, 0], row[i, 1])
            ):
                return False
    return True


@kernel
def _some_ring_is(inside, xy, vertex_offsets, rings, shape, areal):
    """Tell whether the first vertex of one of the rings is inside (or not inside) the shape's areas.

    A vertex on the shape's outline is neither: what is beside it has been looked at.
    """
    for ring in range(rings[0], rings[1]):
        x = int(xy[vertex_offsets[ring], 0])
        y = int(xy[vertex_offsets[ring], 1])
        touches = False
        for i in range(areal):
            if _on_edge(shape, i, x, y):
                touches = True
                break
        if not touches and (winding(shape, areal, x, y) > 0) == inside:
            return True
    return False


@kernel
def _copy_edges(xy, vertex_offsets, rings, out):
    """Write the edges of the rings as rows of `out`; returns how many."""
    count = 0
    for ring in range(rings[0], rings[1]):
        first = vertex_offsets[ring]
        last = vertex_offsets[ring + 1]
        before = last - 1
        for vertex in range(first, last):
            out[count, 0] = xy[before, 0]
            out[count, 1] = xy[before, 1]
            out[count, 2] = xy[vertex, 0]
            out[count, 3] = xy[vertex, 1]
            count += 1
            before = vertex
    return count


@kernel
def _box_of(shape, count):
    """Box of ``shape[:count]``; of nothing, one that meets no box."""
    if count == 0:
        return NO_BOX
    west = min(shape[0, 0], shape[0, 2])
    north = min(shape[0, 1], shape[0, 3])
    east = max(shape[0, 0], shape[0, 2])
    south = max(shape[0, 1], shape[0, 3])
    for i in range(count):
        west = min(west, shape[i, 0], shape[i, 2])
        north = min(north, shape[i, 1], shape[i, 3])
        east = max(east, shape[i, 0], shape[i, 2])
        south = max(south, shape[i, 1], shape[i, 3])
    return west, north, east, south


@kernel
def relate_polygons(
    relation: int,
    polygons: tuple[I32, I32, I32, I32, I32],
    shape: I64,
    areal: int,
    space: tuple[I64, I64, I64],
    out: U8,
) -> None:
    """Tell for each row of a polygon level whether it stands in `relation` to a shape.

    `polygons` is ``bbox`` int32 (n, 4), ``polygon_offsets``, ``ring_offsets``, ``vertex_offsets`` and
    ``xy`` as in `tileserver.store.reader.PolygonLevel`; `shape` int64 (e, 4) and `areal` as this module
    says, in the grid of the level. `space` is scratch memory from `relate_space`. Writes 1 or 0 to each
    of `out` uint8 (n). Polygons have an area: one is within the areas of a shape or not at all.
    """
    bbox, polygon_offsets, ring_offsets, vertex_offsets, xy = polygons
    near_space, row_space, rays = space
    edges = areal if relation == WITHIN else len(shape)
    box = _box_of(shape, edges)
    for feature in range(len(out)):
        out[feature] = 0
        mine = (
            int(bbox[feature, 0]),
            int(bbox[feature, 1]),
            int(bbox[feature, 2]),
            int(bbox[feature, 3]),
        )
        if mine[0] > box[2] or mine[2] < box[0] or mine[1] > box[3] or mine[3] < box[1]:
            continue
        if relation == WITHIN and (
            mine[0] < box[0] or mine[2] > box[2] or mine[1] < box[1] or mine[3] > box[3]
        ):
            continue
        count = 0
        for i in range(edges):
            if _boxes_meet(shape, i, mine):
                near_space[count, :] = shape[i, :]
                count += 1
        near = near_space[:count]
        rings = (ring_offsets[polygon_offsets[feature]], ring_offsets[polygon_offsets[feature + 1]])
        row = row_space[: _copy_edges(xy, vertex_offsets, rings, row_space) if count > 0 else 0]
        if relation == WITHIN:
            if count > 0 and not _is_within_near(row, shape, areal, near, rays):
                continue
            # Also far from any edge: a part of the row may lie wholly outside, or in a hole.
            if not _some_ring_is(False, xy, vertex_offsets, rings, shape, areal):
                out[feature] = 1
        elif (count > 0 and _meets_near(row, near)) or _some_ring_is(
            True, xy, vertex_offsets, rings, shape, areal
        ):
            out[feature] = 1


@kernel
def relate_points(xy: I32, shape: I64, areal: int, out: U8) -> None:
    """Tell for each point, int32 (n, 2), whether it lies in the shape or on its border, lines and points.

    To meet and to lie within are one for a point. Writes 1 or 0 to each of `out` uint8 (n).
    """
    box = _box_of(shape, len(shape))
    for point in range(len(out)):
        out[point] = 0
        x = int(xy[point, 0])
        y = int(xy[point, 1])
        if x < box[0] or x > box[2] or y < box[1] or y > box[3]:
            continue
        if winding(shape, areal, x, y) > 0:
            out[point] = 1
            continue
        for i in range(len(shape)):
            if _on_edge(shape, i, x, y):
                out[point] = 1
                break


def relate_space(edges: int, row_vertices: int) -> tuple[I64, I64, I64]:
    """Allocate for a shape of `edges` edges and rows of at most `row_vertices` vertices.

    At a place each edge leaves in two directions at most, hence the number of rays.
    """
    return (
        np.zeros((edges, 4), np.int64),
        np.zeros((row_vertices, 4), np.int64),
        np.zeros((2 * (edges + row_vertices), 4), np.int64),
    )
