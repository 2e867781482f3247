"""The clipper against shapely's overlay: the same area to the last unit, and always valid."""

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.shapes import BOX, ZOO, cut, pack, random_polygon
from tileserver.kernel.arrays import PolygonArrays, clip_work
from tileserver.kernel.features import polygon_geometry
from tileserver.store.varint import varint
from tileserver.tiles import reference

WINDOW = (BOX, (0, 0))


def decode(commands: bytes) -> shapely.Geometry | None:
    """Read geometry commands with mapbox-vector-tile, by wrapping them into a tile."""
    if not commands:
        return None
    feature = b"\x18\x03\x22" + varint(len(commands)) + commands
    body = b"\x78\x02\x0a\x01a\x12" + varint(len(feature)) + feature + b"\x28\x80\x20"
    tile = b"\x1a" + varint(len(body)) + body
    decoded = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return shapely.geometry.shape(decoded["a"]["features"][0]["geometry"])


def clipped(polygon: shapely.Geometry, *, by_vertices: bool = False) -> shapely.Geometry | None:
    """Run the kernels on one polygon and the box of the tile; what is wholly inside is not clipped.

    `by_vertices` leaves out the way by runs, as if every polygon touched itself.
    """
    arrays = pack([polygon])
    if by_vertices:
        arrays = arrays._replace(tangled=np.ones_like(arrays.tangled))
    if shapely.box(*BOX).covers(polygon):
        first = arrays.xy[0].astype(np.float64)
        return shapely.transform(decode(whole(arrays)), lambda xy: xy + first)
    out = np.zeros(1 << 16, np.uint8)
    size = polygon_geometry(arrays, 0, WINDOW, clip_work(len(arrays.xy)), (out, 0))
    assert size >= 0
    return decode(out[:size].tobytes())


def whole(arrays: PolygonArrays) -> bytes:
    """Give the stored commands of a single feature, after a first MoveTo to (0, 0)."""
    return b"\x09\x00\x00" + arrays.commands[: arrays.command_offsets[-1]].tobytes()


def check(polygon: shapely.Geometry) -> None:
    """Hold both ways of clipping to shapely, for one polygon that is cut at the tile lines."""
    expected = reference.clip(np.array([polygon], object), BOX)[0]
    for by_vertices in (False, True):
        got = clipped(polygon, by_vertices=by_vertices)
        if expected is None:
            assert got is None
            continue
        assert got is not None
        assert got.is_valid, shapely.is_valid_reason(got)
        assert shapely.equals(got, expected), shapely.symmetric_difference(got, expected)
        for part in shapely.get_parts(got):
            assert part.exterior.is_ccw  # positive area in tile units, MVT 2.1 §4.3.4.4
            assert not any(hole.is_ccw for hole in part.interiors)


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo_is_clipped_as_shapely_clips_it(name: str) -> None:
    check(cut(shapely.from_wkt(ZOO[name])))


@pytest.mark.parametrize("name", ZOO)
def test_a_rotated_zoo_meets_every_side_of_the_box(name: str) -> None:
    turned = shapely.from_wkt(ZOO[name])
    for _ in range(3):
        turned = shapely.transform(turned, lambda xy: np.column_stack([4096 - xy[:, 1], xy[:, 0]]))
        check(cut(turned))


@given(st.integers(0, 2**32))
@settings(max_examples=800, deadline=None)
def test_random_polygons_are_clipped_as_shapely_clips_them(seed: int) -> None:
    polygon = random_polygon(seed)
    if not polygon.is_empty:
        check(polygon)


def test_a_covered_tile_is_its_buffered_box() -> None:
    got = clipped(cut(shapely.from_wkt(ZOO["covers the tile"])))
    assert got is not None
    assert shapely.equals(got, shapely.box(*BOX))


def test_no_edge_runs_along_the_box_where_the_polygon_does_not() -> None:
    """A comb cut by the box comes out as separate teeth, not joined along the edge."""
    got = clipped(cut(shapely.from_wkt(ZOO["comb cut twelve times"])))
    assert got is not None
    assert len(shapely.get_parts(got)) == 3


@given(st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_a_whole_feature_is_encoded_from_its_first_vertex(seed: int) -> None:
    polygon = random_polygon(seed)
    if polygon.is_empty:
        return
    arrays = pack([polygon])
    got = decode(whole(arrays))
    first = arrays.xy[0].astype(np.float64)
    assert shapely.equals(shapely.transform(got, lambda xy: xy + first), polygon)


def test_a_buffer_too_small_is_told_by_how_much() -> None:
    polygon = cut(shapely.from_wkt(ZOO["hole over the edge"]))
    arrays = pack([polygon])
    work = clip_work(len(arrays.xy))
    for tangled in (0, 1):
        some = arrays._replace(tangled=np.full_like(arrays.tangled, tangled))
        needed = -polygon_geometry(some, 0, WINDOW, work, (np.zeros(4, np.uint8), 0))
        assert needed > 4
        assert polygon_geometry(some, 0, WINDOW, work, (np.zeros(needed, np.uint8), 0)) > 0
