"""Whether a file stands on the edition of the list of communes that its source declares."""

from collections.abc import Collection

from preprocess.history import History

FEWEST = 5
"""So many codes must speak against an edition; a few strange ones are in any file."""

SHARE = 0.0005
"""And so many for each code of the file: 18 of 35,000, about what a quiet year changes."""

NEARLY_ALL = 0.9
"""From this part of the communes on, a file is taken to list all of them, and absent ones speak too."""

CLEARLY = 0.5
"""Another edition is named where at most this part of the codes speaks against it."""


def better_edition(history: History, edition: int, codes: Collection[str]) -> tuple[int, int, int] | None:
    """Return the edition that the codes of a file fit better, and how many speak against each.

    Those are the codes of the file that were no commune's, and, where the file has nearly all communes of
    the départements that it speaks of, the communes that it has not. As ``(better, against the declared one,
    against the better one)``; None where the declared one fits, or no other clearly better. Of equal
    ones the nearest to the declared.
    """
    rows = frozenset(codes)
    listed = history.communes(edition)
    complete = len(rows & listed) >= NEARLY_ALL * len(_beside(listed, rows))
    declared = _against(listed, rows, complete)
    if declared <= max(FEWEST, SHARE * len(rows)):
        return None
    counts = {year: _against(history.communes(year), rows, complete) for year in history.years}
    best = min(counts, key=lambda year: (counts[year], abs(year - edition), -year))
    return (best, declared, counts[best]) if counts[best] <= CLEARLY * declared else None


def _against(listed: frozenset[str], rows: frozenset[str], complete: bool) -> int:
    return len(rows - listed) + (len(_beside(listed - rows, rows)) if complete else 0)


def _beside(listed: frozenset[str], rows: frozenset[str]) -> set[str]:
    """Return those of the communes that are in a département that a file speaks of."""
    spoken = {_departement(code) for code in rows}
    return {code for code in listed if _departement(code) in spoken}


def _departement(code: str) -> str:
    return code[:3] if code.startswith("97") else code[:2]
