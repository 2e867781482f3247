"""What is restricted does not exist for who has no valid key: in no list, tile, table, picture or page."""

import html
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from tests.web.conftest import serving
from tests.web.country import FakeEngine, country
from tileserver.config import Settings
from tileserver.errors import StoreError
from tileserver.keys import Grant, Secrets
from tileserver.web.access import Gate
from tileserver.web.app import create_app
from tileserver.web.server import server_options
from tileserver.web.snapshot import Snapshot

SECRETS = Secrets([("one", "s" * 40)])
SITE = "https://portal.example.fr"
LATER = 4_000_000_000


def key(*names: str, expires: int = LATER, site: str = SITE) -> str:
    return SECRETS.sign(Grant("anct", names, expires, site))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a client of a server that restricts a layer of points and an indicator."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "index.html").write_text('<html lang="fr"><head><title>x</title></head><body></body></html>')
    settings = Settings(store=folder, page=folder, restricted=("friches", "population"), keys=SECRETS)
    with (
        serving(create_app(settings, FakeEngine())) as address,
        httpx.Client(base_url=address, headers={"Accept-Encoding": "identity"}) as found,
    ):
        yield found


HIDDEN = (
    "/tiles/friches/6/32/22.mvt", "/tiles/friches.json", "/geometry/friches/6/32/22.mvt", "/layers/friches",
    "/indicators/population", "/indicators/population?level=ti", "/styles/choropleth/ti/population.json",
    "/symbols/region/population.geojson",
)  # fmt: skip


@pytest.mark.parametrize("path", HIDDEN)
def test_without_a_key_it_is_not_there_and_with_one_it_is(client: httpx.Client, path: str) -> None:
    """Nor with one for something else, expired, altered; what was kept for one is not told to others."""
    good = key("friches", "population")
    mark = "&" if "?" in path else "?"
    for _ in range(2):
        assert client.get(path).status_code == 404
        assert client.get(f"{path}{mark}k={good}").status_code == 200
    for bad in (key("other"), key("friches", "population", expires=1_000_000_000), good[:-1] + "A", "x", ""):
        assert client.get(f"{path}{mark}k={bad}").status_code == 404, bad


def test_it_is_named_nowhere_without_a_key(client: httpx.Client) -> None:
    """Not in lists, not among the properties of tiles, not in the sentences of errors."""
    for path in ("/layers", "/indicators", "/layers/ti", "/tiles/ti.json", "/embed/configure", "/embed", "/"):
        told = client.get(path).text
        assert "friches" not in told, path
        assert '"population"' not in told, path
    for path, status in (
        ("/tiles/nothing.json", 404), ("/indicators/nothing", 404),
        ("/tiles/ti/5/15/11.mvt?indicators=population", 400),
        ("/tiles/ti/5/15/11.mvt?filter=population%3E1", 400),
        ("/indicators/density?level=ti&filter=population%3E1", 400),
        ("/static/100x100.png?show=friches", 400), ("/static/100x100.png?indicator=population", 400),
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == status, path
        assert "there are" not in answer.text or "friches" not in answer.text.split("there are")[-1]


def test_with_a_key_its_addresses_carry_it_on(client: httpx.Client) -> None:
    """Style, TileJSON and tiles one after the other; private, and kept for minutes alone."""
    mine = key("population")
    answer = client.get(f"/styles/choropleth/ti/population.json?form=fill&k={mine}")
    assert answer.headers["cache-control"] == "private, max-age=300"
    tilejson = client.get(answer.json()["sources"]["ti"]["url"])
    assert tilejson.status_code == 200
    assert "population" in tilejson.json()["vector_layers"][0]["fields"]
    tile = client.get(tilejson.json()["tiles"][0].format(z=5, x=15, y=11))
    assert tile.status_code == 200
    assert tile.headers["cache-control"].startswith("private")
    assert client.get(f"/tiles/ti.json?k={mine}").json() != client.get("/tiles/ti.json").json()
    layers = client.get(f"/layers?k={mine}").json()
    assert mine in layers["layers"][0]["tilejson"]
    assert layers["store"] != client.get("/layers").json()["store"]


def test_a_key_opens_frames_and_pages_of_its_site_alone(client: httpx.Client) -> None:
    path = f"/indicators/population?level=ti&k={key('population')}"
    assert client.get(path, headers={"Origin": SITE}).status_code == 200
    assert client.get(path, headers={"Origin": str(client.base_url).rstrip("/")}).status_code == 200
    assert client.get(path, headers={"Origin": "https://thief.example"}).status_code == 404
    framed = client.get(f"/embed?indicator=population&k={key('population')}")
    assert f"frame-ancestors 'self' {SITE}" in framed.headers["content-security-policy"]
    assert "population" in framed.text


def test_what_is_open_stays_as_it_was(client: httpx.Client) -> None:
    """Kept by caches as before; with a key that is not valid too, but for the caches."""
    answer = client.get("/indicators/density?level=ti")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert client.get("/indicators/density?level=ti&k=x").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["friches.qlr", "layer.qlr?level=ti&indicator=population", "map.qlr"])
def test_what_qgis_is_given_for_a_key_opens_with_it(client: httpx.Client, name: str) -> None:
    mark = "&" if "?" in name else "?"
    mine = key("friches", "population")
    plain, opened = client.get(f"/qgis/{name}"), client.get(f"/qgis/{name}{mark}k={mine}")
    assert opened.status_code == 200
    assert mine not in plain.text
    given = unquote(html.unescape(opened.text))
    addresses = set(re.findall(rf"{client.base_url}[^\s'\"<&]*(?:&[a-z]+=[^\s'\"<&]*)*", given))
    assert len(addresses) >= 3
    assert [address for address in addresses if f"k={mine}" not in address] == []


def test_a_name_that_protects_nothing_stops_the_start() -> None:
    with pytest.raises(StoreError, match="'frichs', which is no layer and no indicator"):
        Gate(("friches", "frichs")).check(Snapshot(country()))


def test_no_key_is_ever_logged(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    mine = key("population")
    with caplog.at_level(logging.DEBUG):
        for path in ("/indicators/population?level=ti", "/nothing?", "/tiles/x/y/z.mvt?"):
            body = client.get(f"{path}&k={mine}").text
            assert mine not in body
    assert not any(
        mine in str(vars(record)) for record in caplog.records if record.name.startswith("tileserver")
    )
    assert server_options(Settings(store=Path()))["access_log"] is False
