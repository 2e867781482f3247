"""The report: complete as JSON, readable and safe as a page."""

import html.parser
import json
import re
from pathlib import Path

import preprocess
from preprocess.findings import Finding
from preprocess.labour.rules import LABOUR_RULES
from preprocess.report import SHOWN, BuildReport, french_number, group_findings, write_report
from preprocess.rules import RULES, explain
from tileserver.store.manifest import LayerEntry, Manifest, Quality, SourceEntry, Title

EVIL = '<script>alert(1)</script> & "L\'Haÿ"'
QUALITY = Quality(
    vertices=12345,
    ids=182,
    expected=183,
    invalid=0,
    invalid_edges=0,
    crossing_edges=0,
    gaps=0,
    gap_km2=0.0,
    overlap_km2=0.0,
    lost_km2=1.5,
    area_km2=200.0,
    restored=1,
)


def finding(rule: str, key: str = "01001", severity: str = "warning") -> Finding:
    return Finding(
        severity=severity,  # type: ignore[arg-type]  # one of three
        step="validate",
        rule=rule,
        source="sites",
        key=key,
        message=EVIL,
    )


def report(*findings: Finding) -> BuildReport:
    title = Title(fr=EVIL, en="Trial")
    layer = LayerEntry(
        id="ti",
        title=title,
        description=title,
        kind="territory",
        level="ti",
        min_zoom=0,
        max_zoom=12,
        buffer=64,
        order=1,
        count=183,
        bounds=(0.0, 0.0, 1.0, 1.0),
        fields=(),
        geometries={},
        attributes="",
        tags="",
        values="",
        geometry_digest="0" * 32,
        sources=("sites",),
        quality={"10": QUALITY, "9": QUALITY},
    )
    origin = SourceEntry(
        id="sites",
        title=title,
        path="a.csv",
        producer="INSEE",
        licence="LO",
        url='https://example.org/"x"',
        date="2025",
        bytes=1234567,
        digest="ab" * 16,
    )
    manifest = Manifest(
        magic="",
        format=1,
        generator="tileserver 0",
        bounds=(0.0, 0.0, 1.0, 1.0),
        layers=(layer,),
        indicators=(),
        sources=(origin,),
        files={},
        findings={},
    )
    return BuildReport("cd" * 16, manifest, findings, {"Reading": 1.25}, 900.0)


class Outline(html.parser.HTMLParser):
    """Notes the tags and attributes of a page, and checks that they are balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def write(tmp_path: Path, *findings: Finding) -> tuple[str, Outline]:
    write_report(tmp_path / "deep" / "report", report(*findings))
    text = (tmp_path / "deep" / "report" / "report.html").read_text(encoding="utf-8")
    outline = Outline()
    outline.feed(text)
    assert not outline.open
    return text, outline


def test_the_page_needs_no_script_and_no_other_file(tmp_path: Path) -> None:
    text, outline = write(tmp_path, finding("empty-code"))
    assert not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert outline.links == ['https://example.org/"x"']
    assert "url(" not in text


def test_what_the_files_say_is_escaped(tmp_path: Path) -> None:
    text, _ = write(tmp_path, finding("empty-code", key=EVIL))
    assert "alert(1)" in text
    assert "<script>" not in text


def test_counts_are_written_as_in_french(tmp_path: Path) -> None:
    text, _ = write(tmp_path)
    assert "1\u202f234\u202f567" in text
    assert french_number(-1234.5, 2) == "-1\u202f234,50"
    assert "Aucun constat" in text


def test_quality_is_ordered_by_zoom_and_marks_what_is_missing(tmp_path: Path) -> None:
    text, _ = write(tmp_path)
    assert re.findall(r'<th scope="row" class="n">(\d+)</th>', text) == ["9", "10"]
    assert text.count('class="n bad"') == 2
    assert "182 / 183" in text


def test_findings_are_grouped_by_rule_with_warnings_first(tmp_path: Path) -> None:
    items = (
        finding("regrouped", severity="info"),
        finding("coverage", severity="repair"),
        finding("empty-code"),
    )
    assert [group.slug for group in group_findings(items)] == ["empty-code", "coverage", "regrouped"]
    text, _ = write(tmp_path, *items)
    assert RULES["empty-code"].fr in text
    assert text.index("rule-empty-code") < text.index("rule-coverage") < text.index("rule-regrouped")


def test_a_long_list_is_cut_on_the_page_and_whole_in_the_json(tmp_path: Path) -> None:
    text, _ = write(tmp_path, *(finding("empty-code", key=f"row {n}") for n in range(SHOWN + 7)))
    assert "et 7 autres" in text
    content = json.loads((tmp_path / "deep" / "report" / "report.json").read_text(encoding="utf-8"))
    assert len(content["findings"]) == SHOWN + 7
    assert content["findings_by_rule"] == {"empty-code": SHOWN + 7}
    assert content["layers"]["ti"]["count"] == 183
    assert content["layers"]["ti"]["quality"]["9"]["ids"] == 182
    assert content["sources"][0]["digest"] == "ab" * 16
    assert content["seconds"] == {"Reading": 1.25}


def test_an_unknown_rule_is_shown_by_its_name(tmp_path: Path) -> None:
    assert explain("never-seen").fr == "never-seen"
    assert "never-seen" in write(tmp_path, finding("never-seen"))[0]


def test_every_rule_that_the_code_can_tell_is_explained() -> None:
    folder = Path(preprocess.__file__).parent
    code = "".join(
        path.read_text(encoding="utf-8") for path in folder.rglob("*.py") if path != folder / "rules.py"
    )
    slug = r'"([a-z]+(?:-[a-z]+)+|coverage|regrouped)"'
    told = set(re.findall(rf"(?:rule=|_finding\(\s*|\bnotes?\(\s*|\.say\(\s*|[12]: ){slug}", code)) | {
        "partial-sum",
        "no-value",
        "commune-secret",
        "commune-without-value",
    }
    assert len(told) > 20
    assert told == set(RULES) - set(LABOUR_RULES)
