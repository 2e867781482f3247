"""Load from many clients at once, by `wrk`: which paths, how long, and what it counted."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

CLIENTS = 32
THREADS = 2
INSTALL_WRK = "wrk is not installed: on Debian or Ubuntu, `apt-get install wrk`"
MARK = "FIGURES "

SCRIPT = """
local threads, asked = {}, 0
local requests = {}
local at = 0

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path, {["Accept-Encoding"] = args[2]})
  end
  -- each thread begins elsewhere in the list, so that they do not ask for the same tile at once
  at = math.floor(number * #requests / tonumber(args[3]))
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'MARK{"requests": %d, "seconds": %.6f, "bytes": %d, "p50_ms": %.3f, "p99_ms": %.3f, '
      .. '"failed": %d}\\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
""".replace("MARK", MARK)


class WrkMissingError(Exception):
    """There is no wrk on this machine; the message says how to install it."""


class Load(NamedTuple):
    """What wrk counted. ``failed`` are answers of status 400 and more, time-outs and broken connections."""

    requests: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    failed: int

    @property
    def per_second(self) -> float:
        """Answers a second, failed ones left out."""
        return (self.requests - self.failed) / self.seconds


def find_wrk() -> str:
    """Find wrk; raises `WrkMissingError`, whose message says what to install."""
    found = shutil.which("wrk")
    if found is None:
        raise WrkMissingError(INSTALL_WRK)
    return found


def run(port: int, paths: Sequence[str], seconds: int, accept_encoding: str, folder: Path) -> Load:
    """Ask for `paths` over and over, from `CLIENTS` connections, for so many seconds."""
    script, listing = folder / "paths.lua", folder / "paths.txt"
    script.write_text(SCRIPT, encoding="utf-8")
    listing.write_text("\n".join(paths) + "\n", encoding="utf-8")
    argv = [find_wrk(), f"-t{THREADS}", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "60s"]
    argv += ["-s", str(script), f"http://127.0.0.1:{port}"]
    argv += ["--", str(listing), accept_encoding, str(THREADS)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return read_output(done.stdout)


def read_output(output: str) -> Load:
    """Read the figures that the script has written; ValueError where there are none."""
    for line in output.splitlines():
        if line.startswith(MARK):
            return Load(**json.loads(line.removeprefix(MARK)))
    raise ValueError(f"wrk gave no figures: {output[-500:]}")
