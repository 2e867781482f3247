"""The fast renderer against the slow one, on the demo country."""

import threading
from pathlib import Path

import mapbox_vector_tile
import mercantile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tileserver.errors import NotFoundError
from tileserver.store.reader import LayerStore, Store, open_store
from tileserver.tiles import reference
from tileserver.tiles.render import rehearse, render
from tileserver.tiles.selection import select

LAYERS = (
    "regions", "departements", "ti", "epci", "communes", "friches", "qpv",
    "regions_labels", "communes_labels", "friches_clusters", "qpv_clusters",
)  # fmt: skip
DECODE = {"y_coord_down": True}


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store, verify=False)


def tile_near(layer: LayerStore, z: int, pick: int) -> tuple[int, int]:
    """Choose a tile that holds, or borders on, some place of the layer."""
    if layer.entry.kind == "territory":
        box = layer.level(z).bbox[pick % layer.entry.count]
        return int(box[pick % 2 * 2]) // 4096, int(box[1 + pick // 2 % 2 * 2]) // 4096
    points = layer.points_at(z)
    xy = points.xy[pick % len(points.xy)] >> (points.zoom - z)
    return int(xy[0]) // 4096, int(xy[1]) // 4096


def ids_at(layer: LayerStore, z: int) -> set[int]:
    """Give the ids of all that a layer has at a zoom: of clusters only some of its rows."""
    rows = slice(None) if layer.entry.kind == "territory" else layer.points_at(z).rows
    return set(layer.ids[rows].tolist())


def decode(data: bytes, name: str) -> dict[int, tuple[shapely.Geometry, dict[str, object]]]:
    if not data:
        return {}
    tile = mapbox_vector_tile.decode(data, default_options=DECODE)
    assert list(tile) == [name]
    assert tile[name]["extent"] == 4096
    assert tile[name]["version"] == 2
    return {f["id"]: (shapely.geometry.shape(f["geometry"]), f["properties"]) for f in tile[name]["features"]}


@given(st.sampled_from(LAYERS), st.integers(0, 14), st.integers(0, 10**6))
@settings(max_examples=300, deadline=None)
def test_a_tile_is_what_the_reference_renders(store: Store, name: str, zoom: int, pick: int) -> None:
    layer = store.layer(name)
    z = min(max(zoom, layer.entry.min_zoom), layer.entry.max_zoom)
    x, y = tile_near(layer, z, pick)
    got = decode(render(layer, z, x, y, tuple(range(len(layer.entry.fields)))), name)
    expected = {int(layer.ids[row]): (row, shape) for row, shape in reference.features(layer, z, x, y)}
    assert set(got) == set(expected)
    for key, (shape, properties) in got.items():
        row, wanted = expected[key]
        assert shape.is_valid
        assert shapely.equals(shape, wanted)
        for field in layer.entry.fields:  # the table itself is the oracle for values
            value = layer.attributes.column(field.id)[row].as_py()
            assert (field.id in properties) == (value is not None)
            if value is not None:
                assert properties[field.id] == value
                assert type(properties[field.id]) is type(value)


@given(st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_the_reference_bytes_decode_to_the_same_tile(store: Store, pick: int) -> None:
    layer = store.layer("epci")
    x, y = tile_near(layer, 8, pick)
    fast = decode(render(layer, 8, x, y, (0, 1)), "epci")
    slow = decode(reference.render(layer, 8, x, y, (0, 1)), "epci")
    assert {k: v[1] for k, v in fast.items()} == {k: v[1] for k, v in slow.items()}
    assert all(shapely.equals(fast[k][0], slow[k][0]) for k in fast)


@pytest.mark.parametrize("name", LAYERS)
def test_every_feature_is_in_some_tile_at_every_zoom(store: Store, name: str) -> None:
    layer = store.layer(name)
    for z in range(layer.entry.min_zoom, min(layer.entry.max_zoom, 9) + 1):
        west, south, east, north = layer.entry.bounds
        seen: set[int] = set()
        for tile in mercantile.tiles(west, south, east, north, z):
            data = render(layer, z, tile.x, tile.y, ())
            seen |= set(decode(data, name))
        assert seen == ids_at(layer, z)


def test_neighbouring_tiles_draw_the_same_line_where_they_overlap(store: Store) -> None:
    """Both sides of a tile edge hold the same geometry in the band that their buffers share."""
    layer = store.layer("communes")
    level = layer.level(9)
    x, y = (int(v) // 4096 for v in np.median(level.bbox[:, :2], axis=0))
    left = decode(render(layer, 9, x, y, ()), "communes")
    right = decode(render(layer, 9, x + 1, y, ()), "communes")
    band = shapely.box(4096 - 64, 0, 4096 + 64, 4096)
    both = set(left) & set(right)
    assert both
    for key in both:
        moved = shapely.transform(right[key][0], lambda xy: xy + np.array([4096, 0]))
        assert shapely.equals(shapely.intersection(left[key][0], band), shapely.intersection(moved, band))


def test_fields_come_in_the_order_asked_for_and_only_those(store: Store) -> None:
    layer = store.layer("regions")
    x, y = tile_near(layer, 4, 0)
    tile = decode(render(layer, 4, x, y, (4, 0)), "regions")
    names = {layer.entry.fields[4].id, "code"}
    assert all(set(properties) <= names for _, properties in tile.values())
    assert any(set(properties) == names for _, properties in tile.values())


def test_no_fields_is_a_tile_of_shapes(store: Store) -> None:
    layer = store.layer("regions")
    x, y = tile_near(layer, 4, 0)
    assert all(properties == {} for _, properties in decode(render(layer, 4, x, y, ()), "regions").values())


def test_a_tile_without_features_has_no_bytes(store: Store) -> None:
    assert render(store.layer("communes"), 12, 0, 0, (0,)) == b""


def test_a_zoom_without_tiles_is_refused(store: Store) -> None:
    with pytest.raises(NotFoundError, match="from zoom 5 to 12, not at 3"):
        render(store.layer("communes"), 3, 4, 3, (0,))


def test_a_rehearsal_makes_the_heaviest_tile(store: Store) -> None:
    made = rehearse(store.layers.values())
    for layer in store.layers.values():
        columns = select(layer.entry, None, None).columns
        for zoom, tile in layer.entry.heaviest.items():
            assert len(render(layer, int(zoom), tile.x, tile.y, columns)) <= len(made)
    assert rehearse([]) == b""


def test_threads_render_the_same_bytes(store: Store) -> None:
    layer = store.layer("communes")
    tiles = [(8, *tile_near(layer, 8, pick)) for pick in range(0, 400, 7)]
    alone = [render(layer, *tile, (0, 1, 2)) for tile in tiles]
    results: list[list[bytes]] = [[] for _ in range(4)]

    def work(number: int) -> None:
        results[number] = [render(layer, *tile, (0, 1, 2)) for tile in tiles]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result == alone for result in results)
