"""``/oembed``: oEmbed 1.0 (https://oembed.com), so that a link pasted into a site becomes a map."""

from collections.abc import Mapping
from html import escape
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError
from tileserver.tiles.address import shown
from tileserver.web.embedding.cards import CARD, SITE
from tileserver.web.embedding.chrome import chrome_query, read_chrome
from tileserver.web.embedding.dress import quoted
from tileserver.web.embedding.frame import card, lenient_state
from tileserver.web.links import base_url
from tileserver.web.mapstate import MapState
from tileserver.web.query import parameters
from tileserver.web.respond import JSON, respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot

XML: Final = "text/xml; charset=utf-8"

SIZE: Final = (800, 520)
"""Pixels of a frame that no one bounds."""

LEAST: Final = 200
AGE: Final = 86_400

_FORMATS: Final = {"json": JSON, "xml": XML}
_ATTRIBUTES: Final = 'style="border:0" loading="lazy" allowfullscreen'


async def oembed(request: Request) -> Response:
    """Serve ``/oembed?url=…``: the frame of one of our pages, as JSON or XML."""
    shot = snapshot(request)
    query = parameters(request, "url", "maxwidth", "maxheight", "format")
    form = query.get("format", "json")
    if form not in _FORMATS:
        raise RequestError(f"format is {shown(form)}; it is json or xml")
    if not query.get("url"):
        raise RequestError("url is missing; it is the address of one of our pages")
    base = base_url(request, live(request).settings)
    state, switches = _page(shot, query["url"], base)
    size = (_bounded(query, "maxwidth", SIZE[0]), _bounded(query, "maxheight", SIZE[1]))

    def write() -> bytes:
        told = _describe(state, switches, base, size)
        return msgspec.json.encode(told) if form == "json" else _xml(told)

    key = (shot.digest, "oembed", form, state.query, state.lang, *switches.items(), size, base)
    return await respond(request, key, write, _FORMATS[form])


def _page(shot: Snapshot, url: str, base: str) -> tuple[MapState, Mapping[str, str]]:
    """Read which map a page of ours shows; raise `NotFoundError` for any other."""
    ours, asked = urlsplit(base), urlsplit(url[:4000])
    below = asked.path.removeprefix(ours.path)
    if asked.netloc.lower() != ours.netloc.lower() or asked.scheme not in ("http", "https"):
        raise NotFoundError(f"url is {shown(url)}, which is not of this server, {base}/")
    query = dict(parse_qsl(asked.query))
    if below in ("", "/", "/embed"):
        chrome = chrome_query(read_chrome(query)) if below == "/embed" else {}
        return lenient_state(shot, query), chrome
    parts = below.strip("/").split("/")
    if len(parts) == 3 and parts[0] == "territories":
        level, code = parts[1], unquote(parts[2])
        given = {"level": level, "selected": code} | ({"lang": query["lang"]} if "lang" in query else {})
        state = lenient_state(shot, given)
        if state.selected == code:
            return state, {}
    raise NotFoundError(f"url is {shown(url)}, which is no map; a map is at {base}/, /embed or a profile")


def _bounded(query: Mapping[str, str], name: str, usual: int) -> int:
    """Read how large a frame may be."""
    text = query.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise RequestError(f"{name} is {shown(text)}; it is a number of pixels")
    return max(min(int(text), usual), min(int(text), LEAST), 1)


def _describe(
    state: MapState, switches: Mapping[str, str], base: str, size: tuple[int, int]
) -> dict[str, Any]:
    width, height = size
    told = card(state, base, "/embed")
    query = "&".join(part for part in (state.query, urlencode(switches)) if part)
    address = f"{base}/embed" + (f"?{query}" if query else "")
    return {
        "version": "1.0",
        "type": "rich",
        "title": told.title,
        "provider_name": SITE,
        "provider_url": f"{base}/",
        "cache_age": AGE,
        "width": width,
        "height": height,
        "html": frame_code(address, told.title, str(width), str(height)),
        "thumbnail_url": told.picture,
        "thumbnail_width": CARD[0],
        "thumbnail_height": CARD[1],
    }


def frame_code(address: str, title: str, width: str, height: str) -> str:
    """Write the code of a frame."""
    place = f'src="{quoted(address)}" title="{quoted(title)}" width="{width}" height="{height}"'
    return f"<iframe {place} {_ATTRIBUTES}></iframe>"


def _xml(told: Mapping[str, Any]) -> bytes:
    content = "".join(f"<{name}>{escape(str(value), quote=False)}</{name}>" for name, value in told.items())
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{content}</oembed>\n'.encode()
