"""The spatial predicates of lines against shapely, on the same integer grid: both are exact."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.shapes import frozen
from tests.kernel.test_relate import edges_of, random_area, random_thing
from tileserver.kernel.relate import INTERSECTS, WITHIN
from tileserver.kernel.relate_lines import lines_space, relate_lines


def relate(relation: int, rows: list[shapely.Geometry], shape: shapely.Geometry) -> list[bool]:
    many = [shapely.MultiLineString(shapely.get_parts(row).tolist()) for row in rows]
    _, xy, (vertices, parts) = shapely.to_ragged_array(many)
    arrays = (
        frozen(shapely.bounds(many).astype(np.int32)),
        frozen(parts.astype(np.int32)),
        frozen(vertices.astype(np.int32)),
        frozen(xy.astype(np.int32)),
    )
    edges, areal = edges_of(shape)
    out = np.full(len(rows), 7, np.uint8)
    relate_lines(relation, arrays, 2 * edges, areal, lines_space(len(edges)), out)
    return [bool(value) for value in out]


def hold(rows: list[shapely.Geometry], shape: shapely.Geometry) -> None:
    """Compare both relations with GEOS, which is exact on integer coordinates."""
    assert relate(INTERSECTS, rows, shape) == shapely.intersects(rows, shape).tolist()
    assert relate(WITHIN, rows, shape) == shapely.covered_by(rows, shape).tolist()


def random_lines(rng: np.random.Generator, size: int) -> shapely.Geometry:
    """Draw one to three lines of few places, without an edge of no length."""
    drawn: list[shapely.Geometry] = []
    while len(drawn) < int(rng.integers(1, 4)):
        line = shapely.remove_repeated_points(
            shapely.linestrings(rng.integers(0, size, (int(rng.integers(2, 6)), 2)))
        )
        if line.length > 0:
            drawn.append(line)
    return shapely.MultiLineString(drawn)


@given(st.integers(0, 2**32), st.integers(3, 12))
@settings(max_examples=400, deadline=None)
def test_random_lines_relate_to_random_shapes_as_geos_says(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [random_lines(rng, size) for _ in range(4)]
    shape = random_thing(rng, size)
    if shape.geom_type == "LineString" and shape.length == 0:
        shape = shapely.Point(shapely.get_coordinates(shape)[0])  # GEOS finds nothing on such a line
    if not shape.is_empty:
        hold(rows, shape)


@given(st.integers(0, 2**32), st.integers(3, 8))
@settings(max_examples=200, deadline=None)
def test_pieces_of_outlines_and_lines_inside_relate_as_geos_says(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    area = random_area(rng, size)
    if area.is_empty:
        return
    ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(area)[0])[0])
    chord = shapely.LineString(ring[rng.choice(len(ring) - 1, 2, replace=False)])
    rows = [shapely.LineString(ring[:3]), shapely.LineString(ring), chord]
    hold(rows, area)
    hold(rows, shapely.boundary(area))


CORNER = 1 << 30


@pytest.mark.parametrize(
    ("line", "meets", "within"),
    [
        ([(0, 0), (CORNER, CORNER)], True, True),
        ([(0, CORNER), (CORNER, 0)], True, True),
        ([(0, 0), (0, CORNER)], True, True),
    ],
)
def test_nothing_overflows_in_the_largest_world(
    line: list[tuple[int, int]], meets: bool, within: bool
) -> None:
    world = shapely.box(0, 0, CORNER, CORNER)
    rows: list[shapely.Geometry] = [shapely.LineString(line)]
    assert relate(INTERSECTS, rows, world) == [meets]
    assert relate(WITHIN, rows, world) == [within]
    half = shapely.Polygon([(0, 0), (CORNER, 0), (CORNER, CORNER - 1)])
    hold(rows, half)


def test_of_no_shape_nothing_is_told() -> None:
    rows: list[shapely.Geometry] = [shapely.LineString([(0, 0), (1, 1)])]
    assert relate(INTERSECTS, rows, shapely.Polygon()) == [False]
    assert relate(WITHIN, rows, shapely.Polygon()) == [False]
