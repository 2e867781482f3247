"""What there is: layers and indicators, and the values of an indicator."""

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError
from tileserver.store.manifest import IndicatorEntry, LayerEntry
from tileserver.web.links import base_url
from tileserver.web.query import parameters
from tileserver.web.respond import respond, respond_json
from tileserver.web.state import Snapshot, live, snapshot

_INTERNAL = frozenset({"geometries", "attributes", "tags", "values"})
"""How the store keeps a layer is no part of what it is."""


async def layers(request: Request) -> Response:
    """Serve ``/layers``: every layer in declared order, and the views in which a map may begin."""
    shot = snapshot(request)
    parameters(request, "v")
    base = base_url(request, live(request).settings)
    return respond_json(request, (shot.digest, "layers", base), lambda: _layers(shot, base))


async def layer(request: Request) -> Response:
    """Serve ``/layers/{layer}``."""
    shot = snapshot(request)
    parameters(request, "v")
    entry = shot.layer(request.path_params["layer"]).entry
    base = base_url(request, live(request).settings)
    return respond_json(request, (shot.digest, "layer", entry.id, base), lambda: _layer(shot, entry, base))


async def labels(request: Request) -> Response:
    """Serve ``/layers/{layer}/labels``: where to write the names of a territory layer, as GeoJSON."""
    shot = snapshot(request)
    parameters(request, "v")
    found = shot.layer(request.path_params["layer"])
    entry = found.entry
    if entry.kind != "territory":
        raise NotFoundError(f"layer {entry.id} is of points: its names are in its tiles")
    return await run_in_threadpool(
        respond,
        request,
        (shot.digest, "labels", entry.id),
        lambda: shot.labels(found),
        "application/geo+json",
    )


async def indicators(request: Request) -> Response:
    """Serve ``/indicators``: every indicator in declared order."""
    shot = snapshot(request)
    parameters(request, "v")
    return respond_json(
        request,
        (shot.digest, "indicators"),
        lambda: {"store": shot.digest, "indicators": [_indicator(shot, item) for item in _ordered(shot)]},
    )


async def indicator(request: Request) -> Response:
    """Serve ``/indicators/{indicator}``; with ``level``, its values there by official code."""
    shot = snapshot(request)
    query = parameters(request, "level", "v")
    entry = shot.indicator(request.path_params["indicator"])
    level = query.get("level")
    if level is None:
        return respond_json(request, (shot.digest, "indicator", entry.id), lambda: _indicator(shot, entry))
    shot.at_level(entry, level)
    return respond_json(
        request, (shot.digest, "values", entry.id, level), lambda: _values(shot, entry, level)
    )


def _layers(shot: Snapshot, base: str) -> dict[str, Any]:
    entries = sorted((item.entry for item in shot.store.layers.values()), key=lambda entry: entry.order)
    return {
        "store": shot.digest,
        "bounds": shot.manifest.bounds,
        "views": [{"name": view.name, "bounds": view.bounds} for view in shot.views],
        "layers": [_layer(shot, entry, base) for entry in entries],
    }


def _layer(shot: Snapshot, entry: LayerEntry, base: str) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(entry)
    public = {key: value for key, value in described.items() if key not in _INTERNAL}
    return {
        **public,
        "tilejson": f"{base}/tiles/{entry.id}.json",
        "sources": _sources(shot, entry.sources),
    }


def _indicator(shot: Snapshot, entry: IndicatorEntry) -> dict[str, Any]:
    described: dict[str, Any] = msgspec.to_builtins(entry)
    return {**described, "sources": _sources(shot, entry.sources)}


def _values(shot: Snapshot, entry: IndicatorEntry, level: str) -> dict[str, Any]:
    table = shot.at_level(entry, level).attributes
    codes = table.column("code").to_pylist()
    values = table.column(entry.id).to_pylist()
    return {
        "id": entry.id,
        "level": level,
        "unit": entry.unit,
        "date": entry.date,
        "sources": _sources(shot, entry.sources),
        "values": dict(sorted(zip(codes, values, strict=True))),
    }


def _sources(shot: Snapshot, names: tuple[str, ...]) -> list[Any]:
    return [shot.sources[name] for name in names if name in shot.sources]


def _ordered(shot: Snapshot) -> list[IndicatorEntry]:
    return sorted(shot.manifest.indicators, key=lambda item: item.order)
