"""One way out for every document that can be cached: coding, ETag, 304, Cache-Control, HEAD.

The ETag is made before the body, from the key: all that the bytes depend on. A request that brings
it back costs no rendering, and neither does one for what is kept.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver.web.answer import REVALIDATE, Finished, entity_tag, finish
from tileserver.web.negotiation import Coding, choose_coding, matches
from tileserver.web.state import Live, live

JSON: Final = "application/json"

VARY_CODING: Final = "Accept-Encoding"

PICTURES: Final = ("image/png", "image/webp")

InThread = Callable[[Callable[[], Finished]], Awaitable[Any]]


async def respond(
    request: Request,
    key: tuple[object, ...],
    make: Callable[[], bytes],
    media_type: str,
    headers: Mapping[str, str] | None = None,
    in_thread: InThread | None = None,
) -> Response:
    """Answer with what `make` gives, or with 304 when the client has it already.

    `key` lists everything that the bytes depend on besides the program and the content coding, which
    are added here: equal keys must mean equal bytes. `make` runs in a thread, once for all who ask
    meanwhile. ``Cache-Control`` and ``Vary`` in `headers` replace those of a document that is
    revalidated on every use and negotiated by its coding alone. Pictures are not compressed again.
    `in_thread` runs `make` elsewhere than in a thread for tiles.
    """
    state = live(request)
    still = media_type in PICTURES
    coding: Coding = "identity" if still else choose_coding(request.headers.get("accept-encoding"))
    etag = entity_tag(*key, media_type, coding)
    common = {
        "ETag": etag,
        **({} if still else {"Vary": VARY_CODING}),
        "Cache-Control": REVALIDATE,
        "X-Content-Type-Options": "nosniff",
        **(headers or {}),
    }
    if matches(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=common)
    finished = state.answers.get(etag)
    if finished is None:
        (state.metrics.cache_shared if etag in state.flights else state.metrics.cache_miss).inc()
        finished = await _make(state, etag, lambda: finish(make(), media_type, coding), in_thread)
    else:
        state.metrics.cache_hit.inc()
    answer = Response(b"" if request.method == "HEAD" else finished.body, headers=common)
    # The body's own headers say its length and type, also where it is not sent.
    del answer.headers["content-length"]
    answer.raw_headers.extend(finished.headers)
    return answer


async def keep_picture(
    state: Live, key: tuple[object, ...], make: Callable[[], bytes], media_type: str, in_thread: InThread
) -> None:
    """Make a picture that nobody has asked for yet, and keep it for who will; arguments as of `respond`."""
    etag = entity_tag(*key, media_type, "identity")
    if state.answers.get(etag) is None:
        await _make(state, etag, lambda: finish(make(), media_type, "identity"), in_thread)


async def _make(state: Live, etag: str, make: Callable[[], Finished], in_thread: InThread | None) -> Finished:
    async def fly() -> Finished:
        made: Finished = await (in_thread or state.in_thread)(make)
        state.answers.put(etag, made, len(made.body))
        return made

    return await state.flights.join(etag, fly)


async def respond_json(
    request: Request,
    key: tuple[object, ...],
    make: Callable[[], object],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with a JSON document, as `respond` does."""
    return await respond(request, key, lambda: msgspec.json.encode(make()), JSON, headers)
