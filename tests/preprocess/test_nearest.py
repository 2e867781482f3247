"""Points counted around points, against every pair measured one by one."""

import numpy as np
import pyproj
import pytest

from preprocess.nearest import count_within

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
