"""What a territory belongs to, and what it is made of."""

from typing import Final

from tileserver.store.members import Shared
from tileserver.web.profile.model import Link, Related
from tileserver.web.profile.places import Place, find_row, level_plural, level_title, name_at
from tileserver.web.snapshot import Snapshot

MOST: Final = 400
"""More territories of a level are only counted by whoever lists them."""


def find_related(shot: Snapshot, place: Place) -> tuple[tuple[Related, ...], tuple[Related, ...]]:
    """Give the territories of wider levels, then those of finer levels; none where none are told."""
    members = shot.store.members
    if members is None or place.level not in members.levels:
        return (), ()
    own = members.count(place.level, place.code)
    shared = members.shared(place.level, place.code)
    at = members.levels.index(place.level)
    wider = [level for level in reversed(members.levels[at + 1 :]) if level in shot.levels]
    finer = [level for level in reversed(members.levels[:at]) if level in shot.levels]
    return (
        tuple(_related(shot, level, shared[level], own) for level in wider if shared[level]),
        tuple(_related(shot, level, shared[level], None) for level in finer if shared[level]),
    )


def _related(shot: Snapshot, level: str, found: list[Shared], own: int | None) -> Related:
    """Tell the territories of a level that share communes; `own` communes make those wider that hold all."""
    layer = shot.levels[level]
    links = []
    for each in found:
        row = find_row(layer, each.code)
        if row is None:
            continue
        whole = each.shared == (each.communes if own is None else own)
        links.append(
            Link(
                code=each.code,
                name=name_at(layer, row),
                shared=each.shared,
                communes=each.communes,
                whole=whole,
            )
        )
    return Related(
        level=level,
        title=(level_title if len(links) == 1 else level_plural)(level, layer),
        territories=tuple(links),
    )


def region_of(shot: Snapshot, place: Place) -> Place | None:
    """Give the région that holds most communes of a territory; None for a région, and where none is known."""
    members, layer = shot.store.members, shot.frame
    if members is None or layer is None or place.level == layer.entry.level:
        return None
    level = str(layer.entry.level)
    found = members.shared(place.level, place.code).get(level, [])
    row = find_row(layer, found[0].code) if found else None
    return None if row is None else Place(layer, level, found[0].code, name_at(layer, row), row)
