"""What became of the rows of each source: read, kept, mended, left out and why, with codes; its age."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from layers.spec import Source
from preprocess.findings import Finding
from tileserver.store.manifest import SourceEntry

Effect = Literal["refused", "emptied", "repaired", "told"]

REFUSED = frozenset(
    {
        "detail-unplaced",
        "duplicate-code",
        "edition-lost",
        "edition-off-list",
        "empty-code",
        "empty-geometry",
        "given-twice",
        "labour-off-map",
        "labour-unknown-trade",
        "labour-zone-unplaced",
        "outside-world",
        "partner-code-lost",
        "partner-code-unknown",
        "partner-no-code",
        "partner-row-length",
        "partner-twice",
        "regroup-ignored",
        "unknown-code",
        "unknown-member",
        "unknown-zone",
    }
)
"""Rules of findings on rows that count nowhere."""

EMPTIED = frozenset(
    {
        "code-invalid",
        "date-invalid",
        "partner-date",
        "partner-excel-error",
        "partner-not-a-number",
        "partner-not-whole",
        "partner-out-of-range",
        "partner-secret-word",
        "siren-invalid",
        "unreadable-value",
    }
)
"""Rules of findings on cells that were taken as empty; their rows are kept."""

SHOWN = 30
"""Codes of one rule that are listed; the findings have them all."""

EFFECTS: tuple[Effect, ...] = ("refused", "emptied", "repaired", "told")


class RuleCount(Struct, frozen=True, kw_only=True):
    """The findings of one rule on one source: how many rows or cells, and the first of their codes."""

    rule: str
    effect: Effect
    count: int
    codes: tuple[str, ...]


class SourceFacts(Struct, frozen=True, kw_only=True):
    """What a producer is told of one file.

    ``rows`` is None where its rows were not counted (a raster); ``kept`` is ``rows`` less the rows that were
    left out, of which several findings may speak. ``age_years`` counts from its date to the build.
    """

    id: str
    edition: int | None
    date: str
    age_years: float | None
    rows: int | None
    kept: int | None
    refused: int
    emptied: int
    repaired: int
    rules: tuple[RuleCount, ...]


def effect_of(finding: Finding) -> Effect:
    """Tell what a finding says was done."""
    if finding.rule in REFUSED:
        return "refused"
    if finding.rule in EMPTIED:
        return "emptied"
    return "repaired" if finding.severity == "repair" else "told"


def facts_by_source(
    entries: Iterable[SourceEntry],
    declared: Mapping[str, Source],
    rows: Mapping[str, int],
    findings: Iterable[Finding],
    today: date,
) -> tuple[SourceFacts, ...]:
    """Gather the findings of each source of a store, and of those that could not be used.

    `rows` counts those that were read.
    """
    by_source: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_source[finding.source].append(finding)
    dates = {entry.id: entry.date for entry in entries}
    ids = sorted(dates) + sorted(key for key in by_source if key and key not in dates)
    return tuple(
        _facts((key, dates.get(key, "")), declared.get(key), rows.get(key), by_source[key], today)
        for key in ids
    )


def _facts(
    dated: tuple[str, str], source: Source | None, rows: int | None, findings: list[Finding], today: date
) -> SourceFacts:
    groups: dict[tuple[Effect, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[effect_of(finding), finding.rule].append(finding)
    ranked = sorted(groups.items(), key=lambda item: (EFFECTS.index(item[0][0]), item[0][1]))
    rules = tuple(
        RuleCount(
            rule=rule,
            effect=effect,
            count=sum(finding.count for finding in found),
            codes=tuple(dict.fromkeys(finding.key for finding in found if finding.key))[:SHOWN],
        )
        for (effect, rule), found in ranked
    )
    refused = _rows_spoken_of(found for (effect, _), found in groups.items() if effect == "refused")
    return SourceFacts(
        id=dated[0],
        edition=None if source is None else source.edition,
        date=dated[1],
        age_years=age_years(dated[1], today),
        rows=rows or None,
        kept=max(rows - refused, 0) if rows else None,
        refused=refused,
        emptied=sum(rule.count for rule in rules if rule.effect == "emptied"),
        repaired=sum(rule.count for rule in rules if rule.effect == "repaired"),
        rules=rules,
    )


def _rows_spoken_of(groups: Iterable[list[Finding]]) -> int:
    """Count rows once: several columns of a file tell of the same unknown code."""
    keys: set[str] = set()
    counted = 0
    for found in groups:
        for finding in found:
            if finding.count == 1 and finding.key:
                keys.add(finding.key)
        counted += max(
            (finding.count for finding in found if finding.count > 1 or not finding.key), default=0
        )
    return len(keys) + counted


def age_years(text: str, today: date) -> float | None:
    """Return how many years ago the first date of a text was (``2024-03``, ``2023 (Mayotte : 2017)``)."""
    found = re.match(r"(\d{4})(?:-(\d{2}))?", text)
    if found is None:
        return None
    months = (today.year - int(found[1])) * 12 + today.month - int(found[2] or 7)
    return round(max(months, 0) / 12, 1)
