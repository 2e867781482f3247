"""Spatial tests of a layer's rows, on the integer grid of its deepest zoom (a cluster's: of its own).

What is compared is what is drawn there: stored coordinates as they are, those of the filter rounded to the
grid (2.4 m at zoom 12, on the equator). On the grid everything is exact, see `tileserver.kernel.relate`.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tileserver.kernel.relate import INTERSECTS, WITHIN, relate_points, relate_polygons, relate_space
from tileserver.kernel.relate_lines import lines_space, relate_lines
from tileserver.store.reader import LayerStore
from tileserver.tiles.filtering.nodes import Shape
from tileserver.tiles.filtering.shapes import to_edges

_RELATIONS: Final = {"s_intersects": INTERSECTS, "s_within": WITHIN}


def relate(op: str, layer: LayerStore, shape: Shape) -> NDArray[np.bool_]:
    """Tell which rows stand in a relation to a shape; bool (n), in store order.

    ``s_intersects``: they have a place in common, a touch included. ``s_within``: the whole row lies in
    the shape, its border included (so a point on the border of an area is within it, and a territory is
    within its own outline); a territory is within no line and no point, a line may be within lines. Areas
    that overlap are one for ``s_intersects``; for ``s_within`` they need to be valid, as GeoJSON wants them.
    """
    out = np.zeros(layer.entry.count, np.uint8)
    if layer.entry.kind == "points":
        for points in layer.point_levels:
            edges, areal = to_edges(shape, points.zoom)
            relate_points(points.xy, edges, areal, out[points.rows])
        return out.view(np.bool_)
    if layer.entry.kind == "lines":
        _relate_lines(_RELATIONS[op], layer, shape, out)
        return out.view(np.bool_)
    level = layer.level(layer.entry.max_zoom)
    edges, areal = to_edges(shape, layer.entry.max_zoom)
    vertices = np.diff(level.vertex_offsets[level.ring_offsets[level.polygon_offsets]])
    arrays = (level.bbox, level.polygon_offsets, level.ring_offsets, level.vertex_offsets, level.xy)
    space = relate_space(len(edges), int(vertices.max(initial=0)))
    relate_polygons(_RELATIONS[op], arrays, edges, areal, space, out)
    return out.view(np.bool_)


def _relate_lines(relation: int, layer: LayerStore, shape: Shape, out: NDArray[np.uint8]) -> None:
    zoom = layer.entry.max_zoom
    level = layer.lines(zoom)
    edges, areal = to_edges(shape, zoom)
    arrays = (level.bbox, level.part_offsets, level.vertex_offsets, level.xy)
    relate_lines(relation, arrays, 2 * edges, areal, lines_space(len(edges)), out)


def warm() -> None:
    """Load the compiled kernels (compile them where no cache has them), by relating nothing."""
    flat, pairs, boxes = (np.zeros(shape, np.int32) for shape in (1, (0, 2), (0, 4)))
    for array in (flat, pairs, boxes):
        array.flags.writeable = False  # as those of a store: numba compiles for that
    edges, areal = to_edges(Shape(points=((0.0, 0.0),)), 0)
    nothing = np.zeros(0, np.uint8)
    relate_points(pairs, edges, areal, nothing)
    arrays = (boxes, flat, flat, flat, pairs)
    relate_polygons(INTERSECTS, arrays, edges, areal, relate_space(len(edges), 0), nothing)
    arrays_of_lines = (boxes, flat, flat, pairs)
    relate_lines(INTERSECTS, arrays_of_lines, 2 * edges, areal, lines_space(len(edges)), nothing)
