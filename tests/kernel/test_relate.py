"""The spatial predicates against shapely, on the same integer grid: both are exact, so they must agree."""

from typing import cast

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.kernel.shapes import ZOO, frozen, pack
from tileserver.kernel.relate import INTERSECTS, WITHIN, relate_points, relate_polygons, relate_space

I64 = NDArray[np.int64]


def edges_of(geometry: shapely.Geometry) -> tuple[I64, int]:
    """Give the edges of a geometry as kernels take them, and how many bound its areas."""
    areas: list[I64] = []
    thin: list[I64] = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            oriented = shapely.orient_polygons(part, exterior_cw=False)
            areas += [shapely.get_coordinates(ring) for ring in shapely.get_rings(oriented)]
        else:
            xy = shapely.get_coordinates(part)
            thin.append(xy if len(xy) > 1 else np.vstack([xy, xy]))
    rows = [np.hstack([xy[:-1], xy[1:]]) for xy in (*areas, *thin)]
    edges = np.vstack(rows).astype(np.int64) if rows else np.zeros((0, 4), np.int64)
    return edges, sum(len(xy) - 1 for xy in areas)


def relate(relation: int, rows: list[shapely.Geometry], shape: shapely.Geometry) -> list[bool]:
    packed = pack([shapely.orient_polygons(row, exterior_cw=False) for row in rows])
    polygons = (packed.bbox, packed.polygon_offsets, packed.ring_offsets, packed.vertex_offsets, packed.xy)
    edges, areal = edges_of(shape)
    vertices = int(np.diff(packed.vertex_offsets[packed.ring_offsets[packed.polygon_offsets]]).max())
    out = np.full(len(rows), 7, np.uint8)
    relate_polygons(relation, polygons, frozen(edges), areal, relate_space(len(edges), vertices), out)
    return [bool(value) for value in out]


def hold(rows: list[shapely.Geometry], shape: shapely.Geometry) -> None:
    """Compare both relations with GEOS, which is exact on integer coordinates."""
    assert relate(INTERSECTS, rows, shape) == shapely.intersects(rows, shape).tolist()
    areas = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    covered = shapely.covered_by(rows, shapely.MultiPolygon(areas)).tolist()
    assert relate(WITHIN, rows, shape) == covered


def random_area(rng: np.random.Generator, size: int) -> shapely.Geometry:
    """Draw a polygon of few places, so that vertices and edges of two of them often coincide."""
    blobs = [
        shapely.convex_hull(shapely.multipoints(rng.integers(0, size, (rng.integers(3, 6), 2))))
        for _ in range(int(rng.integers(1, 4)))
    ]
    area = shapely.union_all([blob for blob in blobs if blob.area > 0])
    hole = shapely.convex_hull(shapely.multipoints(rng.integers(0, size, (3, 2))))
    if rng.integers(0, 2) and hole.area > 0:
        area = shapely.difference(area, hole)
    snapped = shapely.get_parts(shapely.set_precision(area, 1.0))
    return shapely.union_all([part for part in snapped if part.area > 0])


def random_thing(rng: np.random.Generator, size: int) -> shapely.Geometry:
    """Draw a shape of any kind that a filter can hold."""
    places = rng.integers(0, size, (int(rng.integers(2, 6)), 2))
    kind = int(rng.integers(0, 5))
    if kind == 0:
        return shapely.multipoints(places)
    if kind == 1:
        return shapely.linestrings(places)
    if kind == 2:
        return shapely.box(*places.min(axis=0), *(places.max(axis=0) + 1))
    return random_area(rng, size)


@given(st.integers(0, 2**32), st.integers(3, 12))
@settings(max_examples=400, deadline=None)
def test_random_polygons_relate_to_random_shapes_as_geos_says(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = [random_area(rng, size) for _ in range(12)]
    rows = [row for row in drawn if not row.is_empty]
    if rows:
        hold(rows, random_thing(rng, size))


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_polygon_relates_to_its_neighbours_and_their_union_as_geos_says(seed: int) -> None:
    """A coverage: borders are shared edge by edge, the case that a filter by our own outlines meets."""
    rng = np.random.default_rng(seed)
    cells = shapely.get_parts(
        shapely.polygonize(
            [shapely.union_all(shapely.linestrings(rng.integers(0, 9, (12, 2, 2))), grid_size=1.0)]
        )
    )
    if len(cells) == 0:
        return
    chosen = cells[rng.integers(0, 2, len(cells)).astype(bool)]
    hold(cells.tolist(), shapely.union_all(chosen) if len(chosen) else cells[0])


@pytest.mark.parametrize("name", sorted(ZOO))
def test_the_zoo_relates_to_itself_as_geos_says(name: str) -> None:
    rows = [shapely.from_wkt(wkt) for wkt in ZOO.values()]
    hold(rows, shapely.from_wkt(ZOO[name]))


def test_far_corners_of_the_deepest_grid_do_not_overflow() -> None:
    """At zoom 18 the world is 2^30 units wide."""
    far = 1 << 30
    world = shapely.Polygon([(0, 0), (far, 1), (far - 1, far), (1, far - 1)])
    sliver = shapely.Polygon([(1, 1), (far - 2, far - 2), (far - 2, far - 1)])
    hold([world, sliver], shapely.Polygon([(0, 0), (far, 0), (far, far), (0, far)]))
    hold([world, sliver], shapely.LineString([(2, 1), (far - 2, far - 3)]))
    hold([world, sliver], shapely.LineString([(2, 1), (far - 2, far - 2)]))


@given(st.integers(0, 2**32), st.integers(3, 10))
@settings(max_examples=200, deadline=None)
def test_points_lie_in_a_shape_or_on_it_as_geos_says(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    xy = rng.integers(-1, size + 1, (40, 2)).astype(np.int32)
    shape = random_thing(rng, size)
    edges, areal = edges_of(shape)
    out = np.full(len(xy), 7, np.uint8)
    relate_points(frozen(xy), frozen(edges), areal, out)
    expected = cast(NDArray[np.bool_], shapely.covered_by(shapely.points(xy), shape))
    assert out.astype(bool).tolist() == expected.tolist()


@pytest.mark.parametrize("relation", [INTERSECTS, WITHIN])
def test_nothing_stands_in_a_relation_to_a_shape_without_edges(relation: int) -> None:
    assert relate(relation, [shapely.box(0, 0, 5, 5)], shapely.Polygon()) == [False]
