"""The zonings of a territory: which there are, which of their areas lie in it, and how far that is known."""

import csv
import io
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import ZoningEntry
from tileserver.store.status import Status
from tileserver.store.zonings import Area, Sum, Territory, ZoningStore
from tileserver.web.answer import cache_control
from tileserver.web.labour import choose_form
from tileserver.web.query import parameters
from tileserver.web.respond import respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import snapshot

PARAMETERS: Final = ("level", "code", "f")
FORMS: Final = ("json", "csv")

DECIMALS: Final = 6
"""A square metre."""

SHARE_DECIMALS: Final = 8

_SLACK: Final = 1e-9

COLUMNS: Final = ("layer", "kind", "code", "name", "note", "km2", "share", "status", "known", "sources")
"""Columns of the table: a row for each zoning as a whole, then one for each area or point in it."""


async def zonings(request: Request) -> Response:
    """Serve ``/zonings?level=…&code=…`` as JSON or CSV, by ``f`` or the Accept header."""
    shot = snapshot(request)
    query = parameters(request, *PARAMETERS, "v")
    there: ZoningStore | None = shot.store.zonings
    if there is None:
        raise NotFoundError("this store has no zonings of territories; declare a zoning and build it again")
    for name, example in (("level", there.entry.levels[0]), ("code", "…")):
        if name not in query:
            raise RequestError(f"say of which territory, by level= and code=; {name}={example} is missing")
    territory = there.territory(query["level"], query["code"])
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form, media_type = choose_form(request, query, headers, FORMS)
    write = {"json": _json, "csv": _csv}[form]
    key = (shot.digest, "zonings", territory.level, territory.code, form)
    return await respond(request, key, lambda: write(shot, there, territory), media_type, headers)


def _json(shot: Snapshot, there: ZoningStore, territory: Territory) -> bytes:
    sums, areas = there.sums(territory), there.areas(territory)
    told = [
        {
            **_layer(shot, zoning.layer),
            **share_figures(sums.get(zoning.layer), territory),
            "covers": zoning.covers,
            "areas": [_area(area, territory) for area in areas.get(zoning.layer, [])],
        }
        for zoning in there.entry.zonings
    ]
    points = [
        {
            **_layer(shot, layer),
            "points": [
                {"code": point.code, "name": point.name, "note": point.note} for point in areas.get(layer, [])
            ],
        }
        for layer in there.entry.points
    ]
    return msgspec.json.encode(
        {
            "level": territory.level,
            "code": territory.code,
            "name": territory.name,
            "area_km2": round(territory.area_km2, DECIMALS),
            "zonings": told,
            "points": points,
        }
    )


def _layer(shot: Snapshot, name: str) -> dict[str, Any]:
    entry = shot.layer(name).entry
    return {"layer": name, "title": entry.title, "sources": shot.named_sources(entry.sources)}


def share_figures(found: Sum | None, territory: Territory) -> dict[str, Any]:
    """Tell what of a territory is inside: ``share`` of the ground that is told of, ``known`` of all of it."""
    return share_of(found, territory.area_km2)


def share_of(found: Sum | None, area_km2: float) -> dict[str, Any]:
    """Tell what of a territory of this area is inside, as `share_figures`."""
    known = 0.0 if found is None else min(found.told_km2 / area_km2, 1.0)
    if found is None or known < _SLACK:
        return {"km2": None, "share": None, "status": Status.MISSING.slug, "known": 0}
    whole = known > 1 - _SLACK
    status = Status.PARTIAL if not whole else Status.ESTIMATED if found.estimated else Status.OK
    return {
        "km2": round(found.inside_km2, DECIMALS),
        "share": round(min(found.inside_km2 / found.told_km2, 1.0), SHARE_DECIMALS),
        "status": status.slug,
        "known": 1 if whole else round(known, SHARE_DECIMALS),
    }


def _area(area: Area, territory: Territory) -> dict[str, Any]:
    share = None if area.km2 is None else min(area.km2 / territory.area_km2, 1.0)
    return {
        "code": area.code,
        "name": area.name,
        "note": area.note,
        "partly": area.partly,
        "km2": None if area.km2 is None else round(area.km2, DECIMALS),
        "share": None if share is None else round(share, SHARE_DECIMALS),
    }


def _csv(shot: Snapshot, there: ZoningStore, territory: Territory) -> bytes:
    """Write a row a zoning, then its areas, then the points; what is not known is an empty cell."""
    sums, areas = there.sums(territory), there.areas(territory)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")  # RFC 4180
    writer.writeheader()
    for zoning in there.entry.zonings:
        entry = shot.layer(zoning.layer).entry
        whole = {"layer": zoning.layer, "kind": "zoning", "name": entry.title.fr, "note": _extent(zoning)}
        sources = " ".join(entry.sources)
        writer.writerow(whole | share_figures(sums.get(zoning.layer), territory) | {"sources": sources})
        for area in areas.get(zoning.layer, []):
            row = _area(area, territory)
            status = (Status.MISSING if row.pop("partly") else Status.OK).slug
            writer.writerow(row | {"layer": zoning.layer, "kind": "area", "status": status})
    for layer in there.entry.points:
        for point in areas.get(layer, []):
            named = {"code": point.code, "name": point.name, "note": point.note}
            writer.writerow(named | {"layer": layer, "kind": "point"})
    return text.getvalue().encode()


def _extent(zoning: ZoningEntry) -> str:
    """Say in words what the files of a zoning cover."""
    return " ; ".join(
        f"{covers.source}: communes touched"
        if covers.touched
        else f"{covers.source}: {covers.level} {' '.join(covers.codes) or '*'}"
        + (f" - {' '.join(covers.but)}" if covers.but else "")
        for covers in zoning.covers
    )
