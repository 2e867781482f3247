"""What a tile's address asks for, read and checked: after this everything is valid by type."""

import hashlib
from dataclasses import dataclass, field
from typing import Final, Literal

from tileserver.errors import RequestError
from tileserver.store.manifest import LayerEntry
from tileserver.tiles import address, budget, selection
from tileserver.tiles.address import TileAddress, shown
from tileserver.tiles.filters import Filter
from tileserver.web.answer import cache_control, entity_tag
from tileserver.web.contracts import LayerLike
from tileserver.web.filtering import PARAMETERS as FILTERING
from tileserver.web.filtering import read_filter
from tileserver.web.negotiation import Coding
from tileserver.web.query import read_query
from tileserver.web.snapshot import Snapshot

GENERALISED: Final = b"tile-generalised"
"""The header that says what was left out or rounded so that a tile fits its byte budget."""

BEYOND: Final = "beyond"
"""The parameter of clients that know no bounds, QGIS among them: with the value ``empty`` a tile outside of
the layers' bounds is an empty one, not a 404."""

Kind = Literal["tiles", "geometry"]

SELECTING: Final = ("indicators", "properties", *FILTERING)
"""Parameters that choose what tiles hold; a TileJSON carries them through into the address of its tiles."""


@dataclass(frozen=True, slots=True)
class Part:
    """One layer of a tile: ``place`` among the layers of the address, and the columns it carries.

    ``steps`` tell what was done so that it fits the byte budget, see `tileserver.tiles.budget`. ``drawn`` is
    the layer in the outlines of this zoom, the usual or the coarser ones.
    """

    layer: LayerLike
    place: int
    columns: tuple[int, ...]
    drawn: LayerLike
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TileRequest:
    """A tile that can be there, and what it is to hold.

    ``key`` is all that its bytes depend on but the content coding. ``layers`` are those of the address,
    ``parts`` the ones among them that have something at this zoom and place. ``generalised`` is the value
    of the header `GENERALISED`, empty where nothing was done.
    """

    where: TileAddress
    layers: tuple[LayerLike, ...]
    parts: tuple[Part, ...]
    filter: Filter | None
    key: tuple[object, ...]
    cache_control: bytes
    generalised: bytes
    _etags: dict[Coding, str] = field(default_factory=dict)

    def etag(self, coding: Coding) -> str:
        """Give the entity tag under some coding; made once for each."""
        found = self._etags.get(coding)
        if found is None:
            found = self._etags[coding] = entity_tag(*self.key, coding)
        return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What the layers and the query of an address ask for, the same for every tile of a map.

    ``selections`` are the columns of each layer; None asks for outlines alone. ``version`` names what the
    tiles come from, the store or its geometry. ``everywhere``: tiles beyond the layers' bounds are empty.
    """

    kind: Kind
    layers: tuple[LayerLike, ...]
    entries: tuple[LayerEntry, ...]
    selections: tuple[selection.Selection, ...] | None
    filter: Filter | None
    version: str
    cache_control: bytes
    everywhere: bool
    _fits: dict[int, tuple[budget.Fit, ...]] = field(default_factory=dict)

    def fits(self, z: int, budget_bytes: int) -> tuple[budget.Fit, ...]:
        """Give the columns of each layer at a zoom, for a budget that stays; made once for each zoom."""
        found = self._fits.get(z)
        if found is None:
            found = self._fits[z] = self._fit(z, budget_bytes)
        return found

    def _fit(self, z: int, budget_bytes: int) -> tuple[budget.Fit, ...]:
        selections = self.selections or (budget.BARE,) * len(self.entries)
        return tuple(
            budget.fit(entry, z, each, budget_bytes)
            for entry, each in zip(self.entries, selections, strict=True)
        )


def read_asked(shot: Snapshot, kind: Kind, names: str, query: bytes) -> Asked:
    """Read the layers of an address and its query string.

    Raises `RequestError` for what is malformed or unknown, `NotFoundError` for a layer that does not exist.
    """
    layers = tuple(shot.layer(name) for name in address.parse_layers(names))
    entries = tuple(layer.entry for layer in layers)
    if kind == "geometry":
        given = read_query(query, ("v",))
        version = geometry_version(layers)
        selections = wanted = None
    else:
        given = read_query(query, (*SELECTING, BEYOND, "v"))
        version = shot.digest
        selections = selection.select_each(entries, given.get("properties"), given.get("indicators"))
        wanted = read_filter(given)
    if given.get(BEYOND, "empty") != "empty":
        raise RequestError(f"{BEYOND} is {shown(given[BEYOND])}; it is empty, or left out")
    caching = cache_control(given.get("v"), version).encode()
    return Asked(kind, layers, entries, selections, wanted, version, caching, BEYOND in given)


def read_tile(asked: Asked, numbers: tuple[str, str, str], budget_bytes: int) -> TileRequest:
    """Read z, x and y of a tile's address. `budget_bytes` is for each layer of the tile; 0 is none.

    Raises `RequestError` for what is malformed, `NotFoundError` for a tile that none of the layers can have.
    """
    where = address.parse(*numbers)
    places = address.layers_at(asked.entries, where, everywhere=asked.everywhere)
    fits, layers, wanted = asked.fits(where.z, budget_bytes), asked.layers, asked.filter
    held = tuple(_part(layers[place], place, fits[place]) for place in places)
    told = tuple((part.layer.entry.id, part.columns, part.drawn is part.layer) for part in held)
    ids = tuple(entry.id for entry in asked.entries) if wanted else ()  # a filter is refused by any of them
    key = (asked.kind, asked.version, where.z, where.x, where.y, told, wanted and wanted.key, ids)
    return TileRequest(where, layers, held, wanted, key, asked.cache_control, _told_steps(held))


def _part(layer: LayerLike, place: int, fit: budget.Fit) -> Part:
    return Part(layer, place, fit.columns, layer.coarser if fit.coarser else layer, fit.steps)


def _told_steps(parts: tuple[Part, ...]) -> bytes:
    """Say what was done to which layer, as in ``communes=rounded+unnamed``; nothing where nothing was."""
    done = [f"{part.layer.entry.id}={'+'.join(part.steps)}" for part in parts if part.steps]
    return ", ".join(done).encode()


def geometry_version(layers: tuple[LayerLike, ...]) -> str:
    """Name the geometry of some layers: it stays when only their properties and indicators change."""
    digests = [layer.entry.geometry_digest for layer in layers]
    if len(digests) == 1:
        return digests[0]
    return hashlib.blake2b(" ".join(digests).encode(), digest_size=16).hexdigest()
