"""The byte budget: steps in their order, nothing asked for left out, the estimate never below the truth."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from tests.web.country import country
from tileserver.store.manifest import Coarser, Geometry, Heaviest, LayerEntry, LayerRole, Quality
from tileserver.store.reader import LayerStore, Store, open_store
from tileserver.tiles.budget import (
    BARE,
    COARSER,
    FEWER,
    OVER,
    ROUNDED,
    UNNAMED,
    Fit,
    expected_bytes,
    fit,
)
from tileserver.tiles.render import render
from tileserver.tiles.selection import select

# code, name, nature, remark, population, density, jobs, and population rounded: bytes of each alone
HEAVIEST = Heaviest(x=1, y=2, features=10, bytes=1000, columns=(100, 400, 200, 200, 300, 150, 150, 50))


def layer_entry() -> LayerEntry:
    entry = country().layers["ti"].entry
    fields = tuple(replace(field, coarse=7) if field.id == "population" else field for field in entry.fields)
    return replace(entry, fields=fields, heaviest={"5": HEAVIEST})


ENTRY = layer_entry()
BY_DEFAULT = select(ENTRY, None, None)


@pytest.mark.parametrize(
    ("budget", "steps", "columns"),
    [
        (0, (), (0, 1, 2, 4, 5)),
        (2190, (), (0, 1, 2, 4, 5)),
        (2189, (ROUNDED,), (0, 1, 2, 7, 5)),
        (1940, (ROUNDED,), (0, 1, 2, 7, 5)),
        (1939, (ROUNDED, UNNAMED), (0, 2, 7, 5)),
        (1529, (ROUNDED, UNNAMED, FEWER), (0, 7)),
        (1159, (ROUNDED, UNNAMED, FEWER, OVER), (0, 7)),
    ],
)
def test_steps_are_taken_until_it_fits(budget: int, steps: tuple[str, ...], columns: tuple[int, ...]) -> None:
    got = fit(ENTRY, 5, BY_DEFAULT, budget)
    assert (got.steps, got.columns) == (steps, columns)


def test_what_a_request_names_stays() -> None:
    asked = select(ENTRY, "remark", "density,population")
    assert fit(ENTRY, 5, asked, 1).columns == (0, 3, 7, 5)
    assert fit(ENTRY, 5, asked, 1).steps == (ROUNDED, UNNAMED, OVER)


COARSE = replace(
    ENTRY,
    coarser={
        "5": Coarser(
            geometry=Geometry(file="", index="", count=10, vertices=40),
            quality=Quality(
                vertices=40, ids=10, expected=10, invalid=0, invalid_edges=0, crossing_edges=0, gaps=0,
                gap_km2=0, overlap_km2=0, lost_km2=1, area_km2=9, restored=0,
            ),
            bytes=700,
        )
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("budget", "steps", "columns"),
    [
        (1530, (ROUNDED, UNNAMED), (0, 2, 7, 5)),
        (1529, (ROUNDED, UNNAMED, COARSER), (0, 2, 7, 5)),
        (1229, (ROUNDED, UNNAMED, COARSER, FEWER), (0, 7)),
        (859, (ROUNDED, UNNAMED, COARSER, FEWER, OVER), (0, 7)),
    ],
)
def test_coarser_outlines_come_before_fewer_figures(
    budget: int, steps: tuple[str, ...], columns: tuple[int, ...]
) -> None:
    got = fit(COARSE, 5, BY_DEFAULT, budget)
    assert (got.steps, got.columns, got.coarser) == (steps, columns, COARSER in steps)


def test_shapes_alone_can_only_be_coarser() -> None:
    assert fit(COARSE, 5, BARE, 1000).steps == ()
    assert fit(COARSE, 5, BARE, 999).steps == (COARSER,)
    assert fit(COARSE, 5, BARE, 699).steps == (COARSER, OVER)
    assert fit(ENTRY, 5, BARE, 999).steps == (OVER,)


@pytest.mark.parametrize("role", ["labels", "clusters"])
def test_names_and_groups_are_whole_or_said_to_be_over(role: LayerRole) -> None:
    entry = replace(ENTRY, role=role, of="towns")
    assert fit(entry, 5, BY_DEFAULT, 2190) == Fit(BY_DEFAULT.columns, ())
    assert fit(entry, 5, BY_DEFAULT, 2189) == Fit(BY_DEFAULT.columns, (OVER,))


def test_a_step_that_changes_nothing_is_not_told() -> None:
    bare = select(ENTRY, "", "density")
    assert fit(ENTRY, 5, bare, 1).steps == (UNNAMED, OVER)


def test_a_zoom_that_was_not_weighed_is_left_as_it_is() -> None:
    assert fit(ENTRY, 6, BY_DEFAULT, 1).columns == BY_DEFAULT.columns


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store, verify=False)


def test_the_heaviest_tile_is_what_the_store_says_and_the_estimate_a_bound(store: Store) -> None:
    for layer in store.layers.values():
        entry = layer.entry
        assert {int(z) for z in entry.heaviest} == set(range(entry.min_zoom, entry.max_zoom + 1))
        chosen = select(entry, None, None).columns
        for z, heaviest in entry.heaviest.items():
            assert len(render(layer, int(z), heaviest.x, heaviest.y, ())) == heaviest.bytes
            size = len(render(layer, int(z), heaviest.x, heaviest.y, chosen))
            # Each column was weighed with a tag field of its own, two bytes a feature, and all its values.
            bound = expected_bytes(heaviest, chosen, heaviest.bytes)
            assert 0 <= bound - size <= 3 * heaviest.features * len(chosen) + 64 + shared_bytes(layer, chosen)


def shared_bytes(layer: LayerStore, columns: tuple[int, ...]) -> int:
    """Bound the bytes of values that several columns have: in a tile they are once."""
    size = np.diff(layer.value_offsets)
    held = np.concatenate([np.unique(layer.tags[column]) for column in columns])
    value, times = np.unique(held[held >= 0], return_counts=True)
    return int(((times - 1) * size[value]).sum())


def test_coarse_numbers_have_three_digits_and_keep_their_type(store: Store) -> None:
    import mapbox_vector_tile

    layer = store.layer("communes")
    by_id = {field.id: field for field in layer.entry.fields}
    heaviest = layer.entry.heaviest["8"]
    seen = 0
    for name in ("population", "density"):
        field = by_id[name]
        assert field.coarse is not None
        tiles = [
            mapbox_vector_tile.decode(render(layer, 8, heaviest.x, heaviest.y, (column,)))["communes"][
                "features"
            ]
            for column in (field.column, field.coarse)
        ]
        for exact, coarse in zip(*tiles, strict=True):
            value, rounded = exact["properties"].get(name), coarse["properties"].get(name)
            assert exact["id"] == coarse["id"]
            assert type(value) is type(rounded)
            if value is not None:
                assert rounded == float(f"{value:.3g}")
                seen += rounded != value
    assert seen > 0
