"""Carries the codes of communes from one edition of their list (COG) to a later one.

INSEE publishes every event since 1943 as rows ``TYPECOM_AV, COM_AV → TYPECOM_AP, COM_AP`` with a kind
(``MOD``) and a date of effect: merger (31, 32, 33), restored commune (21), code changed with the
département (41) or with the seat (50), and others. Only rows from a commune to a commune
(``COM → COM``) move ground: the others tell of the communes déléguées and associées inside it. A
commune that an event leaves alone has no row and keeps its code; one that keeps its code *through* an
event has a row to itself. A change of name (10) is such a row without an event.

The events of a day happen together, but for one thing: a commune that joined one of another département
on 1 January first got a code there (Pont-Farcy, 14513 → 50649 → 50592). Changes of code come first.

An edition is the list on 1 January of its year, the events of that day included.
"""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from tileserver.errors import SourceError

COLUMNS = ("MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "TYPECOM_AP", "COM_AP")
COMMUNE = "COM"
RENAMING = "10"
RECODING = ("41", "50")
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")

Step = Mapping[str, set[str]]
"""What each code that a day touches becomes on that day."""


def carry_codes(
    movements: pd.DataFrame, codes: Iterable[str], start: int, end: int, *, place: str
) -> pd.DataFrame:
    """Return the pairs ``old``, ``new`` (str) of `codes` in edition `start` and in edition `end`.

    `movements` has `COLUMNS` as text. A merged commune has one row, a divided one a row for each
    commune that its ground may have gone to: the table does not say which part went where. Sorted,
    distinct, RangeIndex. Raises `SourceError` naming `place` for a date or a code that cannot be read.
    """
    events = whole_events(movements, place)
    # ISO dates sort as text.
    inside = events[(events["DATE_EFF"] > f"{start}-01-01") & (events["DATE_EFF"] <= f"{end}-01-01")]
    carried = follow(codes, [became for _, became in days_of(inside)])
    pairs = sorted((old, new) for old, current in carried.items() for new in current)
    return pd.DataFrame(pairs, columns=["old", "new"], dtype="str")


def whole_events(movements: pd.DataFrame, place: str) -> pd.DataFrame:
    """Return the rows of `movements` that move ground from a commune to a commune, in file order.

    Raises `SourceError` naming `place` for a date or a code that cannot be read.
    """
    whole = (movements["TYPECOM_AV"] == COMMUNE) & (movements["TYPECOM_AP"] == COMMUNE)
    events = movements[whole & (movements["MOD"] != RENAMING)]
    _refuse_unreadable(events, place)
    return events


def days_of(events: pd.DataFrame) -> list[tuple[str, dict[str, set[str]]]]:
    """Return what codes became, step by step in the order of time, each with its day (at most two a day)."""
    steps: dict[tuple[str, bool], dict[str, set[str]]] = {}
    rows = zip(
        events["DATE_EFF"], ~events["MOD"].isin(RECODING), events["COM_AV"], events["COM_AP"], strict=True
    )
    for day, later, before, after in rows:
        steps.setdefault((day, bool(later)), {}).setdefault(before, set()).add(after)
    return [(day, became) for (day, _), became in sorted(steps.items(), key=lambda item: item[0])]


def follow(codes: Iterable[str], steps: Iterable[Step]) -> dict[str, set[str]]:
    """Return what each code has become after `steps`, taken one after the other.

    The events of a step happen together: two communes may exchange their codes.
    """
    known = {code: {code} for code in codes}
    # The old codes that have led to a code: a day touches few, and only those are looked at.
    led: dict[str, set[str]] = {code: {code} for code in known}
    for became in steps:
        touched = set().union(*(led.get(code, ()) for code in became))
        fresh = {old: set().union(*(became.get(code, {code}) for code in known[old])) for old in touched}
        for old, current in fresh.items():
            for code in current:
                led.setdefault(code, set()).add(old)
        known.update(fresh)
    return known


def _refuse_unreadable(events: pd.DataFrame, place: str) -> None:
    for column in ("DATE_EFF", "COM_AV", "COM_AP"):
        pattern = DAY.pattern if column == "DATE_EFF" else r"^\w{5}$"
        wrong = ~events[column].str.match(pattern).fillna(False).astype(bool)
        if wrong.any():
            row = int(events.index[wrong][0])
            wanted = "a date such as 2025-01-01" if column == "DATE_EFF" else "a code of five characters"
            raise SourceError(
                f"{place}: {column} of row {row + 1} is {events.loc[row, column]!r}, not {wanted}; "
                "correct the file, or fetch it again"
            )
