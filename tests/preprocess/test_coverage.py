"""Snapping a coverage to the grid: it stays a coverage, and nothing in it vanishes."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from preprocess.coverage import border_arcs, simplify, snap, union_groups
from preprocess.grid import crosses_tile_lines
from preprocess.prepared import Prepared

BUFFER = 64
Polygons = NDArray[np.object_]


def voronoi(seed: int, count: int, size: float) -> Polygons:
    """Draw a valid coverage of `count` cells in a square of `size` grid units."""
    rng = np.random.default_rng(seed)
    points = shapely.MultiPoint(rng.random((count, 2)) * size)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=shapely.box(0, 0, size, size)))
    return np.array(shapely.get_parts(shapely.intersection(cells, shapely.box(0, 0, size, size))), object)


def everyone(present: NDArray[np.bool_]) -> list[int]:
    """Nobody may vanish."""
    return np.flatnonzero(~present).tolist()


def assert_integral_coverage(polygons: Polygons) -> None:
    xy = shapely.get_coordinates(polygons)
    assert np.array_equal(xy, np.rint(xy))
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    assert not crosses_tile_lines(border_arcs(polygons)[0], BUFFER).any()


Segment = tuple[tuple[float, float], tuple[float, float]]


def border_segments(polygons: Polygons) -> set[Segment]:
    """List the distinct border segments in the slow obvious way, the lesser end first."""
    found: set[Segment] = set()
    for ring in shapely.get_rings(shapely.get_parts(polygons)):
        xy = [(float(x), float(y)) for x, y in ring.coords]
        found |= {(min(pair), max(pair)) for pair in pairwise(xy) if pair[0] != pair[1]}
    return found


def assert_arcs(polygons: Polygons) -> None:
    """Assert that the arcs hold every border segment once, end to end, and meet at their ends only."""
    segments, arc = border_arcs(polygons)
    listed = [((a, b), (c, d)) for a, b, c, d in segments.tolist()]
    undirected = [(min(pair), max(pair)) for pair in listed]
    assert len(undirected) == len(set(undirected))
    assert set(undirected) == border_segments(polygons)
    assert np.array_equal(np.unique(arc), np.arange(arc.max(initial=-1) + 1))
    inside = Counter[tuple[float, float]]()
    ends: set[tuple[float, float]] = set()
    for number in range(arc.max(initial=-1) + 1):
        run = [pair for pair, owner in zip(listed, arc.tolist(), strict=True) if owner == number]
        assert all(before[1] == after[0] for before, after in pairwise(run))
        inside.update(pair[1] for pair in run[:-1])
        ends |= {run[0][0], run[-1][1]}
    assert not inside.keys() & ends
    assert set(inside.values()) <= {1}


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(1, 8))
@settings(max_examples=60, deadline=None)
def test_the_arcs_are_the_borders_each_once(seed: int, count: int, groups: int) -> None:
    cells = voronoi(seed, count, 300.0)
    assert_arcs(cells)
    # unions of cells that are apart: several parts, holes and enclaves, rings that begin anywhere
    assert_arcs(union_groups(cells, np.random.default_rng(seed).integers(0, groups, len(cells)), groups))


def test_the_arcs_of_an_enclave_of_an_island_and_of_nothing() -> None:
    inner = shapely.box(5, 5, 8, 8)
    around = shapely.difference(shapely.box(0, 0, 20, 20), inner)
    assert_arcs(np.array([around, inner, shapely.box(30, 0, 40, 10), shapely.Polygon()], object))
    assert_arcs(np.array([shapely.Polygon()], object))


@given(st.integers(0, 2**32), st.integers(2, 120), st.sampled_from([12.0, 40.0, 300.0, 9000.0]))
@settings(max_examples=120, deadline=None)
def test_a_snapped_coverage_is_a_coverage_with_everyone_in_it(seed: int, count: int, size: float) -> None:
    cells = voronoi(seed, min(count, int(size * size / 3)), size)
    snapped = snap(simplify(cells, 2.0), BUFFER, everyone)
    assert not shapely.is_empty(snapped.polygons).any()
    assert_integral_coverage(snapped.polygons)


def test_a_collapsed_cell_gets_a_unit_square_and_its_neighbours_give_way() -> None:
    tiny = shapely.box(100.2, 100.2, 100.4, 100.4)
    around = shapely.difference(shapely.box(0, 0, 200, 200), tiny)
    snapped = snap(np.array([around, tiny], object), BUFFER, everyone)
    assert snapped.restored == (1,)
    assert snapped.polygons[1].area == 1
    assert snapped.polygons[0].area == 200 * 200 - 1
    assert_integral_coverage(snapped.polygons)


def test_two_cells_that_collapse_in_one_place_both_survive() -> None:
    tiny = [shapely.box(x, 50.1, x + 0.1, 50.3) for x in (50.1, 50.3, 50.5)]
    around = shapely.difference(shapely.box(0, 0, 99, 99), shapely.union_all(tiny))
    snapped = snap(np.array([around, *tiny], object), BUFFER, everyone)
    assert [p.area for p in snapped.polygons[1:]] == [1, 1, 1]
    assert_integral_coverage(snapped.polygons)


def test_what_may_vanish_vanishes() -> None:
    tiny = shapely.box(100.2, 100.2, 100.4, 100.4)
    around = shapely.difference(shapely.box(0, 0, 200, 200), tiny)
    snapped = snap(np.array([around, tiny], object), BUFFER, lambda _: [])
    assert snapped.restored == ()
    assert snapped.polygons[1].is_empty


def test_an_enclave_stays_a_hole() -> None:
    inner = shapely.box(50, 50, 80.4, 80.4)
    around = shapely.difference(shapely.box(0, 0, 200, 200), inner)
    snapped = snap(np.array([around, inner], object), BUFFER, everyone)
    assert len(snapped.polygons[0].interiors) == 1
    assert shapely.equals(shapely.Polygon(snapped.polygons[0].interiors[0]), snapped.polygons[1])


def test_a_union_is_made_of_the_borders_of_its_members() -> None:
    cells = snap(voronoi(5, 60, 5000.0), BUFFER, everyone).polygons
    group = np.arange(60) % 4
    group[7] = -1
    united = union_groups(cells, group, 5)
    assert united[4].is_empty
    for number in range(4):
        members = cells[group == number]
        assert shapely.equals(united[number], shapely.union_all(members))
        assert border_segments(united[number : number + 1]) <= border_segments(members)
    assert shapely.coverage_is_valid(united[:4])


def test_every_zoom_of_the_demo_is_a_coverage_and_levels_nest(demo_store: Path) -> None:
    """A TI's outline is the union of its communes' outlines, at every zoom that shows both."""
    from tileserver.store.reader import open_store
    from tileserver.tiles import reference

    store = open_store(demo_store, verify=False)
    for name in ("regions", "departements", "ti", "epci", "communes"):
        layer = store.layer(name)
        for zoom in range(layer.entry.min_zoom, layer.entry.max_zoom + 1):
            polygons = reference.polygons(layer.level(zoom))
            assert len(polygons) == layer.entry.count
            assert_integral_coverage(polygons)


@pytest.mark.parametrize("level", ["ti", "departements", "regions", "epci"])
def test_a_territory_is_the_union_of_its_communes(
    demo_store: Path, demo_prepared: Prepared, level: str
) -> None:
    from layers.catalog import load_catalog
    from tileserver.store.reader import open_store
    from tileserver.tiles import reference

    catalog = load_catalog()
    column = str(catalog.layers[level].level)
    parents = dict(zip(demo_prepared.membership["commune"], demo_prepared.membership[column], strict=True))
    store = open_store(demo_store, verify=False)
    communes, upper = store.layer("communes"), store.layer(level)
    codes = communes.attributes.column("code").to_pylist()
    names = upper.attributes.column("code").to_pylist()
    group = np.array([names.index(parents[c]) if isinstance(parents[c], str) else -1 for c in codes])
    for zoom in range(5, 13):
        fine = reference.polygons(communes.level(zoom))
        coarse = reference.polygons(upper.level(zoom))
        for number, shape in enumerate(coarse):
            assert shapely.equals(shape, shapely.union_all(fine[group == number]))
