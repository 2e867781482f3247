"""``/at?lon=&lat=``: what there is at a point, as a page or JSON."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import RequestError
from tileserver.tiles.address import shown
from tileserver.web.answer import cache_control
from tileserver.web.profile.around import look_around
from tileserver.web.profile.errors import telling_people
from tileserver.web.profile.pages import HEADERS, HTML, Links, choose_form, choose_language, render
from tileserver.web.query import parameters
from tileserver.web.respond import JSON, respond
from tileserver.web.state import live, snapshot, warmed

FORMS: Final[Mapping[str, str]] = {"json": JSON, "html": HTML}

NEAREST: Final = 5
MOST: Final = 50
"""Points of a layer, unless ``limit`` says otherwise, and at most."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{0,15})?", re.ASCII)
_DECIMALS: Final = 6
_GREATEST: Final = {"lon": 180.0, "lat": 90.0}


@telling_people
async def at(request: Request) -> Response:
    """Serve what there is at a point."""
    shot = snapshot(request)
    query = parameters(request, "lon", "lat", "limit", "lang", "f", "v")
    lang = choose_language(request, query)
    lon, lat = (_degrees(query, name) for name in ("lon", "lat"))
    limit = _limit(query.get("limit"))
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form = choose_form(request, query, headers, FORMS)
    if form == "html":
        headers |= HEADERS
    await warmed(live(request))
    other = "fr" if lang == "en" else "en"
    there = {"lon": str(lon), "lat": str(lat)}

    def make() -> bytes:
        around = look_around(shot, lon, lat, limit)
        if form == "json":
            return msgspec.json.encode(around)
        links = Links("", query.get("lang"))
        return render("at.html", lang, links, Links("", other)("at", **there), around=around)

    key = (shot.digest, "at", lon, lat, limit, form, lang, query.get("lang"))
    return await respond(request, key, make, FORMS[form], headers)


def _degrees(query: Mapping[str, str], name: str) -> float:
    text = query.get(name)
    if text is None:
        raise RequestError(f"say at which point, as in lon=-0.88&lat=47.06; {name} is missing")
    greatest = _GREATEST[name]
    if not _NUMBER.fullmatch(text) or abs(float(text)) > greatest:
        raise RequestError(f"{name} is {shown(text)}; it is degrees from -{greatest:g} to {greatest:g}")
    return round(float(text), _DECIMALS)


def _limit(text: str | None) -> int:
    if text is None:
        return NEAREST
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= MOST):
        raise RequestError(f"limit is {shown(text)}; it is a whole number from 0 to {MOST}")
    return int(text)
