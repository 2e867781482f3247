"""TileJSON of tiles; the tiles themselves are answered by `tileserver.web.tile_path`."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from tileserver.tiles import address, selection
from tileserver.tiles.tilejson import Part, tilejson
from tileserver.web.access import key_query, with_key
from tileserver.web.answer import cache_control
from tileserver.web.contracts import LayerLike
from tileserver.web.filtering import masks, read_filter
from tileserver.web.links import base_url
from tileserver.web.query import language, parameters
from tileserver.web.respond import respond_json
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live
from tileserver.web.tile_request import SELECTING, Kind, geometry_version


async def tiles_tilejson(request: Request) -> Response:
    """Serve ``/tiles/{layers}.json``: TileJSON 3.0 whose tiles carry what this query selects."""
    state = live(request)
    shot = state.snapshot
    query = parameters(request, *SELECTING, "v", "lang")
    layers = _layers(shot, request)
    entries = [layer.entry for layer in layers]
    chosen = selection.select_each(entries, query.get("properties"), query.get("indicators"))
    if wanted := read_filter(query):
        await masks(state, shot, wanted, layers)  # what no tile can answer is refused here already
    parts: list[Part] = [
        (entry, selection.fields(entry, each)) for entry, each in zip(entries, chosen, strict=True)
    ]  # fmt: skip
    selecting = {name: query[name] for name in SELECTING if name in query}
    return await _describe(request, "tiles", parts, {**selecting, "v": shot.digest}, query)


async def geometry_tilejson(request: Request) -> Response:
    """Serve ``/geometry/{layers}.json``: tiles of ids and outlines, for values that are joined to them."""
    shot = live(request).snapshot
    query = parameters(request, "v", "lang")
    layers = _layers(shot, request)
    parts: list[Part] = [(layer.entry, ()) for layer in layers]
    return await _describe(request, "geometry", parts, {"v": geometry_version(layers)}, query)


def _layers(shot: Snapshot, request: Request) -> tuple[LayerLike, ...]:
    return tuple(shot.layer(name) for name in address.parse_layers(request.path_params["layers"]))


async def _describe(
    request: Request, kind: Kind, parts: list[Part], selecting: Mapping[str, str], query: Mapping[str, str]
) -> Response:
    shot = live(request).snapshot
    lang = language(query)
    names = ",".join(entry.id for entry, _ in parts)
    # Commas stay readable, and the version comes last.
    wanted = urlencode(selecting, safe=",@")
    url = f"{base_url(request, live(request).settings)}/{kind}/{names}/{{z}}/{{x}}/{{y}}.mvt?{wanted}"
    url = with_key(url, key_query(request))
    return await respond_json(
        request,
        (shot.digest, "tilejson", kind, url, lang),
        lambda: tilejson(shot.manifest, parts, url, center(shot, parts), lang),
        {"Cache-Control": cache_control(query.get("v"), shot.digest)},
    )


def center(shot: Snapshot, parts: list[Part]) -> tuple[float, float, int]:
    """Begin in the middle of the mainland: the middle of a layer's bounds lies in an ocean."""
    west, south, east, north = shot.views[0].bounds
    least = min(entry.min_zoom for entry, _ in parts)
    most = max(entry.max_zoom for entry, _ in parts)
    return (round((west + east) / 2, 4), round((south + north) / 2, 4), min(max(least, 5), most))
