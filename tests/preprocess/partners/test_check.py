"""Malformed files of partners: a sentence for every fault, nothing crashes, and the good rows are kept."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from preprocess.partners.check import KEY, Checked, check
from preprocess.rules import RULES
from tests.preprocess.partners.samples import LISTS, MERGED, partner

GOOD = "code;jobs\n01001;10\n01002;20\n01003;30\n"
ALL = {"01001": "10", "01002": "20", "01003": "30"}


def workbook(rows: list[list[object]], *sheets: str) -> bytes:
    """Write `rows` into the last of the sheets, and a word into the others."""
    names = sheets or ("Feuil1",)
    sink = io.BytesIO()
    with pd.ExcelWriter(sink, engine="openpyxl") as writer:
        for name in names:
            table = pd.DataFrame(rows if name == names[-1] else [["about"]], dtype=object)
            table.to_excel(writer, sheet_name=name, header=False, index=False)
    return sink.getvalue()


def run(tmp_path: Path, data: str | bytes, suffix: str = ".csv", **file: Any) -> Checked:
    path = tmp_path / f"jobs{suffix}"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return check(partner(path, **file), LISTS)


def values(checked: Checked) -> dict[str, str | None]:
    assert checked.table is not None, checked.findings
    cells = checked.table["jobs"].astype(object).where(checked.table["jobs"].notna(), None)
    return dict(zip(checked.table[KEY], cells, strict=True))


def told(checked: Checked, rule: str) -> str:
    return " ".join(finding.message for finding in checked.findings if finding.rule == rule)


def test_a_good_file_is_kept_whole_and_nothing_else_is_said(tmp_path: Path) -> None:
    checked = run(tmp_path, GOOD)
    assert values(checked) == ALL
    assert [(f.rule, f.message) for f in checked.findings] == [
        ("partner-kept", "3 of 3 rows were kept, with 3 figures.")
    ]


# name: content, declaration, (rule, words) of each sentence that there must be, what is kept
Fault = tuple[str | bytes, dict[str, Any], list[tuple[str, str]], Mapping[str, str | None]]
FAULTS: dict[str, Fault] = {
    "lost leading zero": (
        GOOD.replace("01001", "1001"),
        {},
        [("partner-code-mended", "1 codes had lost a leading zero")],
        ALL,
    ),
    "codes as decimals": (
        GOOD.replace("01001", "1001.0").replace("01002", "01002,00"),
        {},
        [("partner-code-mended", "lost a leading zero"), ("partner-code-mended", "a decimal part")],
        ALL,
    ),
    "small letters in a code": (
        GOOD + "2a004;5\n",
        {},
        [("partner-code-mended", "'2a004' as 2A004")],
        {**ALL, "2A004": "5"},
    ),
    "marks around codes": (
        GOOD.replace("01001", "'01001").replace("01002", "01\u00a0002"),
        {},
        [("partner-code-mended", "2 codes had blanks or marks")],
        ALL,
    ),
    "codes in scientific notation": (
        GOOD.replace("01003", "2,00E+08"),
        {},
        [("partner-code-lost", "Row 4"), ("partner-code-lost", "as text")],
        {"01001": "10", "01002": "20"},
    ),
    "unknown code": (
        GOOD + "01999;5\n",
        {},
        [("partner-code-unknown", "01999 (row 5) is not in the 2025 list of communes")],
        ALL,
    ),
    "arrondissement": (GOOD + "75101;5\n", {}, [("partner-code-unknown", "arrondissement")], ALL),
    "name in place of a code": (
        GOOD + "Bourg-en-Bresse;5\n",
        {},
        [("partner-no-code", "'Bourg-en-Bresse' in place of a code")],
        ALL,
    ),
    "row without code": (GOOD + ";5\n", {}, [("partner-no-code", "Row 5 has no code")], ALL),
    "total and source below": (
        GOOD + "Total;60\nSource : INSEE;\n",
        {},
        [("partner-no-code", "'Total', a total"), ("partner-no-code", "'Source : INSEE'")],
        ALL,
    ),
    "same row twice": (
        GOOD + "01001;10\n",
        {},
        [("partner-twice-same", "01001 is on rows 2, 5, which do not contradict")],
        ALL,
    ),
    "contradictory rows": (
        GOOD + "01001;11\n",
        {},
        [("partner-twice", "01001 is on rows 2, 5 with other figures")],
        {"01002": "20", "01003": "30"},
    ),
    "twice, once by its lost zero": (
        GOOD + "1001;11\n",
        {},
        [("partner-twice", "rows 2, 5"), ("partner-code-mended", "leading zero")],
        {"01002": "20", "01003": "30"},
    ),
    "codes of another edition": (
        GOOD + "".join(f"{code};1\n" for code in MERGED),
        {},
        [("partner-edition", "2018 better than that of 2025"), ("partner-code-unknown", "01101")],
        ALL,
    ),
    "codes of another level": (
        "code;jobs\n200069193;1\n240100883;2\n01001;3\n",
        {},
        [("partner-level", "2 of 3 codes are of level epci")],
        {"01001": "3"},
    ),
    "text in numbers": (
        GOOD.replace(";20", ";environ 20"),
        {},
        [("partner-not-a-number", "'environ 20', not a number")],
        {**ALL, "01002": None},
    ),
    "decimals in whole numbers": (
        GOOD.replace(";20", ";20,5"),
        {},
        [("partner-not-whole", "20.5, not a whole number")],
        {**ALL, "01002": None},
    ),
    "out of range": (
        GOOD.replace(";20", ";-20").replace(";30", ";9000000"),
        {},
        [
            ("partner-out-of-range", "-20, below the least, 0"),
            ("partner-out-of-range", "above the most, 1e+06"),
        ],
        {**ALL, "01002": None, "01003": None},
    ),
    "errors of formulas": (
        GOOD.replace(";20", ";#N/A").replace(";30", ";#DIV/0!"),
        {},
        [("partner-excel-error", "#N/A"), ("partner-excel-error", "#DIV/0!")],
        {**ALL, "01002": None, "01003": None},
    ),
    "a number turned into a date": (
        GOOD.replace(";20", ";12-mars"),
        {},
        [("partner-date", "'12-mars', a date")],
        {**ALL, "01002": None},
    ),
    "words for none": (
        GOOD.replace(";20", ";n.d.").replace(";30", ";-"),
        {},
        [("partner-no-figure", "'n.d.' (1 times)"), ("partner-no-figure", "'-'")],
        {**ALL, "01002": None, "01003": None},
    ),
    "a withheld cell that is not declared": (
        GOOD.replace(";20", ";s"),
        {},
        [("partner-secret-word", "declare it in `secret`")],
        {**ALL, "01002": None},
    ),
    "units in cells": (
        GOOD.replace(";20", ";20 %").replace(";30", ";30 €"),
        {},
        [("partner-unit", "'%' was taken off 1"), ("partner-unit", "'€'")],
        ALL,
    ),
    "blanks between thousands": (
        GOOD.replace(";20", ";1 020").replace(";30", ";1\u202f030"),
        {},
        [],
        {**ALL, "01002": "1020", "01003": "1030"},
    ),
    "points between thousands": (
        GOOD.replace(";20", ";1.020"),
        {},
        [("partner-form", "'.' was read as the mark of thousands")],
        {**ALL, "01002": "1020"},
    ),
    "decimal comma": (
        GOOD.replace(";20", ";20,5"),
        {"type": "number"},
        [("partner-form", "the comma was read as the decimal mark")],
        {**ALL, "01002": "20.5"},
    ),
    "both marks": (
        GOOD.replace(";20", ";1.020,5"),
        {"type": "number"},
        [("partner-form", "'.' was read as the mark of thousands")],
        {**ALL, "01002": "1020.5"},
    ),
    "another separator than declared": (
        GOOD.replace(";", ","),
        {"separator": ";"},
        [("partner-form", "No ';' separates columns, but commas do")],
        ALL,
    ),
    "tabulators": (GOOD.replace(";", "\t"), {}, [("partner-form", "separated by tabulators")], ALL),
    "latin-1": (
        ("code;jobs;nom\n01001;10;Ambérieu\n" + "01002;20;x\n01003;30;y\n").encode("cp1252"),
        {},
        [("partner-form", "read as cp1252")],
        ALL,
    ),
    "another encoding than declared": (
        "code;jobs;nom\n01001;10;Ambérieu\n01002;20;x\n01003;30;y\n".encode("cp1252"),
        {"encoding": "utf-8"},
        [("partner-form", "not utf-8; it was read as cp1252")],
        ALL,
    ),
    "utf-16 of a spreadsheet": (
        GOOD.replace(";", "\t").encode("utf-16"),
        {},
        [("partner-form", "read as utf-16")],
        ALL,
    ),
    "byte order mark": (GOOD.encode("utf-8-sig"), {}, [], ALL),
    "titles above the header": (
        "Emplois par commune\nSource : nous\n\n" + GOOD,
        {},
        [("partner-form", "header was found on row 4"), ("partner-empty-row", "1 empty rows")],
        ALL,
    ),
    "empty rows": (GOOD.replace("\n01003", "\n;\n\n01003"), {}, [("partner-empty-row", "2 empty rows")], ALL),
    "a row too long": (
        GOOD + "01004;40;;oops\n",
        {},
        [("partner-row-length", "Row 5 has 4 cells under 2 columns")],
        ALL,
    ),
    "a row too short": (GOOD + "01004\n", {}, [], {**ALL, "01004": None}),
    "a quotation mark that is never closed": (
        GOOD.replace("01002", '"01002') + "01004;40\n" * 1 + "01005;50\n01006;60\n",
        {},
        [("partner-form", "never closed")],
        {**ALL, "01004": "40", "01005": "50", "01006": "60"},
    ),
    "null bytes": (GOOD.replace("10", "1\x000"), {}, [("partner-form", "Null bytes")], ALL),
    "column twice": (
        "code;jobs;jobs\n01001;10;1\n01002;20;2\n01003;30;3\n",
        {},
        [("partner-column-twice", "Two columns are called 'jobs'")],
        ALL,
    ),
    "column in other letters": (
        GOOD.replace("code;jobs", "CODE ;Jobs"),
        {},
        [("partner-form", "'CODE' was taken for 'code'"), ("partner-form", "'Jobs'")],
        ALL,
    ),
    "no key declared": (
        GOOD,
        {"key": None},
        [("partner-form", "Column 'code' was taken for that of the codes")],
        ALL,
    ),
    "a workbook named csv": (
        workbook([["code", "jobs"], ["01001", 10], [1002, 20.0], ["01003", "30"]]),
        {},
        [("partner-form", "is a workbook in spite of its name"), ("partner-code-mended", "leading zero")],
        ALL,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_its_sentence_and_the_good_rows_are_kept(name: str, tmp_path: Path) -> None:
    data, file, sentences, kept = FAULTS[name]
    checked = run(tmp_path, data, **file)
    for rule, words in sentences:
        assert words in told(checked, rule), checked.findings
    assert values(checked) == kept
    assert checked.kept == len(kept)
    for finding in checked.findings:
        assert finding.rule in RULES
        assert finding.message.endswith("."), finding
        assert finding.source == "partner_jobs"


UNUSABLE: dict[str, tuple[str | bytes, str, dict[str, Any], str]] = {
    "empty": (b"", ".csv", {}, "the file is empty"),
    "blanks": (b"\xef\xbb\xbf \r\n\n", ".csv", {}, "the file is empty"),
    "header alone": ("code;jobs\n", ".csv", {}, "no row under the header"),
    "separators alone": (";;\n;;\n", ".csv", {}, "no row has a cell"),
    "web page": ("<!DOCTYPE html><html>404</html>", ".csv", {}, "it is a web page"),
    "json": ('{"code": 1}', ".csv", {}, "it is JSON"),
    "pdf": (b"%PDF-1.7 x", ".csv", {}, "it is a PDF"),
    "gzip": (b"\x1f\x8b\x08\x00x", ".csv", {}, "gzip archive"),
    "damaged workbook": (workbook([["code"]])[:900], ".xlsx", {}, "cannot be read as a workbook"),
    "locked workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        ".xlsx",
        {},
        "cannot be read as a workbook",
    ),
    "no such sheet": (
        workbook([["code", "jobs"], ["01001", 1]]),
        ".xlsx",
        {"sheet": "X"},
        "no sheet 'X' among",
    ),
    "no such column": (
        "code;job\n01001;1\n",
        ".csv",
        {},
        "no column 'jobs' among: code, job; the closest is 'job'",
    ),
    "no known code": ("code;jobs\n99999;1\nxx;2\n", ".csv", {}, "no row has a known code"),
    "no figure": ("code;jobs\n01001;a\n01002;b\n", ".csv", {}, "no row has both a known code and a figure"),
    "no code at all": ("a;jobs\nx;1\ny;2\n", ".csv", {"key": None}, "no column has codes of level commune"),
    "header beyond the end": (GOOD, ".csv", {"header_row": 50}, "row 50, the declared header"),
    "noise": (bytes(range(1, 256)) * 4, ".csv", {}, "no column 'code' among"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_of_which_nothing_can_be_used_is_one_sentence(name: str, tmp_path: Path) -> None:
    data, suffix, file, words = UNUSABLE[name]
    checked = run(tmp_path, data, suffix, **file)
    assert checked.table is None
    assert (checked.kept, checked.findings[-1].rule) == (0, "partner-unusable")
    assert words in checked.findings[-1].message
    assert "jobs" in checked.findings[-1].message


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    checked = check(partner(tmp_path / "jobs.csv"), LISTS)
    assert checked.table is None
    assert "jobs.csv: cannot be read: No such file" in checked.findings[0].message


def test_of_a_workbook_the_longest_sheet_is_read_and_said(tmp_path: Path) -> None:
    data = workbook([["code", "jobs"], ["01001", 10], ["01002", 20], ["01003", 30]], "Lisez-moi", "Données")
    checked = run(tmp_path, data, ".xlsx")
    assert values(checked) == ALL
    assert "Of 2 sheets, 'Données' was read" in told(checked, "partner-form")


def test_a_declared_secret_stays_and_a_declared_null_is_not_said(tmp_path: Path) -> None:
    checked = run(tmp_path, GOOD.replace(";20", ";s").replace(";30", ";x"), secret=["s"], null=["x"])
    assert values(checked) == {"01001": "10", "01002": "s", "01003": None}
    assert {finding.rule for finding in checked.findings} == {"partner-kept"}


def test_codes_of_a_declared_edition_are_good(tmp_path: Path) -> None:
    checked = run(tmp_path, GOOD + "".join(f"{code};1\n" for code in MERGED), edition=2018)
    assert values(checked) == {**ALL, **dict.fromkeys(MERGED, "1")}
    assert not told(checked, "partner-edition")


@pytest.mark.parametrize(
    ("level", "cell", "code"),
    [
        ("epci", "200069193", "200069193"),
        ("departement", "1", "01"),
        ("ti", "0101", "ti-0101"),
        ("region", "6", "06"),
    ],
)
def test_tables_of_every_level_are_read(tmp_path: Path, level: str, cell: str, code: str) -> None:
    assert values(run(tmp_path, f"code;jobs\n{cell};7\n", level=level)) == {code: "7"}


def test_several_periods_are_several_columns(tmp_path: Path) -> None:
    data = "code;j23;j24\n01001;1;2\n01002;;x\n"
    checked = run(tmp_path, data, value=None, values={"2023": "j23", "2024": "j24"})
    assert checked.table is not None
    assert list(checked.table.columns) == [KEY, "j23", "j24"]
    assert checked.table["j24"].tolist()[0] == "2"
    assert "j24 is 'x', not a number" in told(checked, "partner-not-a-number")
