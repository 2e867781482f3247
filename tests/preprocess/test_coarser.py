"""Coarser outlines for heavy tiles: a coverage all the same, every commune there, other borders kept."""

from functools import partial
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pytest
import shapely

from preprocess import build as pipeline
from preprocess.territory_shapes import write_shapes
from tests.preprocess.shallow import shallow_catalog
from tileserver.store.reader import Store, open_store
from tileserver.tiles import budget, reference
from tileserver.tiles.render import render
from tileserver.tiles.selection import select

SMALL = 4000
"""A budget in bytes that the communes of a small demo are over at their lowest zooms only."""


@pytest.fixture(scope="module")
def store(demo_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("coarser")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "write_shapes", partial(write_shapes, budget_bytes=SMALL))
        pipeline.build(demo_sources, root, catalog=shallow_catalog(5, 9), cache=False)
    return open_store(root)


def shapes(store: Store, name: str, zoom: int, *, coarser: bool = False) -> tuple[list[str], np.ndarray]:
    layer = store.layer(name)
    level = (layer.coarser if coarser else layer).level(zoom)
    codes = layer.attributes.column("code").to_pylist()
    return codes, reference.polygons(level)


def test_only_the_communes_at_heavy_zooms_have_them(store: Store) -> None:
    having = {name: set(layer.entry.coarser) for name, layer in store.layers.items()}
    assert {name for name, zooms in having.items() if zooms} == {"communes"}
    entry = store.layer("communes").entry
    assert "5" in having["communes"]
    assert str(entry.max_zoom) not in having["communes"]
    for zoom, item in entry.coarser.items():
        assert item.bytes < entry.heaviest[zoom].bytes
        assert item.geometry.vertices < entry.geometries[zoom].vertices
        proof = item.quality
        assert (proof.ids, proof.invalid, proof.invalid_edges, proof.crossing_edges) == (400, 0, 0, 0)


def test_they_are_a_valid_coverage_in_which_regions_stay_where_they_are(store: Store) -> None:
    for zoom in map(int, store.layer("communes").entry.coarser):
        codes, fine = shapes(store, "communes", zoom)
        _, coarse = shapes(store, "communes", zoom, coarser=True)
        assert shapely.coverage_is_valid(coarse)
        assert shapely.is_valid(coarse).all()
        assert len(coarse) == len(codes)
        assert not shapely.is_empty(coarse).any()
        whole = shapely.coverage_union_all(fine), shapely.coverage_union_all(coarse)
        # Rounded together with other lines, a vertex may go to the next unit of the grid.
        assert shapely.hausdorff_distance(*whole) <= 2


def test_a_tile_over_its_budget_is_drawn_in_them(store: Store) -> None:
    layer = store.layer("communes")
    heaviest = layer.entry.heaviest["5"]
    chosen = select(layer.entry, "", "population")
    fit = budget.fit(layer.entry, 5, chosen, 1)
    assert budget.COARSER in fit.steps
    tiles = [
        mapbox_vector_tile.decode(
            render(drawn, 5, heaviest.x, heaviest.y, chosen.columns), default_options={"y_coord_down": True}
        )["communes"]["features"]
        for drawn in (layer, layer.coarser)
    ]
    assert [item["id"] for item in tiles[0]] == [item["id"] for item in tiles[1]]
    assert [item["properties"] for item in tiles[0]] == [item["properties"] for item in tiles[1]]
    assert [item["geometry"] for item in tiles[0]] != [item["geometry"] for item in tiles[1]]
    assert all(shapely.geometry.shape(item["geometry"]).is_valid for item in tiles[1])


def test_at_other_zooms_the_layer_is_the_same(store: Store) -> None:
    layer = store.layer("communes")
    deepest = layer.entry.max_zoom
    assert layer.coarser.level(deepest) is layer.level(deepest)
    assert isinstance(layer.coarser.attributes, pa.Table)
    assert store.layer("regions").coarser is store.layer("regions")
