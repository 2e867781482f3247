"""What each code of a file has become in the reference edition, and how that was found out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from preprocess.history import History

Heirs = Mapping[str, tuple[str, ...]]
"""Codes to sorted codes of the reference edition."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that figures come from: the id of its source, and the edition that it declares."""

    source: str
    edition: int


@dataclass(frozen=True, slots=True)
class Passages:
    """The ways of the codes of a file; each code is in ``heirs``, ``inside`` or ``unknown``.

    ``heirs``: those that lead somewhere. ``absent``: communes of the file's edition without a row, where
    other rows make the same communes. ``stayed``: codes that only the reference knows. ``followed``:
    codes of yet another edition, and their place in time (`History`). ``inside``: codes whose ground
    another row has already, and these rows. ``alone``: rows under the code of a merged commune while
    none of the other communes that merged has one (those): taken for the merged commune.
    ``restored``: communes that merged and came apart again since. ``off``: heirs that the reference
    does not know, where its list and the movements contradict each other.
    """

    heirs: Heirs
    absent: Heirs
    stayed: tuple[str, ...]
    followed: Mapping[str, int]
    inside: Heirs
    alone: Heirs
    restored: tuple[str, ...]
    unknown: tuple[str, ...]
    off: Heirs


def find_passages(history: History, edition: int, codes: Collection[str]) -> Passages:
    """Follow `codes` (distinct) from `edition` to the reference of `history`."""
    rows = frozenset(codes)
    listed = history.communes(edition)
    moving, restored = _own_heirs(history, edition)
    heirs = {code: moving.get(code, {code}) for code in rows & listed}
    stayed = {code for code in rows - listed if code in history.reference}
    heirs |= {code: {code} for code in stayed}
    followed = _followed(history, edition, rows - listed - stayed)
    for place in set(followed.values()):
        heirs |= history.heirs([code for code, at in followed.items() if at == place], place)
    off = {code: found - history.reference for code, found in heirs.items()}
    heirs = {code: found & history.reference for code, found in heirs.items()}
    heirs, inside = _without_doubles(heirs, stayed)
    parts = _parts(moving)
    alone = {
        new: olds - {new}
        for new, olds in parts.items()
        if len(olds) > 1 and olds & rows == {new} and new in heirs and new not in stayed
    }
    reached = set().union(*heirs.values())
    lacking = {
        old: found & reached
        for old, found in moving.items()
        if old not in rows and found & (reached - set(alone) - stayed)
    }
    for place in set(followed.values()):
        # A row of an edition in between stands for what had become it.
        led = history.heirs(list(lacking), history.at(edition), place)
        at = {code for code, other in followed.items() if other == place}
        lacking = {old: found for old, found in lacking.items() if not led[old] & at}
    return Passages(
        heirs=_sorted({code: found for code, found in heirs.items() if found}),
        absent=_sorted(lacking),
        stayed=tuple(sorted(stayed)),
        followed={code: followed[code] for code in sorted(followed)},
        inside=_sorted(inside),
        alone=_sorted(alone),
        restored=tuple(sorted(restored & rows)),
        unknown=tuple(sorted(rows - {code for code, found in heirs.items() if found} - set(inside))),
        off=_sorted({code: found for code, found in off.items() if found}),
    )


def _own_heirs(history: History, edition: int) -> tuple[dict[str, set[str]], set[str]]:
    """Return the heirs of the communes of an edition that events touched, and which took themselves back.

    Communes that merged and came apart again all lead to one another in the table. One whose code
    and name are those of before is the same commune: it is its own heir, and nobody else's, unless that
    would leave a row or a commune of the group with nothing.
    """
    listed = history.communes(edition)
    place = history.at(edition)
    heirs = history.heirs(listed & history.touched(edition), place)
    before, after = history.names(edition)
    restored: set[str] = set()
    for olds, news in _groups(heirs):
        if len(olds) < 2 or len(news) < 2:
            continue
        same = {code for code in olds & news if before.get(code) == after.get(code)}
        others, rest = olds - same, news - same
        if not same or any(not heirs[old] & rest for old in others) or (rest and not others):
            continue
        restored |= same
        heirs |= {code: {code} for code in same} | {old: heirs[old] & rest for old in others}
    return heirs, restored


def _groups(heirs: Mapping[str, set[str]]) -> list[tuple[set[str], set[str]]]:
    """Return the old and the new codes that are tied to one another, group by group."""
    parts = _parts(heirs)
    groups, seen = [], set[str]()
    for start in sorted(heirs):
        if start in seen:
            continue
        olds, news, open_ = {start}, set[str](), [start]
        while open_:
            for new in heirs[open_.pop()] - news:
                news.add(new)
                fresh = parts[new] - olds
                olds |= fresh
                open_ += sorted(fresh)
        seen |= olds
        groups.append((olds, news))
    return groups


def _parts(heirs: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Turn heirs round: the old codes of each new one."""
    parts: dict[str, set[str]] = {}
    for old, news in heirs.items():
        for new in news:
            parts.setdefault(new, set()).add(old)
    return parts


def _followed(history: History, edition: int, codes: Collection[str]) -> dict[str, int]:
    """Return the codes that were communes' in some other edition, and their place in time."""
    places = {code: history.nearest(code, edition) for code in codes}
    return {code: place for code, place in places.items() if place is not None}


def _without_doubles(
    heirs: Mapping[str, set[str]], stayed: Collection[str]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Leave out the rows that lead to a commune which has a row of the reference edition to itself.

    Where a divided commune keeps its code, its row is taken for what is left of it.
    """
    kept, inside = {}, {}
    for code, found in heirs.items():
        taken = found & set(stayed) - {code}
        if not taken:
            kept[code] = found
        elif code in found:
            kept[code] = {code}
        else:
            inside[code] = taken
    return kept, inside


def _sorted(heirs: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {code: tuple(sorted(heirs[code])) for code in sorted(heirs)}
