"""`make bench`: measure, print the table, write docs/benchmarks.md and var/bench/*.json."""

import argparse
import sys
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.postgis import PostgisMissingError, find_binaries
from tests.benchmarks.run import ZOOMS, Plan, run
from tileserver.errors import TileserverError

STORES = (Path("var/france"), Path("var/store"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--store", type=Path, help="default: var/france, else var/store")
    parser.add_argument("--tiles", type=int, default=Plan.tiles, help="distinct tiles a zoom")
    parser.add_argument("--repeats", type=int, default=Plan.repeats, help="warm rounds")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--zooms", type=int, nargs="+", default=list(ZOOMS))
    parser.add_argument("--without-postgis", action="store_true", help="measure the others alone")
    parser.add_argument("--page", type=Path, default=Path("docs/benchmarks.md"))
    parser.add_argument("--no-page", action="store_true", help="leave the page as it is")
    parser.add_argument("--json", type=Path, default=Path("var/bench/tiles.json"))
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
        seed=arguments.seed,
        zooms=arguments.zooms,
        postgis=not arguments.without_postgis,
    )
    try:
        if plan.postgis:
            find_binaries()
        result = run(plan, lambda line: print(line, file=sys.stderr, flush=True))
    except (PostgisMissingError, TileserverError) as error:
        print(error, file=sys.stderr)
        return 1
    figures = report.markdown(result, plan)
    print(figures)
    report.write_json(arguments.json, result, plan)
    if not arguments.no_page:
        report.write_markdown(arguments.page, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
