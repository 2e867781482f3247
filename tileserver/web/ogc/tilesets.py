"""OGC API – Tiles: the vector tiles of each collection, and of all territories together, as tilesets.

The tiles are those of ``/tiles/{layers}/{z}/{x}/{y}.mvt``, under the address that the standard wants. Limits
are those by which a tile is answered, so every tile inside them is there.
"""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import LayerEntry
from tileserver.tiles import selection
from tileserver.tiles.address import shown, span
from tileserver.tiles.tilejson import Part, attribution, tilejson
from tileserver.web.contracts import LayerLike
from tileserver.web.ogc.collections import REL, collection_layers, collection_path, describe, find_collection
from tileserver.web.ogc.crs import CRS84
from tileserver.web.ogc.document import Place, send
from tileserver.web.ogc.matrices import MERCATOR, QUAD, QUAD_URI
from tileserver.web.profile.errors import telling_people
from tileserver.web.respond import JSON
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot
from tileserver.web.tile_path import MEDIA_TYPE, answer
from tileserver.web.tile_request import TileRequest, read_asked, read_tile
from tileserver.web.tiles import center

_ITEM: Final = "{tileMatrix}/{tileRow}/{tileCol}"


def dataset_layers(shot: Snapshot) -> list[LayerLike]:
    """Give the layers of the tiles of the whole dataset: the territories, which all lie within one bounds."""
    return [layer for layer in collection_layers(shot) if layer.entry.kind == "territory"]


@telling_people
async def tilesets(request: Request) -> Response:
    """List the tilesets of the dataset."""
    return await _list(request, "", dataset_layers(snapshot(request)))


@telling_people
async def collection_tilesets(request: Request) -> Response:
    """List the tilesets of a collection."""
    layer, _ = find_collection(snapshot(request), request.path_params["collectionId"])
    return await _list(request, collection_path(layer.entry.id), [layer])


@telling_people
async def tileset(request: Request) -> Response:
    """Describe the tileset of the dataset."""
    return await _tileset(request, "", dataset_layers(snapshot(request)))


@telling_people
async def collection_tileset(request: Request) -> Response:
    """Describe the tileset of a collection."""
    layer, _ = find_collection(snapshot(request), request.path_params["collectionId"])
    return await _tileset(request, collection_path(layer.entry.id), [layer])


async def tile(request: Request) -> Response:
    """Serve a tile of the dataset."""
    return _tile(request, [layer.entry.id for layer in dataset_layers(snapshot(request))])


async def collection_tile(request: Request) -> Response:
    """Serve a tile of a collection."""
    layer, _ = find_collection(snapshot(request), request.path_params["collectionId"])
    return _tile(request, [layer.entry.id])


class _TileAnswer(Response):
    """Answers as the tiles' own path does, with what a request asks for already read."""

    def __init__(self, wanted: TileRequest, shot: Snapshot) -> None:
        super().__init__()
        self._wanted, self._shot = wanted, shot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        await answer(scope, send, scope["state"]["live"], self._shot, self._wanted)


def _tile(request: Request, names: Sequence[str]) -> Response:
    _known_matrices(request)
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    for name, value in pairs:
        if name == "f" and value != "mvt":
            raise RequestError(f"f is {shown(value)}; a tile is mvt")
    query = urlencode([pair for pair in pairs if pair[0] != "f"]).encode()
    shot = snapshot(request)
    asked = read_asked(shot, "tiles", ",".join(names), query)
    at = request.path_params
    budget = live(request).settings.tile_budget_kb * 1000
    return _TileAnswer(read_tile(asked, (at["tileMatrix"], at["tileCol"], at["tileRow"]), budget), shot)


def _known_matrices(request: Request) -> None:
    name = request.path_params["tileMatrixSetId"]
    if name != QUAD:
        raise NotFoundError(f"there are no tiles in tile matrix set {shown(name)}; they are in {QUAD}")


async def _list(request: Request, path: str, layers: list[LayerLike]) -> Response:
    def make(place: Place, page: bool) -> dict[str, Any]:
        entries = [layer.entry for layer in layers]
        described = _head(place, path, entries) if entries else None
        return {
            "links": place.both(f"{path}/tiles", page=page),
            "tilesets": [described] if described else [],
        }

    return await send(request, ("tilesets", path), make, "ogc_tilesets.html")


