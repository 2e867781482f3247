"""Pictures of the map alone: what the pages show until their map is drawn, and of what lies overseas."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError
from tileserver.render.bare import draw_bare
from tileserver.render.frame import Frame, centred, fitting
from tileserver.render.ink import DARK, LIGHT
from tileserver.render.raster import MEDIA_TYPES, Form
from tileserver.render.shown import Shown
from tileserver.tiles.address import shown as told
from tileserver.web.answer import cache_control
from tileserver.web.filtering import Mask, masks
from tileserver.web.mapstate import PARAMETERS, MapState, read_state
from tileserver.web.painter import Painter
from tileserver.web.picture import read_side
from tileserver.web.query import parameters
from tileserver.web.respond import keep_picture, respond
from tileserver.web.shown import show
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import Live, live, snapshot

VIEW: Final = "view"
"""The parameter that says which of the views is shown, by its place in the list of ``/layers``."""

_FORMS: Final[dict[str, Form]] = {"png": "png", "webp": "webp"}
_NUMBER: Final = re.compile(r"[0-9]{1,3}", re.ASCII)


async def bare(request: Request) -> Response:
    """Serve ``/view/{width}x{height}.{extension}``: the map of a state, to the edge of the picture."""
    shot = snapshot(request)
    extension = request.path_params["extension"]
    if extension not in _FORMS:
        raise NotFoundError(f"there are no {told(extension)} pictures here; there are {', '.join(_FORMS)}")
    form = _FORMS[extension]
    width, height = (read_side(request, name) for name in ("width", "height"))
    query = parameters(request, *PARAMETERS, VIEW, "v")
    state = read_state(shot, query)
    number = _view(shot, query.get(VIEW, "0"))
    kept: Mask | None = None
    if state.filter is not None:
        [kept] = await masks(live(request), shot, state.filter, [state.layer])
    painter = live(request).painter
    frame = _frame(shot, state, number, width, height)
    return await respond(
        request,
        _key(shot, state, frame, number),
        lambda: _draw(painter, show(shot, state, kept), frame, state, form),
        MEDIA_TYPES[form],
        {"Cache-Control": cache_control(query.get("v"), shot.digest)},
        painter.in_thread,
    )


async def keep_view(server: Live, shot: Snapshot, state: MapState, width: int, height: int) -> None:
    """Draw the first view of a state without a filter, as WebP, before somebody asks for it."""
    painter = server.painter
    frame = _frame(shot, state, 0, width, height)
    await keep_picture(
        server,
        _key(shot, state, frame, 0),
        lambda: _draw(painter, show(shot, state, None), frame, state, "webp"),
        MEDIA_TYPES["webp"],
        painter.in_thread,
    )


def _key(shot: Snapshot, state: MapState, frame: Frame, number: int) -> tuple[object, ...]:
    return shot.digest, "bare", frame.width, frame.height, number, state.query


def _draw(painter: Painter, shown: Shown, frame: Frame, state: MapState, form: Form) -> bytes:
    ink = DARK if state.theme == "dark" else LIGHT
    numbered = any(overlay.groups is not None for overlay in shown.overlays)
    return painter.draw(draw_bare(shown, frame, ink), form, with_text=numbered, exact=False)


def _frame(shot: Snapshot, state: MapState, number: int, width: int, height: int) -> Frame:
    if state.at is not None:
        return centred(state.at.zoom, state.at.latitude, state.at.longitude, width, height)
    # An inset keeps clear of its edge; the first view is laid over a map that keeps clear of the panel.
    return fitting(shot.views[number].bounds, width, height, 3 if number else 0)


def _view(shot: Snapshot, text: str) -> int:
    count = len(shot.views)
    if not _NUMBER.fullmatch(text) or int(text) >= count:
        raise RequestError(
            f"view is {told(text)}; it is a number from 0 to {count - 1}, as listed at /layers"
        )
    return int(text)
