"""`make bench`: measure, print the tables, write docs/benchmarks.md and var/bench/*.json.

Three parts, in one run on one PostGIS: `kernel` makes tiles in this process, `http` asks servers for
them one at a time, `throughput` from many clients at once.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks import load, own, page, report, run, serving, throughput
from tests.benchmarks.load import WrkMissingError
from tests.benchmarks.postgis import PostgisMissingError, find_binaries
from tests.benchmarks.processes import StartError
from tests.benchmarks.workshop import ZOOMS, Plan, Say, Workshop, workshop
from tileserver.errors import TileserverError

STORES = (Path("var/france"), Path("var/store"))
PARTS = ("kernel", "http", "throughput")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--store", type=Path, help="default: var/france, else var/store")
    parser.add_argument("--part", choices=PARTS, nargs="+", default=list(PARTS), help="default: all")
    parser.add_argument(
        "--tiles", type=int, default=Plan.tiles, help="places a zoom; over HTTP four times as many"
    )
    parser.add_argument("--repeats", type=int, default=Plan.repeats, help="warm rounds of the kernel part")
    parser.add_argument(
        "--seconds", type=int, default=Plan.seconds, help="how long each server is under load"
    )
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--zooms", type=int, nargs="+", default=list(ZOOMS))
    parser.add_argument("--without-postgis", action="store_true", help="measure the others alone")
    parser.add_argument("--page", type=Path, default=Path("docs/benchmarks.md"))
    parser.add_argument("--no-page", action="store_true", help="leave the page as it is")
    parser.add_argument("--json", type=Path, default=Plan.folder, help="folder of the figures for machines")
    return parser.parse_args()


def _store(named: Path | None) -> Path:
    for place in [named] if named else STORES:
        if (place / "CURRENT").exists():
            return place
    raise SystemExit(
        f"no store in {named or ' or '.join(map(str, STORES))}: run `make france` or `make demo`"
    )


def main() -> int:
    """Run the benchmark as the command line says; 1 when something is missing."""
    arguments = _arguments()
    plan = Plan(
        store=_store(arguments.store),
        tiles=arguments.tiles,
        repeats=arguments.repeats,
        seconds=arguments.seconds,
        seed=arguments.seed,
        zooms=arguments.zooms,
        postgis=not arguments.without_postgis,
    )
    try:
        if plan.postgis:
            find_binaries()
        if "throughput" in arguments.part:
            load.find_wrk()
        with workshop(plan, _say_with_time()) as shop:
            for part, result, figures in _measure(shop, arguments.part):
                print(figures, end="\n\n", flush=True)
                report.write_json(arguments.json / f"{part}.json", result, plan)
                if not arguments.no_page:
                    report.write_markdown(arguments.page, part, figures)
    except (PostgisMissingError, WrkMissingError, StartError, TileserverError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _say_with_time() -> Say:
    start = time.monotonic()
    return lambda line: print(f"{time.monotonic() - start:5.0f} s  {line}", file=sys.stderr, flush=True)


def _measure(shop: Workshop, parts: list[str]) -> Iterator[tuple[str, Any, str]]:
    """Measure part by part: its name, everything measured, and the figures for the page."""
    told = report.measured_on(shop)
    if "kernel" in parts:
        kernel = run.run(shop)
        yield "kernel", kernel, report.markdown(kernel, told)
    if parts == ["kernel"]:
        return
    found, absent = serving.contenders(shop)
    if "http" in parts:
        served = serving.run(shop, found, absent)
        yield "http", served, page.serving(served, told)
        alone = own.run(shop)
        yield "own", alone, page.own(alone)
    if "throughput" in parts:
        loaded = throughput.run(shop, found, absent)
        yield "throughput", loaded, page.throughput(loaded, told)


if __name__ == "__main__":
    sys.exit(main())
