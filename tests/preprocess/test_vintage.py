"""Codes carried from one edition of the list of communes to another."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preprocess.vintage import COLUMNS, carry_codes
from tileserver.errors import SourceError


def table(*rows: tuple[str, str, str, str], kinds: tuple[str, str] = ("COM", "COM")) -> pd.DataFrame:
    """Return movements from rows of MOD, date, code before, code after."""
    listed = [(mod, day, kinds[0], before, kinds[1], after) for mod, day, before, after in rows]
    return pd.DataFrame(listed, columns=list(COLUMNS), dtype="str")


def carried(movements: pd.DataFrame, *codes: str, start: int = 2018, end: int = 2025) -> dict[str, list[str]]:
    pairs = carry_codes(movements, codes, start, end, place="mouvements.csv")
    return {str(old): sorted(rows) for old, rows in pairs.groupby("old")["new"]}


A, B, C, D = "01001", "01002", "01003", "01004"


def test_a_commune_without_movement_keeps_its_code() -> None:
    assert carried(table(), A, B) == {A: [A], B: [B]}


def test_merged_communes_take_the_code_of_the_new_one() -> None:
    movements = table(("32", "2019-01-01", A, A), ("32", "2019-01-01", B, A))
    assert carried(movements, A, B, C) == {A: [A], B: [A], C: [C]}


def test_a_merger_is_followed_through_a_later_change_of_code() -> None:
    movements = table(
        ("50", "2022-03-01", A, C), ("32", "2019-01-01", A, A), ("32", "2019-01-01", B, A)
    )  # the file has the newest first
    assert carried(movements, A, B) == {A: [C], B: [C]}


def test_a_merger_that_was_undone_leads_to_both() -> None:
    movements = table(
        ("21", "2024-01-01", A, A),
        ("21", "2024-01-01", A, B),
        ("32", "2019-01-01", A, A),
        ("32", "2019-01-01", B, A),
    )
    assert carried(movements, A, B) == {A: [A, B], B: [A, B]}
    assert carried(movements, A, start=2020) == {A: [A, B]}
    assert carried(movements, A, B, end=2023) == {A: [A], B: [A]}


def test_a_code_that_changed_twice_and_came_back_is_the_same() -> None:
    movements = table(("50", "2021-01-01", A, B), ("50", "2023-01-01", B, A))
    assert carried(movements, A) == {A: [A]}
    assert carried(movements, A, end=2022) == {A: [B]}


def test_two_communes_may_exchange_their_codes_on_one_day() -> None:
    movements = table(("41", "2020-01-01", A, B), ("41", "2020-01-01", B, A))
    assert carried(movements, A, B) == {A: [B], B: [A]}


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        ("2017-12-31", False),
        ("2018-01-01", False),
        ("2018-01-02", True),
        ("2025-01-01", True),
        ("2025-01-02", False),
        ("2026-01-01", False),
    ],
)
def test_an_edition_is_the_list_on_the_first_of_january(day: str, counts: bool) -> None:
    assert carried(table(("32", day, B, A)), B) == {B: [A if counts else B]}


def test_what_happens_inside_a_commune_moves_nothing() -> None:
    inside = [
        table(("32", "2019-01-01", A, B), kinds=("COM", "COMD")),
        table(("35", "2019-01-01", A, B), kinds=("COMD", "COM")),
        table(("34", "2019-01-01", A, B), kinds=("COMA", "COM")),
    ]
    assert carried(pd.concat(inside, ignore_index=True), A) == {A: [A]}


def test_a_change_of_name_beside_a_merger_does_not_hold_the_commune_back() -> None:
    movements = table(("10", "2019-01-01", A, A), ("32", "2019-01-01", A, B))
    assert carried(movements, A) == {A: [B]}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("32", "01/01/2019", A, B), "DATE_EFF of row 2 is '01/01/2019', not a date"),
        (("32", "2019-01-01", "1001", B), "COM_AV of row 2 is '1001', not a code"),
        (("32", "2019-01-01", A, None), "COM_AP of row 2"),
    ],
)
def test_a_movement_that_cannot_be_read_is_refused(row: tuple[str, str, str, str], words: str) -> None:
    with pytest.raises(SourceError, match=f"mouvements.csv: {words}"):
        carried(table(("32", "2019-01-01", C, D), row), A)


CODES = st.sampled_from([A, B, C, D])
DAYS = st.integers(2015, 2028).map(lambda year: f"{year}-01-01")
EVENTS = st.lists(st.tuples(st.sampled_from(["10", "21", "32", "50"]), DAYS, CODES, CODES), max_size=12)


@given(EVENTS, st.integers(2017, 2021), st.integers(0, 3), st.integers(0, 4))
def test_carrying_in_two_steps_is_carrying_at_once(
    events: list[tuple[str, str, str, str]], start: int, first: int, second: int
) -> None:
    movements = table(*events)
    middle, end = start + first, start + first + second
    at_once = carry_codes(movements, [A, B], start, end, place="m")
    half = carry_codes(movements, [A, B], start, middle, place="m")
    rest = carry_codes(movements, set(half["new"]), middle, end, place="m")
    joined = half.merge(rest, left_on="new", right_on="old", suffixes=("", "_later"))
    pairs = sorted(set(zip(joined["old"], joined["new_later"], strict=True)))
    assert list(at_once.itertuples(index=False, name=None)) == pairs


@given(EVENTS)
def test_every_commune_leads_somewhere_whatever_the_order_of_the_rows(
    events: list[tuple[str, str, str, str]],
) -> None:
    movements = table(*events)
    pairs = carry_codes(movements, [A, B, C, D], 2018, 2025, place="m")
    assert set(pairs["old"]) == {A, B, C, D}
    backwards = carry_codes(movements[::-1], [D, C, B, A], 2018, 2025, place="m")
    pd.testing.assert_frame_equal(pairs, backwards)
