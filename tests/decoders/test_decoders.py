"""Tiles of the demo country, read by three independent decoders."""

from pathlib import Path

import pytest

from tests.decoders.readers import Tiles, agree, random_addresses, write_tiles
from tileserver.store.reader import open_store


@pytest.fixture(scope="module")
def tiles(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Tiles:
    """Give a hundred and fifty random tiles, already checked with mapbox-vector-tile and shapely."""
    store = open_store(demo_store, verify=False)
    return write_tiles(store, random_addresses(store, 150, seed=3), tmp_path_factory.mktemp("tiles"))


def test_mapbox_vector_tile_reads_every_tile_and_every_polygon_is_valid(tiles: Tiles) -> None:
    assert len(tiles.ids) > 100


def test_gdal_and_javascript_find_the_same_features(tiles: Tiles) -> None:
    agree(tiles)
