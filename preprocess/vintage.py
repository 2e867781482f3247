"""Carries the codes of communes from one edition of their list (COG) to a later one.

INSEE publishes every event since 1943 as rows ``TYPECOM_AV, COM_AV → TYPECOM_AP, COM_AP`` with a kind
(``MOD``) and a date of effect: merger (31, 32, 33), restored commune (21), code changed with the
département (41) or with the seat (50), and others. Only rows from a commune to a commune
(``COM → COM``) move ground: the others tell of the communes déléguées and associées inside it. A
commune that an event leaves alone has no row and keeps its code; one that keeps its code *through* an
event has a row to itself. A change of name (10) is such a row without an event.

An edition is the list on 1 January of its year, the events of that day included.
"""

import re
from collections.abc import Iterable

import pandas as pd

from tileserver.errors import SourceError

COLUMNS = ("MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "TYPECOM_AP", "COM_AP")
COMMUNE = "COM"
RENAMING = "10"
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def carry_codes(
    movements: pd.DataFrame, codes: Iterable[str], start: int, end: int, *, place: str
) -> pd.DataFrame:
    """Return the pairs ``old``, ``new`` (str) of `codes` in edition `start` and in edition `end`.

    `movements` has `COLUMNS` as text. A merged commune has one row, a divided one a row for each
    commune that its ground may have gone to: the table does not say which part went where. Sorted,
    distinct, RangeIndex. Raises `SourceError` naming `place` for a date or a code that cannot be read.
    """
    whole = (movements["TYPECOM_AV"] == COMMUNE) & (movements["TYPECOM_AP"] == COMMUNE)
    events = movements[whole & (movements["MOD"] != RENAMING)]
    _refuse_unreadable(events, place)
    # ISO dates sort as text.
    inside = (events["DATE_EFF"] > f"{start}-01-01") & (events["DATE_EFF"] <= f"{end}-01-01")
    known = {code: {code} for code in codes}
    for _, day in events[inside].groupby("DATE_EFF", sort=True):
        # The events of a day happen together: two communes may exchange their codes.
        after = {str(code): set(rows) for code, rows in day.groupby("COM_AV")["COM_AP"]}
        known = {
            old: set().union(*(after.get(code, {code}) for code in current)) for old, current in known.items()
        }
    pairs = sorted((old, new) for old, current in known.items() for new in current)
    return pd.DataFrame(pairs, columns=["old", "new"], dtype="str")


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
