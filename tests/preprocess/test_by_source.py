"""What became of the rows of each source, counted from the findings."""

import json
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from layers.spec import Source, Text
from preprocess.by_source import EMPTIED, REFUSED, age_years, facts_by_source
from preprocess.findings import Finding, Severity
from preprocess.rules import RULES
from tileserver.store.manifest import SourceEntry, Title
from tileserver.store.reader import open_store

TODAY = date(2026, 1, 15)


def finding(rule: str, key: str = "", count: int = 1, severity: Severity = "warning") -> Finding:
    return Finding(severity=severity, step="s", rule=rule, source="a", key=key, message="Such.", count=count)


def entry(key: str) -> SourceEntry:
    return SourceEntry(
        id=key,
        title=Title("A", "A"),
        path="a.csv",
        producer="p",
        licence="l",
        url="",
        date="2024-07",
        bytes=1,
        digest="",
    )


def source() -> Source:
    text = Text(fr="A", en="A")
    return Source(path="a.csv", title=text, producer="p", licence="l", url="", date="2024-07", edition=2023)


def test_rows_are_read_less_those_that_are_left_out() -> None:
    findings = [
        finding("unknown-code", "99999"),
        finding("unknown-code", "99998"),
        finding("unknown-code", "99999"),  # by another column
        finding("empty-code", "row 7"),
        finding("unreadable-value", "01001"),
        finding("coverage", severity="repair", count=12),
        finding("partial-sum", "84"),
    ]
    (facts,) = facts_by_source([entry("a")], {"a": source()}, {"a": 100}, findings, TODAY)
    assert (facts.rows, facts.kept, facts.refused, facts.emptied, facts.repaired) == (100, 97, 3, 1, 12)
    assert (facts.edition, facts.date, facts.age_years) == (2023, "2024-07", 1.5)
    assert [(row.effect, row.rule, row.count) for row in facts.rules] == [
        ("refused", "empty-code", 1),
        ("refused", "unknown-code", 3),
        ("emptied", "unreadable-value", 1),
        ("repaired", "coverage", 12),
        ("told", "partial-sum", 1),
    ]
    assert facts.rules[1].codes == ("99999", "99998")


def test_a_finding_on_many_codes_counts_them_once_a_file() -> None:
    many = [finding("unknown-code", "jobs", 500), finding("unknown-code", "firms", 480)]
    (facts,) = facts_by_source([entry("a")], {}, {"a": 600}, many, TODAY)
    assert (facts.refused, facts.kept) == (500, 100)


def test_a_source_that_could_not_be_used_is_told_too() -> None:
    findings = [replace(finding("partner-unusable"), source="partner_x")]
    facts = facts_by_source([entry("a")], {}, {}, findings, TODAY)
    assert [(item.id, item.rows, item.kept) for item in facts] == [
        ("a", None, None),
        ("partner_x", None, None),
    ]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2025-01", 1.0),
        ("2025", 0.5),
        ("2023 (Mayotte : 2017)", 2.5),
        ("2027", 0.0),
        ("", None),
        ("June", None),
    ],
)
def test_age_is_counted_from_the_first_date(text: str, years: float | None) -> None:
    assert age_years(text, TODAY) == years


def test_every_rule_that_has_an_effect_is_a_rule() -> None:
    assert set(RULES) >= REFUSED | EMPTIED
    assert not REFUSED & EMPTIED


def test_the_report_of_a_build_tells_of_every_source(demo_store: Path) -> None:
    store = open_store(demo_store, verify=False)
    folder = demo_store / "reports" / store.digest
    told = json.loads((folder / "report.json").read_text(encoding="utf-8"))["by_source"]
    by_id = {item["id"]: item for item in told}
    assert set(by_id) >= {entry.id for entry in store.manifest.sources}
    table = by_id["population_communes"]
    assert table["rows"] > 300
    assert table["kept"] + table["refused"] == table["rows"]
    page = (folder / "report.html").read_text(encoding="utf-8")
    for key in by_id:
        assert f'id="source-{key}"' in page
