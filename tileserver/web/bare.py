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
from tileserver.tiles.address import shown as told
from tileserver.web.answer import cache_control
from tileserver.web.filtering import Mask, masks
from tileserver.web.mapstate import PARAMETERS, MapState, read_state
from tileserver.web.picture import read_side
from tileserver.web.query import parameters
from tileserver.web.respond import respond
from tileserver.web.shown import show
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot

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

    def draw() -> bytes:
        ink = DARK if state.theme == "dark" else LIGHT
        frame = _frame(shot, state, number, width, height)
        svg = draw_bare(show(shot, state, kept), frame, ink)
        return painter.draw(svg, form, with_text=False, exact=False)

    return await respond(
        request,
        (shot.digest, "bare", width, height, number, state.query),
        draw,
        MEDIA_TYPES[form],
        {"Cache-Control": cache_control(query.get("v"), shot.digest)},
        painter.in_thread,
    )


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
