"""Restricted layers and indicators: for who has no valid key they do not exist.

A request's key is read once, at the door, and taken off its address; what it may see is another view of the
store, so that no route has to think of it. Views have digests of their own: what is kept for one is never
given to another.
"""

import copy
import hashlib
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tileserver.errors import StoreError
from tileserver.keys import Grant, Secrets
from tileserver.store.manifest import Field, LayerEntry
from tileserver.web.contracts import LayerLike, StoreLike
from tileserver.web.snapshot import Snapshot

if TYPE_CHECKING:
    from tileserver.web.state import Live

PARAMETER: Final = "k"
LABOUR: Final = "labour"
"""The name of the survey of recruitment projects, which is no layer."""

_MOST_VIEWS: Final = 32
_KEPT_SECONDS: Final = 300


class Doorkeeper:
    """Middleware that shows each request what it may see, and takes the key off its query.

    Only for a server that restricts anything.
    """

    def __init__(self, app: ASGIApp, secrets: Secrets) -> None:
        self._app = app
        self._secrets = secrets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on without its key; what it brings is private, and not kept for long."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        keys = [text for name, text in pairs if name == PARAMETER]
        grant = self._secrets.read(keys[0], time.time()) if len(keys) == 1 else None
        if grant is not None and not _is_from(grant, scope):
            grant = None
        seen = Seen(scope["state"]["live"], frozenset(grant.names) if grant else frozenset())
        told = {**scope["state"], "live": seen, "grant": grant, "key": keys[0] if grant else ""}
        if not keys:
            await self._app({**scope, "state": told}, receive, send)
            return
        rest = urlencode([pair for pair in pairs if pair[0] != PARAMETER], safe=",/@:")

        async def send_privately(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                kept = [item for item in message["headers"] if item[0] != b"cache-control"]
                message["headers"] = [*kept, (b"cache-control", _caching(grant))]
            await send(message)

        await self._app({**scope, "query_string": rest.encode(), "state": told}, receive, send_privately)


def _caching(grant: Grant | None) -> bytes:
    if grant is None:
        return b"no-store"
    seconds = max(0, min(_KEPT_SECONDS, int(grant.expires - time.time())))
    return f"private, max-age={seconds}".encode()


def _is_from(grant: Grant, scope: Scope) -> bool:
    """Whether a request that says from which site's page it comes is from the key's site, or our own."""
    headers = dict(scope["headers"])
    origin: str = headers.get(b"origin", b"").decode("latin-1")
    if not grant.site or not origin or origin == grant.site:
        return True
    host: str = headers.get(b"host", b"").decode("latin-1")
    return bool(host == urlsplit(origin).netloc)


def grant_of(request: Request) -> Grant | None:
    """Give what the key of a request allows; None without a valid one."""
    found: Grant | None = request.scope.get("state", {}).get("grant")
    return found


def key_query(request: Request) -> str:
    """Write the valid key of a request for an address, ``k=…``; empty without one."""
    key = request.scope.get("state", {}).get("key", "")
    return urlencode({PARAMETER: key}) if key else ""


def with_key(address: str, key: str) -> str:
    """Add ``k=…`` to an address."""
    return f"{address}{'&' if '?' in address else '?'}{key}" if key else address


class Seen:
    """What the server serves now, as one request may see it; in all else it is `Live`."""

    def __init__(self, state: "Live", allowed: frozenset[str]) -> None:
        self._state, self._allowed = state, allowed
        self.snapshot = state.gate.view(state.snapshot, allowed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)

    async def version(self, digest: str) -> Snapshot:
        """Give the view of another version; see `Live.version`."""
        shot = await self._state.version(digest.partition("-")[0])
        return self._state.gate.view(shot, self._allowed)


class Gate:
    """Gives each request its view of what is served."""

    def __init__(self, restricted: tuple[str, ...]) -> None:
        self._restricted = frozenset(restricted)
        self._views: OrderedDict[tuple[str, frozenset[str]], Snapshot] = OrderedDict()

    def check(self, shot: Snapshot) -> Snapshot:
        """Raise `StoreError` for a restricted name that the store has not: it would protect nothing."""
        there = {*shot.store.layers, *shot.indicators, LABOUR}
        for name in sorted(self._restricted - there):
            raise StoreError(f"TILESERVER_RESTRICTED names {name!r}, which is no layer and no indicator here")
        return shot

    def view(self, shot: Snapshot, allowed: frozenset[str]) -> Snapshot:
        """Give the view of `shot` for who may see `allowed` of what is restricted."""
        if not self._restricted:
            return shot
        seen = allowed & self._restricted
        found = self._views.get((shot.digest, seen))
        if found is None:
            hidden = self._restricted - seen
            name = f"{shot.digest}-{_digest(seen)}" if seen else shot.digest
            found = self._views[shot.digest, seen] = Snapshot(without(shot.store, hidden, name))
            while len(self._views) > _MOST_VIEWS:
                self._views.popitem(last=False)
        return found


def _digest(names: frozenset[str]) -> str:
    return hashlib.blake2b(" ".join(sorted(names)).encode(), digest_size=8).hexdigest()


def without(store: StoreLike, hidden: frozenset[str], digest: str) -> StoreLike:
    """Give a store without some layers (and what is made from them) and indicators; nothing is copied."""
    layers = {
        name: _narrowed(layer, hidden)
        for name, layer in store.layers.items()
        if name not in hidden and layer.entry.of not in hidden
    }
    entries = tuple(layers[entry.id].entry for entry in store.manifest.layers if entry.id in layers)
    indicators = tuple(item for item in store.manifest.indicators if item.id not in hidden)
    zonings = store.zonings
    if zonings is not None:
        told = replace(
            zonings.entry,
            zonings=tuple(item for item in zonings.entry.zonings if item.layer not in hidden),
            points=tuple(name for name in zonings.entry.points if name not in hidden),
        )
        zonings = copy.copy(zonings)
        vars(zonings).update(entry=told)
    labour = None if LABOUR in hidden else store.labour
    manifest = replace(
        store.manifest,
        layers=entries,
        indicators=indicators,
        zonings=None if zonings is None else zonings.entry,
        labour=None if labour is None else store.manifest.labour,
    )
    other = copy.copy(store)
    vars(other).update(digest=digest, manifest=manifest, layers=layers, zonings=zonings, labour=labour)
    return other


def _narrowed(layer: LayerLike, hidden: frozenset[str]) -> LayerLike:
    """Give a layer without the columns of some indicators."""
    entry = layer.entry
    gone = _columns(entry, hidden)
    if not gone:
        return layer
    other = copy.copy(layer)
    names = [name for name in layer.attributes.column_names if name not in gone]
    kept = tuple(field for field in entry.fields if field.id not in gone)
    coarser = layer.coarser
    vars(other).update(entry=replace(entry, fields=kept), attributes=layer.attributes.select(names), kept={})
    vars(other).update(coarser=other if coarser is layer else _narrowed(coarser, hidden))
    return other


def _columns(entry: LayerEntry, hidden: frozenset[str]) -> frozenset[str]:
    """Name the columns of indicators: their values, by year too, and what stands beside them."""

    def is_of(field: Field) -> bool:
        name = field.id.partition("@")[0]
        if field.role == "indicator":
            return name in hidden
        return field.role in ("status", "known") and name.removesuffix(f"_{field.role}") in hidden

    return frozenset(field.id for field in entry.fields if is_of(field))
