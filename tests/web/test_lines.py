"""A layer of lines over HTTP: listed, described, served, filtered."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import mapbox_vector_tile
import pytest

from tests.lines import DEEPEST, LOWEST
from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import LayerStore, open_store
from tileserver.web.app import create_app


@pytest.fixture(scope="module")
def client(roads_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a client of a real server over the roads."""
    settings = Settings(store=roads_store, page=tmp_path_factory.mktemp("none"))
    # The first filter of place waits for its kernel, which is compiled where no cache has it.
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def roads(roads_store: Path) -> LayerStore:
    return open_store(roads_store, verify=False).layer("roads")


@pytest.fixture(scope="module")
def place(roads: LayerStore) -> str:
    heaviest = roads.entry.heaviest["6"]
    return f"6/{heaviest.x}/{heaviest.y}"


def features(answer: httpx.Response) -> list[dict[str, object]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = mapbox_vector_tile.decode(answer.content)["roads"]["features"]
    return found


def test_the_layer_is_listed_as_lines(client: httpx.Client) -> None:
    kinds = {layer["id"]: layer["kind"] for layer in client.get("/layers").json()["layers"]}
    assert (kinds["communes"], kinds["roads"]) == ("territory", "lines")


def test_its_tilejson_has_its_zooms_and_fields(client: httpx.Client) -> None:
    described = client.get("/tiles/roads.json").json()
    assert (described["minzoom"], described["maxzoom"]) == (LOWEST, DEEPEST)
    assert set(described["vector_layers"][0]["fields"]) == {"code", "name", "lanes"}


def test_its_tiles_and_its_geometry_hold_the_same_lines(client: httpx.Client, place: str) -> None:
    whole, bare = (features(client.get(f"/{way}/roads/{place}.mvt")) for way in ("tiles", "geometry"))
    assert [item["id"] for item in whole] == [item["id"] for item in bare]
    assert [item["geometry"] for item in whole] == [item["geometry"] for item in bare]


def test_it_stands_beside_other_layers_in_a_tile(client: httpx.Client, roads_store: Path) -> None:
    heaviest = open_store(roads_store, verify=False).layer("communes").entry.heaviest["5"]
    answer = client.get(f"/tiles/communes,roads/5/{heaviest.x}/{heaviest.y}.mvt")
    assert set(mapbox_vector_tile.decode(answer.content)) == {"communes", "roads"}


def test_a_filter_of_place_and_value_leaves_lines_out(client: httpx.Client, place: str) -> None:
    text = "lanes = 2 AND s_intersects(geometry, bbox(-40, 30, 10, 60))"
    kept = features(client.get(f"/tiles/roads/{place}.mvt", params={"filter": text}))
    everything = features(client.get(f"/tiles/roads/{place}.mvt"))
    assert kept == [item for item in everything if item["properties"].get("lanes") == 2]  # type: ignore[attr-defined]
    assert kept


def test_its_quality_lists_the_vertices_of_every_zoom(client: httpx.Client, roads: LayerStore) -> None:
    zooms = client.get("/quality/roads").json()["zooms"]
    assert {zoom["zoom"]: zoom["vertices"] for zoom in zooms} == {
        int(zoom): geometry.vertices for zoom, geometry in roads.entry.geometries.items()
    }
