"""``/ogc/collections``: every layer that has rows of its own, what it holds, what can be asked of it."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError
from tileserver.store.exact import ExactStore
from tileserver.store.manifest import Field, LayerEntry
from tileserver.tiles.address import shown
from tileserver.tiles.tilejson import attribution
from tileserver.web.contracts import LayerLike
from tileserver.web.ogc.crs import CRS84, SYSTEMS
from tileserver.web.ogc.document import SCHEMA, Link, Place, send
from tileserver.web.profile.errors import telling_people
from tileserver.web.respond import JSON
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live

REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/"

ITEM_TYPES: Final = {
    "json": "application/geo+json",
    "html": "text/html",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "fgb": "application/vnd.flatgeobuf",
}

_GEOMETRY: Final = {
    "territory": "geometry-multipolygon",
    "zoning": "geometry-multipolygon",
    "points": "geometry-point",
    "lines": "geometry-multilinestring",
}

LICENCES: Final = {
    "Licence Ouverte": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    "ODbL": "https://opendatacommons.org/licenses/odbl/1-0/",
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
"""Where licences are published, by the beginning of their name."""


def collection_layers(shot: Snapshot) -> list[LayerLike]:
    """Give the layers that are collections: those with geometry of their own, in drawing order."""
    there = [layer for name, layer in shot.store.layers.items() if name in shot.store.exact]
    return sorted(there, key=lambda layer: layer.entry.order)


def find_collection(shot: Snapshot, name: str) -> tuple[LayerLike, ExactStore]:
    """Find a collection; raise `NotFoundError` naming those that there are."""
    if name not in shot.store.exact:
        there = ", ".join(layer.entry.id for layer in collection_layers(shot))
        told = f"there are {there}" if there else "this store is older than they are: build it again"
        raise NotFoundError(f"there is no collection {shown(name)}; {told}")
    return shot.store.layers[name], shot.store.exact[name]


def collection_path(name: str) -> str:
    """Give the path of a collection below the root of the OGC API."""
    return f"/collections/{name}"


@telling_people
async def collections(request: Request) -> Response:
    """List the collections."""
    return await send(request, ("collections",), _collections, "ogc_collections.html")


@telling_people
async def collection(request: Request) -> Response:
    """Describe a collection."""
    layer, _ = find_collection(live(request).snapshot, request.path_params["collectionId"])
    return await send(
        request,
        ("collection", layer.entry.id),
        lambda place, page: _collection(place, layer, page=page, whole=True),
        "ogc_collection.html",
    )


@telling_people
async def queryables(request: Request) -> Response:
    """Describe the properties that a filter can name, as a JSON schema (Part 3)."""
    return await _schema(request, "queryables")


@telling_people
async def sortables(request: Request) -> Response:
    """Describe the properties that rows can be sorted by, as a JSON schema."""
    return await _schema(request, "sortables")


@telling_people
async def schema(request: Request) -> Response:
    """Describe the features of a collection as a JSON schema."""
    return await _schema(request, "schema")


async def _schema(request: Request, kind: str) -> Response:
    layer, _ = find_collection(live(request).snapshot, request.path_params["collectionId"])
    return await send(
        request,
        (kind, layer.entry.id),
        lambda place, page: _described(place, layer.entry, kind, page=page),
        "ogc_schema.html",
        SCHEMA,
    )


def _collections(place: Place, page: bool) -> dict[str, Any]:
    return {
        "links": place.both("/collections", page=page),
        "crs": list(SYSTEMS),
        "collections": [
            _collection(place, layer, page=page, whole=False) for layer in collection_layers(place.shot)
        ],
    }


def _collection(place: Place, layer: LayerLike, *, page: bool, whole: bool) -> dict[str, Any]:
    entry = layer.entry
    described: dict[str, Any] = {
        "id": entry.id,
        "title": place.say(entry.title),
        "description": place.say(entry.description),
        "attribution": attribution(place.shot.named_sources(entry.sources)),
        "itemType": "feature",
        "extent": {"spatial": {"bbox": [list(entry.bounds)], "crs": CRS84}},
        "crs": list(SYSTEMS) if whole else ["#/crs"],
        "storageCrs": CRS84,
        "links": _links(place, entry, page=page),
    }
    if page:
        described |= {"count": entry.count, "sources": place.shot.named_sources(entry.sources)}
    return described


def _links(place: Place, entry: LayerEntry, *, page: bool) -> list[Link]:
    path, title = collection_path(entry.id), place.say(entry.title)
    t = place.t
    links = [
        *place.both(path, page=page),
        *(
            place.link("items", f"{path}/items", media_type, f"{title} ({form})", f=form)
            for form, media_type in ITEM_TYPES.items()
        ),
        place.link(
            f"{REL}queryables",
            f"{path}/queryables",
            SCHEMA,
            t("propriétés à filtrer", "queryables"),
            f="json",
        ),
        place.link(
            f"{REL}sortables", f"{path}/sortables", SCHEMA, t("propriétés de tri", "sortables"), f="json"
        ),
        place.link(f"{REL}schema", f"{path}/schema", SCHEMA, t("schéma", "schema"), f="json"),
        place.link(
            f"{REL}tilesets-vector", f"{path}/tiles", JSON, t("tuiles vectorielles", "vector tiles"), f="json"
        ),
        place.link(f"{REL}styles", f"{path}/styles", JSON, t("styles", "styles"), f="json"),
    ]
    links.append(
        {
            "rel": "describedby",
            "type": JSON,
            "title": t("champs, sources et qualité", "fields, sources, quality"),
            "href": f"{place.site}/layers/{entry.id}",
        }
    )
    return links + _licences(place, entry)


def _licences(place: Place, entry: LayerEntry) -> list[Link]:
    names = dict.fromkeys(source.licence for source in place.shot.named_sources(entry.sources))
    found = {url: name for name in names for beginning, url in LICENCES.items() if name.startswith(beginning)}
    return [
        {"rel": "license", "type": "text/html", "title": name, "href": url} for url, name in found.items()
    ]


def _described(place: Place, entry: LayerEntry, kind: str, *, page: bool) -> dict[str, Any]:
    path = f"{collection_path(entry.id)}/{kind}"
    properties: dict[str, Any] = {field.id: describe(place, field) for field in entry.fields}
    if kind != "sortables":
        geometry = {
            "title": place.t("géométrie", "geometry"),
            "x-ogc-role": "primary-geometry",
            "format": _GEOMETRY[entry.kind],
        }
        properties = {"geometry": geometry, **properties}
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": place.url(path, f="json"),
        "type": "object",
        "title": place.say(entry.title),
        "description": place.say(entry.description),
        "properties": properties,
        "additionalProperties": False,
    }
    if page:
        described["links"] = place.both(path, SCHEMA, page=True)
    return described


def describe(place: Place, field: Field) -> dict[str, Any]:
    """Describe a field as a property of a JSON schema."""
    described: dict[str, Any] = {"title": place.say(field.title), "type": field.type}
    if field.unit is not None:
        described["x-ogc-unit"] = place.say(field.unit)
    if field.role == "code":
        described["x-ogc-role"] = "id"
    if field.minimum is not None:
        described |= {"minimum": field.minimum, "maximum": field.maximum}
    return described
