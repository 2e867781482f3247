"""The rules that carry figures up, each against a plain loop, and what they say of what is lacking."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preprocess.figures.rules import add_up, average, combined, groups_of
from preprocess.figures.table import Figures
from tileserver.store.status import Status

OK, ESTIMATED, PARTIAL, SECRET, MISSING, NONE = Status


def made(rows: list[tuple[float | None, Status, float]], known: list[float] | None = None) -> Figures:
    """Make figures of value, status and weight."""
    value = np.array([np.nan if row[0] is None else row[0] for row in rows], np.float64)
    status = np.array([row[1] for row in rows], np.uint8)
    return Figures(
        codes=pd.Index([str(number) for number in range(len(rows))]),
        value=value,
        status=status,
        known=(status <= PARTIAL).astype(np.float64) if known is None else np.array(known),
        weight=np.array([row[2] for row in rows], np.float64),
    )


def one(figures: Figures) -> tuple[float | None, Status, float]:
    """Return value, status and share known of the only territory."""
    [value], [status], [known] = figures.value.tolist(), figures.status.tolist(), figures.known.tolist()
    return None if np.isnan(value) else value, Status(status), known


def everyone(count: int) -> pd.Series:
    return pd.Series(["T"] * count, dtype="str")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(1, OK, 1), (2, OK, 1)], (3, OK, 1)),
        ([(1, OK, 1), (2, ESTIMATED, 1)], (3, ESTIMATED, 1)),
        ([(1, OK, 3), (None, SECRET, 1)], (1, PARTIAL, 0.75)),
        ([(1, OK, 3), (None, MISSING, 1)], (1, PARTIAL, 0.75)),
        ([(1, OK, 3), (None, NONE, 1)], (1, OK, 1)),
        ([(1, OK, 1), (None, SECRET, 3)], (None, SECRET, 0)),
        ([(1, OK, 1), (None, MISSING, 3)], (None, MISSING, 0)),
        ([(1, OK, 1), (None, SECRET, 2), (None, MISSING, 5)], (None, MISSING, 0)),
        ([(1, OK, 1), (None, SECRET, 5), (None, MISSING, 2)], (None, SECRET, 0)),
        ([(None, SECRET, 1)], (None, SECRET, 0)),
        ([(None, NONE, 1)], (None, NONE, 0)),
        ([(0, OK, 1), (0, OK, 1)], (0, OK, 1)),
        # Nobody lives there: communes count by their number.
        ([(1, OK, 0), (None, MISSING, 0)], (1, PARTIAL, 0.5)),
    ],
)
def test_a_sum_says_how_much_of_it_is_known(
    rows: list[tuple[float | None, Status, float]], expected: tuple[float | None, Status, float]
) -> None:
    assert one(add_up(made(rows), groups_of(everyone(len(rows))), 0.5)) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(10, OK, 1), (20, OK, 3)], (17.5, OK, 1)),
        ([(10, OK, 1), (None, MISSING, 0)], (10, OK, 1)),
        ([(10, OK, 0), (20, OK, 0)], (15, OK, 1)),
        ([(10, OK, 3), (None, SECRET, 1)], (10, PARTIAL, 0.75)),
        ([(10, ESTIMATED, 3), (20, OK, 1)], (12.5, ESTIMATED, 1)),
        ([(10, OK, 1), (20, OK, float("nan"))], (10, PARTIAL, 1)),
        ([(10, OK, 1), (None, SECRET, 3)], (None, SECRET, 0)),
    ],
)
def test_a_mean_leaves_out_what_weighs_nothing(
    rows: list[tuple[float | None, Status, float]], expected: tuple[float | None, Status, float]
) -> None:
    assert one(average(made(rows), groups_of(everyone(len(rows))), 0.5)) == expected


def test_a_partial_part_is_known_for_its_share_only() -> None:
    figures = made([(1, OK, 1), (2, PARTIAL, 1)], [1, 0.5])
    assert one(add_up(figures, groups_of(everyone(2)), 0.5)) == (3, PARTIAL, 0.75)


def test_a_commune_of_no_territory_is_in_none() -> None:
    territory = pd.Series(["A", None, "B", "A"], dtype="str")
    figures = add_up(made([(1, OK, 1), (2, OK, 1), (4, OK, 1), (8, OK, 1)]), groups_of(territory), 0.5)
    assert figures.codes.tolist() == ["A", "B"]
    assert figures.value.tolist() == [9, 4]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["T", "U", "V", None]),
        st.integers(0, 10**9),
        st.sampled_from([OK, ESTIMATED, PARTIAL, SECRET, MISSING, NONE]),
        st.integers(1, 1000),
    ),
    min_size=1,
    max_size=40,
)


@given(ROWS, st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0]))
def test_sums_and_means_are_those_of_a_plain_loop(
    rows: list[tuple[str | None, int, Status, int]], least: float
) -> None:
    figures = made([(value if state.has_value else None, state, weight) for _, value, state, weight in rows])
    groups = groups_of(pd.Series([row[0] for row in rows], dtype="str"))
    for rule in (add_up, average):
        out = rule(figures, groups, least)
        for number, code in enumerate(out.codes):
            inside = [row for row in rows if row[0] == code and row[2] != NONE]
            there = [row for row in inside if row[2].has_value]
            whole = sum(row[3] for row in inside)
            known = sum(row[3] for row in there) / whole if whole else 0
            if not there or known < least:
                assert np.isnan(out.value[number])
                assert out.known[number] == 0
                continue
            amount = sum(row[1] if rule is add_up else row[1] * row[3] for row in there)
            expected = amount if rule is add_up else amount / sum(row[3] for row in there)
            assert out.value[number] == pytest.approx(expected, rel=1e-12)
            assert out.known[number] == pytest.approx(known)
            worst = PARTIAL if len(there) < len(inside) else max(row[2] for row in there)
            assert out.status[number] == worst


@given(ROWS)
def test_secret_values_are_in_no_published_figure(rows: list[tuple[str | None, int, Status, int]]) -> None:
    """Whatever they are: figures made from other secrets are the same, bit for bit."""
    groups = groups_of(pd.Series([row[0] for row in rows], dtype="str"))
    published = [
        add_up(made([(v if s.has_value else None, s, w) for _, v, s, w in rows]), groups, 0.0)
        for rows in (rows, [(t, v if s.has_value else v + 1, s, w) for t, v, s, w in rows])
    ]
    assert published[0].value.tobytes() == published[1].value.tobytes()
    for number in range(len(groups.codes)):
        others = sum(v for t, v, s, _ in rows if t == groups.codes[number] and s.has_value)
        left = published[0].value[number] - others
        assert np.isnan(left) or left == 0  # subtraction leaves nothing of what is withheld


def test_what_is_computed_has_the_worst_status_of_its_terms() -> None:
    first = made([(1, OK, 1), (1, ESTIMATED, 1), (None, SECRET, 1), (1, OK, 1)])
    second = made([(1, PARTIAL, 1), (1, OK, 1), (1, OK, 1), (0, OK, 1)], [0.6, 1, 1, 1])
    value = np.array([1, 1, np.nan, np.inf])
    out = combined(value, [first, second], 0.5)
    assert out.status.tolist() == [PARTIAL, ESTIMATED, SECRET, NONE]
    assert out.known.tolist() == [0.6, 1, 0, 0]
    assert combined(value, [first, second], 0.7).status.tolist() == [MISSING, ESTIMATED, SECRET, NONE]
