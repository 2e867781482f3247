"""Servers over the country of `country`, on a free port of this machine, as clients meet them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser
from starlette.applications import Starlette

from tests.web.browser import chromium, executable
from tests.web.country import FakeEngine
from tileserver.config import Settings
from tileserver.web.app import create_app
from tileserver.web.server import server_options

Connect = Callable[..., httpx.Client]

_START_SECONDS = 60.0


@contextmanager
def serving(app: Starlette, *, wait: bool = True) -> Iterator[str]:
    """Serve `app` in a thread; give its address, once it says that it is ready unless told not to wait."""
    options = server_options(Settings(store=Path(), port=0)) | {"log_config": None}
    server = uvicorn.Server(uvicorn.Config(app, **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    limit = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > limit:
            raise RuntimeError("the server did not start")
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    while wait and httpx.get(f"{address}/ready").status_code != 200:
        if time.monotonic() > limit:
            raise RuntimeError("the server did not get ready")
        time.sleep(0.005)
    yield address
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser that a module opens once; skip where there is none."""
    path = executable()
    if path is None:
        pytest.skip("no Chromium on the path, so nothing is looked at in a browser")
    with chromium(path) as found:
        yield found


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """Give a function that starts a server with some settings and an engine, and connects to it."""
    running = []

    def start(engine: FakeEngine | None = None, *, wait: bool = True, **settings: object) -> httpx.Client:
        given: dict[str, object] = {"store": tmp_path, "page": tmp_path, **settings}
        app = create_app(Settings(**given), engine or FakeEngine())  # type: ignore[arg-type]
        context = serving(app, wait=wait)
        client = httpx.Client(base_url=context.__enter__(), headers={"Accept-Encoding": "identity"})
        running.append((context, client))
        return client

    yield start
    for context, client in running:
        client.close()
        context.__exit__(None, None, None)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a client of a server with the plain settings."""
    folder = tmp_path_factory.mktemp("empty")
    with (
        serving(create_app(Settings(store=folder, page=folder), FakeEngine())) as address,
        httpx.Client(base_url=address, headers={"Accept-Encoding": "identity"}) as client,
    ):
        yield client
