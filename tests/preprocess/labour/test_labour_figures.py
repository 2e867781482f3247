"""Figures of territories from cells and shares, held against sums written out."""

import pandas as pd
import pytest

from preprocess.labour.figures import add_up, settle
from tileserver.store.labour_format import FIGURES, Cell
from tileserver.store.status import Status

TRADES = pd.DataFrame(
    {
        "nomenclature": "fap",
        "kind": ["total", "family", "trade", "trade"],
        "code": ["all", "I", "T1", "T2"],
        "name": "…",
        "family": ["", "", "I", "I"],
    }
)
WELDER, FITTER = 2, 3
NAN = float("nan")


def shares(*rows: tuple[int, int, float, float]) -> pd.DataFrame:
    """Make shares of (territory, atom, share, people)."""
    table = pd.DataFrame(rows, columns=["territory", "atom", "share", "population"])
    return table.sort_values(["territory", "atom"], ignore_index=True)


def cells(*rows: tuple[int, int, float | str, float | str, float | str]) -> pd.DataFrame:
    """Make cells of one year, of (atom, trade, met, xmet, smet); ``*`` is secret."""
    table = pd.DataFrame([row[:2] for row in rows], columns=["atom", "trade"], dtype="int64").assign(year=0)
    for place, name in enumerate(FIGURES):
        column = [row[2 + place] for row in rows]
        table[name] = [NAN if number == "*" else float(number) for number in column]
        states = [Cell.SECRET if number == "*" else Cell.KNOWN for number in column]
        table[f"{name}_state"] = pd.Series(states, dtype="uint8")
    return table


def told(table: pd.DataFrame, of: pd.DataFrame, trade: int, territory: int = 0) -> pd.Series:
    sums = add_up(table, of, TRADES)
    [row] = sums.index[(sums["territory"] == territory) & (sums["trade"] == trade)]
    figures: pd.Series = settle(sums).loc[row]
    return figures


PARTLY = shares((0, 0, 0.75, 300), (0, 1, 1.0, 100), (1, 0, 0.25, 100))


def test_a_whole_zone_and_a_part_of_another_make_an_estimate() -> None:
    row = told(cells((0, WELDER, 24, 12, "*"), (1, WELDER, 21, 21, "*")), PARTLY, WELDER)
    assert row["met"] == 24 * 0.75 + 21
    assert row["met_status"] == Status.ESTIMATED
    assert row["met_known"] == 1
    assert row["xmet"] == 12 * 0.75 + 21
    assert row["smet_status"] == Status.SECRET
    assert row["smet_known"] == 0
    assert pd.isna(row["smet"])


def test_whole_zones_make_an_exact_sum() -> None:
    whole = shares((0, 0, 1.0, 300), (0, 1, 1.0, 100))
    row = told(cells((0, WELDER, 24, 12, 6), (1, WELDER, 21, 21, 7)), whole, WELDER)
    assert (row["met"], row["xmet"], row["smet"]) == (45, 33, 13)
    assert row["met_status"] == row["xmet_status"] == row["smet_status"] == Status.OK


def test_a_zone_that_does_not_list_the_trade_has_no_part_in_its_figure() -> None:
    row = told(cells((1, WELDER, 21, 21, 21), (0, FITTER, 5, 5, 5)), PARTLY, WELDER)
    assert row["met"] == 21
    assert row["met_status"] == Status.OK
    assert row["met_known"] == 1


def test_a_secret_row_leaves_a_partial_sum_and_the_share_of_people_known() -> None:
    row = told(cells((0, WELDER, "*", "*", "*"), (1, WELDER, 21, 21, "*")), PARTLY, WELDER)
    assert row["met"] == 21
    assert row["met_status"] == Status.PARTIAL
    assert row["met_known"] == pytest.approx(100 / 400)


def test_a_share_is_of_the_rows_where_both_are_known() -> None:
    row = told(cells((0, WELDER, 40, "*", 10), (1, WELDER, 21, 14, "*")), PARTLY, WELDER)
    assert row["xmet"] / row["met_of_xmet"] == 14 / 21
    assert row["smet"] / row["met_of_smet"] == 10 / 40
    assert row["met"] == 40 * 0.75 + 21


def test_families_and_totals_are_made_of_their_trades_and_their_secrets() -> None:
    table = cells((0, WELDER, 24, 12, 6), (0, FITTER, "*", "*", "*"), (1, FITTER, 8, 8, 8))
    for trade in (0, 1):
        row = told(table, PARTLY, trade)
        assert row["met"] == 24 * 0.75 + 8
        assert row["met_status"] == Status.PARTIAL
        assert row["met_known"] == pytest.approx((300 + 100) / (300 + 300 + 100))


def test_where_nobody_lives_rows_count_alike() -> None:
    empty = shares((0, 0, 1.0, 0), (0, 1, 1.0, 0))
    row = told(cells((0, WELDER, "*", "*", "*"), (1, WELDER, 8, 8, 8)), empty, WELDER)
    assert row["met_status"] == Status.PARTIAL
    assert row["met_known"] == 0.5


def test_no_cell_gives_no_figure() -> None:
    sums = add_up(cells(), PARTLY, TRADES)
    assert len(settle(sums)) == 0
