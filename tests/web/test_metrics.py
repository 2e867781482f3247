"""What the server counts, and the published proof."""

import re
from pathlib import Path

import httpx
import pytest

from tests.web.codings import BROWSER
from tests.web.conftest import Connect, serving
from tileserver.config import Settings
from tileserver.store.reader import open_store
from tileserver.web.app import create_app
from tileserver.web.metrics import zoom_band

TILE = "/tiles/ti/5/15/11.mvt"


def sample(client: httpx.Client, name: str, **labels: str) -> float:
    """Give a sample by its name and labels; 0 where there is none."""
    wanted = {f'{key}="{value}"' for key, value in labels.items()}
    for line in client.get("/metrics").text.splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? ([0-9.e+-]+)", line)
        if found and found[1] == name and set(re.findall(r'\w+="[^"]*"', found[2] or "")) == wanted:
            return float(found[3])
    return 0.0


def test_answers_are_counted_by_route_status_and_coding(connect: Connect) -> None:
    client = connect()
    for accept in ("identity", "gzip", BROWSER, BROWSER):
        client.get(TILE, headers={"Accept-Encoding": accept})
    etag = client.get(TILE).headers["etag"]
    client.get(TILE, headers={"If-None-Match": etag})
    client.get("/tiles/ti/5/x/11.mvt")
    client.get("/tiles/ti.json")
    client.post("/layers")
    client.get("/nothing/at/all")
    route = "/tiles/{layers}/{z}/{x}/{y}.mvt"
    expected = {
        (route, "200", "identity"): 2, (route, "200", "gzip"): 1, (route, "200", "zstd"): 2,
        (route, "304", "identity"): 1, (route, "400", "identity"): 1,
        ("/tiles/{layers}.json", "200", "identity"): 1, ("/layers", "405", "identity"): 1,
        ("other", "404", "identity"): 1,
    }  # fmt: skip
    for (name, status, coding), count in expected.items():
        found = sample(client, "tileserver_requests_total", route=name, status=status, coding=coding)
        assert found == count, (name, status, coding)


def test_renderings_and_kept_answers_are_counted(connect: Connect) -> None:
    client = connect()
    for url in (TILE, TILE, "/tiles/ti/9/260/180.mvt", "/tiles/ti/9/260/180.mvt?indicators="):
        client.get(url)
    assert sample(client, "tileserver_cache_requests_total", result="miss") == 3
    assert sample(client, "tileserver_cache_requests_total", result="hit") == 1
    assert sample(client, "tileserver_tile_render_seconds_count", zooms="5-7") == 1
    assert sample(client, "tileserver_tile_bytes_count", zooms="8-10") == 2
    size = sum(len(client.get(url).content) for url in (TILE, "/tiles/ti/9/260/180.mvt"))
    assert sample(client, "tileserver_cache_bytes") > size
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"


def test_every_zoom_is_in_one_band() -> None:
    assert [zoom_band(z) for z in (0, 4, 5, 7, 8, 10, 11, 14, 15, 18)] == [
        "0-4", "0-4", "5-7", "5-7", "8-10", "8-10", "11-14", "11-14", "15-18", "15-18"
    ]  # fmt: skip


def test_two_servers_in_one_process_count_apart(connect: Connect) -> None:
    one, other = connect(), connect()
    one.get(TILE)
    assert sample(one, "tileserver_cache_requests_total", result="miss") == 1
    assert sample(other, "tileserver_cache_requests_total", result="miss") == 0


@pytest.fixture(scope="module")
def proofs(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, httpx.Response]:
    """Give the proof of every layer of the demo country, by name, and that of none."""
    settings = Settings(store=demo_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address) as client:
        names = [layer["id"] for layer in client.get("/layers").json()["layers"]]
        return {name: client.get(f"/quality/{name}") for name in [*names, "nothing"]}


def test_the_proof_of_every_layer_is_published(proofs: dict[str, httpx.Response], demo_store: Path) -> None:
    """Zoom by zoom, as the manifest has it."""
    for name, layer in open_store(demo_store, verify=False).layers.items():
        entry, told = layer.entry, proofs[name].json()
        assert [zoom["zoom"] for zoom in told["zooms"]] == list(range(entry.min_zoom, entry.max_zoom + 1))
        assert told["count"] == entry.count
        for zoom in told["zooms"]:
            z = str(zoom["zoom"])
            assert zoom["largest_tile"]["bytes_without_properties"] == entry.heaviest[z].bytes
            assert zoom["largest_tile"]["bytes_of_properties"].keys() == {field.id for field in entry.fields}
            if z in entry.geometries:  # points have one geometry for all zooms
                assert zoom["vertices"] == entry.geometries[z].vertices
            if entry.kind == "territory":
                assert (zoom["ids"], zoom["expected"]) == (entry.count, entry.count)
                assert {"gaps", "gap_km2", "overlap_km2", "lost_km2", "restored"} <= set(zoom)


def test_the_proof_of_no_layer_names_those_that_there_are(proofs: dict[str, httpx.Response]) -> None:
    assert proofs["nothing"].status_code == 404
    assert "communes" in proofs["nothing"].json()["detail"]
