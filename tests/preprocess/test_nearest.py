"""Points counted around points, against every pair measured one by one."""

import numpy as np
import pyproj
import pytest
import shapely

from preprocess.nearest import count_within, nearest_area_km, nearest_border_km

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.mark.parametrize("latitude", [-21.0, 4.0, 46.0, 66.0])
@pytest.mark.parametrize("km", [0.5, 10.0, 80.0])
def test_counts_are_those_of_measuring_every_pair(latitude: float, km: float) -> None:
    rng = np.random.default_rng(int(latitude) + 30)
    points = rng.normal([2.0, latitude], 0.4, (120, 2))
    others = rng.normal([2.0, latitude], 0.4, (90, 2))
    slow = [
        sum(GEOD.inv(*point, *other)[2] <= km * 1000 for other in others.tolist())
        for point in points.tolist()
    ]
    assert count_within(points, others, km).tolist() == slow


def test_a_point_at_the_very_distance_counts_and_the_same_place_does() -> None:
    here = np.array([[2.0, 48.0]])
    lon, lat, _ = GEOD.fwd(2.0, 48.0, 77, 10_000)
    there = np.array([[lon, lat], [2.0, 48.0]])
    metres = GEOD.inv(2.0, 48.0, lon, lat)[2]
    assert count_within(here, there, metres / 1000).tolist() == [2]
    assert count_within(here, there, metres / 1000 - 1e-6).tolist() == [1]


def test_among_nothing_there_is_nothing() -> None:
    none = np.empty((0, 2))
    assert count_within(np.array([[2.0, 48.0]]), none, 10).tolist() == [0]
    assert count_within(none, np.array([[2.0, 48.0]]), 10).tolist() == []


def slow_km(point: tuple[float, float], areas: list[shapely.Geometry]) -> float:
    """Measure to points a few metres apart along every border."""
    best = np.inf
    for area in areas:
        line = shapely.segmentize(area.boundary, 2e-5)
        xy = shapely.get_coordinates(line)
        _, _, metres = GEOD.inv(*np.repeat([point], len(xy), axis=0).T, *xy.T)
        best = min(best, metres.min() / 1000)
    return float(best)


@pytest.mark.parametrize("latitude", [-21.0, 46.0, 66.0])
def test_the_nearest_border_is_that_of_measuring_to_all_of_it(latitude: float) -> None:
    rng = np.random.default_rng(9)
    areas = [
        shapely.Point(*centre).buffer(radius, quad_segs=20)
        for centre, radius in zip(
            rng.normal([2, latitude], 0.3, (5, 2)), rng.uniform(0.01, 0.1, 5), strict=True
        )
    ]
    points = rng.normal([2, latitude], 0.3, (6, 2))
    found = nearest_border_km(points, np.array(areas, dtype=object))
    for point, km in zip(points.tolist(), found, strict=True):
        assert km == pytest.approx(slow_km((point[0], point[1]), areas), abs=2e-3)


def test_inside_an_area_the_distance_is_nothing_and_in_its_hole_something() -> None:
    ring = shapely.Point(2, 48).buffer(0.2).difference(shapely.Point(2, 48).buffer(0.1))
    areas = np.array([ring], dtype=object)
    points = np.array([[2.15, 48.0], [2.0, 48.0]])
    assert nearest_area_km(points, areas).tolist() == [0, pytest.approx(7.46, abs=0.05)]
    assert nearest_border_km(points, areas)[0] > 1
