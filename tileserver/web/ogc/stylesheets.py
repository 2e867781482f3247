"""The styles that there are, by id, and the encodings in which each can be had.

The ids are those by which raster tiles and WMTS name their layers, ``level.indicator``; what lies over maps
is styled under the id of its layer. Every encoding is written from the one model in `styles`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from styles.model import Choropleth
from styles.qgis import documents
from styles.sld import MEDIA_TYPE, sld
from tileserver.errors import NotFoundError
from tileserver.store.manifest import IndicatorEntry, Title
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike
from tileserver.web.mapstate import read_state
from tileserver.web.ogc.collections import collection_layers
from tileserver.web.ogc.document import Place
from tileserver.web.qgis import layers
from tileserver.web.qgis.told import Asked
from tileserver.web.raster import style_names
from tileserver.web.snapshot import Snapshot
from tileserver.web.styling import Shown, read_look, write_map, write_overlay


@dataclass(frozen=True, slots=True)
class Encoding:
    """A language for styles: the value of ``f``, the media type, its name and version, where it is specified.

    ``whole``: nothing of the model is lost in it.
    """

    form: str
    media_type: str
    title: str
    version: str
    specification: str
    whole: bool


ENCODINGS: Final = (
    Encoding(
        "mapbox",
        "application/vnd.mapbox.style+json",
        "Mapbox Style",
        "8",
        "https://maplibre.org/maplibre-style-spec/",
        whole=False,
    ),
    Encoding(
        "sld",
        MEDIA_TYPE,
        "SLD",
        "1.1",
        "https://www.ogc.org/standards/sld/",
        whole=False,
    ),
    Encoding("qml", "application/x-qgis-style", "QML", "3.22", "https://docs.qgis.org/", whole=True),
)


@dataclass(frozen=True, slots=True)
class Style:
    """A style: of an indicator at a level, or of a layer that lies over maps (no indicator)."""

    id: str
    layer: LayerLike
    indicator: IndicatorEntry | None

    @property
    def title(self) -> Title:
        """What the style shows, and where."""
        of = self.layer.entry.title
        if self.indicator is None:
            return of
        what = self.indicator.title
        return Title(f"{what.fr} – {of.fr}", f"{what.en} – {of.en}")


def all_styles(shot: Snapshot) -> Iterator[Style]:
    """Give the styles of all collections: by level and indicator, then what lies over maps."""
    collections = collection_layers(shot)
    there = {layer.entry.id for layer in collections}
    for level, name in style_names(shot):
        layer = shot.levels[level]
        if layer.entry.id in there:
            yield Style(f"{level}.{name}", layer, shot.indicators[name])
    for layer in collections:
        if layer.entry.level is None:
            yield Style(layer.entry.id, layer, None)


def styles_of(shot: Snapshot, collection: str | None) -> list[Style]:
    """Give the styles of a collection, or of all for None."""
    known = shot.once("styles", lambda each: list(all_styles(each)))
    return [style for style in known if collection in (None, style.layer.entry.id)]


def find_style(shot: Snapshot, name: str, collection: str | None) -> Style:
    """Find a style by its id; raise `NotFoundError`."""
    known = styles_of(shot, collection)
    found = next((style for style in known if style.id == name), None)
    if found is None:
        where = f"/ogc/collections/{collection}/styles" if collection else "/ogc/styles"
        raise NotFoundError(f"there is no style {shown(name)} here; {where} lists what there is")
    return found


def default_style(shot: Snapshot, collection: str | None) -> Style | None:
    """Choose the style of who names none: what the map page begins with; None where there is none."""
    known = {style.id: style for style in styles_of(shot, collection)}
    level = shot.store.layers[collection].entry.level if collection else None
    if collection is None or level is not None:
        state = read_state(shot, {"level": level} if level else {})
        name = f"{state.level}.{state.indicator.id}" if state.indicator else ""
        if name in known:
            return known[name]
    return next(iter(known.values()), None)


def model_of(shot: Snapshot, style: Style, query: Mapping[str, str]) -> Choropleth | None:
    """Classify what a style shows; None where there is nothing to classify.

    Raises `RequestError` for parameters that it can't have, `NotFoundError` for a period that is not there.
    """
    look = read_look(query)
    if style.indicator is None:
        return None
    return shot.choropleth(style.indicator, style.layer.entry.level or "", query.get("year"), look)


def write(place: Place, style: Style, query: Mapping[str, str], form: str, key: str) -> bytes:
    """Write a style in an encoding; `key` goes with its addresses, as ``k=…``."""
    shot, entry = place.shot, style.layer.entry
    model = model_of(shot, style, query)
    look, year = read_look(query), query.get("year")
    if form == "mapbox":
        if model is None or style.indicator is None:
            return msgspec.json.encode(write_overlay(entry, place.site, key))
        wanted = Shown(style.layer, style.indicator, year, look)
        return msgspec.json.encode(write_map(shot, wanted, model, place.site, key))
    name = style.indicator.id if style.indicator else None
    asked = Asked(place.site, place.lang, name, year, look)
    if form == "qml":
        return documents.qml(layers.layer_style(shot, style.layer, asked))
    return sld(layers.styled(shot, style.layer, asked), place.lang)
