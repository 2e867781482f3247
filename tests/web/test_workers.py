"""Several processes over one store: one address, one folder of counts, nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from tileserver.config import Settings
from tileserver.web.server import address, run
from tileserver.web.sockets import bound, share

pytestmark = pytest.mark.slow

TILE = "/tiles/regions/0/0/0.mvt"


@dataclass(frozen=True)
class Served:
    """A running `tileserver serve`: its address and the folder of its log and its counts."""

    address: str
    folder: Path

    def log(self) -> str:
        """Give what it has said."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def wait_for_ready(self, times: int) -> None:
        """Wait until processes have said that often that they are ready."""
        limit = time.monotonic() + 120
        while self.log().count('"message": "ready"') < times:
            assert time.monotonic() < limit, self.log()
            time.sleep(0.05)


@pytest.fixture(scope="module")
def served(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run `tileserver serve` with two workers; it leaves nothing behind."""
    folder = tmp_path_factory.mktemp("workers")
    environ = {key: value for key, value in os.environ.items() if not key.startswith("TILESERVER_")}
    environ |= {"TMPDIR": str(folder), "TILESERVER_PAGE": str(folder)}
    command = [sys.executable, "-m", "tileserver.cli", "serve", "--store", str(demo_store)]
    with (folder / "log").open("wb") as stream:
        process = subprocess.Popen(
            [*command, "--port", "0", "--workers", "2"], stdout=stream, stderr=stream, env=environ
        )
    try:
        Served("", folder).wait_for_ready(2)
        found = re.search(r"running on (http://[0-9.:]+)", Served("", folder).log())
        assert found
        yield Served(found.group(1), folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert list(folder.glob("tileserver-metrics-*")) == []


def ask(url: str) -> int:
    """Ask over a connection of one's own, which some process or other takes."""
    return httpx.get(url).status_code


def connections(process: int, clients: set[int]) -> int:
    """Count the connections that a process has with these ports of clients."""
    found = psutil.Process(process).net_connections("tcp")
    return sum(bool(one.raddr) and one.raddr.port in clients for one in found)


def count(text: str, pattern: str) -> float:
    """Add up the samples whose name and labels match."""
    return sum(float(value) for value in re.findall(rf"^{pattern} ([0-9.e+]+)$", text, re.MULTILINE))


def test_workers_share_an_address_and_their_counts_add_up(served: Served) -> None:
    urls = [f"{served.address}{TILE}"] * 60 + [f"{served.address}/tiles/none/0/0/0.mvt"] * 7
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, urls)) == [200] * 60 + [404] * 7
    for _ in range(6):
        text = httpx.get(f"{served.address}/metrics").text
        tiles = r'tileserver_requests_total\{.*route="/tiles/.*status="%s".*\}'
        assert count(text, tiles % 200) == 60
        assert count(text, tiles % 404) == 7
        assert count(text, r"tileserver_cache_requests_total\{.*\}") == 60
        assert 'tileserver_store_info{digest="' in text
    assert len(list(served.folder.glob("tileserver-metrics-*/counter_*.db"))) >= 2


def test_connections_are_dealt_out_to_the_workers(served: Served) -> None:
    """Not taken by whoever wakes first; of 48 at once each gets eight or more."""
    [folder] = served.folder.glob("tileserver-metrics-*")
    workers = {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_livesum_*.db")}
    host, port = served.address.removeprefix("http://").split(":")
    with ExitStack() as held:
        opened = [held.enter_context(socket.create_connection((host, int(port)))) for _ in range(48)]
        clients = {connection.getsockname()[1] for connection in opened}
        limit = time.monotonic() + 60
        while sum(taken := [connections(worker, clients) for worker in workers]) < 48:
            assert time.monotonic() < limit, taken
            time.sleep(0.02)
    assert min(taken) >= 8


def test_an_address_in_use_is_told_in_a_sentence(served: Served, demo_store: Path) -> None:
    port = served.address.rpartition(":")[2]
    command = [sys.executable, "-m", "tileserver.cli", "serve", "--store", str(demo_store), "--workers", "2"]
    done = subprocess.run([*command, "--port", port], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"can't listen on 127.0.0.1:{port}: Address already in use" in done.stderr


def test_a_worker_that_dies_is_replaced_and_what_it_counted_stays(served: Served) -> None:
    [folder] = served.folder.glob("tileserver-metrics-*")
    tiles = r"tileserver_tile_bytes_count\{.*\}"
    before = count(httpx.get(f"{served.address}/metrics").text, tiles)
    victim = int(next(folder.glob("gauge_livesum_*.db")).stem.rpartition("_")[2])
    os.kill(victim, signal.SIGKILL)
    served.wait_for_ready(3)
    assert count(httpx.get(f"{served.address}/metrics").text, tiles) == before
    assert not list(folder.glob(f"gauge_live*_{victim}.db"))
    assert ask(f"{served.address}{TILE}") == 200


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 address to listen on."""
    try:
        share("::1", 0).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_workers_listen_on_ipv6_too() -> None:
    with share("::1", 0) as taken, bound(*taken.getsockname()[:2]) as worker:
        host, port = worker.getsockname()[:2]
        assert address(host, port) == f"http://[::1]:{port}/"
        worker.listen()
        with pytest.raises(OSError, match="in use"):
            share("::1", port)
        with socket.create_connection((host, port)):
            worker.accept()[0].close()


def test_settings_travel_by_the_environment() -> None:
    """What is written is what is read, whatever it is."""
    settings = Settings(
        store=Path("/data/store"), host="192.0.2.1", port=0, public_url="https://a.example/x",
        trust_forwarded=True, cors_origins=("https://a.example", "https://b.example"), log_level="debug",
        page=Path("/page"), cache_mb=0, reload_seconds=0.25, workers=3,
    )  # fmt: skip
    assert Settings.from_env(settings.to_env()) == settings
    plain = Settings(store=Path("/data/store"), page=Path("/page"))
    assert Settings.from_env(plain.to_env()) == plain


def test_one_worker_runs_in_this_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a folder of counts, and without an import by name."""
    ran = []
    collecting = []
    monkeypatch.setattr("uvicorn.run", lambda app, **options: ran.append((app, options)))
    monkeypatch.setattr("gc.disable", lambda: collecting.append("off"))
    monkeypatch.setattr("gc.enable", lambda: collecting.append("on"))
    before = dict(os.environ)
    run(Settings(store=tmp_path, page=tmp_path))
    [(app, options)] = ran
    assert not isinstance(app, str)
    assert "workers" not in options
    assert collecting == ["off", "on"]
    assert dict(os.environ) == before
    assert not list(Path(tempfile.gettempdir()).glob("tileserver-metrics-*"))
