"""MapLibre styles, written on demand from the store's values."""

from starlette.requests import Request
from starlette.responses import Response

from styles.maplibre import TileSource, choropleth_style
from tileserver.store.manifest import IndicatorEntry
from tileserver.web.answer import cache_control
from tileserver.web.contracts import LayerLike
from tileserver.web.links import base_url
from tileserver.web.query import parameters
from tileserver.web.respond import respond_json
from tileserver.web.state import live, snapshot


async def choropleth(request: Request) -> Response:
    """Serve ``/styles/choropleth/{level}/{indicator}.json``, with the legend in its metadata."""
    shot = snapshot(request)
    query = parameters(request, "v")
    level = request.path_params["level"]
    indicator = shot.indicator(request.path_params["indicator"])
    layer = shot.at_level(indicator, level)
    base = base_url(request, live(request).settings)
    frame = shot.frame if shot.frame is not layer else None
    return await respond_json(
        request,
        (shot.digest, "choropleth", level, indicator.id, base),
        lambda: choropleth_style(
            shot.choropleth(indicator, level),
            _source(layer, base, indicator),
            _source(frame, base, None) if frame else None,
        ),
        {"Cache-Control": cache_control(query.get("v"), shot.digest)},
    )


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
