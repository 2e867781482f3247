"""Areas on the integer grid: valid, all there, cut at the tile lines, and where they were."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from preprocess.coverage import Polygons
from preprocess.detail import TOLERANCE
from preprocess.grid import to_grid
from preprocess.zoning_shapes import draw, prove
from tileserver.errors import TileserverError

BUFFER = 64


def array(*texts: str) -> Polygons:
    return np.array([shapely.from_wkt(text) for text in texts], object)


AWKWARD = {
    "a square metre": "POLYGON ((2 48, 2.00001 48, 2.00001 48.00001, 2 48.00001, 2 48))",
    "thinner than the grid": "POLYGON ((2 48, 4 48.3, 4 48.30001, 2 48.00001, 2 48))",
    "two parts that meet on the grid": (
        "MULTIPOLYGON (((2 48, 3 48, 3 49, 2 49, 2 48)), ((3.00001 48, 4 48, 4 49, 3.00001 49, 3.00001 48)))"
    ),
    "a hole next to the border": (
        "POLYGON ((2 48, 3 48, 3 49, 2 49, 2 48), "
        "(2.00001 48.2, 2.5 48.2, 2.5 48.8, 2.00001 48.8, 2.00001 48.2))"
    ),
    "a hole smaller than the grid": (
        "POLYGON ((2 48, 3 48, 3 49, 2 49, 2 48), (2.5 48.5, 2.50001 48.5, 2.50001 48.50001, 2.5 48.5))"
    ),
    "a needle": "POLYGON ((2 48, 3 48, 2.50001 48.0001, 2.5 49.5, 2.49999 48.0001, 2 48))",
    "a part that vanishes": (
        "MULTIPOLYGON (((2 48, 3 48, 3 49, 2 49, 2 48)), ((5 48, 5.00001 48, 5.00001 48.00001, 5 48)))"
    ),
}


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("zoom", [0, 3, 6, 9])
def test_an_awkward_area_is_there_and_valid_at_every_zoom(text: str, zoom: int) -> None:
    drawn = draw(array(text), zoom, TOLERANCE, BUFFER)
    prove(drawn, BUFFER, "this")
    xy = shapely.get_coordinates(drawn)
    assert (xy == np.rint(xy)).all()
    assert shapely.area(drawn[0]) > 0


def test_areas_that_overlap_stay_apart() -> None:
    both = array("POLYGON ((2 48, 3 48, 3 49, 2 49, 2 48))", "POLYGON ((2.5 48, 4 48, 4 49, 2.5 49, 2.5 48))")
    drawn = draw(both, 8, 0.0, BUFFER)
    for shape, full in zip(drawn, both, strict=True):
        wanted = shapely.transform(full, lambda lonlat: to_grid(lonlat, 8))
        assert shapely.area(shapely.symmetric_difference(shape, wanted)) < 0.01 * shapely.area(wanted)
    assert shapely.area(shapely.intersection(*drawn)) > 0


def test_neighbours_that_are_a_coverage_leave_no_gap_between_them() -> None:
    border = " ".join(f"{3 + 0.0001 * (n % 3)} {48 + n / 40}," for n in range(40))
    back = " ".join(f"{3 + 0.0001 * (n % 3)} {48 + n / 40}," for n in reversed(range(40)))
    west = f"POLYGON ((2 48, {border} 2 49, 2 48))"
    east = f"POLYGON ((4 48, 4 49, {back} 4 48))"
    drawn = draw(array(west, east), 6, TOLERANCE, BUFFER, together=True)
    assert shapely.coverage_is_valid(drawn)
    assert shapely.get_num_coordinates(drawn).sum() < 40


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_any_area_is_valid_at_any_zoom_and_lies_where_it_did(seed: int) -> None:
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 30))
    reach = rng.uniform(0.001, 1.0, 30)[:, None] * 10.0 ** rng.uniform(-4, 0)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * reach + rng.uniform([-5, 42], [9, 51])
    shape = shapely.make_valid(shapely.Polygon(ring), method="structure", keep_collapsed=False)
    if shapely.is_empty(shape):
        return
    for zoom in (4, 7, 11):
        drawn = draw(np.array([shape], object), zoom, TOLERANCE, BUFFER)
        prove(drawn, BUFFER, "this")
        full = shapely.transform(shape, lambda lonlat, zoom=zoom: to_grid(lonlat, zoom))
        assert shapely.covers(shapely.buffer(full, 2 * TOLERANCE + 2), drawn[0])


def test_what_is_not_as_it_should_be_is_not_published() -> None:
    bow_tie = array("POLYGON ((0 0, 8 8, 8 0, 0 8, 0 0))")
    with pytest.raises(TileserverError, match="1 that are not valid"):
        prove(bow_tie, BUFFER, "this")
    with pytest.raises(TileserverError, match="lacks 1 of 1"):
        prove(array("POLYGON EMPTY"), BUFFER, "this")
    with pytest.raises(TileserverError, match="4 edges that cross a tile line"):
        prove(
            array(
                "POLYGON ((0 200, 300 200, 300 300, 0 300, 0 200))",
                "POLYGON ((50 0, 80 0, 80 9, 50 9, 50 0))",
            ),
            BUFFER,
            "it",
        )
