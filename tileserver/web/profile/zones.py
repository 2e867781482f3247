"""The zonings of a territory, and the programmes that it is part of."""

from typing import Final

from tileserver.store.zonings import Area, ZoningStore
from tileserver.web.profile.model import Programme, Value, Zone, Zoning
from tileserver.web.profile.places import Place
from tileserver.web.snapshot import Snapshot
from tileserver.web.zonings import DECIMALS, share_figures

LISTED: Final = 20
"""Areas, or points of a programme, that a profile lists; all are at ``/zonings``."""


def find_zonings(shot: Snapshot, place: Place) -> tuple[tuple[Zoning, ...], tuple[Programme, ...]]:
    """Tell the zonings, then the programmes, of a territory; nothing where the store tells none."""
    there: ZoningStore | None = shot.store.zonings
    if there is None or place.level not in there.entry.levels:
        return (), ()
    territory = there.territory(place.level, place.code)
    sums, areas = there.sums(territory), there.areas(territory)
    zonings = []
    for entry in there.entry.zonings:
        figures = share_figures(sums.get(entry.layer), territory)
        found = areas.get(entry.layer, [])
        layer = shot.layer(entry.layer).entry
        zonings.append(
            Zoning(
                layer=entry.layer,
                title=layer.title,
                km2=figures["km2"],
                share=Value(value=figures["share"], status=figures["status"], known=figures["known"]),
                count=len(found),
                areas=tuple(_zone(area) for area in found[:LISTED]),
                sources=layer.sources,
            )
        )
    programmes = [
        Programme(
            layer=layer,
            title=shot.layer(layer).entry.title,
            count=len(areas.get(layer, [])),
            names=tuple(point.name or point.code for point in areas.get(layer, [])[:LISTED]),
            sources=shot.layer(layer).entry.sources,
        )
        for layer in there.entry.points
    ]
    return tuple(zonings), tuple(programmes)


def _zone(area: Area) -> Zone:
    return Zone(code=area.code, name=area.name, km2=None if area.km2 is None else round(area.km2, DECIMALS))
