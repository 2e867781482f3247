"""A server as a process of its own, and what it costs: processor seconds and memory, read from /proc."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.benchmarks.wire import BROWSER, Client

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
START_S = 60
STOP_S = 10


class StartError(Exception):
    """A server did not come up; the message has the end of its log."""


@dataclass(frozen=True)
class Command:
    """How to start a server: the program and its arguments, variables beside the environment's."""

    argv: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Running:
    """A server that answers: its port, its process, seconds from its start to its first tile."""

    port: int
    pid: int
    start_s: float


def free_port() -> int:
    """Give a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(command: Command, port: int, first_path: str, log: Path) -> Iterator[Running]:
    """Start a server, wait until it answers `first_path` with 200, stop it and its children after.

    Raises `StartError` where it ends, or takes more than a minute.
    """
    with log.open("wb") as output:
        start = time.perf_counter()
        process = _spawn(command, output)
        try:
            _until_it_answers(process, port, first_path, log)
            yield Running(port, process.pid, time.perf_counter() - start)
        finally:
            _stop(process)


def _spawn(command: Command, output: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command.argv,
        env={**os.environ, **command.environ},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    # Whatever it left behind would run beside the next contender. Its session is its own.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _until_it_answers(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    deadline = time.monotonic() + START_S
    told = "no answer"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with Client(port) as client:
                reply = client.get(path, BROWSER)
        except OSError as error:
            told = str(error)
        else:
            if reply.status == 200:
                return
            told = f"{path} answered {reply.status}: {reply.body[:300]!r}"
        time.sleep(0.005)
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise StartError(f"{process.args!r} does not serve {path} ({told}); its log ends with:\n{tail}")


def tree(root: int) -> list[int]:
    """Give the ids of a process and of all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    """Give the fields of /proc/PID/stat after the name (which may hold spaces); none once it ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()


def cpu_s(roots: Sequence[int]) -> float:
    """Give the processor seconds of some process trees so far, those of children that ended included."""
    ticks = 0
    for root in roots:
        for pid in tree(root):
            # utime, stime, cutime, cstime: fields 14 to 17, counted from 1 with the process id
            ticks += sum(map(int, _stat(pid)[11:15]))
    return ticks / TICKS


def memory_mb(roots: Sequence[int]) -> float:
    """Give the proportional set size of some process trees: a page that n share counts 1/n in each."""
    kilobytes = 0
    for root in roots:
        for pid in tree(root):
            kilobytes += _rollup(pid).get("Pss", 0)
    return kilobytes / 1024


def _rollup(pid: int) -> dict[str, int]:
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return _kilobytes(text.splitlines()[1:])


def _kilobytes(lines: Sequence[str]) -> dict[str, int]:
    pairs = (line.split() for line in lines)
    return {words[0].rstrip(":"): int(words[1]) for words in pairs if words[-1] == "kB"}


def resident_mb(pid: int, mapped: Path) -> tuple[float, float]:
    """Give the resident memory of one process in MB: all of it, and the part that maps files in `mapped`."""
    place = str(mapped.resolve())
    whole = part = 0
    inside = False
    for line in (PROC / str(pid) / "smaps").read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition(" ")
        if not name.endswith(
            ":"
        ):  # the head of a mapping: addresses, permissions, offset, device, inode, path
            inside = rest.split(maxsplit=4)[-1].startswith(place)
        elif name == "Rss:":
            size = int(rest.split()[0])
            whole += size
            part += size if inside else 0
    return whole / 1024, part / 1024
