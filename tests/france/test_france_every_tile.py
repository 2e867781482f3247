"""Every tile of France from zoom 0 to 8, every layer, all fields: structure, validity, presence."""

from pathlib import Path

import pytest

from tests.decoders.sweep import Swept, sweep
from tileserver.store.reader import Store, open_store

pytestmark = [pytest.mark.france, pytest.mark.slow]

DEEPEST = 8
PROCESSES = 2


@pytest.fixture(scope="module")
def store(france_store: Path) -> Store:
    return open_store(france_store, verify=False)


@pytest.fixture(scope="module")
def swept(store: Store, france_store: Path) -> list[Swept]:
    """Look at all tiles once, the layers of most features first, so that the processes end together."""
    entries = sorted((layer.entry for layer in store.layers.values()), key=lambda entry: -entry.count)
    tasks = [
        (entry.id, z)
        for entry in entries
        for z in range(min(entry.max_zoom, DEEPEST), entry.min_zoom - 1, -1)
    ]
    return sweep(france_store, tasks, PROCESSES)


def test_every_tile_is_sound_and_every_polygon_valid(swept: list[Swept]) -> None:
    faults = [fault for seen in swept for fault in seen.faults]
    assert not faults, f"{len(faults)} faults, of which {faults[:10]}"


def test_all_of_france_was_looked_at(store: Store, swept: list[Swept]) -> None:
    """What all tiles hold together, at least: no layer and no zoom was passed over."""
    assert {seen.layer for seen in swept if seen.tiles} == {
        name for name, layer in store.layers.items() if layer.entry.min_zoom <= DEEPEST
    }
    assert all(seen.tiles > 0 for seen in swept)
    assert sum(seen.tiles for seen in swept) >= 1000
    assert sum(seen.features for seen in swept) >= 240_000
    assert sum(seen.polygons for seen in swept) >= 170_000


def test_at_every_zoom_every_territory_is_in_some_tile(store: Store, swept: list[Swept]) -> None:
    for seen in swept:
        layer = store.layer(seen.layer)
        if layer.entry.kind in ("territory", "zoning"):
            missing = set(layer.ids.tolist()) - seen.ids
            assert not missing, (seen.layer, seen.zoom, sorted(missing)[:10])
            assert len(seen.ids) == layer.entry.count
