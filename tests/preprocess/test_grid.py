"""The grid of a zoom and the lines on which tiles end."""

import mercantile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preprocess.grid import crosses_tile_lines, cut_at_tile_lines, ground_km2, to_grid, to_lonlat

BUFFER = 64


@given(st.floats(-179, 179), st.floats(-84, 84), st.integers(0, 16))
def test_a_position_falls_in_the_tile_that_mercantile_says(lon: float, lat: float, zoom: int) -> None:
    x, y = to_grid(np.array([[lon, lat]]), zoom)[0]
    tile = mercantile.tile(lon, lat, zoom)
    assert (int(x // 4096), int(y // 4096)) == (tile.x, tile.y)
    assert to_lonlat(np.array([[x, y]]), zoom)[0] == pytest.approx([lon, lat], abs=1e-9)


@given(st.lists(st.tuples(*[st.integers(-9000, 9000)] * 4), min_size=1, max_size=20))
def test_cut_segments_cross_no_line_and_keep_their_ends(drawn: list[tuple[int, int, int, int]]) -> None:
    segments = np.array(drawn, np.float64)
    owner, xy = cut_at_tile_lines(segments, BUFFER)
    for i, segment in enumerate(segments):
        points = xy[owner == i]
        assert points[0].tolist() == segment[:2].tolist()
        assert points[-1].tolist() == segment[2:].tolist()
        pieces = np.hstack([points[:-1], points[1:]])
        assert not crosses_tile_lines(pieces, BUFFER).any()
        steps = np.diff(points, axis=0)
        whole = segment[2:] - segment[:2]
        assert np.abs(np.cross(np.pad(steps, ((0, 0), (0, 1))), [*whole, 0])[:, 2]).max() < 1e-4 * (
            1 + np.abs(whole).max()
        )


def test_a_segment_over_two_tiles_gets_a_vertex_on_each_line() -> None:
    _, xy = cut_at_tile_lines(np.array([[0.0, 10.0, 8192.0, 10.0]]), BUFFER)
    assert xy[:, 0].tolist() == [0, 64, 4032, 4160, 8128, 8192]


def test_ground_areas_shrink_with_latitude() -> None:
    one = to_grid(np.array([[2.0, 0.0], [2.0, 60.0]]), 10)
    at_equator, at_60 = ground_km2(np.array([1e6, 1e6]), one[:, 1], 10)
    assert at_60 / at_equator == pytest.approx(0.25, rel=1e-6)
