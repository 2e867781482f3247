"""The way of a tile, as plain ASGI before the router: nearly all requests are tiles.

Measured on a kept tile of 15 KB, without the server's own work on a connection: 15 µs here, 73 through the
router, `Request` and `Response`; 8 of the 15 are this module, the rest is counting, CORS and the error guard.
"""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from time import thread_time
from typing import Final, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from tileserver.errors import TileserverError
from tileserver.web.answer import Finished, finish, send_answer
from tileserver.web.cache import BoundedCache
from tileserver.web.contracts import Engine
from tileserver.web.filtering import Mask, masks
from tileserver.web.negotiation import Coding, choose_coding, matches
from tileserver.web.problems import on_http_error, on_tileserver_error
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import Live, warmed
from tileserver.web.tile_request import GENERALISED, Asked, Kind, TileRequest, read_asked, read_tile

MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"

TEMPLATES: Final = {
    "tiles": "/tiles/{layers}/{z}/{x}/{y}.mvt",
    "geometry": "/geometry/{layers}/{z}/{x}/{y}.mvt",
}
"""The routes that are answered here."""

HEAVY_BYTES: Final = 250_000
"""Expected bytes above which a tile goes to a thread: it takes about 2 ms then, because making a byte of a
large tile and compressing it takes 5 to 8 ns. The way there and back costs 0.1 ms, and with eight clients at
once it served a quarter fewer light tiles; a heavy one would hold up everybody else: beside one client that
asks for the fullest tile of z5 over and over, p99 of z12 was 19 ms with threads, 304 without."""

ADDRESS_BYTES: Final = 4_000_000
"""Bytes of addresses kept: about four thousand."""

_FADING: Final = 0.8
_PATH: Final = re.compile(r"/(tiles|geometry)/([^/]+)/([^/]+)/([^/]+)/([^/]+)\.mvt")
_VARY: Final = (b"vary", b"Accept-Encoding")


_MOST_READ: Final = 8
"""Snapshots whose addresses are kept: one, but where keys open views of it."""


class _Read:
    """Addresses of one snapshot that have been read: reading one costs more than sending a kept tile.

    Layers and query are the same for all tiles of a map, and reading them is the greater part.
    """

    def __init__(self, shot: Snapshot) -> None:
        self.shot = shot
        self._tiles: BoundedCache[Hashable, TileRequest] = BoundedCache(ADDRESS_BYTES)
        self._asked: BoundedCache[Hashable, Asked] = BoundedCache(ADDRESS_BYTES)

    def tile(self, state: Live, kind: Kind, parts: tuple[str, str, str, str], query: bytes) -> TileRequest:
        """Give what an address asks for, as `read_asked` and `read_tile` read it."""
        key = (kind, parts, query)
        wanted = self._tiles.get(key)
        if wanted is None:
            names, *numbers = parts
            asked = self._of_map(kind, names, query)
            wanted = read_tile(
                asked, (numbers[0], numbers[1], numbers[2]), state.settings.tile_budget_kb * 1000
            )
            self._tiles.put(key, wanted, len(query))
        return wanted

    def _of_map(self, kind: Kind, names: str, query: bytes) -> Asked:
        key = (kind, names, query)
        asked = self._asked.get(key)
        if asked is None:
            asked = read_asked(self.shot, kind, names, query)
            self._asked.put(key, asked, len(query))
        return asked


class TilePath:
    """Middleware that answers for tiles, and passes everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._reads: dict[str, _Read] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for a tile, with the errors that the rest of the server has."""
        found = _PATH.fullmatch(_path(scope)) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        kind = cast("Kind", found[1])
        scope["endpoint"] = TEMPLATES[kind]
        try:
            await self._tile(scope, send, kind, (found[2], found[3], found[4], found[5]))
        except TileserverError as error:
            response = await on_tileserver_error(Request(scope), error)
            await response(scope, receive, send)
        except HTTPException as error:
            response = await on_http_error(Request(scope), error)
            await response(scope, receive, send)

    async def _tile(self, scope: Scope, send: Send, kind: Kind, parts: tuple[str, str, str, str]) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405)
        state: Live = scope["state"]["live"]
        shot = state.snapshot
        read = self._reads.get(shot.digest)
        if read is None or read.shot is not shot:
            if len(self._reads) >= _MOST_READ:
                self._reads.clear()
            read = self._reads[shot.digest] = _Read(shot)
        wanted = read.tile(state, kind, parts, scope["query_string"])
        await answer(scope, send, state, shot, wanted)


