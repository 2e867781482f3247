"""The files of the map page, and the headers of pages that run scripts."""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from tileserver.config import Settings
from tileserver.errors import NotFoundError
from tileserver.tiles.address import shown
from tileserver.web.answer import FOR_EVER, REVALIDATE, entity_tag
from tileserver.web.assets import PAGE, Asset
from tileserver.web.negotiation import matches, weights
from tileserver.web.respond import VARY_CODING, respond
from tileserver.web.state import live

_POLICY: Final = (
    "default-src 'none'; "
    "script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "img-src 'self' data: blob:; "  # what a reader downloads is drawn here first
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

PAGE_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


def page_headers(settings: Settings) -> dict[str, str]:
    """Give the headers of the map page: nothing comes from elsewhere, but the tiles of a declared basemap."""
    if settings.basemap is None:
        return dict(PAGE_HEADERS)
    parts = urlsplit(settings.basemap)
    policy = PAGE_HEADERS["Content-Security-Policy"]
    for name in ("connect-src", "img-src"):
        policy = policy.replace(f"{name} 'self'", f"{name} 'self' {parts.scheme}://{parts.netloc}")
    return PAGE_HEADERS | {"Content-Security-Policy": policy}


_LONGEST: Final = 4096
"""Characters of an ``Accept-Encoding`` that are read."""


async def static(request: Request) -> Response:
    """Serve ``/static/…``: the files of the pages."""
    return await _send(request, find_asset(request, request.path_params["name"]))


def find_asset(request: Request, name: str) -> Asset:
    """Find a file of the pages; raise `NotFoundError`."""
    assets = live(request).assets
    if name not in assets:
        if PAGE not in assets and name == PAGE:
            raise NotFoundError("the map page is not built here; run `make setup`")
        raise NotFoundError(f"there is no file {shown(name)} here")
    return assets[name]


async def _send(request: Request, asset: Asset) -> Response:
    headers = PAGE_HEADERS | {"Cache-Control": FOR_EVER if asset.lasting else REVALIDATE}
    accepted = weights(request.headers.get("accept-encoding", "")[:_LONGEST])
    if asset.brotli is not None and accepted.get("br", 0.0) > 0:
        return _packed(request, asset, asset.brotli, headers)
    return await respond(request, (asset.digest,), lambda: asset.body, asset.media_type, headers)


def _packed(request: Request, asset: Asset, body: bytes, headers: dict[str, str]) -> Response:
    """Answer with what was compressed when the page was built, smaller than what one would wait for."""
    etag = entity_tag(asset.digest, asset.media_type, "br", "built")
    headers |= {"ETag": etag, "Vary": VARY_CODING, "X-Content-Type-Options": "nosniff"}
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    headers |= {"Content-Encoding": "br", "Content-Length": str(len(body))}
    return Response(b"" if request.method == "HEAD" else body, headers=headers, media_type=asset.media_type)
