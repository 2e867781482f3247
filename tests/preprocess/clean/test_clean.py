"""Columns cleaned: numbers of firms, codes that spreadsheets spoiled, dates, areas."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.spec import Property, Text, Usual
from preprocess.clean import areas, codes, texts
from preprocess.clean.column import cleaned
from preprocess.clean.siren import is_siren, is_siret, siren

TEXT = Text(fr="Essai", en="Trial")


def column(*cells: str | None) -> pd.Series:
    return pd.Series(cells, dtype="str")


def told(result: pd.Series) -> list[str | None]:
    return result.astype(object).where(result.notna(), None).tolist()


def check_digit(digits: str) -> str:
    """Append Luhn's check digit, the long way: the one of ten that makes the sum a multiple of ten."""
    for last in "0123456789":
        number = digits + last
        doubled = [int(d) * 2 if (len(number) - n) % 2 == 0 else int(d) for n, d in enumerate(number)]
        if sum(d // 10 + d % 10 for d in doubled) % 10 == 0:
            return number
    raise AssertionError(digits)


def test_a_siren_is_kept_and_a_siret_gives_its_own() -> None:
    result = siren(column("842959249", "43881012900025", "732 829 320", None))
    assert told(result.cells) == ["842959249", "438810129", "732829320", None]
    assert {fault.rule for fault in result.faults if fault.rows.any()} == {"siren-from-siret"}


@pytest.mark.parametrize("cell", ["842959248", "ABC", "1", "0", "123456789012345", "4388101290002x", ""])
def test_what_is_no_siren_is_left_out_with_a_fault(cell: str) -> None:
    result = siren(column(cell))
    assert told(result.cells) == [None]
    assert [fault.rule for fault in result.faults if fault.rows.any()] == ["siren-invalid"]


def test_a_siret_with_a_wrong_check_digit_still_gives_its_valid_siren() -> None:
    result = siren(column("43881012900026"))
    assert told(result.cells) == ["438810129"]
    assert [(f.rule, f.severity) for f in result.faults if f.rows.any()] == [("siren-from-siret", "warning")]


def test_the_post_office_has_sirets_that_luhn_refuses() -> None:
    assert is_siret("35600000049837")
    assert told(siren(column("35600000049837")).cells) == ["356000000"]


@given(st.integers(1, 99_999_999), st.integers(0, 9999))
def test_every_number_with_its_check_digit_is_read_and_with_another_refused(firm: int, place: int) -> None:
    number = check_digit(f"{firm:08}")
    assert is_siren(number)
    assert told(siren(column(number, number.lstrip("0"))).cells) == [number, number]
    establishment = check_digit(f"{number}{place:04}")
    assert told(siren(column(establishment)).cells) == [number]
    spoiled = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert told(siren(column(spoiled)).cells) == [None]


def test_codes_get_back_what_a_spreadsheet_took() -> None:
    assert told(codes.postcode(column("8000", "20090", "97113", "8000.0", "99999", "x")).cells) == [
        "08000", "20090", "97113", "08000", None, None,
    ]  # fmt: skip
    assert told(codes.departement(column("40.0", "8.0", "2a", "974.0", "20", "96")).cells) == [
        "40", "08", "2A", "974", None, None,
    ]  # fmt: skip
    assert told(codes.commune(column("1053", "2A004", "97411", "2C004")).cells) == [
        "01053", "2A004", "97411", None,
    ]  # fmt: skip


def test_texts_come_on_one_line_and_dates_give_their_year() -> None:
    assert told(texts.line(column("L'Atelier\n", " a \t b ", "  ", None)).cells) == [
        "L'Atelier", "a b", None, None,
    ]  # fmt: skip
    dates = column("2021-05-05", "14/07/2022", "2021", "2021-05-05T10:00:00Z", "mai 2021", "21-05-05", None)
    assert told(texts.year(dates).cells) == ["2021", "2022", "2021", "2021", None, None, None]


def test_areas_become_hectares_and_the_strange_ones_are_marked() -> None:
    cells = column("74136046", "1", "3500.5", None, "grand")
    assert told(areas.hectares(cells).cells) == ["7413.6046", "0.0001", "0.35005", None, "grand"]
    flags = areas.outlier(cells, Usual(least=10, most=1e7))
    assert told(flags.cells) == ["true", "true", "false", None, None]


def test_repairs_are_told_once_a_column_and_losses_once_a_row() -> None:
    item = Property(id="siren", type="string", title=TEXT, column="SIREN", clean="siren")
    cells = column("43881012900025", "35191895800023", "1", "2")
    _, findings = cleaned(cells, item, column("a", "b", "c", None), "firms")
    assert [(each.rule, each.severity, each.key) for each in findings] == [
        ("siren-from-siret", "repair", ""),
        ("siren-invalid", "warning", "c"),
        ("siren-invalid", "warning", ""),
    ]
    assert "on 2 rows: '43881012900025', '35191895800023'" in findings[0].message
