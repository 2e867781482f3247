"""Cross-origin reading, as plain ASGI.

Starlette's middleware adds ``Vary: Origin`` even where every origin may read, which makes a shared
cache keep a copy of each tile for each site. Here the header of an open server never varies.
"""

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tileserver.web.answer import RawHeaders

EXPOSED: Final = b"*"
"""Every header: answers to requests without credentials, which are all there are here, may be shown whole."""
_PREFLIGHT_SECONDS: Final = "86400"
_ANY: Final[RawHeaders] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED),
]


class Cors:
    """Let pages of the `origins` read every answer; ``*`` is any page."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = frozenset(origin.encode() for origin in origins)
        self._open = b"*" in self._origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers on the way back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._allow(message["headers"], scope)
            await send(message)

        if scope["method"] == "OPTIONS" and _is_preflight(scope):
            await _preflight()(scope, receive, send_with_cors)
        else:
            await self._app(scope, receive, send_with_cors)

    def _allow(self, headers: RawHeaders, scope: Scope) -> RawHeaders:
        if self._open:
            return [*headers, *_ANY]
        # Two headers of one name are one list (RFC 9110 §5.2), but not every cache reads the second.
        vary = [value for name, value in headers if name == b"vary"]
        rest = [item for item in headers if item[0] != b"vary"]
        rest.append((b"vary", b", ".join([*vary, b"Origin"])))
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        if origin in self._origins:
            rest += [(b"access-control-allow-origin", origin), _ANY[1]]
        return rest


def _is_preflight(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "origin" in headers and "access-control-request-method" in headers


def _preflight() -> Response:
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": "GET, HEAD",
            "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Cache-Control",
            "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
        },
    )
