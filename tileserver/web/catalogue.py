"""What there is: layers and indicators."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import RequestError
from tileserver.store.manifest import IndicatorEntry, LayerEntry
from tileserver.web import values
from tileserver.web.access import key_query, with_key
from tileserver.web.answer import cache_control
from tileserver.web.links import base_url
from tileserver.web.query import parameters
from tileserver.web.respond import respond, respond_json
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot

_INTERNAL = frozenset({"geometries", "attributes", "tags", "values", "coarser"})
"""How the store keeps a layer is no part of what it is."""


async def layers(request: Request) -> Response:
    """Serve ``/layers``: every layer in declared order, and the views in which a map may begin."""
    shot = snapshot(request)
    query = parameters(request, "v")
    base = base_url(request, live(request).settings)
    mine = key_query(request)
    settings = live(request).settings
    basemap = {"tiles": settings.basemap, "credit": settings.basemap_credit} if settings.basemap else None
    key = (shot.digest, "layers", base, mine, *(basemap or {}).values())
    return await respond_json(
        request, key, lambda: _layers(shot, base, mine) | {"basemap": basemap}, _caching(query, shot)
    )


async def layer(request: Request) -> Response:
    """Serve ``/layers/{layer}``."""
    shot = snapshot(request)
    query = parameters(request, "v")
    entry = shot.layer(request.path_params["layer"]).entry
    base = base_url(request, live(request).settings)
    mine = key_query(request)
    key = (shot.digest, "layer", entry.id, base, mine)
    return await respond_json(request, key, lambda: _layer(shot, entry, base, mine), _caching(query, shot))


async def labels(request: Request) -> Response:
    """Serve ``/layers/{layer}/labels``: its layer of names, which also has tiles, whole as GeoJSON."""
    shot = snapshot(request)
    query = parameters(request, "v")
    found = shot.label_layer(request.path_params["layer"])
    key = (shot.digest, "labels", found.entry.id)
    return await respond(
        request, key, lambda: shot.labels(found), "application/geo+json", _caching(query, shot)
    )


async def indicators(request: Request) -> Response:
    """Serve ``/indicators``: every indicator in declared order."""
    shot = snapshot(request)
    query = parameters(request, "v")
    return await respond_json(
        request,
        (shot.digest, "indicators"),
        lambda: {"store": shot.digest, "indicators": [_indicator(shot, item) for item in _ordered(shot)]},
        _caching(query, shot),
    )


async def indicator(request: Request) -> Response:
    """Serve ``/indicators/{indicator}``; with ``level``, its values there."""
    shot = snapshot(request)
    query = parameters(request, "level", *values.PARAMETERS, "v")
    entry = shot.indicator(request.path_params["indicator"])
    if "level" in query:
        return await values.values(request, shot, entry, query)
    for name in values.PARAMETERS:
        if name in query:
            raise RequestError(f"{name} is about values: say at which level, as in level={entry.levels[0]}")
    key = (shot.digest, "indicator", entry.id)
    return await respond_json(request, key, lambda: _indicator(shot, entry), _caching(query, shot))


def _caching(query: Mapping[str, str], shot: Snapshot) -> dict[str, str]:
    return {"Cache-Control": cache_control(query.get("v"), shot.digest)}


def _layers(shot: Snapshot, base: str, mine: str) -> dict[str, Any]:
    entries = sorted((item.entry for item in shot.store.layers.values()), key=lambda entry: entry.order)
    return {
        "store": shot.digest,
        "bounds": shot.manifest.bounds,
        "views": [{"name": view.name, "bounds": view.bounds} for view in shot.views],
        "layers": [_layer(shot, entry, base, mine) for entry in entries],
    }


def _layer(shot: Snapshot, entry: LayerEntry, base: str, mine: str) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(entry)
    public = {key: value for key, value in described.items() if key not in _INTERNAL}
    return {
        **public,
        "tilejson": with_key(f"{base}/tiles/{entry.id}.json", mine),
        "sources": shot.named_sources(entry.sources),
    }


def _indicator(shot: Snapshot, entry: IndicatorEntry) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(entry)
    return {**described, "sources": shot.named_sources(entry.sources)}


def _ordered(shot: Snapshot) -> list[IndicatorEntry]:
    return sorted(shot.manifest.indicators, key=lambda item: item.order)
