"""Which columns of an undeclared file hold codes and figures."""

from preprocess.partners.codes import match
from preprocess.partners.lists import Lists
from preprocess.partners.table import Table

LOOKED_AT = 2000
"""Rows that are looked at."""

LEAST = 0.5
"""Least share of the filled cells that are codes, or figures."""


def guess_key(table: Table, level: str, edition: int | None, lists: Lists) -> str | None:
    """Return the column in which most cells are codes of `level`, None where none has half."""
    valid = lists.valid(level, edition)
    scores = {name: share_of_codes(table.column(name)[:LOOKED_AT], valid) for name in table.columns}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= LEAST else None


def guess_level(table: Table, lists: Lists) -> tuple[str, str, float] | None:
    """Return the column of codes, their level and the share of them that is known; None for none.

    Of levels that fit equally well the one with most codes: ``01`` may be of a région or of a département.
    """
    scores = [
        (share_of_codes(table.column(name)[:LOOKED_AT], codes), len(codes), name, level)
        for name in table.columns
        for level, codes in lists.codes.items()
    ]
    share, _, name, level = max(scores, default=(0.0, 0, "", ""))
    return (name, level, share) if share >= LEAST else None


def share_of_codes(cells: list[str], valid: frozenset[str]) -> float:
    """Return the share of the filled cells that mean a code; 0 for a column without any."""
    filled = [cell for cell in cells if cell]
    return sum(match(cell, valid)[0] is not None for cell in filled) / len(filled) if filled else 0.0


def figure_columns(table: Table, key: str) -> list[str]:
    """Return the columns, but the one of codes, of which most filled cells are figures."""
    found = []
    for name in table.columns:
        filled = [cell for cell in table.column(name)[:LOOKED_AT] if cell]
        figures = sum(
            any(sign.isdigit() for sign in cell) and not any(map(str.isalpha, cell)) for cell in filled
        )
        if name != key and filled and figures > LEAST * len(filled):
            found.append(name)
    return found
