"""Static pictures of maps: the state of an address, drawn by us with its legend and its sources."""

import re
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError
from tileserver.render.ink import DARK, LIGHT
from tileserver.render.picture import Inset, Picture, compose
from tileserver.tiles.address import shown as told
from tileserver.web.answer import cache_control
from tileserver.web.filtering import Mask, masks
from tileserver.web.mapstate import PARAMETERS, MapState, read_state
from tileserver.web.query import parameters
from tileserver.web.respond import respond
from tileserver.web.shown import credit, show, title
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot

LEAST: Final = 64
MOST: Final = 2000
"""Pixels of a side."""

SWITCHES: Final = ("title", "legend")
"""What a picture can do without; its sources are always there."""

_SIZE: Final = re.compile(r"[0-9]{1,6}", re.ASCII)
_SWITCH: Final[Mapping[str, bool]] = {"1": True, "0": False}


async def picture(request: Request) -> Response:
    """Serve ``/static/{width}x{height}.png``: the map of a state."""
    shot = snapshot(request)
    width, height = (read_side(request, name) for name in ("width", "height"))
    query = parameters(request, *PARAMETERS, *SWITCHES, "v")
    state = read_state(shot, query)
    switches = {name: _switch(query, name) for name in SWITCHES}
    kept: Mask | None = None
    if state.filter is not None:
        [kept] = await masks(live(request), shot, state.filter, [state.layer])
    painter = live(request).painter

    def draw() -> bytes:
        return painter.draw(compose(draw_up(shot, state, (width, height), kept, switches)))

    return await respond(
        request,
        (shot.digest, "picture", width, height, state.query, *switches.values()),
        draw,
        "image/png",
        {"Cache-Control": cache_control(query.get("v"), shot.digest)},
        painter.in_thread,
    )


def draw_up(
    shot: Snapshot, state: MapState, size: tuple[int, int], kept: Mask | None, switches: Mapping[str, bool]
) -> Picture:
    """Say what a picture of a state holds; `kept` marks the rows that its filter lets through."""
    whole, *others = shot.views
    told_title, subtitle = title(state)
    at = state.at
    return Picture(
        width=size[0],
        height=size[1],
        shown=show(shot, state, kept),
        title=told_title,
        subtitle=subtitle,
        credit=credit(shot, state),
        bounds=whole.bounds,
        insets=tuple(
            Inset(view.name.en if state.lang == "en" else view.name.fr, view.bounds) for view in others
        ),
        at=None if at is None else (at.zoom, at.latitude, at.longitude),
        lang=state.lang,
        ink=DARK if state.theme == "dark" else LIGHT,
        with_title=switches["title"],
        with_legend=switches["legend"],
    )


def read_side(request: Request, name: str) -> int:
    """Read a side of a picture from its address; raise `NotFoundError` or `RequestError`."""
    text = request.path_params[name]
    if not _SIZE.fullmatch(text):
        raise NotFoundError(f"a picture is named by its size in pixels, as in 800x600.png, not {told(text)}")
    if not LEAST <= int(text) <= MOST:
        raise RequestError(f"{name} is {text} pixels; a picture has {LEAST} to {MOST} a side")
    return int(text)


def _switch(query: Mapping[str, str], name: str) -> bool:
    text = query.get(name, "1")
    if text not in _SWITCH:
        raise RequestError(f"{name} is {told(text)}; it is 1, or 0 to leave it out")
    return _SWITCH[text]
