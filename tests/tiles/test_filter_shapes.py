"""Spatial filters on the demo country: against shapely on the same grid, and bboxes as they are said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from preprocess.grid import to_grid, to_lonlat
from tileserver.kernel import relate
from tileserver.store.reader import LayerStore, Store, open_store
from tileserver.tiles.filtering import spatial
from tileserver.tiles.filtering.nodes import Shape
from tileserver.tiles.filtering.shapes import to_edges
from tileserver.tiles.filters import mask, parse_filter

TERRITORIES = ("communes", "epci", "departements")


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store)


def outlines(layer: LayerStore) -> NDArray[np.object_]:
    """Give the stored polygons of the deepest zoom, on its grid."""
    level = layer.level(layer.entry.max_zoom)
    found = []
    for feature in range(layer.entry.count):
        parts = range(level.polygon_offsets[feature], level.polygon_offsets[feature + 1])
        polygons = []
        for part in parts:
            rings = [
                level.xy[level.vertex_offsets[ring] : level.vertex_offsets[ring + 1]]
                for ring in range(level.ring_offsets[part], level.ring_offsets[part + 1])
            ]
            polygons.append(shapely.Polygon(rings[0], rings[1:]))
        found.append(shapely.MultiPolygon(polygons))
    return np.array(found, object)


def snapped(geometry: shapely.Geometry, zoom: int) -> shapely.Geometry:
    """Project a geometry in degrees and round it to the grid, by the code that builds stores."""
    return shapely.transform(geometry, lambda lonlat: np.round(to_grid(lonlat, zoom)))


def passing(op: str, geometry: str, layer: LayerStore) -> list[bool]:
    return [bool(row) for row in mask(parse_filter(f"{op}(geometry, {geometry})"), layer)]


def draw(rng: np.random.Generator, layer: LayerStore) -> shapely.Geometry:
    """Draw a geometry in degrees somewhere over the layer, of any size and kind."""
    west, south, east, north = layer.entry.bounds
    size = 10 ** rng.uniform(-3, 0.2)
    count = int(rng.integers(3, 12))
    places = rng.uniform([west, south], [east, north]) + rng.uniform(-size, size, (count, 2))
    makers: list[Callable[[], shapely.Geometry]] = [
        lambda: shapely.Point(places[0]),
        lambda: shapely.multipoints(places),
        lambda: shapely.linestrings(places),
        lambda: shapely.multilinestrings([places[:2], places[1:3]]),
        lambda: shapely.convex_hull(shapely.multipoints(places)),
        lambda: shapely.box(*places.min(axis=0), *places.max(axis=0)),
        lambda: shapely.concave_hull(shapely.multipoints(places), ratio=0.3),
        lambda: shapely.difference(
            shapely.box(*places.min(axis=0), *places.max(axis=0)),
            shapely.convex_hull(shapely.multipoints(places[:3])),
        ),
        lambda: shapely.union_all(shapely.buffer(shapely.points(places), size / 4, quad_segs=2)),
    ]
    return makers[int(rng.integers(0, len(makers)))]()


@given(st.integers(0, 2**32), st.sampled_from(TERRITORIES))
@settings(max_examples=150, deadline=None)
def test_territories_meet_and_lie_within_shapes_as_geos_says(store: Store, seed: int, name: str) -> None:
    layer = store.layer(name)
    drawn = draw(np.random.default_rng(seed), layer)
    on_grid = snapped(drawn, layer.entry.max_zoom)
    assume(on_grid.is_valid)
    rows = outlines(layer)
    meets = shapely.intersects(rows, on_grid).tolist()
    assert passing("S_INTERSECTS", drawn.wkt, layer) == meets
    assert passing("S_DISJOINT", drawn.wkt, layer) == [not met for met in meets]
    assert passing("S_WITHIN", drawn.wkt, layer) == shapely.covered_by(rows, on_grid).tolist()


@given(st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_points_lie_in_shapes_as_geos_says(store: Store, seed: int) -> None:
    layer = store.layer("friches")
    drawn = draw(np.random.default_rng(seed), layer)
    on_grid = snapped(drawn, layer.points.zoom)
    assume(on_grid.is_valid)
    expected = shapely.covered_by(shapely.points(layer.points.xy), on_grid).tolist()
    assert passing("S_INTERSECTS", drawn.wkt, layer) == expected
    assert passing("S_WITHIN", drawn.wkt, layer) == expected


def test_a_territory_is_within_its_own_outline_and_so_are_its_parts(store: Store) -> None:
    """The outline as a client has it, in degrees with six decimals: exact, because it is rounded again."""
    epci, communes = store.layer("epci"), store.layer("communes")
    zoom = epci.entry.max_zoom
    assert zoom == communes.entry.max_zoom
    inside = outlines(communes)
    for row, outline in enumerate(outlines(epci)):
        degrees = shapely.transform(outline, lambda xy: np.round(to_lonlat(xy, zoom), 6))
        shape = Shape(
            polygons=tuple(
                tuple(tuple(map(tuple, ring.coords)) for ring in (part.exterior, *part.interiors))
                for part in degrees.geoms
            )
        )
        assert spatial.relate("s_within", epci, shape)[row]
        members = spatial.relate("s_within", communes, shape)
        assert members.tolist() == shapely.covered_by(inside, outline).tolist()
        assert members.any()


def test_a_bbox_is_the_polygon_of_its_corners(store: Store) -> None:
    layer = store.layer("communes")
    west, south, east, north = layer.entry.bounds
    east, north = (west + east) / 2, (south + north) / 2
    corners = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    for op in ("S_INTERSECTS", "S_WITHIN"):
        by_box = passing(op, f"BBOX({west}, {south}, {east}, {north})", layer)
        assert 0 < sum(by_box) < layer.entry.count
        assert by_box == passing(op, f"BBOX({west}, {south}, 0, {east}, {north}, 99)", layer)
        assert by_box == passing(op, f"POLYGON(({corners}))", layer)


def test_a_bbox_across_the_antimeridian_is_two(store: Store) -> None:
    layer = store.layer("communes")
    west, south, east, north = layer.entry.bounds
    middle = (west + east) / 2
    around = passing("S_INTERSECTS", f"BBOX({middle}, {south}, {west - 1}, {north})", layer)
    assert around == passing("S_INTERSECTS", f"BBOX({middle}, {south}, 180, {north})", layer)
    assert 0 < sum(around) < layer.entry.count


def test_the_whole_world_holds_everything(store: Store) -> None:
    for layer in store.layers.values():
        assert all(passing("S_WITHIN", "BBOX(-180, -90, 180, 90)", layer))


def test_the_bbox_of_a_geometry_is_not_taken_for_the_geometry(store: Store) -> None:
    """GeoJSON allows the member; cql2 reads a geometry that has it as that bbox."""
    layer = store.layer("communes")
    west, south, east, north = layer.entry.bounds
    text = (
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point",'
        f' "bbox": [{west}, {south}, {east}, {north}], "coordinates": [{west - 1}, {south}]}}]}}'
    )
    assert not mask(parse_filter(text), layer).any()


def test_operands_of_a_spatial_test_may_change_places(store: Store) -> None:
    layer = store.layer("communes")
    west, south, east, north = layer.entry.bounds
    bbox = f"BBOX({west}, {south}, {(west + east) / 2}, {north})"
    turned = mask(parse_filter(f"s_intersects({bbox}, geom)"), layer)
    assert turned.astype(bool).tolist() == passing("S_INTERSECTS", bbox, layer)


@pytest.mark.parametrize(
    ("shape", "edges", "areal"),
    [
        (Shape(points=((0, 0),)), [[2048, 2048, 2048, 2048]], 0),
        (Shape(lines=(((0, 0), (180, 0)),)), [[2048, 2048, 4096, 2048]], 0),
        (Shape(lines=(((0, 0), (0.01, 0)),)), [[2048, 2048, 2048, 2048]], 0),
        # a ring too small for the grid is a point, one without width a line
        (Shape(polygons=((((0, 0), (0.01, 0), (0, 0.01), (0, 0)),),)), [[2048, 2048, 2048, 2048]], 0),
        (
            Shape(polygons=((((0, 0), (90, 0), (0, 0.01), (0, 0)),),)),
            [[2048, 2048, 3072, 2048], [3072, 2048, 2048, 2048]],
            0,
        ),
        # interior on the left, however the ring was turned
        (
            Shape(polygons=((((0, 0), (90, 0), (90, -90), (0, 0)),),)),
            [[2048, 2048, 3072, 2048], [3072, 2048, 3072, 4096], [3072, 4096, 2048, 2048]],
            3,
        ),
        (
            Shape(polygons=((((0, 0), (90, -90), (90, 0), (0, 0)),),)),
            [[3072, 4096, 2048, 2048], [3072, 2048, 3072, 4096], [2048, 2048, 3072, 2048]],
            3,
        ),
    ],
)
def test_a_shape_is_edges_on_the_grid(shape: Shape, edges: list[list[int]], areal: int) -> None:
    made, bounding = to_edges(shape, 0)
    assert (made.tolist(), bounding) == (edges, areal)


def test_two_areas_that_share_an_edge_are_one() -> None:
    """A territory over both is within them: the shared edge bounds nothing."""
    left = ((0.0, 0.0), (45.0, 0.0), (45.0, -45.0), (0.0, -45.0), (0.0, 0.0))
    right = ((45.0, 0.0), (90.0, 0.0), (90.0, -45.0), (45.0, -45.0), (45.0, 0.0))
    edges, areal = to_edges(Shape(polygons=((left,), (right,))), 0)
    assert (len(edges), areal) == (6, 6)


def test_warming_compiles_what_a_filter_runs(store: Store) -> None:
    spatial.warm()
    kernels: list[Any] = [relate.relate_polygons, relate.relate_points]
    before = [len(kernel.signatures) for kernel in kernels]
    passing("S_WITHIN", "BBOX(-5, 41, 9, 51)", store.layer("communes"))
    passing("S_INTERSECTS", "POINT(2 48)", store.layer("friches"))
    assert [len(kernel.signatures) for kernel in kernels] == before
