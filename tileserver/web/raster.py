"""Maps as raster tiles, PNG or WebP, for clients that draw no vector tiles."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError
from tileserver.render.ink import LIGHT
from tileserver.render.raster import MEDIA_TYPES, Form
from tileserver.render.tile import draw_tile
from tileserver.tiles import address
from tileserver.tiles.address import shown as told
from tileserver.web.answer import cache_control
from tileserver.web.mapstate import MapState, read_state
from tileserver.web.query import parameters
from tileserver.web.respond import respond
from tileserver.web.shown import show
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot
from tileserver.web.styling import LOOK

ASKED: Final = ("year", *LOOK)
"""Parameters of a raster tile."""

DEEPEST: Final = 14
"""The deepest zoom of 256-pixel tiles: two beyond the finest outlines."""

_STYLE: Final = re.compile(r"([a-z]{1,20})\.([a-z0-9_]{1,60})", re.ASCII)
_FORMS: Final[Mapping[str, Form]] = {"png": "png", "webp": "webp"}


async def tile(request: Request) -> Response:
    """Serve a raster tile of a map."""
    part = request.path_params
    numbers = (part["z"], part["x"], part["y"])
    query = parameters(request, *ASKED, "v")
    return await answer_tile(request, part["style"], numbers, part["extension"], query)


async def answer_tile(
    request: Request, style: str, numbers: tuple[str, str, str], extension: str, query: Mapping[str, str]
) -> Response:
    """Answer with the tile of a style; raise `RequestError` or `NotFoundError`."""
    shot = snapshot(request)
    if extension not in _FORMS:
        raise NotFoundError(f"there are no {told(extension)} tiles; there are {', '.join(_FORMS)}")
    form = _FORMS[extension]
    state = find_style(shot, style, query)
    where = address.parse(*numbers)
    if where.z > DEEPEST:
        raise NotFoundError(f"zoom is {where.z}; raster tiles have zooms 0 to {DEEPEST}")
    painter = live(request).painter

    def draw() -> bytes:
        return painter.draw(
            draw_tile(show(shot, state, None), where.z, where.x, where.y, LIGHT), form, with_text=False
        )

    return await respond(
        request,
        (shot.digest, "raster", state.level, state.query, where.z, where.x, where.y),
        draw,
        MEDIA_TYPES[form],
        {"Cache-Control": cache_control(query.get("v"), shot.digest)},
        painter.in_thread,
    )


def find_style(shot: Snapshot, style: str, query: Mapping[str, str]) -> MapState:
    """Read a style's name, ``level.indicator``; raise `NotFoundError` for one that there is not."""
    named = _STYLE.fullmatch(style)
    if not named:
        raise NotFoundError(f"style is {told(style)}; it is a level and an indicator, as in ti.density")
    shot.at_level(shot.indicator(named[2]), named[1])
    given = {name: query[name] for name in ASKED if name in query}
    return read_state(shot, {"level": named[1], "indicator": named[2], **given})


def style_names(shot: Snapshot) -> list[tuple[str, str]]:
    """List level and indicator of every style."""
    return [
        (level, item.id)
        for level in shot.levels
        for item in sorted(shot.manifest.indicators, key=lambda item: item.order)
        if level in item.levels
    ]


def period(text: str | None) -> str | None:
    """Read a WMTS dimension; ``default`` is the last period."""
    if text is not None and len(text) > 20:
        raise RequestError(f"time is {told(text)}; it is a period, as in 2023")
    return None if text in (None, "", "default", "current") else text
