"""Where names are written: inside, in the largest part, in the middle; once a territory."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from preprocess.labels import LABEL_GRID, label_points, ranks
from tileserver.errors import TileserverError
from tileserver.store.reader import Store, open_store
from tileserver.tiles import reference

LEVELS = ("regions", "departements", "ti", "epci", "communes")
ZOOM = 12
SCALE = 1 << (LABEL_GRID - ZOOM)

ZOO = {
    "a square": "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))",
    "the smallest square": "POLYGON ((5 5, 6 5, 6 6, 5 6, 5 5))",
    "the smallest triangle": "POLYGON ((5 5, 6 5, 5 6, 5 5))",
    "a crescent around its centroid": "POLYGON ((0 0, 90 0, 90 10, 10 10, 10 80, 90 80, 90 90, 0 90, 0 0))",
    "a hole in the middle": "POLYGON ((0 0, 90 0, 90 90, 0 90, 0 0), (20 20, 20 70, 70 70, 70 20, 20 20))",
    "an island and a mainland": "MULTIPOLYGON (((0 0, 5 0, 5 5, 0 5, 0 0)), ((9 9, 90 9, 90 90, 9 90, 9 9)))",
    "two parts that touch": "MULTIPOLYGON (((0 0, 5 0, 5 5, 0 5, 0 0)), ((5 5, 9 5, 9 8, 5 8, 5 5)))",
    "a long strip": "POLYGON ((0 0, 1000 0, 1000 4, 0 4, 0 0))",
    "a spike": "POLYGON ((0 0, 500 1, 1000 0, 520 40, 480 40, 0 0))",
}


def placed(shapes: list[shapely.Geometry]) -> np.ndarray:
    """Place names, in the units of the shapes; float64 (n, 2)."""
    return label_points(np.array(shapes, object), ZOOM) / SCALE


def largest(shape: shapely.Geometry) -> shapely.Geometry:
    return max(shapely.get_parts(shape), key=shapely.area)


@pytest.mark.parametrize("text", ZOO.values(), ids=ZOO)
def test_a_name_is_strictly_inside_the_largest_part(text: str) -> None:
    shape = shapely.from_wkt(text)
    [[x, y]] = placed([shape])
    assert shapely.contains_properly(largest(shape), shapely.Point(x, y))


def test_a_name_is_in_the_middle_of_what_is_regular_or_long() -> None:
    square, strip = (shapely.from_wkt(ZOO[name]) for name in ("a square", "a long strip"))
    assert placed([square, strip]).tolist() == [[5, 5], [500, 2]]


def test_a_part_too_thin_for_the_finest_grid_is_refused() -> None:
    thin = shapely.Polygon([(0, 0), (1000, 1), (999, 1)])
    with pytest.raises(TileserverError, match="territory 1 of 2 is too thin"):
        label_points(np.array([shapely.box(0, 0, 9, 9), thin], object), LABEL_GRID)


@st.composite
def stars(draw: st.DrawFn) -> shapely.Geometry:
    """Draw a polygon on the grid, seen whole from its middle, so valid; of any roughness."""
    radii = draw(st.lists(st.integers(3, 400), min_size=5, max_size=24))
    angles = np.arange(len(radii)) * 2 * np.pi / len(radii)
    rough = np.column_stack([np.cos(angles) * radii, np.sin(angles) * radii])
    return shapely.Polygon(np.rint(rough))


@given(stars().filter(lambda shape: shape.is_valid and shape.area > 0))
@settings(max_examples=150, deadline=None)
def test_a_name_has_nearly_as_much_room_as_any_place(shape: shapely.Geometry) -> None:
    """By trying a lattice of places over the shape."""
    [[x, y]] = placed([shape])
    west, south, east, north = shape.bounds
    tried = shapely.points(
        *(axis.ravel() for axis in np.meshgrid(np.linspace(west, east, 60), np.linspace(south, north, 60)))
    )
    tried = tried[shapely.contains_properly(shape, tried)]
    room = shapely.distance(shape.exterior, tried).max(initial=0)
    assert shape.contains_properly(shapely.Point(x, y))
    assert shape.exterior.distance(shapely.Point(x, y)) >= 0.8 * room


def test_the_largest_is_first_in_rank_and_equals_keep_their_order() -> None:
    assert ranks(np.array([2.0, 5.0, 2.0, 9.0])).tolist() == [2, 1, 3, 0]


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store, verify=False)


@pytest.mark.parametrize("name", LEVELS)
def test_each_territory_of_a_store_has_one_name_inside_its_largest_part(store: Store, name: str) -> None:
    """With its id, code and name; by the outlines that are drawn at the deepest zoom."""
    layer, names = store.layer(name), store.layer(f"{name}_labels")
    assert (names.entry.role, names.entry.of, names.entry.kind, names.entry.buffer) == (
        "labels",
        name,
        "points",
        0,
    )
    owners = {row["id"]: row for row in layer.attributes.to_pylist()}
    told = names.attributes.to_pylist()
    assert {(row["id"], row["code"], row["name"]) for row in told} == {
        (row["id"], row["code"], row["name"]) for row in owners.values()
    }
    assert len(told) == len(owners)
    shapes = dict(zip(layer.ids.tolist(), reference.polygons(layer.level(layer.entry.max_zoom)), strict=True))
    scale = 1 << (names.points.zoom - layer.entry.max_zoom)
    for row, place in zip(told, names.points.xy / scale, strict=True):
        assert shapely.contains_properly(largest(shapes[row["id"]]), shapely.Point(place)), row


@pytest.mark.parametrize("name", LEVELS)
def test_ranks_follow_the_areas_on_the_ground(store: Store, name: str) -> None:
    areas = {row["code"]: row["area_km2"] for row in store.layer(name).attributes.to_pylist()}
    ranked = sorted(store.layer(f"{name}_labels").attributes.to_pylist(), key=lambda row: row["rank"])
    assert [row["rank"] for row in ranked] == list(range(len(areas)))
    ordered = [areas[row["code"]] for row in ranked]
    assert ordered == sorted(ordered, reverse=True)


def test_names_have_the_zooms_of_their_territories_but_where_declared(store: Store) -> None:
    zooms = {name: store.layer(f"{name}_labels").entry for name in LEVELS}
    assert {name: (entry.min_zoom, entry.max_zoom) for name, entry in zooms.items()} == {
        "regions": (0, 12), "departements": (0, 12), "ti": (0, 12), "epci": (3, 12), "communes": (8, 12),
    }  # fmt: skip
