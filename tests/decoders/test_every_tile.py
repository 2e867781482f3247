"""Tiles of the demo country through the strict reader and shapely: all of the low zooms, some of all."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decoders.by_hand import HOLE, POINT, SQUARE, body, feature, put
from tests.decoders.structure import read
from tests.decoders.sweep import ACCEPTED, Swept, examine, sweep, sweep_zoom
from tests.decoders.walk import children, random_addresses, tiles_at
from tileserver.store.manifest import LayerEntry
from tileserver.store.reader import Store, open_store
from tileserver.tiles.render import render

DEEPEST = 6
"""All tiles of the world are asked for as far as this zoom."""


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store, verify=False)


@pytest.fixture(scope="module")
def roots(store: Store) -> dict[str, list[tuple[int, int]]]:
    """Give the tiles of each layer's lowest zoom."""
    return {name: tiles_at(layer, layer.entry.min_zoom) for name, layer in store.layers.items()}


def test_every_tile_of_the_low_zooms_is_all_that_is_promised(store: Store, demo_store: Path) -> None:
    for name, layer in store.layers.items():
        for z in range(layer.entry.min_zoom, DEEPEST + 1):
            seen = sweep_zoom(demo_store, name, z)
            assert seen.faults == []
            assert seen.tiles > 0
            if layer.entry.kind in ("territory", "zoning"):
                assert seen.ids == set(layer.ids.tolist())


def test_processes_find_what_one_finds(demo_store: Path) -> None:
    assert sweep(demo_store, [("regions", 4), ("ti", 3)], 2) == [
        sweep_zoom(demo_store, "regions", 4),
        sweep_zoom(demo_store, "ti", 3),
    ]


def test_random_tiles_of_every_layer_and_zoom_are_all_that_is_promised(store: Store) -> None:
    addresses = random_addresses(store, 400, seed=11)
    assert len(addresses) == 400
    assert {name for name, *_ in addresses} == set(store.layers)
    for name, z, x, y in addresses:
        entry = store.layer(name).entry
        data = render(store.layer(name), z, x, y, tuple(range(len(entry.fields))))
        assert examine(entry, data, Swept(name, z)) == [], (name, z, x, y)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_selection_of_fields_makes_a_sound_tile(
    store: Store, roots: dict[str, list[tuple[int, int]]], data: st.DataObject
) -> None:
    layer = store.layer(data.draw(st.sampled_from(list(store.layers))))
    z = layer.entry.min_zoom
    x, y = data.draw(st.sampled_from(roots[layer.entry.id]))
    while z < layer.entry.max_zoom and data.draw(st.integers(0, 5)) and (below := children(layer, z, x, y)):
        z, (x, y) = z + 1, data.draw(st.sampled_from(below))
    columns = data.draw(st.lists(st.sampled_from(range(len(layer.entry.fields))), unique=True))
    found, findings = read(render(layer, z, x, y, tuple(columns)))
    assert [item for item in findings if item.rule not in ACCEPTED] == []
    names = {layer.entry.fields[column].id for column in columns}
    assert all(set(feature.properties) <= names for feature in found[0].features)


BOW_TIE = (9, 0, 0, 26, 80, 0, 79, 40, 60, 20, 15)
FAULTS = {
    "the reader's findings": (feature(*SQUARE, kind=3), put(5, 0), "extent 0"),
    "another extent": (feature(*SQUARE, kind=3), put(5, 512), "its layers are"),
    "no id": (feature(*SQUARE, kind=3)[2:], put(5, 4096), "without an id"),
    "another type": (feature(*POINT), put(5, 4096), "another type than 3"),
    "a position beyond the buffer": (
        feature(9, 8322, 0, *SQUARE[3:], kind=3),
        put(5, 4096),
        "beyond the buffer",
    ),
    "a bow-tie": (feature(*BOW_TIE, kind=3), put(5, 4096), "Self-intersection"),
    "a hole in another place": (
        feature(*SQUARE, 9, 200, 0, *HOLE[3:], kind=3),
        put(5, 4096),
        "Hole lies outside",
    ),
    "one square on another": (feature(*SQUARE, *SQUARE, kind=3), put(5, 4096), "Self-intersection"),
}


@pytest.mark.parametrize(("drawn", "extent", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_a_tile_is_told(store: Store, drawn: bytes, extent: bytes, fault: str) -> None:
    entry: LayerEntry = store.layer("regions").entry
    data = put(3, body(drawn, name=b"regions") + extent)
    told = examine(entry, data, Swept("regions", 0))
    assert any(fault in text for text in told), told
