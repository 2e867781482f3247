"""Large answers, sent while they are written: the first bytes leave at once, and none is kept in memory."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Final, Protocol

import zstandard
from isal import isal_zlib
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from tileserver.web.answer import entity_tag
from tileserver.web.negotiation import Coding, choose_coding, matches, weights
from tileserver.web.respond import VARY_CODING
from tileserver.web.state import live

STREAMED: Final = 1000
"""Features above which an answer is streamed."""

GZIP_WINDOW: Final = 31
"""15 bits of window, and the frame of gzip."""


class _Packer(Protocol):
    """Compresses a stream."""

    def compress(self, data: bytes, /) -> bytes:
        """Take some bytes; return those that are ready."""
        ...

    def flush(self) -> bytes:
        """Return the rest."""
        ...


class _Plain:
    """Passes bytes through."""

    def compress(self, data: bytes, /) -> bytes:
        """Return what is given."""
        return data

    def flush(self) -> bytes:
        """Return nothing."""
        return b""


async def stream(
    request: Request,
    key: tuple[object, ...],
    pieces: Iterator[bytes],
    media_type: str,
    headers: Mapping[str, str],
) -> Response:
    """Answer with `pieces`, each written in a thread; or with 304, as `tileserver.web.respond` does."""
    state = live(request)
    coding = _coding(request.headers.get("accept-encoding"))
    etag = entity_tag(*key, media_type, coding, "stream")
    common = {
        "Vary": VARY_CODING,
        **headers,
        "ETag": etag,
        "X-Content-Type-Options": "nosniff",
    }
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=common)
    if coding != "identity":
        common["Content-Encoding"] = coding
    # Told from the first piece, so that what can't be written is an error and no broken answer.
    first = await state.in_thread(next, pieces)
    if request.method == "HEAD":
        return Response(headers=common, media_type=media_type)
    packer = _packer(coding)

    async def body() -> AsyncIterator[bytes]:
        yield packer.compress(first)
        while piece := await state.in_thread(_next, pieces, packer):
            yield piece
        yield packer.flush()

    return StreamingResponse(body(), headers=common, media_type=media_type)


def _coding(accepted: str | None) -> Coding:
    """Choose a coding but brotli, which is slow over megabytes and gains little on digits."""
    chosen = choose_coding(accepted)
    if chosen != "br":
        return chosen
    return "gzip" if weights(accepted or "").get("gzip", 0) > 0 else "identity"


def _next(pieces: Iterator[bytes], packer: _Packer) -> bytes:
    """Write and compress until there is something to send; nothing at the end."""
    for piece in pieces:
        if packed := packer.compress(piece):
            return packed
    return b""


def _packer(coding: Coding) -> _Packer:
    if coding == "zstd":
        packer: _Packer = zstandard.ZstdCompressor(level=3).compressobj()
        return packer
    if coding == "gzip":
        gzip: _Packer = isal_zlib.compressobj(level=1, wbits=GZIP_WINDOW)
        return gzip
    return _Plain()
