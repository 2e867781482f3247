"""One way out for everything that can be cached: coding, ETag, 304, Cache-Control, HEAD.

The ETag is made before the body, from the key: all that the bytes depend on. A request that brings
it back costs no rendering.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver import __version__
from tileserver.web.negotiation import SMALLEST_COMPRESSED, choose_encoding, compress, matches

FOR_EVER: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "public, max-age=0, must-revalidate"

JSON: Final = "application/json"

_SEPARATOR: Final = "\x1f"


def respond(
    request: Request,
    key: tuple[object, ...],
    make: Callable[[], bytes],
    media_type: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with what `make` gives, or with 304 when the client has it already.

    `key` lists everything that the bytes depend on besides the program and the content coding, which
    are added here: equal keys must mean equal bytes. ``Cache-Control`` in `headers` replaces
    revalidation on every use.
    """
    accepted = choose_encoding(request.headers.get("accept-encoding"))
    etag = entity_tag(*key, media_type, accepted)
    common = {
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "Cache-Control": REVALIDATE,
        "X-Content-Type-Options": "nosniff",
        **(headers or {}),
    }
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=common)
    body = make()
    if accepted == "gzip" and len(body) >= SMALLEST_COMPRESSED:
        body = compress(body)
        common["Content-Encoding"] = "gzip"
    common["Content-Length"] = str(len(body))
    return Response(
        b"" if request.method == "HEAD" else body, status_code=200, headers=common, media_type=media_type
    )


def respond_json(request: Request, key: tuple[object, ...], make: Callable[[], object]) -> Response:
    """Answer with a JSON document, as `respond` does."""
    return respond(request, key, lambda: msgspec.json.encode(make()), JSON)


def entity_tag(*parts: object) -> str:
    """Make a strong entity tag of the program's version and `parts`."""
    text = _SEPARATOR.join((__version__, *map(str, parts)))
    return f'"{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"'
