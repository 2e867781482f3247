"""A finished answer: the bytes that a client gets, and the headers that say what they are."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

from starlette.types import Send

from tileserver import __version__
from tileserver.web.compression import coding_for, compress
from tileserver.web.negotiation import Coding

FOR_EVER: Final = "max-age=31536000, immutable"
REVALIDATE: Final = "no-cache"  # to be kept, and asked about before each use

RawHeaders = list[tuple[bytes, bytes]]

_SEPARATOR: Final = "\x1f"


def cache_control(asked: str | None, version: str) -> str:
    """Tell caches to keep an answer for ever where its address names the very version it comes from."""
    return FOR_EVER if asked == version else REVALIDATE


def entity_tag(*parts: object) -> str:
    """Make a strong entity tag of the program's version and `parts`."""
    text = _SEPARATOR.join((__version__, *map(str, parts)))
    # Short, because the head of a small tile weighs as much as its body: 96 bits are enough.
    return f'"{base64.urlsafe_b64encode(hashlib.blake2b(text.encode(), digest_size=12).digest()).decode()}"'


@dataclass(frozen=True, slots=True)
class Finished:
    """A body in its coding, with the headers that describe the body alone."""

    headers: RawHeaders
    body: bytes


def finish(body: bytes, media_type: str, accepted: Coding) -> Finished:
    """Compress a body as negotiated, and describe it."""
    coding = coding_for(accepted, len(body))
    packed = compress(body, coding)
    headers = [(b"content-type", media_type.encode()), (b"content-length", str(len(packed)).encode())]
    if coding != "identity":
        headers.append((b"content-encoding", coding.encode()))
    return Finished(headers, packed)


async def send_answer(send: Send, status: int, headers: RawHeaders, body: bytes) -> None:
    """Send an answer in one piece."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
