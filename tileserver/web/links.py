"""Addresses of this server, as clients see it."""

import re
from typing import Final

from starlette.requests import Request

from tileserver.config import Settings
from tileserver.errors import RequestError

_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII)


def base_url(request: Request, settings: Settings) -> str:
    """Give the server's address without a slash at its end.

    It is the setting where there is one; otherwise it comes from the request, and only a server that
    says so believes what a proxy adds. A host that cannot be one is refused, because it would be
    written into documents (and from there, into caches).
    """
    if settings.public_url:
        return settings.public_url
    scheme, host = request.url.scheme, request.headers.get("host", "")
    if settings.trust_forwarded:
        scheme = _first(request.headers.get("x-forwarded-proto")) or scheme
        host = _first(request.headers.get("x-forwarded-host")) or host
    if scheme not in ("http", "https") or not _HOST.fullmatch(host):
        raise RequestError("the Host of the request is not a host name, an optional colon and a port")
    root: str = request.scope.get("root_path", "")
    return f"{scheme}://{host}{root.rstrip('/')}"


def _first(header: str | None) -> str:
    return (header or "").split(",", 1)[0].strip()
