"""Statistics, lists of tiles, processes and pages of the HTTP parts: whatever could flatter us."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar, cast

import numpy as np
import pytest
import shapely

from tests.benchmarks import load, own, page, peers, processes, pyramid, report, shapes, throughput
from tests.benchmarks.content import Difference
from tests.benchmarks.load import Load, WrkMissingError
from tests.benchmarks.measure import percentile
from tests.benchmarks.serving import Served, ServingResult, Slower, Wire, _several
from tests.benchmarks.throughput import Loaded, ThroughputResult
from tests.benchmarks.wire import Reply
from tests.benchmarks.workshop import Plan, Workshop


def test_a_percentile_is_a_measured_value_never_below_its_share() -> None:
    values = [float(n) for n in range(1, 201)]
    assert percentile(values, 99) == 198
    assert percentile(values, 50) == 100
    assert percentile([3.0, 1.0, 2.0], 99) == 3.0
    assert percentile([7.0], 50) == 7.0


def test_one_more_indicator_costs_the_median_step_of_all_tiles() -> None:
    assert own.median_step([[1.0, 5.0], [1.5, 5.1], [1.7, 9.0]]) == pytest.approx(0.35)
    assert own.median_step([[1.0, 5.0]]) == 0.0


# ------------------------------------------------------------------------------------- lists of tiles


def checkerboard(zoom: int) -> shapes.Features:
    """Make squares of one tile of zoom 8, over a corner of France."""
    boxes = [shapely.box(*shapes.tile_bounds_m(8, x, y)) for x in range(126, 138) for y in range(86, 98)]
    rows = [{"code": f"{n}", "population": n} for n in range(len(boxes))]
    ids = np.arange(len(boxes), dtype=np.uint64)
    return shapes.Features(zoom, ids, np.array(boxes, dtype=object), rows)


def shop(seed: int = 1) -> Workshop:
    plan = Plan(store=Path(), tiles=5, seed=seed)
    return cast("Workshop", SimpleNamespace(plan=plan, stored=(6, 7, 8, 9), features=checkerboard))


def test_mixed_tiles_are_distinct_of_stored_zooms_alone_and_the_same_for_the_same_seed() -> None:
    tiles = throughput.mixed(shop())
    assert len(set(tiles)) == len(tiles) > 50
    assert {zoom for zoom, _, _ in tiles} == {6, 7, 8, 9}
    assert tiles == throughput.mixed(shop())
    assert tiles != throughput.mixed(shop(seed=2))


def test_zooms_beyond_the_deepest_ask_for_more_of_its_tiles() -> None:
    counts = Counter(zoom for zoom, _, _ in throughput.mixed(shop()))
    assert counts[9] > 2 * counts[8]


def test_mixed_tiles_are_shuffled() -> None:
    zooms = [zoom for zoom, _, _ in throughput.mixed(shop())]
    assert zooms != sorted(zooms)


def test_the_archive_covers_every_tile_that_a_box_and_its_buffer_meet() -> None:
    boxes = np.array([[4096, 4096, 5000, 8191], [10, 4000, 20, 4040]], dtype=np.int32)
    assert pyramid.tiles_under(boxes, 0) == {(1, 1), (0, 0)}
    assert pyramid.tiles_under(boxes, 64) == {(x, y) for x in (0, 1) for y in (0, 1, 2)}


# ----------------------------------------------------------------------------------------------- wrk

OUTPUT = """Running 3s test
FIGURES {"requests": 900, "seconds": 3.0, "bytes": 5, "p50_ms": 1.5, "p99_ms": 9.0, "failed": 300}
"""


def test_failed_answers_do_not_count_as_served() -> None:
    figures = load.read_output(OUTPUT)
    assert figures.per_second == 200
    with pytest.raises(ValueError, match="no figures"):
        load.read_output("wrk: unable to connect")


class Counting(BaseHTTPRequestHandler):
    """Answers 200, but 404 to one path; remembers what it was asked for."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[Counter[tuple[str, str]]] = Counter()

    def handle(self) -> None:
        with suppress(ConnectionError):  # wrk hangs up in the middle of an answer when its time is over
            super().handle()

    def do_GET(self) -> None:
        self.asked[self.path, self.headers["Accept-Encoding"]] += 1
        self.send_response(404 if self.path == "/no" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def test_wrk_asks_for_all_paths_as_often_and_counts_failures(tmp_path: Path) -> None:
    try:
        load.find_wrk()
    except WrkMissingError as error:
        pytest.skip(str(error))
    paths = ["/a?x=1,2", "/b", "/c", "/no"]
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        figures = load.run(server.server_port, paths, 1, "gzip, br", tmp_path)
        server.shutdown()
        thread.join()
    asked = {path: Counting.asked[path, "gzip, br"] for path in paths}
    assert sum(asked.values()) == sum(Counting.asked.values())
    assert max(asked.values()) - min(asked.values()) <= load.CLIENTS
    assert figures.requests > 0
    assert figures.failed == pytest.approx(figures.requests / 4, abs=load.CLIENTS)
    assert figures.p50_ms <= figures.p99_ms


# ----------------------------------------------------------------------------------------- processes

PARENT = (
    "import subprocess, sys\n"
    "work = 'sum(n * n for n in range(3_000_000)); input()'\n"
    "subprocess.run([sys.executable, '-c', 'sum(n * n for n in range(3_000_000))'])\n"
    "child = subprocess.Popen([sys.executable, '-c', work], stdin=subprocess.PIPE)\n"
    "print(child.pid, flush=True)\n"
    "input()\n"
    "child.communicate(b'x')\n"
)


def test_a_server_is_charged_for_its_children_even_those_that_have_ended() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert processes.tree(parent.pid) == [parent.pid, child]
        alone = processes.cpu_s([child])
        assert processes.cpu_s([parent.pid]) > alone + 0.05  # the child that ended
        assert processes.memory_mb([parent.pid]) > processes.memory_mb([child]) > 1
        parent.communicate("x")


def test_memory_that_maps_the_files_of_a_folder_is_told_apart(tmp_path: Path) -> None:
    size = 1 << 22
    (tmp_path / "store").mkdir()
    mapped = np.memmap(tmp_path / "store" / "a file", np.uint8, "w+", shape=(size,))
    mapped[:] = 1
    whole, part = processes.resident_mb(os.getpid(), tmp_path / "store")
    assert part == pytest.approx(size / 2**20, rel=0.01)
    assert whole > part
    assert processes.resident_mb(os.getpid(), tmp_path / "elsewhere")[1] == 0


def test_a_server_that_ends_at_once_is_an_error_with_its_own_words(tmp_path: Path) -> None:
    command = processes.Command([sys.executable, "-c", "raise SystemExit('no such database')"])
    with (
        pytest.raises(processes.StartError, match="no such database"),
        processes.serving(command, processes.free_port(), "/", tmp_path / "log"),
    ):
        pytest.fail("it was taken for a server")


ABANDONING = """
import functools, http.server, pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1], "child").write_text(str(child.pid))
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), handler).serve_forever()
"""


def test_nothing_of_a_server_runs_on_when_its_turn_is_over(tmp_path: Path) -> None:
    port = processes.free_port()
    command = processes.Command([sys.executable, "-c", ABANDONING, str(tmp_path), str(port)])
    with processes.serving(command, port, "/child", tmp_path / "log") as running:
        child = int((tmp_path / "child").read_text(encoding="utf-8"))
        assert processes.tree(running.pid) == [running.pid, child]
        assert running.start_s > 0
    deadline = time.monotonic() + 10
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(child)


def is_running(pid: int) -> bool:
    """Tell a process that works from one that ended, waited for or not."""
    stat = processes._stat(pid)
    return bool(stat) and stat[0] != "Z"


def test_our_server_and_the_others_are_asked_for_the_same_four_attributes(tmp_path: Path) -> None:
    ours = peers.tileserver(tmp_path, "communes")
    assert ours.path((8, 130, 88)) == (
        "/tiles/communes/8/130/88.mvt?properties=&indicators=population,density"
    )
    # Whole tiles, whatever they weigh; kept or not, as the measurement wants it.
    assert ours.command(80, True, tmp_path).environ == {"TILESERVER_TILE_BUDGET_KB": "0"}
    assert ours.command(80, False, tmp_path).environ["TILESERVER_CACHE_MB"] == "0"
    assert tuple(peers.MARTIN_TYPES) == shapes.PROPERTIES


# -------------------------------------------------------------------------------------------- pages


def served(median_ms: float, body: int, keys: tuple[str, ...] = shapes.PROPERTIES) -> Served:
    wire = {name: Wire(body, body + 100, "gzip", median_ms) for name in ("browser", "gzip", "br", "zstd")}
    wire["first"] = Wire(body, body + 100, "gzip", 2 * median_ms if median_ms > 1 else median_ms)
    return Served(3, 0, median_ms, 2.0, 3.0, 10 * median_ms, wire, 7, 7, Difference(0, 1, 0, 0), keys)


def served_result(entries: Mapping[str, Served]) -> ServingResult:
    versions = dict.fromkeys(entries, "1.0")
    return ServingResult(
        versions, {"Martin, tables": "not installed: cargo install martin"}, {8: dict(entries)}
    )


def test_ratios_are_times_over_ours_and_absent_peers_are_named() -> None:
    result = served_result({"tileserver": served(0.5, 2000), "tipg": served(10.0, 3000)})
    assert result.ratios(8, "tileserver") == {"tipg": Slower(20.0, 20.0, first=40.0)}
    text = page.serving(result, "on this")
    assert "| 8 | 3 | tipg | 10 | 2 | 3 | 20 | 20 | 40 |" in text
    assert "| 8 | tipg | 10 | 10 | 10 | 10 | gzip |" in text
    assert "| 8 | tipg | 3.0 | 3.0 | 3.0 | 3.0 | 3.1 | 1.50 | gzip |" in text
    assert "**Martin, tables** not installed: cargo install martin" in text
    assert "not the same four" not in text


def test_martin_is_compared_by_the_faster_of_its_ways() -> None:
    result = served_result(
        {
            "tileserver": served(0.5, 1),
            "Martin, tables": served(20.0, 1),
            "Martin, function": served(15.0, 1),
            "Martin, PMTiles": served(0.25, 1),
        }
    )
    told, first = page.faster_martin(result)
    assert told.endswith("z8 30.")
    assert first.endswith("alone: z8 60.")
    assert page.faster_martin(served_result({"tileserver": served(0.5, 1)})) == []


def test_where_tiles_are_few_the_median_of_several_rounds_counts() -> None:
    class Slowing:
        """A client whose answers take 5, 1, 2, 3, 4 ms."""

        def __init__(self) -> None:
            self.times = iter((5, 1, 2, 3, 4))

        def get(self, path: str, accepted: str) -> Reply:
            del path, accepted
            return Reply(200, "gzip", b"", 0, next(self.times) * 1_000_000)

    class Named:
        """A peer that has paths."""

        def path(self, tile: object) -> str:
            return str(tile)

    [asked] = _several({Named(): Slowing()}, [(5, 16, 11)]).values()  # type: ignore[dict-item]  # stand-ins
    assert [reply.took_ns for reply in asked["first"]] == [5_000_000]
    assert [reply.took_ns for reply in asked["browser"]] == [3_000_000]


def test_a_contender_with_other_attributes_is_exposed() -> None:
    result = served_result({"tileserver": served(0.5, 2000), "tipg": served(1.0, 9, ("code",))})
    assert "attributes code, 0 with other values — **not the same four**" in page.serving(result, "on this")


def test_under_load_each_row_is_compared_with_ours_of_the_same_warmth() -> None:
    def row(name: str, requests: int, *, warm: bool) -> Loaded:
        return Loaded(name, warm, Load(requests, 2.0, 1, 1.0, 2.0, 0), 0.5, 100.0, 1.0)

    rows = (
        row("tileserver", 2000, warm=False),
        row("tileserver", 8000, warm=True),
        row("Martin", 1000, warm=False),
        row("Martin", 16000, warm=True),
    )
    text = page.throughput(ThroughputResult(32, 2, 9, {5: 9}, {}, {}, rows), "on this")
    assert "| Martin | no | 500 | 2.0 |" in text
    assert "| Martin | yes | 8,000 | 0.50 |" in text


def test_figures_for_machines_keep_the_names_of_all_columns(tmp_path: Path) -> None:
    result = served_result({"tileserver": served(0.5, 2000)})
    report.write_json(tmp_path / "a" / "http.json", result, Plan(store=Path()))
    document = json.loads((tmp_path / "a" / "http.json").read_text(encoding="utf-8"))
    ours = document["zooms"]["8"]["tileserver"]
    assert ours["wire"]["br"] == {"body": 2000, "received": 2100, "encodings": "gzip", "median_ms": 0.5}
    assert ours["difference"] == {"missing": 0, "extra": 1, "other_ids": 0, "other_values": 0}
    assert document["plan"]["seed"] == Plan.seed
