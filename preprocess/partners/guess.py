"""Which columns of an undeclared file hold codes and figures."""

import re

from preprocess.partners.codes import match
from preprocess.partners.lists import Lists
from preprocess.partners.table import Table

LOOKED_AT = 2000
"""Rows that are looked at."""

LEAST = 0.5
"""Least share of the filled cells that are codes, or figures."""

MOSTLY = 0.9
"""A column of which a larger share are codes has no figures."""

CODED = re.compile(
    r"^(code?|id|num|insee|siren|siret|dep|dept|reg|arr|can)([^a-z]|$|cod|arr|can|com|geo)", re.IGNORECASE
)


def guess_key(table: Table, level: str, edition: int | None, lists: Lists) -> str | None:
    """Return the column in which most cells are codes of `level`, None where none has half."""
    valid = lists.valid(level, edition)
    scores = {name: share_of_codes(table.column(name)[:LOOKED_AT], valid) for name in table.columns}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= LEAST else None


def guess_level(table: Table, lists: Lists) -> tuple[str, str, float] | None:
    """Return the column of codes, their level and the share of them that is known; None for none.

    That is the column with most different codes: a row of a commune names its département, too. Where
    codes are of two levels (``84``), it is the level of which most are there.
    """
    scores = []
    for name in table.columns:
        filled = [cell for cell in table.column(name)[:LOOKED_AT] if cell]
        for level, codes in lists.codes.items():
            found = [code for code, _ in (match(cell, codes) for cell in filled) if code is not None]
            if filled and len(found) >= LEAST * len(filled):
                kinds = len(set(found))
                scores.append((kinds, kinds / len(codes), len(found) / len(filled), name, level))
    if not scores:
        return None
    _, _, share, name, level = max(scores)
    return name, level, share


def share_of_codes(cells: list[str], valid: frozenset[str]) -> float:
    """Return the share of the filled cells that mean a code; 0 for a column without any."""
    filled = [cell for cell in cells if cell]
    return sum(match(cell, valid)[0] is not None for cell in filled) / len(filled) if filled else 0.0


def figure_columns(table: Table, key: str, lists: Lists) -> list[str]:
    """Return the columns, but the one of codes, of which most filled cells are figures, and not codes."""
    every = frozenset().union(*lists.codes.values())
    found = []
    for name in table.columns:
        filled = [cell for cell in table.column(name)[:LOOKED_AT] if cell]
        figures = [cell for cell in filled if not any(map(str.isalpha, cell)) and any(map(str.isdigit, cell))]
        coded = CODED.match(name) is not None or sum(cell in every for cell in filled) > MOSTLY * len(filled)
        if name != key and len(figures) > LEAST * len(filled) and not coded:
            found.append(name)
    return found
