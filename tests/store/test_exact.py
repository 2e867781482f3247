"""The exact geometry of a layer: what was given comes back, by row; a damaged file is refused when read."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from preprocess.exact import write_exact
from tileserver.errors import StoreError
from tileserver.store import manifest as m
from tileserver.store.exact import ExactStore, Ragged
from tileserver.store.exact_format import Kind, kind_of
from tileserver.store.integrity import current_digest
from tileserver.store.reader import Store, open_store
from tileserver.store.writer import new_version

TYPES = {
    "areas": shapely.GeometryType.MULTIPOLYGON,
    "lines": shapely.GeometryType.MULTILINESTRING,
    "points": shapely.GeometryType.POINT,
}

HOLED = shapely.from_wkt(
    "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1), (4 4, 5 4, 4 5, 4 4))"
)
ISLANDS = shapely.from_wkt("MULTIPOLYGON (((20 0, 21 0, 21 1, 20 0)), ((30.1 0, 31.3 0.7, 31 1, 30.1 0)))")
SHAPES = {
    "areas": [HOLED, ISLANDS, shapely.MultiPolygon(), shapely.box(5.968548215324658, 40, 6, 41)],
    "lines": [
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.MultiLineString([[(0, 0), (2, 1)], [(5, 5), (6, 7)]]),
    ],
    "points": [shapely.Point(-0.1 - 0.2, 47), shapely.Point(2, 48), shapely.Point(55.5, -21)],
}  # fmt: skip


def shapes_of(geometry: Ragged) -> np.ndarray:
    found: np.ndarray = shapely.from_ragged_array(TYPES[geometry.kind], geometry.xy, geometry.offsets or None)
    return found


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store)


@pytest.mark.parametrize("kind", ["areas", "lines", "points"])
def test_what_was_written_is_read_row_by_row_to_the_last_bit(
    kind: Kind, store: Store, tmp_path: Path
) -> None:
    shapes = np.array(SHAPES[kind], object)
    with new_version(tmp_path) as writer:
        exact = write_exact("here", shapes, kind, writer)
        layer_kind = "territory" if kind == "areas" else kind
        entry = replace(store.layer("communes").entry, kind=layer_kind, count=len(shapes), exact=exact)
        found = ExactStore(writer.directory, entry, writer.files[exact.file])
        assert exact.vertices == shapely.get_num_coordinates(shapes).sum()
        for rows in ([0, 1], [1, 0], [1], [], list(range(len(shapes)))):
            taken = shapes_of(found.take(np.array(rows, np.int64)))
            assert shapely.equals_exact(taken, to_multi(shapes[rows]), normalize=True).all()
        assert np.array_equal(found.bbox, shapely.bounds(shapes), equal_nan=True)


def to_multi(shapes: np.ndarray) -> np.ndarray:
    types = shapely.get_type_id(shapes)
    single = {
        3: lambda shape: shapely.MultiPolygon([shape]),
        1: lambda shape: shapely.MultiLineString([shape]),
    }
    return np.array([single.get(t, lambda s: s)(s) for t, s in zip(types, shapes, strict=True)], object)


def test_exteriors_turn_left_and_holes_right(store: Store) -> None:
    taken = store.exact["communes"].take(np.arange(store.layer("communes").entry.count))
    polygons = shapely.get_parts(shapes_of(taken))
    assert shapely.is_ccw(shapely.get_exterior_ring(polygons)).all()
    rings = [ring for polygon in polygons for ring in polygon.interiors]
    assert not shapely.is_ccw(rings).any()


def test_communes_are_a_coverage_and_every_territory_their_union(store: Store) -> None:
    communes = shapes_of(store.exact["communes"].take(np.arange(store.layer("communes").entry.count)))
    assert shapely.coverage_is_valid(communes)
    assert shapely.is_valid(communes).all()
    assert store.members is not None
    codes = store.layer("communes").attributes.column("code").to_pylist()
    row = {code: number for number, code in enumerate(codes)}
    for level, layer in (("epci", "epci"), ("ti", "ti"), ("region", "regions")):
        own = shapes_of(store.exact[layer].take(np.arange(store.layer(layer).entry.count)))
        for number, code in enumerate(store.layer(layer).attributes.column("code").to_pylist()):
            members = [each.code for each in store.members.shared(level, code)["commune"]]
            united = shapely.coverage_union_all(communes[[row[member] for member in members]])
            assert shapely.equals_exact(own[number], to_multi(np.array([united]))[0], normalize=True)


def test_layers_that_are_made_from_others_have_none(store: Store) -> None:
    own = {entry.id for entry in store.manifest.layers if entry.role == "features"}
    assert set(store.exact) == own
    for name, exact in store.exact.items():
        assert exact.kind == kind_of(store.layer(name).entry.kind)
        assert shapely.is_valid(shapes_of(exact.take(np.arange(store.layer(name).entry.count)))).all()


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.integers(0, 399), max_size=40))
def test_any_rows_in_any_order_are_the_slices_of_the_whole(store: Store, rows: list[int]) -> None:
    exact = store.exact["communes"]
    whole = shapes_of(exact.take(np.arange(400)))
    assert shapely.equals_exact(shapes_of(exact.take(np.array(rows, np.int64))), whole[rows]).all()


def test_a_damaged_file_is_refused_when_it_is_first_read(demo_store: Path, tmp_path: Path) -> None:
    """Not at the start: most servers never read it."""
    version = demo_store / current_digest(demo_store)
    entry = open_store(demo_store, verify=False).layer("regions").entry
    assert entry.exact is not None
    data = bytearray((version / entry.exact.file).read_bytes())
    published = m.File(bytes=len(data), digest=open_store(demo_store).manifest.files[entry.exact.file].digest)
    data[-9] ^= 1
    (tmp_path / entry.exact.file).write_bytes(data)
    exact = ExactStore(tmp_path, entry, published)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"regions\.exact\.arrow: damaged"):
            exact.take(np.array([0]))
