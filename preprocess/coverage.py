"""A coverage on the integer grid of one zoom: simplified, snapped, and still a coverage.

Polygons that share borders are simplified together (GEOS ``coverage_simplify``), so that a border
stays one line. Rounding coordinates polygon by polygon would then break it: vertices of one
neighbour fall on the edges of another. So the *lines* are rounded together: every border once, cut
at the tile lines (`preprocess.grid.cut_at_tile_lines`), goes through a snap-rounding noder
(Hobby 1999, as in GEOS OverlayNG), which leaves integer vertices, no crossing, and a vertex wherever
two lines meet. Whatever faces the rounded lines enclose are a valid coverage by construction; each
goes to the polygon that holds its inner point.

A polygon smaller than the grid has no face left. It gets the smallest valid shape, the unit square
around its inner point: the outline of that square is rounded with all other lines, so its neighbours
give way and the coverage stays valid.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess.grid import F64, cut_at_tile_lines
from tileserver.errors import TileserverError

Polygons = NDArray[np.object_]
MAX_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Snapped:
    """Polygons on the grid, in the order given; ``restored`` numbers those that had collapsed.

    A polygon that was allowed to vanish and did is empty.
    """

    polygons: Polygons
    restored: tuple[int, ...]


def simplify(polygons: Polygons, tolerance: float) -> Polygons:
    """Simplify a valid coverage together; `tolerance` in the units of its coordinates, 0 for none."""
    if tolerance == 0:
        return polygons
    simplified: Polygons = shapely.coverage_simplify(polygons, tolerance)
    return simplified


def simplify_inside(polygons: Polygons, group: NDArray[np.int64], tolerance: float) -> Polygons:
    """Simplify the borders between members of a group; those between groups stay, vertex by vertex.

    `group` int64 (n) is the group of each polygon of a valid coverage; `tolerance` in the units of its
    coordinates.
    """
    result = polygons.copy()
    order = np.argsort(group, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(members) > 1:
            result[members] = shapely.coverage_simplify(polygons[members], tolerance, simplify_boundary=False)
    return result


def snap(polygons: Polygons, buffer: int, lost: Callable[[NDArray[np.bool_]], Iterable[int]]) -> Snapped:
    """Bring a valid coverage, in unrounded grid units, onto the integer grid.

    `buffer` is that of the tiles, in grid units. `lost` is told which polygons have a face, bool
    (n), and names those without one that must be given their smallest shape.
    """
    lines = _border_lines(polygons, buffer)
    tree = shapely.STRtree(polygons)
    # Those that collapse on their own will nearly all be lost: begin with their squares in place.
    alone = ~shapely.is_empty(shapely.set_precision(polygons, 1.0))
    cells = _add_cells(polygons, lost(alone), {})
    for _ in range(MAX_ROUNDS):
        faces, face_owner = _faces(lines, tree, cells)
        present = np.zeros(len(polygons), np.bool_)
        present[face_owner] = True
        missing = [number for number in lost(present) if number not in cells]
        if not missing:
            joined = union_groups(faces, face_owner, len(polygons))
            return Snapped(joined, tuple(sorted(cells)))
        cells = _add_cells(polygons, missing, cells)
    raise TileserverError(
        f"{len(missing)} territories still vanish on the grid after {MAX_ROUNDS} rounds; "
        "raise the lowest zoom of the finest layer"
    )


def border_arcs(polygons: Polygons) -> tuple[F64, NDArray[np.int64]]:
    """List every distinct border segment once, in arcs: runs between the vertices where borders meet.

    Returns the segments, float64 (n, 4), x0, y0, x1, y1, each arc from end to end, and the number of
    the arc of each, int64 (n), increasing. Rings also part where one of them begins, so that all that
    share an arc cut it alike.
    """
    rings = shapely.get_rings(shapely.get_parts(polygons))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    vertex = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)[1]
    here = np.flatnonzero((ring[:-1] == ring[1:]) & (vertex[:-1] != vertex[1:]))
    start, end = vertex[here], vertex[here + 1]
    count = int(vertex.max(initial=0)) + 1
    key = np.minimum(start, end) * count + np.maximum(start, end)
    _, chosen, segment = np.unique(key, return_index=True, return_inverse=True)
    meets = np.bincount(np.concatenate([start[chosen], end[chosen]]), minlength=count) != 2
    meets[vertex[np.flatnonzero(np.diff(ring, prepend=-1))]] = True
    first = np.flatnonzero(meets[start])
    last = np.append(first, len(here))[1:] - 1
    # A segment lies in one arc only: the lesser of its two end segments names an arc both ways.
    _, kept = np.unique(np.minimum(segment[first], segment[last]), return_index=True)
    distinct = np.zeros(len(first), np.int64)
    distinct[kept] = 1
    arc = np.cumsum(meets[start]) - 1
    mine = here[distinct[arc] > 0]
    number = (np.cumsum(distinct) - 1)[arc[distinct[arc] > 0]]
    return np.hstack([xy[mine], xy[mine + 1]]), number


def _border_lines(polygons: Polygons, buffer: int) -> NDArray[np.object_]:
    """Return the arcs of the borders as lines, with a vertex on every tile line that they cross.

    Long lines, not single segments: the noder then holds and joins ten times fewer of them.
    """
    segments, arc = border_arcs(polygons)
    owner, xy = cut_at_tile_lines(segments, buffer)
    # The end of a segment is the start of the next one of its arc.
    start = np.searchsorted(owner, np.flatnonzero(np.diff(arc, prepend=-1) == 0))
    kept = np.ones(len(owner), np.bool_)
    kept[start] = False
    lines: NDArray[np.object_] = shapely.linestrings(xy[kept], indices=arc[owner[kept]])
    return lines


def _add_cells(
    polygons: Polygons, numbers: Iterable[int], cells: dict[int, tuple[int, int]]
) -> dict[int, tuple[int, int]]:
    """Give each polygon its unit square: the free one nearest to its inner point."""
    taken = set(cells.values())
    result = dict(cells)
    for number in numbers:
        inner = shapely.point_on_surface(polygons[number])
        home = (int(np.floor(inner.x)), int(np.floor(inner.y)))
        cell = next(cell for cell in _spiral(home) if cell not in taken)
        taken.add(cell)
        result[number] = cell
    return result


def _spiral(home: tuple[int, int]) -> Iterable[tuple[int, int]]:
    """Yield the unit squares around `home`, the nearest first."""
    yield home
    for radius in range(1, 64):
        ring = [
            (home[0] + dx, home[1] + dy)
            for dx in range(-radius, radius + 1)
            for dy in range(-radius, radius + 1)
            if max(abs(dx), abs(dy)) == radius
        ]
        yield from sorted(ring, key=lambda c: ((c[0] - home[0]) ** 2 + (c[1] - home[1]) ** 2, c))


def _faces(
    lines: NDArray[np.object_], tree: shapely.STRtree, cells: dict[int, tuple[int, int]]
) -> tuple[Polygons, NDArray[np.int64]]:
    """Round all lines together; return the faces that have an owner, and their owners."""
    corners = np.array(list(cells.values()), np.float64).reshape(-1, 2)
    squares = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + 1, corners[:, 1] + 1)
    outlines = shapely.get_exterior_ring(squares) if len(squares) else np.array([], object)
    rounded = shapely.union_all(np.concatenate([lines, outlines]), grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize([rounded]))
    inner = shapely.point_on_surface(faces)
    owner = np.full(len(faces), -1, np.int64)
    face, polygon = tree.query(inner, predicate="intersects")
    # A point on a border meets two polygons: written backwards, the first of them stays.
    owner[face[::-1]] = polygon[::-1]
    numbers = np.array(list(cells), np.int64)
    face, square = shapely.STRtree(squares).query(inner, predicate="intersects")
    owner[face] = numbers[square]
    owned = owner >= 0
    return faces[owned], owner[owned]


def union_groups(polygons: Polygons, group: NDArray[np.int64], count: int) -> Polygons:
    """Union the polygons of a coverage group by group; shared borders vanish, vertices stay.

    `group` int64 (n) is the group of each polygon, -1 for none. Returns `count` geometries, each a
    Polygon or MultiPolygon, empty for a group without members.
    """
    order = np.argsort(group, kind="stable")
    order = order[group[order] >= 0]
    order = order[~shapely.is_empty(polygons[order])]
    starts = np.searchsorted(group[order], np.arange(count + 1))
    result = np.full(count, shapely.Polygon(), dtype=object)
    for number in range(count):
        members = polygons[order[starts[number] : starts[number + 1]]]
        if len(members) == 1:
            result[number] = members[0]
        elif len(members) > 1:
            result[number] = shapely.coverage_union_all(members)
    return result