async def _tileset(request: Request, path: str, layers: list[LayerLike]) -> Response:
    _known_matrices(request)
    entries = [layer.entry for layer in layers]
    if not entries:
        raise NotFoundError("this store has no territories, and so no tiles of the whole")

    def make(place: Place, page: bool) -> dict[str, Any]:
        return _whole(place, path, entries, page=page)

    others = {"tilejson": lambda place: _tilejson(place, path, entries)}
    return await send(request, ("tileset", path), make, "ogc_tileset.html", others=others)


def _head(place: Place, path: str, entries: Sequence[LayerEntry]) -> dict[str, Any]:
    """Describe a tileset as a list does."""
    title = place.say(entries[0].title) if path else place.t("Tous les territoires", "All territories")
    own = f"{path}/tiles/{QUAD}"
    item = place.link("item", "", MEDIA_TYPE, place.t("tuiles", "tiles"))
    return {
        "title": title,
        "dataType": "vector",
        "crs": MERCATOR,
        "tileMatrixSetURI": QUAD_URI,
        "links": [
            place.link("self", own, JSON, title, f="json"),
            place.link("alternate", own, "text/html", f"{title} (HTML)", f="html"),
            place.link(f"{REL}tiling-scheme", f"/tileMatrixSets/{QUAD}", JSON, QUAD, f="json"),
            {**item, "href": f"{place.site}/ogc{own}/{_ITEM}", "templated": True},
            place.link("describedby", own, JSON, "TileJSON", f="tilejson"),
        ],
    }


def _whole(place: Place, path: str, entries: Sequence[LayerEntry], *, page: bool) -> dict[str, Any]:
    head = _head(place, path, entries)
    own = f"{path}/tiles/{QUAD}"
    head["links"] = [*place.both(own, page=page), *head["links"][2:]]
    wests, souths, easts, norths = zip(*(entry.bounds for entry in entries), strict=True)
    return head | {
        "description": " ".join(place.say(entry.description) for entry in entries),
        "attribution": attribution(
            place.shot.named_sources(tuple(dict.fromkeys(s for entry in entries for s in entry.sources)))
        ),
        "boundingBox": {
            "lowerLeft": [min(wests), min(souths)],
            "upperRight": [max(easts), max(norths)],
            "crs": CRS84,
        },
        "tileMatrixSetLimits": limits(entries),
        "layers": [_layer(place, entry) for entry in entries],
    }


def limits(entries: Sequence[LayerEntry]) -> list[dict[str, Any]]:
    """Give the rows and columns inside which there are tiles, by zoom: those of the widest layer there."""
    found = []
    for z in range(min(e.min_zoom for e in entries), max(e.max_zoom for e in entries) + 1):
        there = [span(entry, z) for entry in entries if entry.min_zoom <= z <= entry.max_zoom]
        if there:
            left, top, right, bottom = max(there, key=lambda s: (s[2] - s[0] + 1) * (s[3] - s[1] + 1))
            found.append(
                {
                    "tileMatrix": str(z),
                    "minTileRow": top,
                    "maxTileRow": bottom,
                    "minTileCol": left,
                    "maxTileCol": right,
                }
            )
    return found


def _layer(place: Place, entry: LayerEntry) -> dict[str, Any]:
    default = selection.fields(entry, selection.select(entry, None, None))
    return {
        "id": entry.id,
        "title": place.say(entry.title),
        "description": place.say(entry.description),
        "dataType": "vector",
        "geometryDimension": {"points": 0, "lines": 1}.get(entry.kind, 2),
        "featureType": entry.id,
        "minTileMatrix": str(entry.min_zoom),
        "maxTileMatrix": str(entry.max_zoom),
        "propertiesSchema": {
            "type": "object",
            "properties": {field.id: describe(place, field) for field in default},
        },
    }


def _tilejson(place: Place, path: str, entries: Sequence[LayerEntry]) -> dict[str, Any]:
    parts: list[Part] = [
        (entry, selection.fields(entry, selection.select(entry, None, None))) for entry in entries
    ]
    url = f"{place.site}/ogc{path}/tiles/{QUAD}/{{z}}/{{y}}/{{x}}?{urlencode({'v': place.shot.digest})}"
    return tilejson(place.shot.manifest, parts, url, center(place.shot, parts), place.lang)
