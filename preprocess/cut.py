"""Cuts one polygon into parts along the outlines of others, without a gap and without an overlap.

The outlines are simplified: they leave some of the polygon to nobody, and reach across its border in
slivers. What nobody claims, and slivers, go to the part with which they share the longest border.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
Ints = NDArray[np.int64]

SLIVER = 0.1
"""A face that is apart from the main part of its owner stays with it from this share of its size."""


def cut_piece(piece: shapely.Geometry, outlines: Shapes) -> tuple[Shapes, Ints]:
    """Return the parts of `piece`, and for each the number of the outline that it goes to, int64.

    Each number stands on one part at most: an outline that covers no ground of the piece has none. A
    single outline takes the piece as it is. The parts are a valid coverage whose union is the piece.
    """
    if len(outlines) == 1:
        return np.array([piece], object), np.zeros(1, np.int64)
    lines = [shapely.boundary(piece), *shapely.boundary(outlines)]
    faces: Shapes = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    inner = shapely.point_on_surface(faces)
    shapely.prepare(piece)
    faces, inner = faces[shapely.intersects(piece, inner)], inner[shapely.intersects(piece, inner)]
    owner = np.full(len(faces), -1, np.int64)
    for number, outline in enumerate(outlines):
        owner[(owner < 0) & shapely.intersects(outline, inner)] = number
    owner = _adopt(faces, _without_slivers(faces, owner, len(outlines)))
    numbers = np.unique(owner)
    parts = np.array([shapely.coverage_union_all(faces[owner == n]) for n in numbers], object)
    return parts, numbers


def _without_slivers(faces: Shapes, owner: Ints, count: int) -> Ints:
    """Take from each owner the faces that are small and apart from its main part."""
    kept = owner.copy()
    for number in range(count):
        own = np.flatnonzero(owner == number)
        if len(own) == 0:
            continue
        parts = shapely.get_parts(shapely.coverage_union_all(faces[own]))
        size = shapely.area(parts)
        small = parts[size < SLIVER * size.max()]
        inner = shapely.point_on_surface(faces[own])
        for part in small:
            kept[own[shapely.intersects(part, inner)]] = -1
    return kept


def _adopt(faces: Shapes, owner: Ints) -> Ints:
    """Give each face without owner to the owner with which it shares the longest border.

    A face that touches no owned one (an island that nobody claims) goes to the nearest.
    """
    result = owner.copy()
    if (result < 0).all():
        result[np.argmax(shapely.area(faces))] = 0
    while (left := np.flatnonzero(result < 0)).size:
        owned = np.flatnonzero(result >= 0)
        shared = shapely.length(
            shapely.intersection(
                shapely.boundary(faces[left])[:, None], shapely.boundary(faces[owned])[None, :]
            )
        )
        best = int(np.argmax(shared.max(axis=1)))
        if shared[best].max() > 0:
            totals = np.bincount(result[owned], shared[best])
            result[left[best]] = int(np.argmax(totals))
        else:
            distance = shapely.distance(faces[left[best]], faces[owned])
            result[left[best]] = result[owned[np.argmin(distance)]]
    return result
