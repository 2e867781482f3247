"""Whether the process lives, whether it can serve, and what it counted."""

from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver import __version__
from tileserver.web import metrics as figures
from tileserver.web.problems import problem
from tileserver.web.query import parameters
from tileserver.web.state import live

_HEADERS: Final = {"Cache-Control": "no-store"}


async def health(request: Request) -> Response:
    """Serve ``/health``: the process answers."""
    del request
    return _say({"status": "ok", "version": __version__})


async def ready(request: Request) -> Response:
    """Serve ``/ready``: 200 once the store is mapped and the kernels are warm, 503 before."""
    state = live(request)
    if not state.warm.is_set():
        return problem(
            request, 503, "Not ready", "the tile kernels are still being prepared", {"Retry-After": "2"}
        )
    return _say({"status": "ready", "store": state.snapshot.digest})


async def metrics(request: Request) -> Response:
    """Serve ``/metrics``: what was counted since the start, in Prometheus' text format."""
    parameters(request)
    state = live(request)
    state.metrics.cache_bytes.set(state.answers.bytes)
    text = await state.in_thread(state.metrics.text)
    return Response(text, headers={**_HEADERS, "Content-Type": figures.MEDIA_TYPE})


def _say(content: dict[str, str]) -> Response:
    return Response(msgspec.json.encode(content), headers=_HEADERS, media_type="application/json")
