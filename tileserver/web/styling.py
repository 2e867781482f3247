"""MapLibre styles, written on demand from the store's values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from styles.maplibre import Join, TileSource, choropleth_style, overlay_style
from styles.model import FORMS, METHODS, Choropleth, Form, Look
from styles.overlays import overlay_look
from styles.palettes import NAMES
from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import IndicatorEntry, LayerEntry
from tileserver.tiles.address import shown
from tileserver.web.access import key_query, with_key
from tileserver.web.answer import cache_control
from tileserver.web.contracts import LayerLike
from tileserver.web.figures import column_name, read_column, shape_sources, words
from tileserver.web.links import base_url
from tileserver.web.query import parameters
from tileserver.web.respond import respond, respond_json
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot

LOOK: Final = ("form", "method", "classes", "palette")
"""The parameters of a look."""

GEOJSON: Final = "application/geo+json"

_JOINS: Final[Mapping[str, Join]] = {"tiles": "tiles", "state": "state"}
_CLASSES: Final = {str(number): number for number in range(3, 10)}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shown:
    """An indicator on the map of a level: of which year, drawn how, and where a client finds its values."""

    layer: LayerLike
    indicator: IndicatorEntry
    year: str | None
    look: Look
    join: Join = "tiles"


async def choropleth(request: Request) -> Response:
    """Serve ``/styles/choropleth/{level}/{indicator}.json``, with the legend in its metadata.

    With ``join=state`` its tiles are outlines alone: the client sets each value as feature state, and
    going to another indicator fetches no tile.
    """
    shot = snapshot(request)
    query = parameters(request, "join", "year", *LOOK, "v")
    level = request.path_params["level"]
    indicator = shot.indicator(request.path_params["indicator"])
    layer = shot.at_level(indicator, level)
    join = one_of(query.get("join", "tiles"), "join", _JOINS)
    wanted = Shown(layer, indicator, query.get("year"), read_look(query), join)
    base, mine = base_url(request, live(request).settings), key_query(request)
    model = shot.choropleth(indicator, level, wanted.year, wanted.look)
    return await respond_json(
        request,
        (shot.digest, "choropleth", level, indicator.id, join, wanted.year, wanted.look, base, mine),
        lambda: write_map(shot, wanted, model, base, mine),
        {"Cache-Control": cache_control(query.get("v"), shot.digest)},
    )


def write_map(shot: Snapshot, wanted: Shown, model: Choropleth, base: str, mine: str) -> dict[str, Any]:
    """Write the style of a map; `mine` is the key that goes with its addresses, as ``k=…``."""
    layer, indicator, join = wanted.layer, wanted.indicator, wanted.join
    frame = shot.frame if shot.frame is not layer else None
    outlines = f"{base}/geometry/{{0}}.json?v={shot.digest}" if join == "state" else None
    name = column_name(layer, indicator, wanted.year)

    def source(of: LayerLike, carried: str | None) -> TileSource:
        entry = of.entry
        address = outlines.format(entry.id) if outlines else _tiles(of, base, carried)
        return TileSource(entry.id, with_key(address, mine))

    symbols = _symbols(shot, layer, indicator, base, wanted.year if join == "tiles" else None, join)
    style = choropleth_style(
        model,
        source(layer, name),
        source(frame, None) if frame else None,
        join,
        with_key(symbols, mine) if symbols else None,
    )
    shapes = shape_sources(shot.manifest.indicators, layer)
    style["metadata"]["sources"] = list(dict.fromkeys((*indicator.sources, *shapes)))
    return style


def write_overlay(entry: LayerEntry, base: str, mine: str) -> dict[str, Any]:
    """Write the style of a layer that lies over maps."""
    source = TileSource(entry.id, with_key(f"{base}/tiles/{entry.id}.json", mine))
    return overlay_style(words(entry.title), overlay_look(entry.id, entry.kind), source)


async def symbols(request: Request) -> Response:
    """Serve ``/symbols/{level}/{indicator}.geojson``: a point a territory, with value and status.

    The largest come first, so that whoever draws them in this order hides none.
    """
    shot = snapshot(request)
    query = parameters(request, "year", "v")
    level = request.path_params["level"]
    indicator = shot.indicator(request.path_params["indicator"])
    layer = shot.at_level(indicator, level)
    name = column_name(layer, indicator, query.get("year"))
    return await respond(
        request,
        (shot.digest, "symbols", level, name),
        lambda: _points(shot, layer, name),
        GEOJSON,
        {"Cache-Control": cache_control(query.get("v"), shot.digest)},
    )


def read_look(query: Mapping[str, str]) -> Look:
    """Read how a map is drawn from the parameters `LOOK`; raise `RequestError`."""

    def read(name: str, known: Mapping[str, T]) -> T | None:
        return one_of(query[name], name, known) if name in query else None

    forms: Mapping[str, Form] = {form: form for form in FORMS}
    return Look(
        form=read("form", forms),
        method=read("method", {method: method for method in METHODS}),
        classes=read("classes", _CLASSES),
        palette=read("palette", {palette: palette for palette in NAMES}),
    )


def one_of(text: str, parameter: str, known: Mapping[str, T]) -> T:
    """Read a parameter that has few values; raise `RequestError` that lists them."""
    if text not in known:
        raise RequestError(f"{parameter} is {shown(text)}; it is one of {' '.join(known)}")
    return known[text]


def _symbols(
    shot: Snapshot, layer: LayerLike, indicator: IndicatorEntry, base: str, year: str | None, join: Join
) -> str | None:
    """Give the address of the points of circles: with values, or names alone where the client has those."""
    if not _has_points(shot, layer):
        return None
    if join == "state":
        return f"{base}/layers/{layer.entry.id}/labels?v={shot.digest}"
    query = urlencode({"year": year, "v": shot.digest} if year else {"v": shot.digest})
    return f"{base}/symbols/{layer.entry.level}/{indicator.id}.geojson?{query}"


def _has_points(shot: Snapshot, layer: LayerLike) -> bool:
    return any(other.entry.of == layer.entry.id for other in shot.store.layers.values())


def _points(shot: Snapshot, layer: LayerLike, name: str) -> bytes:
    if not _has_points(shot, layer):
        raise NotFoundError(f"layer {layer.entry.id} has no points for symbols beside it")
    found = read_column(layer, name)
    ids = layer.attributes.column("id").to_pylist()
    value_of = dict(zip(ids, found.values.tolist(), strict=True))
    told_of = dict(zip(ids, found.told, strict=True))
    features = msgspec.json.decode(shot.labels(shot.label_layer(layer.entry.id)))["features"]
    features.sort(key=lambda feature: -abs(np.nan_to_num(value_of[feature["id"]])))
    for feature in features:
        value, told = value_of[feature["id"]], told_of[feature["id"]]
        known = None if np.isnan(value) else int(value) if value == int(value) else value
        code, title = feature["properties"]["code"], feature["properties"]["name"]
        status = told or ("missing" if known is None else "ok")
        feature["properties"] = {"code": code, "name": title, "value": known, "status": status}
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def _tiles(of: LayerLike, base: str, carried: str | None) -> str:
    """Address the tiles that carry a column.

    Where it is one of the layer's defaults the address selects nothing, so that all maps of these
    share their tiles; a frame carries no property but code and name.
    """
    entry = of.entry
    url = f"{base}/tiles/{entry.id}.json"
    if carried is None:
        return f"{url}?indicators=&properties="
    default = any(field.id == carried and field.default for field in entry.fields)
    return url if default else f"{url}?{urlencode({'indicators': carried}, safe='@')}"
