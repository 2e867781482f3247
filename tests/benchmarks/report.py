"""The figures of the kernel part as Markdown; how figures get into docs/benchmarks.md and JSON."""

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Ratio
from tests.benchmarks.postgis import SETTINGS
from tests.benchmarks.run import Result
from tests.benchmarks.workshop import LAYER, Plan, Workshop

BEGIN = "<!-- figures of {}: written by `make bench`, do not edit -->"
END = "<!-- end of figures of {} -->"


def processor() -> str:
    """Name the processor, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    names = [line for line in info.read_text().splitlines() if "model name" in line] if info.exists() else []
    name = names[0].split(":", 1)[1].strip() if names else platform.machine()
    return f"{name}, {os.cpu_count()} cores"


def measured_on(shop: Workshop) -> str:
    """Say what was measured, and on which machine and versions."""
    return (
        f"Layer `{LAYER}`, {shop.layer.entry.count:,} features, store `{shop.store.digest[:12]}`;"
        f" seed {shop.plan.seed}; {processor()}; Python {platform.python_version()};"
        f" {shop.postgis.version() if shop.postgis else 'without PostGIS'}."
    )


def markdown(result: Result, told: str) -> str:
    """Write the table of the kernel part, under `told`, what it was measured on."""
    header = (
        "| zoom | tiles | contender | first | cold | cold p95 | warm | warm p95 "
        "| first ratio | cold ratio | warm ratio | sum ratio | median bytes | features |"
    )
    lines = [
        told,
        "",
        header,
        "|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        *_rows(result),
        "",
        "Times in milliseconds for one tile, uncompressed, on one core. Medians and p95 are over the sampled",
        "places: a tile counts as often as places lie in it. A ratio is a contender's time over ours:",
        "of the medians (first, cold, warm), and (sum) of all tiles' warm times together.",
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
            ratio = zoom.ratios.get(name, Ratio(1, 1, 1, 1))
            yield (
                f"| {zoom.zoom} | {figures.tiles} | {name} "
                f"| {milliseconds(figures.first_median_ms)} "
                f"| {milliseconds(figures.cold_median_ms)} | {milliseconds(figures.cold_p95_ms)} "
                f"| {milliseconds(figures.warm_median_ms)} | {milliseconds(figures.warm_p95_ms)} "
                f"| {times(ratio.first)} | {times(ratio.cold)} "
                f"| {times(ratio.warm)} | {times(ratio.warm_sum)} "
                f"| {figures.median_bytes:,.0f} | {figures.features:,} |"
            )


def milliseconds(value: float) -> str:
    """Write a time, three digits."""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def times(value: float) -> str:
    """Write a ratio."""
    if value < 1:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _agreement(result: Result) -> str:
    lost: dict[str, int] = {}
    for zoom in result.zooms:
        for name, count in zoom.missing.items():
            lost[name] = lost.get(name, 0) + count
    told = "; ".join(f"{name}: {count}" for name, count in lost.items())
    return f"Features that another contender has in a tile and ours lacks there: {told}."


def write_markdown(path: Path, part: str, figures: str) -> None:
    """Put `figures` between the markers of `part` on the page at `path`; ValueError where it has none."""
    first, last = BEGIN.format(part), END.format(part)
    before, begin, rest = path.read_text(encoding="utf-8").partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end:
        raise ValueError(f"{path} has no lines {first!r} and {last!r}")
    path.write_text(f"{before}{begin}\n\n{figures}\n\n{end}{after}", encoding="utf-8")


def write_json(path: Path, result: Any, plan: Plan) -> None:
    """Write everything measured, for machines; `result` is a dataclass of figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        **plain(result),
        "plan": {"tiles": plan.tiles, "repeats": plan.repeats, "seed": plan.seed, "seconds": plan.seconds},
        "processor": processor(),
    }
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")


def plain(value: Any) -> Any:
    """Turn dataclasses and named tuples into dictionaries; a named tuple would become a bare list."""
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value
