"""A newly published store is served without a restart; a damaged one is refused, and told once."""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.web.conftest import serving
from tests.web.country import FakeEngine, country, fake_render
from tileserver.config import Settings
from tileserver.store import manifest as manifests
from tileserver.web.app import create_app

LOOK = 0.05


def publish(root: Path, generator: str, *, damage: bool = False) -> str:
    """Publish a copy of the current version under another digest; `damage` cuts one of its files."""
    current = root / (root / "CURRENT").read_text(encoding="ascii").strip()
    manifest = msgspec.json.decode((current / "manifest.json").read_bytes(), type=manifests.Manifest)
    data = manifests.encode(msgspec.structs.replace(manifest, generator=generator))
    digest = manifests.digest(data)
    shutil.copytree(current, root / digest)
    (root / digest / "manifest.json").write_bytes(data)
    if damage:
        name = next(iter(manifest.files))
        content = (root / digest / name).read_bytes()
        (root / digest / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    (root / "CURRENT.new").write_text(digest, encoding="ascii")
    (root / "CURRENT.new").replace(root / "CURRENT")
    return digest


@pytest.fixture
def root(demo_store: Path, tmp_path: Path) -> Path:
    """Give a published store of one's own."""
    return Path(shutil.copytree(demo_store, tmp_path / "store"))


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    limit = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.01)


def in_use(client: httpx.Client) -> str:
    digest: str = client.get("/ready").json()["store"]
    return digest


def test_a_newly_published_version_is_served(root: Path, tmp_path: Path) -> None:
    settings = Settings(store=root, page=tmp_path, reload_seconds=LOOK)
    with serving(create_app(settings)) as address, httpx.Client(base_url=address) as client:
        before = in_use(client)
        [template] = client.get("/tiles/regions.json").json()["tiles"]
        url = template.format(z=0, x=0, y=0)
        old = client.get(url)
        assert "immutable" in old.headers["cache-control"]
        digest = publish(root, "another")
        until(lambda: in_use(client) == digest)
        new = client.get(url)
        assert new.content == old.content
        assert new.headers["etag"] != old.headers["etag"]
        assert "no-cache" in new.headers["cache-control"]
        assert client.get("/layers").json()["store"] == digest
        counted = client.get("/metrics").text
        assert f'tileserver_store_info{{digest="{digest}"}} 1.0' in counted
        assert f'tileserver_store_info{{digest="{before}"}} 0.0' in counted


def test_a_damaged_version_is_refused_once_and_the_old_one_stays(
    root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(store=root, page=tmp_path, reload_seconds=LOOK)
    with serving(create_app(settings)) as address, httpx.Client(base_url=address) as client:
        before = in_use(client)
        good = (root / "CURRENT").read_text(encoding="ascii")
        publish(root, "damaged", damage=True)
        until(lambda: bool(refusals(caplog)))
        time.sleep(10 * LOOK)
        assert in_use(client) == before
        assert client.get("/tiles/regions/0/0/0.mvt").status_code == 200
        assert len(refusals(caplog)) == 1
        assert "damaged, its digest is not the published one" in str(vars(refusals(caplog)[0])["error"])
        (root / "CURRENT").write_text(good, encoding="ascii")
        digest = publish(root, "mended")
        until(lambda: in_use(client) == digest)


def refusals(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "tileserver.web.reload"]


class Publishing(FakeEngine):
    """An engine whose store changes when the test says so, and whose tiles wait."""

    def __init__(self) -> None:
        super().__init__(render=self.slow)
        self.may_end = threading.Event()
        self.begun = threading.Event()

    def slow(self, *arguments: object) -> bytes:
        """Wait, and render."""
        self.begun.set()
        self.may_end.wait(20)
        return fake_render(*arguments)  # type: ignore[arg-type]


def test_a_request_in_flight_ends_on_the_version_on_which_it_began(tmp_path: Path) -> None:
    engine = Publishing()
    settings = Settings(store=tmp_path, page=tmp_path, reload_seconds=LOOK)
    with serving(create_app(settings, engine)) as address, httpx.Client(base_url=address) as client:
        url = f"/tiles/ti/5/15/11.mvt?v={in_use(client)}"
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(client.get, url)
            assert engine.begun.wait(10)
            engine.store = country("f" * 32)
            until(lambda: in_use(client) == "f" * 32)
            engine.may_end.set()
            assert "immutable" in asked.result().headers["cache-control"]
        assert "no-cache" in client.get(url).headers["cache-control"]


def test_a_server_told_never_to_look_stays(tmp_path: Path) -> None:
    engine = FakeEngine()
    settings = Settings(store=tmp_path, page=tmp_path, reload_seconds=0)
    with serving(create_app(settings, engine)) as address, httpx.Client(base_url=address) as client:
        before = in_use(client)
        engine.store = country("f" * 32)
        time.sleep(4 * LOOK)
        assert in_use(client) == before
