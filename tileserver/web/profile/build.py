"""A profile put together from what the store tells."""

from typing import Protocol

from tileserver.web.profile.figures import find_figures
from tileserver.web.profile.funded import find_inventories
from tileserver.web.profile.model import Profile
from tileserver.web.profile.places import Place, bounds_of, level_title
from tileserver.web.profile.related import find_related, region_of
from tileserver.web.profile.trades import find_labour
from tileserver.web.profile.zones import find_zonings
from tileserver.web.snapshot import Snapshot


class Sourced(Protocol):
    """A part of a profile that names its sources."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of sources."""
        ...


def make_profile(shot: Snapshot, place: Place) -> Profile:
    """Tell all there is of a territory."""
    figures = find_figures(shot, place, region_of(shot, place))
    labour = find_labour(shot, place)
    projects, land = (find_inventories(shot, place, subject) for subject in ("projects", "land"))
    zonings, programmes = find_zonings(shot, place)
    within, parts = find_related(shot, place)
    told: list[Sourced] = [*figures, *projects, *land, *zonings, *programmes]
    if labour is not None:
        told.append(labour)
    used = dict.fromkeys(source for part in told for source in part.sources)
    return Profile(
        store=shot.digest,
        level=place.level,
        level_title=level_title(place.level, place.layer),
        code=place.code,
        name=place.name,
        bounds=bounds_of(place),
        within=within,
        parts=parts,
        figures=figures,
        labour=labour,
        projects=projects,
        land=land,
        zonings=zonings,
        programmes=programmes,
        sources={source.id: source for source in shot.named_sources(tuple(used))},
    )