def _path(scope: Scope) -> str:
    """Give the path below the root under which a proxy may show the server."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path.removeprefix(root) if root else path


async def answer(scope: Scope, send: Send, state: Live, shot: Snapshot, wanted: TileRequest) -> None:
    """Answer a request for a tile that has been read."""
    accepted = held = None
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accepted = value.decode("latin-1")
        elif name == b"if-none-match":
            held = value.decode("latin-1")
    coding = choose_coding(accepted)
    etag = wanted.etag(coding)
    headers = [(b"etag", etag.encode()), (b"cache-control", wanted.cache_control), _VARY]
    if wanted.generalised:
        headers.append((GENERALISED, wanted.generalised))
    if held is not None and matches(held, etag):
        await send_answer(send, 304, headers, b"")
        return
    finished = state.answers.get(etag)
    if finished is None:
        finished = await _make(state, shot, wanted, coding, etag)
    else:
        state.metrics.cache_hit.inc()
    body = b"" if scope["method"] == "HEAD" else finished.body
    await send_answer(send, 200, headers + finished.headers, body)


async def _make(state: Live, shot: Snapshot, wanted: TileRequest, coding: Coding, etag: str) -> Finished:
    """Render a tile that is not kept; once, however many ask for it meanwhile."""
    await warmed(state)
    if etag in state.flights:
        state.metrics.cache_shared.inc()
    else:
        state.metrics.cache_miss.inc()
        if wanted.filter is None and not _is_heavy(state, wanted):
            # Nothing is awaited from here to the end, so nobody can ask for the same meanwhile.
            return _keep(state, shot, wanted, etag, _render(state.engine, wanted, [], coding))

    async def fly() -> Finished:
        chosen = await masks(state, shot, wanted.filter, wanted.layers) if wanted.filter else []
        if _is_heavy(state, wanted):
            made = await state.in_thread(_render, state.engine, wanted, chosen, coding)
        else:
            made = _render(state.engine, wanted, chosen, coding)
        return _keep(state, shot, wanted, etag, made)

    return await state.flights.join(etag, fly)


@dataclass(frozen=True, slots=True)
class _Made:
    """A rendered tile: ``sizes`` are the bytes of each part before compression."""

    finished: Finished
    sizes: tuple[int, ...]
    seconds: float


def _render(engine: Engine, wanted: TileRequest, chosen: Sequence[Mask], coding: Coding) -> _Made:
    """Render and compress; the whole work of a tile, in whichever thread."""
    began = thread_time()
    where = wanted.where
    messages = []
    for part in wanted.parts:
        masked = (chosen[part.place],) if chosen else ()
        messages.append(engine.render(part.drawn, where.z, where.x, where.y, part.columns, *masked))
    finished = finish(b"".join(messages), MEDIA_TYPE, coding)
    return _Made(finished, tuple(map(len, messages)), thread_time() - began)


def _keep(state: Live, shot: Snapshot, wanted: TileRequest, etag: str, made: _Made) -> Finished:
    """Keep a rendered tile and what is to be learned from it."""
    state.count_render(shot)
    state.answers.put(etag, made.finished, len(made.finished.body))
    z = wanted.where.z
    state.metrics.count_tile(z, made.seconds, sum(made.sizes))
    for part, size in zip(wanted.parts, made.sizes, strict=True):
        for step in part.steps:
            state.metrics.generalised.labels(step).inc()
        key = (part.layer.entry.id, z)
        state.sizes[key] = max(size, _FADING * state.sizes.get(key, 0.0))
    return made.finished


def _is_heavy(state: Live, wanted: TileRequest) -> bool:
    """Whether to expect more than `HEAVY_BYTES`, by the largest of the last tiles of each layer and zoom.

    What was never rendered is taken for heavy.
    """
    z = wanted.where.z
    expected = sum(state.sizes.get((part.layer.entry.id, z), HEAVY_BYTES + 1) for part in wanted.parts)
    return expected > HEAVY_BYTES
