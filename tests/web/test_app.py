"""The application as a whole: readiness, CORS, the page's headers, random requests, a missing store."""

import gc
import os
import random
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import Connect
from tests.web.country import FakeEngine
from tileserver.config import Settings
from tileserver.errors import StoreError
from tileserver.web.app import create_app
from tileserver.web.contracts import StoreLike
from tileserver.web.logs import log_config


class SlowEngine(FakeEngine):
    """An engine whose kernels are ready when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.compiled = threading.Event()

    def warm(self) -> None:
        """Wait."""
        self.compiled.wait(30)


class RehearsingEngine(FakeEngine):
    """An engine that notes which threads rehearse."""

    def __init__(self) -> None:
        super().__init__()
        self.rehearsed: list[str] = []

    def rehearse(self, store: StoreLike) -> bytes:
        """Note the thread."""
        self.rehearsed.append(threading.current_thread().name)
        return super().rehearse(store)


class BrokenEngine(FakeEngine):
    """An engine with a bug."""

    def __init__(self) -> None:
        super().__init__(render=self.fail)

    def fail(self, *_: object) -> bytes:
        """Raise what nobody expects."""
        raise ZeroDivisionError("secret detail")


def test_the_server_says_when_it_is_not_ready(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alive at once, ready later; a tile asked for too early waits, and is told to come back in the end."""
    monkeypatch.setattr("tileserver.web.state.WARM_UP_SECONDS", 0.05)
    engine = SlowEngine()
    client = connect(engine, wait=False)
    try:
        assert client.get("/health").json()["status"] == "ok"
        for path in ("/ready", "/tiles/ti/5/15/11.mvt"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["status"] == 503
    finally:
        engine.compiled.set()
    while client.get("/ready").status_code != 200:
        pass
    assert client.get("/tiles/ti/5/15/11.mvt").status_code == 200


def test_a_tile_asked_for_while_kernels_load_is_answered_when_they_are(connect: Connect) -> None:
    engine = SlowEngine()
    client = connect(engine, wait=False)
    threading.Timer(0.2, engine.compiled.set).start()
    assert client.get("/tiles/ti/5/15/11.mvt").status_code == 200


def test_a_start_that_compiles_collects_its_garbage(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a server turned off for a short start comes on again before a long one is over."""
    monkeypatch.setattr("tileserver.web.app.COLLECTED_SECONDS", 0.05)
    engine = SlowEngine()
    gc.disable()
    try:
        connect(engine, wait=False)
        limit = time.monotonic() + 20
        while not gc.isenabled():
            assert time.monotonic() < limit
            time.sleep(0.02)
        assert not engine.compiled.is_set()
    finally:
        gc.enable()
        engine.compiled.set()


def test_every_thread_that_makes_tiles_rehearses_once(connect: Connect) -> None:
    engine = RehearsingEngine()
    connect(engine)
    wanted = (os.cpu_count() or 1) + 1
    limit = time.monotonic() + 30
    while len(engine.rehearsed) < wanted:
        assert time.monotonic() < limit, engine.rehearsed
        time.sleep(0.02)
    assert len(set(engine.rehearsed)) == wanted


def test_a_missing_store_stops_the_start(tmp_path: Path) -> None:
    """With the error of the store, before any request."""
    import asyncio

    app = create_app(Settings(store=tmp_path / "missing", page=tmp_path), FakeEngine())

    async def start() -> None:
        async with app.router.lifespan_context(app):
            pass

    with pytest.raises(StoreError, match="missing"):
        asyncio.run(start())


def test_a_bug_is_a_problem_without_its_details(connect: Connect) -> None:
    """500, and nothing of the inside shows."""
    answer = connect(BrokenEngine()).get("/tiles/ti/5/15/11.mvt")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_any_site_may_read_an_open_server_without_varying_by_origin(client: httpx.Client) -> None:
    """One copy in a shared cache serves all."""
    for origin in (None, "https://portal.example.fr"):
        answer = client.get("/layers", headers={"Origin": origin} if origin else {})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["vary"] == "Accept-Encoding"
    asked = {"Origin": "https://portal.example.fr", "Access-Control-Request-Method": "GET"}
    preflight = client.options("/tiles/ti/5/15/11.mvt", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD"


def test_a_closed_server_names_only_the_sites_it_knows(connect: Connect) -> None:
    """And varies, because the answer does."""
    client = connect(cors_origins=("https://portal.example.fr",))
    known, stranger = (
        client.get("/layers", headers={"Origin": origin}).headers
        for origin in ("https://portal.example.fr", "https://elsewhere.example")
    )
    assert known["access-control-allow-origin"] == "https://portal.example.fr"
    assert "access-control-allow-origin" not in stranger
    assert "Origin" in known["vary"]
    assert "Origin" in stranger["vary"]


def test_two_thousand_random_requests_fail_in_no_unexpected_way(client: httpx.Client) -> None:
    """Never a 5xx, and every refusal is a problem."""
    draw = random.Random(20260101)
    parts = [
        "tiles", "ti", "communes", "5", "15", "11.mvt", "-1", "9" * 400, "%00", "%2e%2e", "..", "", "{z}",
        "layers", "indicators", "population", "styles", "choropleth", "density.json", "static", "labels",
        "é", "%ff",
    ]  # fmt: skip
    names = ["indicators", "properties", "v", "lang", "level", "x", "%00", "é", ""]
    values = ["density", "density,jobs", "", ",", "fr", "ti", "%f0%9f", "a" * 3000, "region", "&", "=", "%"]
    headers = ["gzip", "*;q=0", "gzip;q=", '"x', "W/", "\xe9", "*", "," * 50]
    for _ in range(2000):
        path = "/" + "/".join(draw.choices(parts, k=draw.randint(1, 6)))
        if draw.random() < 0.5:
            path = f"/tiles/ti/{draw.choice(parts)}/{draw.randint(-3, 40)}/{draw.choice(parts)}"
        query = "&".join(f"{draw.choice(names)}={draw.choice(values)}" for _ in range(draw.randint(0, 3)))
        sent = {
            name: draw.choice(headers).encode("latin-1")
            for name in (b"Accept-Encoding", b"If-None-Match", b"Origin")
            if draw.random() < 0.5
        }
        answer = client.get(f"{path}?{query}", headers=sent)
        assert answer.status_code in (200, 304, 400, 404), (path, query, sent)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"


def test_logs_are_lines_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    """With what `extra` gives, and the traceback inside the line."""
    import json
    import logging

    from tileserver.web.logs import JsonLines

    record = logging.makeLogRecord({"msg": "hé %s", "args": ("là",), "levelname": "ERROR", "path": "/x"})
    line = json.loads(JsonLines().format(record))
    assert (line["message"], line["level"], line["path"]) == ("hé là", "error", "/x")
    assert log_config("info")["root"]["level"] == "INFO"
    assert capsys.readouterr().err == ""
