"""Tiles of the demo country, read by three independent decoders and by our own strict one."""

from pathlib import Path

import mapbox_vector_tile
import pytest
import shapely

from tests.decoders.commands import POLYGON
from tests.decoders.readers import Tiles, agree, write_tiles
from tests.decoders.shapes import Shapes, multipolygons
from tests.decoders.structure import Feature, Value, read
from tests.decoders.walk import random_addresses, random_composites
from tileserver.store.reader import Store, open_store


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store, verify=False)


@pytest.fixture(scope="module")
def tiles(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Tiles:
    """Give a hundred and fifty random tiles, already checked with mapbox-vector-tile and shapely."""
    return write_tiles(store, random_addresses(store, 150, seed=3), tmp_path_factory.mktemp("tiles"))


@pytest.fixture(scope="module")
def composites(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Tiles:
    """Give tiles that are the bytes of several layers one after the other, checked likewise."""
    return write_tiles(store, random_composites(store, 20, seed=5), tmp_path_factory.mktemp("composites"))


def test_mapbox_vector_tile_reads_every_tile_and_every_polygon_is_valid(tiles: Tiles) -> None:
    assert len(tiles.ids) == 150


def test_gdal_and_javascript_find_the_same_features(tiles: Tiles) -> None:
    agree(tiles)


def test_layers_one_after_the_other_are_a_tile_of_all_those_layers(composites: Tiles) -> None:
    assert sum(len(layers) > 1 for layers in composites.ids.values()) >= 10
    agree(composites)


def test_the_strict_reader_reads_what_mapbox_vector_tile_reads(tiles: Tiles, composites: Tiles) -> None:
    for path in [made.path(address) for made in (tiles, composites) for address in made.ids]:
        data = path.read_bytes()
        layers, findings = read(data)
        assert not [item for item in findings if item.level == "error"]
        decoded = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
        assert [layer.name for layer in layers] == list(decoded)
        for layer in layers:
            theirs = decoded[layer.name]["features"]
            assert [feature.id for feature in layer.features] == [item["id"] for item in theirs]
            for feature, item in zip(layer.features, theirs, strict=True):
                assert typed(feature.properties) == typed(item["properties"])
            drawn = [shapely.geometry.shape(item["geometry"]) for item in theirs]
            for shape, other in zip(shapes_of(layer.features), drawn, strict=True):
                assert shapely.get_parts(shape).tolist() == shapely.get_parts(other).tolist()


def typed(properties: dict[str, Value]) -> dict[str, tuple[type, Value]]:
    return {name: (type(value), value) for name, value in properties.items()}


def shapes_of(features: list[Feature]) -> Shapes:
    if features[0].type == POLYGON:
        return multipolygons(features)
    points: Shapes = shapely.points([feature.parts[0][0] for feature in features])
    return points
