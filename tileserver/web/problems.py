"""Errors as ``application/problem+json`` (RFC 9457): one sentence that names the culprit."""

import http
import logging
from collections.abc import Mapping
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from tileserver.errors import TileserverError

MEDIA_TYPE: Final = "application/problem+json"

_LONGEST_INSTANCE: Final = 200
_RETRY_SECONDS: Final = "5"
_SENTENCES: Final = {
    404: "there is nothing at this path; begin at /layers, /indicators or the page at /",
    405: "this path answers GET and HEAD only",
}

_log = logging.getLogger(__name__)


def problem(
    request: Request, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Write a problem. Errors are never stored by caches: the next request may well succeed."""
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path[:_LONGEST_INSTANCE],
    }
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


async def on_tileserver_error(request: Request, error: Exception) -> Response:
    """Answer with the status of the error's class. What is our fault is logged."""
    known = error if isinstance(error, TileserverError) else TileserverError(str(error))
    if known.status >= 500:
        _log.error("request failed", extra={"path": request.url.path, "error": str(known)})
    headers = {"Retry-After": _RETRY_SECONDS} if known.status == 503 else None
    return problem(request, known.status, known.title, str(known), headers)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer for the router: no such path, no such method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    title = http.HTTPStatus(status).phrase
    allow = {"Allow": "GET, HEAD"} if status == 405 else None
    return problem(request, status, title, _SENTENCES.get(status, title), allow)


async def on_any_error(request: Request, _error: Exception) -> Response:
    """Answer for a bug without showing it; the server logs the traceback."""
    return problem(request, 500, "Internal error", "the server failed on this request; its log says why")


HANDLERS: Final[Mapping[type[Exception], ExceptionHandler]] = {
    TileserverError: on_tileserver_error,
    HTTPException: on_http_error,
    Exception: on_any_error,
}
