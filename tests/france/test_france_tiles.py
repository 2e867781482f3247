"""Two thousand tiles of the real France through three decoders, and every territory at every zoom."""

from pathlib import Path

import mercantile
import numpy as np
import pytest
import shapely

from layers.catalog import load_catalog
from preprocess.prepared import Prepared
from tests.decoders.readers import agree, write_tiles
from tests.decoders.walk import random_addresses, random_composites
from tileserver.store.reader import Store, open_store
from tileserver.tiles import reference
from tileserver.tiles.render import render

pytestmark = [pytest.mark.france, pytest.mark.slow]

TERRITORIES = ("regions", "departements", "ti", "epci", "communes")
DERIVED = (*(f"{name}_labels" for name in TERRITORIES), "friches_clusters", "qpv_clusters")


@pytest.fixture(scope="module")
def store(france_store: Path) -> Store:
    return open_store(france_store)


def test_two_thousand_random_tiles_decode_everywhere_and_are_valid(store: Store, tmp_path: Path) -> None:
    tiles = write_tiles(store, random_addresses(store, 2000, seed=2026), tmp_path)
    assert len(tiles.ids) == 2000
    agree(tiles)


def test_two_hundred_composites_decode_everywhere_with_all_their_layers(store: Store, tmp_path: Path) -> None:
    tiles = write_tiles(store, random_composites(store, 200, seed=2027), tmp_path)
    assert sum(len(layers) > 1 for layers in tiles.ids.values()) >= 100
    agree(tiles)


@pytest.mark.parametrize("name", [*TERRITORIES, "friches", "qpv", *DERIVED])
def test_at_every_zoom_every_feature_is_in_some_tile(store: Store, name: str) -> None:
    """The tile of a feature's own first vertex holds it; asked of every feature at every zoom."""
    layer = store.layer(name)
    for z in range(layer.entry.min_zoom, layer.entry.max_zoom + 1):
        if layer.entry.kind == "territory":
            home = layer.level(z).start.astype(np.int64)
            ids = layer.ids
        else:
            points = layer.points_at(z)
            half = (1 << (points.zoom - z)) >> 1
            home = (points.xy.astype(np.int64) + half) >> (points.zoom - z)
            ids = layer.ids[points.rows]
        seen: set[int] = set()
        for x, y in np.unique(home // 4096, axis=0).tolist():
            seen |= ids_of(render(layer, z, x, y, ()))
        assert seen == set(ids.tolist()), (name, z)


def ids_of(data: bytes) -> set[int]:
    """Read the feature ids of a tile that has no tags, field by field (protocol buffers)."""
    found: set[int] = set()
    at = _skip_header(data)
    while at < len(data) and data[at] == 0x12:
        length, body = _varint(data, at + 1)
        assert data[body] == 0x08
        found.add(_varint(data, body + 1)[0])
        at = body + length
    return found


def _skip_header(data: bytes) -> int:
    if not data:
        return 0
    _, at = _varint(data, 1)  # the layer field
    _, at = _varint(data, at + 1)  # version
    length, at = _varint(data, at + 1)  # name
    return at + length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
        shift += 7


def test_every_level_is_a_valid_coverage_and_territories_are_unions_of_communes(
    store: Store, france: Prepared
) -> None:
    catalog = load_catalog()
    communes = store.layer("communes")
    rank = {code: i for i, code in enumerate(communes.attributes.column("code").to_pylist())}
    order = np.argsort([rank[code] for code in france.membership["commune"]])
    for z in range(5, 13):
        fine = reference.polygons(communes.level(z))
        assert shapely.coverage_is_valid(fine)
        for name in ("regions", "departements", "ti", "epci"):
            upper = store.layer(name)
            coarse = reference.polygons(upper.level(z))
            assert shapely.coverage_is_valid(coarse)
            rows = {code: i for i, code in enumerate(upper.attributes.column("code").to_pylist())}
            parents = france.membership[str(catalog.layers[name].level)].to_numpy()[order]
            group = np.array([rows.get(code, -1) for code in parents])
            members = [fine[group == row] for row in range(len(coarse))]
            unions = np.array(
                [
                    shapely.multipolygons(shapely.get_parts(shapely.coverage_union_all(each)))
                    for each in members
                ]
            )
            # Shapes with the same vertices are equal; only of the others GEOS has to find out.
            other = ~shapely.equals_exact(shapely.normalize(coarse), shapely.normalize(unions))
            assert shapely.equals(coarse[other], unions[other]).all(), (name, z)


def test_the_mainland_has_no_tile_without_an_answer(store: Store) -> None:
    """Every tile inside a layer's bounds renders, at the zooms where they are few."""
    layer = store.layer("communes")
    for tile in mercantile.tiles(*layer.entry.bounds, [5, 6]):
        render(layer, tile.z, tile.x, tile.y, (0, 1))
