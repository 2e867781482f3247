"""``filter=`` over HTTP, on a real store: tiles, composites and TileJSON."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import mapbox_vector_tile
import numpy as np
import pytest

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import Store, open_store
from tileserver.web.app import create_app

MOST = 8000
"""About the median of the communes of the demo country."""

FILTER = f"population > {MOST}"


@pytest.fixture(scope="module")
def demo(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a client of a real server over the demo country."""
    settings = Settings(store=demo_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address) as client:
        yield client


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store, verify=False)


@pytest.fixture(scope="module")
def place(store: Store) -> str:
    """Give the tile of zoom 7 in which most communes begin."""
    tiles = store.layer("communes").level(7).bbox[:, :2] // 4096
    places, counts = np.unique(tiles, axis=0, return_counts=True)
    x, y = places[counts.argmax()].tolist()
    return f"7/{x}/{y}"


def ids(answer: httpx.Response, layer: str) -> set[int]:
    assert answer.status_code == 200, answer.text
    decoded = mapbox_vector_tile.decode(answer.content)
    return {feature["id"] for feature in decoded.get(layer, {"features": []})["features"]}


def test_a_filtered_tile_holds_the_rows_that_pass(demo: httpx.Client, store: Store, place: str) -> None:
    rows = store.layer("communes").attributes.to_pylist()
    passing = {row["id"] for row in rows if (row["population"] or 0) > MOST}
    everything = ids(demo.get(f"/tiles/communes/{place}.mvt"), "communes")
    kept = ids(demo.get(f"/tiles/communes/{place}.mvt", params={"filter": FILTER}), "communes")
    assert kept == everything & passing
    assert set() < kept < everything


def test_two_ways_to_write_a_filter_are_one_tile(demo: httpx.Client, place: str) -> None:
    """One entity tag, one entry of the cache; another filter is another."""
    tags = [
        demo.get(f"/tiles/communes/{place}.mvt", params=params).headers["etag"]
        for params in (
            {"filter": FILTER},
            {"filter": f"(population   >  {MOST})"},
            {
                "filter": f'{{"op":">","args":[{{"property":"population"}},{MOST}]}}',
                "filter-lang": "cql2-json",
            },
            {"filter": f"population > {MOST + 1}"},
            {},
        )
    ]
    assert tags[0] == tags[1] == tags[2]
    assert len(set(tags)) == 3


def test_a_filter_applies_to_every_layer_of_a_composite(demo: httpx.Client, store: Store, place: str) -> None:
    answer = demo.get(f"/tiles/communes,epci/{place}.mvt", params={"filter": FILTER})
    for name in ("communes", "epci"):
        rows = store.layer(name).attributes.to_pylist()
        passing = {row["id"] for row in rows if (row["population"] or 0) > MOST}
        everything = ids(demo.get(f"/tiles/{name}/{place}.mvt"), name)
        assert ids(answer, name) == everything & passing


@pytest.mark.parametrize(
    ("params", "culprit"),
    [
        ({"filter": "wealth > 3"}, "wealth"),
        ({"filter": "population >"}, "filter"),
        ({"filter": FILTER, "filter-lang": "sql"}, "sql"),
        ({"filter-lang": "cql2-text"}, "there is no filter"),
    ],
)
@pytest.mark.parametrize("path", ["/tiles/communes/{}.mvt", "/tiles/communes.json"])
def test_a_wrong_filter_is_told(
    demo: httpx.Client, place: str, path: str, params: dict[str, str], culprit: str
) -> None:
    answer = demo.get(path.format(place), params=params)
    assert answer.status_code == 400
    assert culprit in answer.json()["detail"]


def test_a_layer_of_a_composite_without_the_property_refuses_the_filter(
    demo: httpx.Client, place: str
) -> None:
    """At every zoom alike, and in the TileJSON."""
    for path in (f"/tiles/communes,friches/{place}.mvt", "/tiles/communes,friches.json"):
        answer = demo.get(path, params={"filter": FILTER})
        assert answer.status_code == 400
        assert "friches" in answer.json()["detail"]


def test_a_tilejson_carries_its_filter_into_the_tiles(demo: httpx.Client, place: str) -> None:
    [template] = demo.get("/tiles/communes.json", params={"filter": FILTER}).json()["tiles"]
    z, x, y = place.split("/")
    answer = demo.get(template.format(z=z, x=x, y=y))
    assert ids(answer, "communes") == ids(
        demo.get(f"/tiles/communes/{place}.mvt", params={"filter": FILTER}), "communes"
    )
    assert "immutable" in answer.headers["cache-control"]


def test_a_filter_is_evaluated_once_and_counted(demo: httpx.Client, place: str) -> None:
    z, x, y = map(int, place.split("/"))
    before = demo.get("/metrics").text
    for tile in (f"{z}/{x}/{y}", f"{z + 1}/{2 * x}/{2 * y}", f"{z + 1}/{2 * x + 1}/{2 * y + 1}"):
        demo.get(f"/tiles/communes/{tile}.mvt", params={"filter": "population > 77"})
    after = demo.get("/metrics").text
    assert _count(after, "evaluated") - _count(before, "evaluated") == 1


def _count(text: str, result: str) -> float:
    name = f'tileserver_filters_total{{result="{result}"}} '
    return next((float(line.removeprefix(name)) for line in text.splitlines() if line.startswith(name)), 0.0)
