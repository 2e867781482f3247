"""Names and groups: each of their points is in exactly one tile at each zoom."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import mapbox_vector_tile
import mercantile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tileserver.store import rtree
from tileserver.store.reader import LayerStore, PointLevel, Store, open_store
from tileserver.tiles.filters import mask, parse_filter
from tileserver.tiles.render import render

ALL_TILES = 5
"""As far as this zoom, all tiles of the world are asked for."""

LABELS = ("regions_labels", "departements_labels", "ti_labels", "epci_labels", "communes_labels")
CLUSTERS = ("friches_clusters", "qpv_clusters")

Xy = tuple[int, int]


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store, verify=False)


def times(layer: LayerStore, z: int, tiles: list[Xy]) -> Counter[int]:
    """Count how often each id stands in some tiles of a zoom."""
    seen: Counter[int] = Counter()
    for x, y in tiles:
        if data := render(layer, z, x, y, ()):
            seen.update(
                feature["id"] for feature in mapbox_vector_tile.decode(data)[layer.entry.id]["features"]
            )
    return seen


def tiles_around(layer: LayerStore, z: int) -> list[Xy]:
    """List the tiles of a zoom that can hold something: all of the world, or those around the bounds."""
    if z <= ALL_TILES:
        return [(x, y) for x in range(1 << z) for y in range(1 << z)]
    west, south, east, north = layer.entry.bounds
    return [
        (tile.x, tile.y) for tile in mercantile.tiles(west - 0.1, south - 0.1, east + 0.1, north + 0.1, z)
    ]


@pytest.mark.parametrize("name", [*LABELS, *CLUSTERS])
def test_over_all_tiles_of_a_zoom_each_is_there_once(store: Store, name: str) -> None:
    layer = store.layer(name)
    for z in range(layer.entry.min_zoom, min(layer.entry.max_zoom, 9) + 1):
        ids = layer.ids[layer.points_at(z).rows].tolist()
        assert len(set(ids)) == len(ids)
        assert times(layer, z, tiles_around(layer, z)) == Counter(ids), z


def made_of(xy: list[Xy], zoom: int) -> LayerStore:
    """Give what the renderer reads of a layer of points without a buffer, on the grid of `zoom`."""
    places = np.array(xy, np.int32).reshape(-1, 2)
    level = PointLevel(places, rtree.build(np.hstack([places, places])), zoom, 0)
    entry = SimpleNamespace(
        id="names", kind="points", buffer=0, count=len(xy), fields=(), min_zoom=0, max_zoom=zoom
    )
    return cast(
        LayerStore,
        SimpleNamespace(
            entry=entry,
            kept={},
            ids=np.arange(len(xy), dtype=np.uint64),
            tags=(),
            value_offsets=np.zeros(1, np.int32),
            value_bytes=np.zeros(0, np.uint8),
            points_at=lambda _: level,
        ),
    )


near_an_edge = st.builds(
    lambda tile, off: min(max(tile * 4096 + off, 0), 8 * 4096 - 1), st.integers(0, 8), st.integers(-5, 5)
)


@given(st.lists(st.tuples(near_an_edge, near_an_edge), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_point_on_or_beside_an_edge_is_in_one_tile(xy: list[Xy]) -> None:
    """Also where it comes to lie on the edge only by rounding to the grid of a lower zoom."""
    layer = made_of(xy, 3)
    for z in range(4):
        tiles = [(x, y) for x in range(1 << z) for y in range(1 << z)]
        seen = times(layer, z, tiles)
        # Rounding takes what lies within half a unit of the world's far edge out of the world.
        half = (1 << (3 - z)) >> 1
        inside = [i for i, place in enumerate(xy) if max(place) + half < 8 * 4096]
        assert {i: seen[i] for i in inside} == dict.fromkeys(inside, 1)


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_filter_of_groups_takes_those_of_the_tile_s_zoom(store: Store, name: str) -> None:
    layer = store.layer(name)
    passing = mask(parse_filter("count > 1"), layer)
    assert 0 < passing.sum() < len(passing)
    for z in range(layer.entry.max_zoom + 1):
        rows = layer.points_at(z).rows
        wanted = {
            int(i)
            for i, count in zip(
                layer.ids[rows], layer.attributes.column("count")[rows].to_pylist(), strict=True
            )
            if count > 1
        }
        seen: set[int] = set()
        for x, y in np.unique(layer.points_at(z).xy // 4096, axis=0).tolist():
            if data := render(layer, z, x, y, (), passing):
                seen |= {feature["id"] for feature in mapbox_vector_tile.decode(data)[name]["features"]}
        assert seen == wanted


def test_a_filter_by_place_looks_at_the_groups_of_every_zoom(store: Store) -> None:
    layer = store.layer("friches_clusters")
    west, south, east, north = layer.entry.bounds
    half = (west + east) / 2
    found = mask(
        parse_filter(f"S_INTERSECTS(geometry, BBOX({west - 9}, {south - 9}, {half}, {north + 9}))"), layer
    )
    for z in range(layer.entry.max_zoom + 1):
        level = layer.points_at(z)
        border = round((half / 360 + 0.5) * (4096 << z))
        assert found[level.rows].tolist() == (level.xy[:, 0] <= border).tolist()
