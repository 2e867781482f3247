"""The report of a build: ``report.json`` for machines, ``report.html`` for who produced the data.

The page is one file without script, font or image of another host, French first and English second.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import msgspec
from jinja2 import Environment, StrictUndefined

from preprocess.by_source import SourceFacts
from preprocess.cache.kept import Outcome
from preprocess.changes import Changes
from preprocess.findings import Finding
from preprocess.rule import Rule
from preprocess.rules import explain
from tileserver.store.manifest import LayerEntry, Manifest
from tileserver.tiles import budget
from tileserver.tiles.selection import select

SHOWN = 500
"""Rows of one rule that the page lists; ``report.json`` has them all."""

SEVERITIES = {"warning": 0, "repair": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build found and cost.

    ``seconds``: name of a step → its duration. ``peak_rss_mb``: greatest resident memory in MB.
    ``outcomes``: which steps took their result from an earlier build. ``changes``: what the version before
    said otherwise. ``by_source``: what became of the rows of each file.
    """

    store_digest: str
    manifest: Manifest
    findings: tuple[Finding, ...]
    seconds: dict[str, float]
    peak_rss_mb: float
    outcomes: tuple[Outcome, ...] = ()
    changes: Changes = field(default_factory=lambda: Changes(before=None))
    by_source: tuple[SourceFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule, as the page lists them."""

    slug: str
    rule: Rule
    severity: str
    count: int
    shown: tuple[Finding, ...]


def write_report(directory: Path, report: BuildReport) -> None:
    """Write ``report.json`` and ``report.html`` into `directory`, which is made if need be."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.json").write_bytes(report_json(report))
    (directory / "report.html").write_text(report_html(report), encoding="utf-8")


def report_json(report: BuildReport) -> bytes:
    """Return the whole report as indented JSON, keys in a fixed order."""
    content = {
        "store": report.store_digest,
        "generator": report.manifest.generator,
        "seconds": report.seconds,
        "peak_rss_mb": report.peak_rss_mb,
        "steps": report.outcomes,
        "changes": report.changes,
        "layers": {
            entry.id: {
                "title": entry.title,
                "kind": entry.kind,
                "level": entry.level,
                "count": entry.count,
                "zoom": (entry.min_zoom, entry.max_zoom),
                "quality": entry.quality,
                "heaviest": entry.heaviest,
                "generalised": {row.zoom: row.steps for row in weights(entry) if row.steps},
            }
            for entry in report.manifest.layers
        },
        "sources": report.manifest.sources,
        "by_source": report.by_source,
        "findings_by_rule": dict(sorted(Counter(item.rule for item in report.findings).items())),
        "findings": report.findings,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def report_html(report: BuildReport) -> str:
    """Return the report as one self-contained page."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["fr"] = french_number
    source = files("preprocess").joinpath("templates/report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        report=report,
        manifest=report.manifest,
        groups=group_findings(report.findings),
        qualities=[(entry, _by_zoom(entry)) for entry in report.manifest.layers if entry.quality],
        heaviest=[(entry, weights(entry)) for entry in report.manifest.layers if entry.heaviest],
        budget_kb=budget.DEFAULT_BYTES // 1000,
        shown=SHOWN,
        entries={entry.id: entry for entry in report.manifest.sources},
        explain=explain,
    )


@dataclass(frozen=True, slots=True)
class Weight:
    """The heaviest tile of a zoom with the properties that come by default, and what makes it fit."""

    zoom: int
    tile: str
    features: int
    bytes: int
    served_bytes: int
    steps: tuple[str, ...]


def weights(entry: LayerEntry) -> list[Weight]:
    """Hold the heaviest tile of each zoom of a layer to the budget that servers have by default."""
    chosen = select(entry, None, None)
    rows = []
    for zoom, heaviest in sorted(entry.heaviest.items(), key=lambda item: int(item[0])):
        fit = budget.fit(entry, int(zoom), chosen, budget.DEFAULT_BYTES)
        rows.append(
            Weight(
                zoom=int(zoom),
                tile=f"{zoom}/{heaviest.x}/{heaviest.y}",
                features=heaviest.features,
                bytes=budget.expected_bytes(heaviest, chosen.columns, heaviest.bytes),
                served_bytes=budget.expected_bytes(
                    heaviest, fit.columns, budget.bare_bytes(entry, zoom, fit)
                ),
                steps=fit.steps,
            )
        )
    return rows


def group_findings(findings: Iterable[Finding]) -> list[Group]:
    """Group findings by severity and rule: warnings first, then repairs, then what is only told."""

    def rank(item: Finding) -> tuple[int, str]:
        return SEVERITIES[item.severity], item.rule

    groups = []
    for (_, slug), items in groupby(sorted(findings, key=rank), key=rank):
        rows = tuple(items)
        groups.append(Group(slug, explain(slug), rows[0].severity, len(rows), rows[:SHOWN]))
    return groups


def french_number(value: float, decimals: int = 0) -> str:
    """Write a number as it is read in French: narrow spaces between thousands, a decimal comma."""
    return f"{value:,.{decimals}f}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")


def _by_zoom(entry: LayerEntry) -> list[tuple[int, object]]:
    return sorted((int(zoom), quality) for zoom, quality in entry.quality.items())
