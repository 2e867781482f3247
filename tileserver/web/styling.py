"""MapLibre styles, written on demand from the store's values."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from styles.maplibre import Join, TileSource, choropleth_style
from tileserver.errors import RequestError
from tileserver.store.manifest import IndicatorEntry
from tileserver.tiles.address import shown
from tileserver.web.answer import cache_control
from tileserver.web.contracts import LayerLike
from tileserver.web.links import base_url
from tileserver.web.query import parameters
from tileserver.web.respond import respond_json
from tileserver.web.state import live, snapshot

_JOINS: Final[Mapping[str, Join]] = {"tiles": "tiles", "state": "state"}


async def choropleth(request: Request) -> Response:
    """Serve ``/styles/choropleth/{level}/{indicator}.json``, with the legend in its metadata.

    With ``join=state`` its tiles are outlines alone: the client sets each value as feature state, and
    going to another indicator fetches no tile.
    """
    shot = snapshot(request)
    query = parameters(request, "join", "v")
    level = request.path_params["level"]
    indicator = shot.indicator(request.path_params["indicator"])
    layer = shot.at_level(indicator, level)
    join = _join(query.get("join", "tiles"))
    base = base_url(request, live(request).settings)
    frame = shot.frame if shot.frame is not layer else None

    def source(of: LayerLike, carried: IndicatorEntry | None) -> TileSource:
        if join == "state":
            return TileSource(of.entry.id, f"{base}/geometry/{of.entry.id}.json?v={shot.digest}")
        return _source(of, base, carried)

    return await respond_json(
        request,
        (shot.digest, "choropleth", level, indicator.id, join, base),
        lambda: choropleth_style(
            shot.choropleth(indicator, level),
            source(layer, indicator),
            source(frame, None) if frame else None,
            join,
        ),
        {"Cache-Control": cache_control(query.get("v"), shot.digest)},
    )


def _join(text: str) -> Join:
    if text not in _JOINS:
        raise RequestError(f"join is {shown(text)}; it is one of {' '.join(_JOINS)}")
    return _JOINS[text]


def _source(layer: LayerLike, base: str, indicator: IndicatorEntry | None) -> TileSource:
    """Address the tiles that carry the indicator.

    Where it is one of the layer's defaults the address selects nothing, so that all maps of these
    share their tiles; a frame carries no property but code and name.
    """
    entry = layer.entry
    url = f"{base}/tiles/{entry.id}.json"
    if indicator is None:
        return TileSource(entry.id, f"{url}?indicators=&properties=")
    default = any(field.id == indicator.id and field.default for field in entry.fields)
    return TileSource(entry.id, url if default else f"{url}?indicators={indicator.id}")
