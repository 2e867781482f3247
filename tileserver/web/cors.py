"""Cross-origin reading, as plain ASGI.

Starlette's middleware adds ``Vary: Origin`` even where every origin may read, which makes a shared
cache keep a copy of each tile for each site. Here the header of an open server never varies.
"""

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EXPOSED: Final = "ETag, Content-Length, Content-Encoding, Retry-After"
_PREFLIGHT_SECONDS: Final = "86400"


class Cors:
    """Let pages of the `origins` read every answer; ``*`` is any page."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)
        self._open = "*" in self._origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers on the way back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_headers = Headers(scope=scope)
        origin = request_headers.get("origin")

        async def send_with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._allow(MutableHeaders(scope=message), origin)
            await send(message)

        if scope["method"] == "OPTIONS" and origin and "access-control-request-method" in request_headers:
            await _preflight()(scope, receive, send_with_cors)
        else:
            await self._app(scope, receive, send_with_cors)

    def _allow(self, headers: MutableHeaders, origin: str | None) -> None:
        if self._open:
            headers["Access-Control-Allow-Origin"] = "*"
        else:
            headers.add_vary_header("Origin")
            if origin not in self._origins:
                return
            headers["Access-Control-Allow-Origin"] = str(origin)
        headers["Access-Control-Expose-Headers"] = EXPOSED


def _preflight() -> Response:
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": "GET, HEAD",
            "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Cache-Control",
            "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
        },
    )
