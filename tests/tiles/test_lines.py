"""A layer of lines through the whole build: its tiles against the slow renderer, all of it at every zoom."""

from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from preprocess.grid import to_grid
from tests.decoders.structure import read
from tests.decoders.sweep import Swept, examine, sweep_zoom
from tests.lines import DEEPEST, LOWEST
from tileserver.errors import NotFoundError
from tileserver.kernel.layer import line_layer
from tileserver.kernel.relate_lines import relate_lines
from tileserver.store.reader import LayerStore, Store, open_store
from tileserver.tiles import reference
from tileserver.tiles.filtering import spatial
from tileserver.tiles.filters import mask, parse_filter
from tileserver.tiles.render import render, warm

ZOOMS = range(LOWEST, DEEPEST + 1)


@pytest.fixture(scope="module")
def store(roads_store: Path) -> Store:
    return open_store(roads_store)


@pytest.fixture(scope="module")
def roads(store: Store) -> LayerStore:
    return store.layer("roads")


def tiles_with_vertices(layer: LayerStore, z: int) -> list[tuple[int, int]]:
    """List the tiles in or near which the layer has a vertex, those beyond their edges too."""
    found: set[tuple[int, int]] = set()
    for dx in (-70, 0, 70):
        for dy in (-70, 0, 70):
            found |= {(int(x), int(y)) for x, y in (layer.lines(z).xy + np.array([dx, dy])) // 4096}
    side = 1 << z
    return sorted((x, y) for x, y in found if 0 <= x < side and 0 <= y < side)


def decode(data: bytes) -> dict[int, shapely.Geometry]:
    if not data:
        return {}
    tile = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    return {f["id"]: shapely.geometry.shape(f["geometry"]) for f in tile["roads"]["features"]}


def edges(geometry: shapely.Geometry) -> NDArray[np.object_]:
    """Take a geometry apart: an overlay of the whole counts once what a line runs over twice."""
    xy, part = shapely.get_coordinates(shapely.get_parts(geometry), return_index=True)
    same = part[:-1] == part[1:]
    found: NDArray[np.object_] = shapely.linestrings(np.stack([xy[:-1][same], xy[1:][same]], axis=1))
    return found


@pytest.mark.parametrize("z", ZOOMS)
def test_every_tile_is_what_the_reference_renders(roads: LayerStore, z: int) -> None:
    whole = reference.lines(roads.lines(z))
    tiles = tiles_with_vertices(roads, z)
    chosen = tiles if len(tiles) <= 120 else [tiles[i] for i in range(0, len(tiles), len(tiles) // 100)]
    seen: set[int] = set()
    for x, y in tiles:
        got = decode(render(roads, z, x, y, ()))
        seen |= set(got)
        if (x, y) not in chosen:
            continue
        expected = {int(roads.ids[row]): (row, shape) for row, shape in reference.features(roads, z, x, y)}
        assert set(got) == set(expected), (x, y)
        box = shapely.box(*reference.window(z, x, y, roads.entry.buffer))
        for key, shape in got.items():
            row, wanted = expected[key]
            assert shapely.length(shapely.union_all(edges(shape))) == pytest.approx(shapely.length(wanted))
            assert shapely.covers(shapely.buffer(wanted, 1e-6), shape)
            cut = shapely.length(shapely.intersection(edges(whole[row]), box)).sum()
            assert shapely.length(shape) == pytest.approx(cut)
    assert seen == set(roads.ids.tolist())


def test_the_reference_bytes_decode_to_the_same_tile(roads: LayerStore) -> None:
    for x, y in tiles_with_vertices(roads, 5)[:20]:
        fast, slow = (decode(way(roads, 5, x, y, (0, 1))) for way in (render, reference.render))
        assert set(fast) == set(slow)


def test_every_tile_of_the_low_zooms_is_all_that_is_promised(roads_store: Path, roads: LayerStore) -> None:
    for z in range(LOWEST, 6):
        seen = sweep_zoom(roads_store, "roads", z)
        assert seen.faults == []
        assert seen.ids == set(roads.ids.tolist())


def test_deeper_tiles_are_all_that_is_promised(roads: LayerStore) -> None:
    columns = tuple(range(len(roads.entry.fields)))
    for x, y in tiles_with_vertices(roads, DEEPEST):
        data = render(roads, DEEPEST, x, y, columns)
        assert not data or examine(roads.entry, data, Swept("roads", DEEPEST)) == []


def test_detail_grows_with_the_zoom(roads: LayerStore) -> None:
    counts = [roads.entry.geometries[str(z)].vertices for z in ZOOMS]
    assert counts == sorted(counts)
    assert [len(roads.lines(z).xy) for z in ZOOMS] == counts


def test_hardly_a_tile_is_heavier_than_the_heaviest(roads: LayerStore) -> None:
    for z in ZOOMS:
        heaviest = roads.entry.heaviest[str(z)]
        sizes = {(x, y): len(render(roads, z, x, y, ())) for x, y in tiles_with_vertices(roads, z)}
        assert heaviest.bytes == sizes[heaviest.x, heaviest.y]
        assert heaviest.bytes > 0.9 * max(sizes.values())  # it is the heaviest of a few that may be it
        layers, _ = read(render(roads, z, heaviest.x, heaviest.y, ()))
        assert heaviest.features == len(layers[0].features)


def test_values_are_those_of_the_table(roads: LayerStore) -> None:
    rows = {int(key): row for row, key in enumerate(roads.ids)}
    columns = tuple(range(len(roads.entry.fields)))
    x, y = tiles_with_vertices(roads, LOWEST)[0]
    layers, _ = read(render(roads, LOWEST, x, y, columns))
    assert layers[0].features
    for feature in layers[0].features:
        row = {key: roads.attributes.column(key)[rows[feature.id or 0]].as_py() for key in feature.properties}
        assert feature.properties == row


def test_a_zoom_or_a_kind_that_is_not_there_is_told(store: Store, roads: LayerStore) -> None:
    with pytest.raises(NotFoundError, match="'roads' has no lines at zoom 2"):
        roads.lines(2)
    with pytest.raises(NotFoundError, match="'roads' has no polygons at zoom 9"):
        roads.level(9)
    with pytest.raises(NotFoundError, match="'roads' is not a point layer"):
        assert roads.points.zoom
    with pytest.raises(NotFoundError, match="'communes' has no lines at zoom 6"):
        store.layer("communes").lines(6)
    with pytest.raises(NotFoundError, match="from zoom 3 to 10, not at 11"):
        render(roads, 11, 0, 0, ())


def passing(roads: LayerStore, text: str) -> NDArray[np.bool_]:
    return mask(parse_filter(text), roads).astype(np.bool_)


def test_a_filter_of_values_leaves_lines_out(roads: LayerStore) -> None:
    chosen = mask(parse_filter("lanes = 2"), roads)
    lanes = roads.attributes.column("lanes").to_pylist()
    assert chosen.tolist() == [value == 2 for value in lanes]
    x, y = tiles_with_vertices(roads, LOWEST)[0]
    kept = set(roads.ids[chosen.astype(np.bool_)].tolist())
    whole, some = (set(decode(render(roads, LOWEST, x, y, (), rows))) for rows in (None, chosen))
    assert some == whole & kept


@pytest.mark.parametrize(
    "geometry",
    [
        "POLYGON ((-22 44, -18 44, -18 47, -22 47, -22 44))",
        "POLYGON ((-24 43, -16 43, -16 49, -24 49, -24 43), (-21 45, -19 45, -19 47, -21 47, -21 45))",
        "MULTIPOLYGON (((-24 43, -20 43, -20 49, -24 49, -24 43)), ((-20 43, 9 43, 9 49, -20 49, -20 43)))",
        "LINESTRING (-24 43, -16 49)",
        "LINESTRING (0 45, 9 45)",
        "MULTIPOINT ((2 45), (1 44))",
    ],
)
def test_a_spatial_filter_is_what_shapely_says_on_the_grid(roads: LayerStore, geometry: str) -> None:
    lines = reference.lines(roads.lines(DEEPEST))
    shape = shapely.transform(shapely.from_wkt(geometry), lambda lonlat: np.round(to_grid(lonlat, DEEPEST)))
    meets = shapely.intersects(lines, shape)
    assert meets.any()
    assert (passing(roads, f"s_intersects(geometry, {geometry})") == meets).all()
    assert (passing(roads, f"s_disjoint(geometry, {geometry})") == ~meets).all()
    within = shapely.covered_by(lines, shapely.union_all(shape))
    assert (passing(roads, f"s_within(geometry, {geometry})") == within).all()


def test_warming_compiles_what_tiles_and_filters_of_lines_run(roads: LayerStore) -> None:
    warm()
    spatial.warm()
    kernels: list[Any] = [line_layer, relate_lines]
    before = [len(kernel.signatures) for kernel in kernels]
    chosen = mask(parse_filter("S_WITHIN(geometry, BBOX(-40, 30, 10, 60))"), roads)
    heaviest = roads.entry.heaviest["6"]
    assert render(roads, 6, heaviest.x, heaviest.y, (0, 1), chosen)
    assert [len(kernel.signatures) for kernel in kernels] == before
