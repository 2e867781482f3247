"""A territory in its layer: found by level and code."""

from dataclasses import dataclass
from typing import Final

from tileserver.errors import NotFoundError
from tileserver.store.manifest import Title
from tileserver.store.mapped import repeated
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike
from tileserver.web.snapshot import Snapshot
from tileserver.web.views import Bounds, to_degrees

LEVEL_TITLES: Final = {
    "region": Title("Région", "Région"),
    "departement": Title("Département", "Département"),
    "ti": Title("Territoire d’industrie", "Territoire d’industrie"),
    "epci": Title("Intercommunalité (EPCI)", "Intercommunality (EPCI)"),
    "commune": Title("Commune", "Commune"),
}

LEVEL_PLURALS: Final = {
    "region": Title("Régions", "Régions"),
    "departement": Title("Départements", "Départements"),
    "ti": Title("Territoires d’industrie", "Territoires d’industrie"),
    "epci": Title("Intercommunalités (EPCI)", "Intercommunalities (EPCI)"),
    "commune": Title("Communes", "Communes"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A territory: its layer, and its row there."""

    layer: LayerLike
    level: str
    code: str
    name: str
    row: int


def level_title(level: str, layer: LayerLike) -> Title:
    """Name one territory of a level."""
    return LEVEL_TITLES.get(level, layer.entry.title)


def level_plural(level: str, layer: LayerLike) -> Title:
    """Name the territories of a level."""
    return LEVEL_PLURALS.get(level, layer.entry.title)


def find_row(layer: LayerLike, code: str) -> int | None:
    """Find the row of a code; None where there is none."""
    # Here, because it is a fifth of a second that starting the server must not cost.
    import pyarrow.compute as pc

    row: int = pc.index(layer.attributes.column("code"), repeated(code, 1)[0]).as_py()
    return None if row < 0 else row


def find_place(shot: Snapshot, level: str, code: str) -> Place:
    """Find a territory; raise `NotFoundError` naming the levels, or the code that there is not."""
    layer = shot.level(level)
    row = find_row(layer, code)
    if row is None:
        raise NotFoundError(f"there is no territory {shown(code)} at level {level}; /territories?q= searches")
    return Place(layer, level, code, name_at(layer, row), row)


def name_at(layer: LayerLike, row: int) -> str:
    """Give the name of a row; its code where it has none."""
    name = layer.attributes.column("name")[row].as_py()
    return str(name or layer.attributes.column("code")[row].as_py())


def bounds_of(place: Place) -> Bounds:
    """Give the bounds of a territory in degrees."""
    zoom = place.layer.entry.max_zoom
    return to_degrees(place.layer.level(zoom).bbox[place.row].tolist(), zoom)
