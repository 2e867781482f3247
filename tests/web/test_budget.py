"""The byte budget over HTTP: said in a header, counted, and never at a feature's cost."""

from pathlib import Path

import httpx
import mapbox_vector_tile
import pytest

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import open_store
from tileserver.web.app import create_app


def ask(store: Path, budget_kb: int, query: str = "") -> tuple[httpx.Response, str]:
    """Ask for the heaviest tile of the communes of z6, and for the metrics."""
    heaviest = open_store(store, verify=False).layer("communes").entry.heaviest["6"]
    settings = Settings(store=store, page=store, tile_budget_kb=budget_kb)
    with serving(create_app(settings)) as address, httpx.Client(base_url=address) as client:
        answer = client.get(f"/tiles/communes,regions/6/{heaviest.x}/{heaviest.y}.mvt{query}")
        return answer, client.get("/metrics").text


def test_a_tile_under_its_budget_is_whole_and_says_nothing(demo_store: Path) -> None:
    answer, metrics = ask(demo_store, 500)
    assert "tile-generalised" not in answer.headers
    assert "tileserver_generalised_tiles_total{" not in metrics


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "communes=rounded+unnamed+fewer+over"),
        ("?indicators=density,area_km2", "communes=rounded+unnamed+over"),
    ],
)
def test_a_tile_over_its_budget_says_what_was_done(demo_store: Path, query: str, told: str) -> None:
    whole, _ = ask(demo_store, 0, query)
    answer, metrics = ask(demo_store, 1, query)
    steps = dict(part.split("=") for part in answer.headers["tile-generalised"].split(", "))
    assert f"communes={steps['communes']}" == told
    for step in steps["communes"].split("+"):
        assert f'tileserver_generalised_tiles_total{{step="{step}"}}' in metrics
    assert answer.headers["etag"] != whole.headers["etag"]
    ids = [
        [feature["id"] for feature in mapbox_vector_tile.decode(body)["communes"]["features"]]
        for body in (whole.content, answer.content)
    ]
    assert ids[0] == ids[1]
    assert len(answer.content) < len(whole.content)


def test_a_map_that_named_its_indicators_gets_them(demo_store: Path) -> None:
    answer, _ = ask(demo_store, 1, "?indicators=density,area_km2")
    features = mapbox_vector_tile.decode(answer.content)["communes"]["features"]
    assert all(set(feature["properties"]) <= {"code", "density", "area_km2"} for feature in features)
    assert any("area_km2" in feature["properties"] for feature in features)
