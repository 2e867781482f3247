"""The figures, as a table in docs/benchmarks.md (between its markers) and as JSON."""

import json
import platform
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.measure import Ratio
from tests.benchmarks.postgis import SETTINGS
from tests.benchmarks.run import Plan, Result

BEGIN = "<!-- figures: written by `make bench`, do not edit -->"
END = "<!-- end of figures -->"


def processor() -> str:
    """Name the processor, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if "model name" in line] if info.exists() else []
    return names[0].split(":", 1)[1].strip() if names else platform.machine()


def markdown(result: Result, plan: Plan) -> str:
    """Write the tables and what they were measured on."""
    header = (
        "| zoom | tiles | contender | cold median | cold p95 | warm median | warm p95 "
        "| cold ratio | warm ratio | sum ratio | median bytes | features |"
    )
    measured_on = (
        f"Layer `communes`, {result.features:,} features, store `{result.store_digest[:12]}`;"
        f" seed {plan.seed}; {processor()}; Python {platform.python_version()};"
        f" {result.postgis_version or 'without PostGIS'}."
    )
    lines = [
        measured_on,
        "",
        header,
        "|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        *_rows(result),
        "",
        "Times in milliseconds for one tile, uncompressed, on one core. Medians and p95 are over the sampled",
        "places: a tile counts as often as places lie in it. A ratio is a contender's time over ours:",
        "of the medians, cold and warm, and (sum) of all tiles' warm times together.",
        _agreement(result),
    ]
    if result.skipped_zooms:
        zooms = ", ".join(f"z{zoom}" for zoom in result.skipped_zooms)
        lines.append(f"Not in this store, so not measured: {zooms}.")
    if result.postgis_version:
        settings = ", ".join(f"`{key}={value}`" for key, value in SETTINGS.items())
        lines += ["", f"PostgreSQL settings other than its defaults: {settings}."]
    return "\n".join(lines)


def _rows(result: Result) -> Iterator[str]:
    for zoom in result.zooms:
        for name, figures in zoom.summaries.items():
            ratio = zoom.ratios.get(name, Ratio(1, 1, 1))
            yield (
                f"| {zoom.zoom} | {figures.tiles} | {name} "
                f"| {_ms(figures.cold_median_ms)} | {_ms(figures.cold_p95_ms)} "
                f"| {_ms(figures.warm_median_ms)} | {_ms(figures.warm_p95_ms)} "
                f"| {_ratio(ratio.cold)} | {_ratio(ratio.warm)} | {_ratio(ratio.warm_sum)} "
                f"| {figures.median_bytes:,.0f} | {figures.features:,} |"
            )


def _ms(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _ratio(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _agreement(result: Result) -> str:
    lost: dict[str, int] = {}
    for zoom in result.zooms:
        for name, count in zoom.missing.items():
            lost[name] = lost.get(name, 0) + count
    told = "; ".join(f"{name}: {count}" for name, count in lost.items())
    return f"Features that another contender has in a tile and ours lacks there: {told}."


def write_markdown(path: Path, figures: str) -> None:
    """Put `figures` between the markers of the page at `path`; ValueError where it has none."""
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has no lines {BEGIN!r} and {END!r}")
    path.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}", encoding="utf-8")


def write_json(path: Path, result: Result, plan: Plan) -> None:
    """Write everything measured, for machines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # a NamedTuple would become a bare list
    document = asdict(result)
    for zoom, entry in zip(result.zooms, document["zooms"], strict=True):
        entry["summaries"] = {name: figures._asdict() for name, figures in zoom.summaries.items()}
        entry["ratios"] = {name: ratio._asdict() for name, ratio in zoom.ratios.items()}
    document["plan"] = {"tiles": plan.tiles, "repeats": plan.repeats, "seed": plan.seed}
    document["processor"] = processor()
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
