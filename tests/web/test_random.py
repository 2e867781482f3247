"""Random requests, valid and not, over a real store: nothing fails oddly, and nobody is alarmed."""

import asyncio
import logging
import random
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.applications import Starlette

from tests.web.codings import BROWSER
from tileserver.config import Settings
from tileserver.web.app import create_app

THERE = [
    "communes", "epci", "ti", "departements", "regions", "friches", "qpv", "ti_labels", "friches_clusters",
]  # fmt: skip
LAYERS = [*THERE * 9, "nothing", "", "communes ", "é"]
NUMBERS = ["-1", "01", "1e1", "", "９", "{x}", "9" * 400, "%00", "../..", "1.5"]
FILTERS = [
    "population > 1000", "name LIKE 'Sa%'", "population BETWEEN 1 AND 100 OR code IS NULL", "population >",
    "wealth = 3", "S_INTERSECTS(geometry, BBOX(0, 45, 2, 47))", "((((", '{"op": "and", "args": []}',
    '{"op":"=","args":[{"property":"code"},"01001"]}', "'", "1 = 1", "name > 3", "\x00", "x" * 9000,
]  # fmt: skip
LISTS = ["population", "density,population", "", "density,density", "population@2020", ",", "area_km2", "é"]
QUERIES = {
    "indicators": 6, "properties": 6, "filter": 6, "filter-lang": 1, "v": 2, "lang": 1, "level": 4, "year": 1,
    "f": 2, "keys": 2, "x": 1,
}  # fmt: skip
VALUES = {
    "filter": FILTERS, "indicators": LISTS, "properties": [*LISTS, "nature"], "level": ["commune", "ti"],
}  # fmt: skip
PATHS = [
    "/", "/layers", "/layers/communes", "/layers/friches/labels", "/layers/ti/labels", "/indicators",
    "/indicators/population", "/indicators/nothing", "/quality/communes", "/quality/friches", "/quality/x",
    "/styles/choropleth/ti/density.json", "/styles/choropleth/x/y.json", "/static/app.js", "/static/../app",
    "/health", "/ready", "/metrics", "/tiles", "/tiles/", "/geometry", "//", "/\x00", "/tiles/ti/5/1/1.mvt/",
]  # fmt: skip
HEADERS = [
    "gzip",
    BROWSER,
    "br",
    "*;q=0",
    "gzip;q=",
    '"x',
    "W/",
    "\xe9",
    "*",
    "text/csv",
    "," * 50,
    "a" * 5000,
]


class Client:
    """Asks an application directly, so that a hundred thousand requests take a minute or two."""

    def __init__(self, app: Starlette, state: dict[str, Any]) -> None:
        self._app = app
        self._state = state

    async def ask(self, method: str, path: str, query: str, headers: dict[str, str]) -> int:
        """Give the status; fail where the answer is not whole."""
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": path, "raw_path": quote(path).encode(), "root_path": "",
            "query_string": query.encode("latin-1", "replace"), "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 1), "state": dict(self._state),
            "headers": [
                (name.encode(), value.encode("latin-1", "replace"))
                for name, value in {"host": "tiles.example", **headers}.items()
            ],
        }  # fmt: skip
        await self._app(scope, receive, send)
        start, *bodies = sent
        told = dict(start["headers"])
        length = sum(len(body.get("body", b"")) for body in bodies)
        status: int = start["status"]
        if status == 200 and method == "GET":
            assert length == int(told[b"content-length"])
        if status >= 400 and method == "GET":
            assert told[b"content-type"] == b"application/problem+json"
        return status


def draw_request(draw: random.Random) -> tuple[str, str, str, dict[str, str]]:
    """Make a request up: mostly tiles, mostly of the layers that there are, partly nonsense."""
    kind = draw.random()
    if kind < 0.75:
        names = ",".join(draw.choices(LAYERS, k=draw.choice([1, 1, 1, 2, 3, 18])))
        z = draw.randint(0, 15)
        numbers = [str(z), *(str(draw.randint(0, (1 << z) - 1)) for _ in "xy")]
        if draw.random() < 0.1:
            numbers[draw.randint(0, 2)] = draw.choice(NUMBERS)
        path = f"/{draw.choice(['tiles'] * 4 + ['geometry'])}/{names}/{'/'.join(numbers)}.mvt"
        if draw.random() < 0.1:
            path = f"/tiles/{names}.json"
    elif kind < 0.85:
        path = "/indicators/" + draw.choice(["population", "density", "area_km2", "x"])
    else:
        path = draw.choice(PATHS)
    pairs = [
        (name, draw.choice(VALUES.get(name, ["fr", "csv", "id", "0" * 32, "2020", "cql2-json", "\x00"])))
        for name in draw.choices(list(QUERIES), list(QUERIES.values()), k=draw.choice([0, 0, 0, 1, 1, 2]))
    ]
    query = "&".join(f"{name}={quote(value)}" for name, value in pairs)
    headers = {
        name: draw.choice(HEADERS)
        for name in ("accept-encoding", "if-none-match", "accept", "origin")
        if draw.random() < 0.4
    }
    return draw.choice(["GET"] * 9 + ["HEAD"]), path, query, headers


async def count_statuses(store: Path, folder: Path, requests: int) -> Counter[int]:
    app = create_app(Settings(store=store, page=folder, reload_seconds=0))
    draw = random.Random(20261125)
    statuses: Counter[int] = Counter()
    async with app.router.lifespan_context(app) as state:
        assert state
        client = Client(app, dict(state))
        for _ in range(requests):
            asked = draw_request(draw)
            status = await client.ask(*asked)
            assert status < 500, asked
            statuses[status] += 1
    return statuses


def check(store: Path, folder: Path, requests: int, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "index.html").write_text("", encoding="utf-8")  # its absence would be a warning
    with caplog.at_level(logging.INFO):
        statuses = asyncio.run(count_statuses(store, folder, requests))
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []
    assert set(statuses) <= {200, 304, 400, 404}
    assert min(statuses[200], statuses[400], statuses[404]) > requests // 20, statuses


def test_ten_thousand_random_requests(
    demo_store: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    check(demo_store, tmp_path, 10_000, caplog)


@pytest.mark.france
@pytest.mark.slow
def test_a_hundred_thousand_random_requests(
    france_store: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    check(france_store, tmp_path, 100_000, caplog)
