"""The map page and its files."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError
from tileserver.tiles.address import shown
from tileserver.web.query import language, parameters
from tileserver.web.respond import respond
from tileserver.web.state import live

_POLICY: Final = (
    "default-src 'self'; "
    "worker-src 'self' blob:; "  # MapLibre starts its worker from a blob in some frames
    "img-src 'self' data: blob:; "  # the icons in MapLibre's style sheet are data addresses
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

PAGE_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


async def page(request: Request) -> Response:
    """Serve ``/``: the map. ``lang`` sets its texts; the other parameters are its own state."""
    language(parameters(request, "lang", "level", "indicator", "show", "v"))
    return await _send(request, "index.html")


async def static(request: Request) -> Response:
    """Serve ``/static/…``: the page's script and style, and MapLibre GL JS."""
    name = request.path_params["name"]
    if name not in live(request).assets:
        raise NotFoundError(f"there is no file {shown(name)} here")
    return await _send(request, name)


async def _send(request: Request, name: str) -> Response:
    asset = live(request).assets[name]
    return await respond(request, (asset.digest,), lambda: asset.body, asset.media_type, PAGE_HEADERS)
