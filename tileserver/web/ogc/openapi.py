"""The description of every route of the server, as OpenAPI 3.0.3."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from tileserver import __version__
from tileserver.web.ogc.collections import collection_layers
from tileserver.web.ogc.document import Place
from tileserver.web.ogc.operations import OPERATIONS, TOLD, Operation, schema_of
from tileserver.web.ogc.written import FORMS
from tileserver.web.problems import MEDIA_TYPE as PROBLEM

_PARAMETER: Final = re.compile(r"\{(\w+)(?::\w+)?\}")
_SERVE: Final = re.compile(r"Serve /\S*: ")
_STATUSES: Final = {
    303: "what is asked for is at Location",
    304: "the client has this answer already",
    400: "something in the request is malformed; the answer says what, and what would be right",
    404: "there is no such thing here",
    410: "the version of the store that the cursor names is gone: begin again without it",
    501: "there is no such form, as oEmbed wants it told",
    503: "the store is not to be read; ask again later",
}
_ALWAYS: Final = (304, 400, 404, 503)

Routes = Iterable[tuple[str, Callable[..., Any] | str]]


def describe(place: Place, routes: Routes) -> dict[str, Any]:
    """Describe the routes: paths, and what answers them (a function, or a sentence)."""
    paths: dict[str, Any] = {}
    seen: set[str] = set()
    for template, endpoint in routes:
        path = _PARAMETER.sub(r"{\1}", template)
        if path != "/" and path.endswith("/"):
            continue
        operation = OPERATIONS.get(path) or _derived(endpoint, seen)
        seen.add(operation.id)
        paths[path] = {"get": _operation(place, path, operation, endpoint)}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": place.t(
                "Territoires d’industrie : tuiles, données, services",
                "Territoires d’industrie: tiles, data, services",
            ),
            "description": place.t(
                "Territoires, zonages, friches et projets avec leurs indicateurs.",
                "Territories, zonings, brownfields and projects with their indicators.",
            ),
            "version": __version__,
        },
        "servers": [{"url": place.site}],
        "tags": [{"name": name} for name in dict.fromkeys(_tags(paths))],
        "paths": paths,
        "components": {"schemas": _SCHEMAS},
    }


def _tags(paths: Mapping[str, Any]) -> list[str]:
    return [tag for item in paths.values() for tag in item["get"]["tags"]]


def _derived(endpoint: Callable[..., Any] | str, seen: set[str]) -> Operation:
    """Name an operation after the function that answers."""
    name = (
        endpoint
        if isinstance(endpoint, str)
        else f"{endpoint.__module__.rpartition('.')[2]}.{endpoint.__name__}"
    )
    while name in seen:
        name += "_"
    return Operation(name, "Other", (), ("*/*",))


def _operation(
    place: Place, path: str, operation: Operation, endpoint: Callable[..., Any] | str
) -> dict[str, Any]:
    told = endpoint if isinstance(endpoint, str) else (inspect.getdoc(endpoint) or operation.id)
    responses: dict[str, Any] = {
        "200": {
            "description": "the answer",
            "content": {media: {"schema": _answer_schema(operation.id, media)} for media in operation.media},
        }
    }
    refused: dict[str, Any] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}
    if "text/html" in operation.media:
        refused["text/html"] = {"schema": {"type": "string"}}
    for status in (*_ALWAYS, *operation.statuses):
        responses[str(status)] = {"description": _STATUSES[status]}
        if status not in (303, 304):
            responses[str(status)]["content"] = dict(refused)
    # An address of more than 64 KB is no HTTP to the server below, which says so in plain words.
    for media in operation.refused:
        for refusal in ("400", "404", "503"):
            responses[refusal]["content"][media] = {"schema": {"type": "string"}}
    responses["400"]["content"]["text/plain"] = {"schema": {"type": "string"}}
    return {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": _summary(told),
        "parameters": [
            *(_path_parameter(place, name) for name in _PARAMETER.findall(path)),
            *(_query_parameter(operation, name) for name in operation.query),
        ],
        "responses": responses,
    }


def _summary(told: str) -> str:
    """Give the first sentence of a docstring, without the path that the document has beside it."""
    text = told.splitlines()[0].rstrip(".").replace("``", "")
    after = _SERVE.sub("", text)
    return after[:1].upper() + after[1:]


def _path_parameter(place: Place, name: str) -> dict[str, Any]:
    schema = dict(schema_of(name))
    if name == "collectionId":
        there = [layer.entry.id for layer in collection_layers(place.shot)]
        schema = {"type": "string", "enum": there} if there else {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameter(operation: Operation, name: str) -> dict[str, Any]:
    described: dict[str, Any] = {"name": name, "in": "query", "required": False, "schema": schema_of(name)}
    if name in TOLD:
        described["description"] = TOLD[name]
    if described["schema"].get("type") == "array":
        described |= {"style": "form", "explode": False}
    if name == "f":
        described["schema"] = {"type": "string", "enum": _forms(operation)}
    if name == "datetime":
        described |= {"style": "form", "explode": False}
    return described


_FORM_OF: Final = {media.partition(";")[0]: name for name, media in FORMS.items()} | {
    "application/json": "json",
    "application/schema+json": "json",
    "application/vnd.oai.openapi+json": "json",
    "application/vnd.apache.arrow.stream": "arrow",
    "application/vnd.mapbox-vector-tile": "mvt",
    "application/ld+json": "jsonld",
    "text/turtle": "ttl",
}


def _forms(operation: Operation) -> list[str]:
    names = dict.fromkeys(_FORM_OF.get(media.partition(";")[0], "") for media in operation.media)
    if operation.id in ("getProjects", "getLand"):
        return ["json", "csv", "geojson"]
    if operation.id.endswith(".getTileSet"):
        return [*names, "tilejson"]
    return [name for name in names if name]


def _answer_schema(operation: str, media: str) -> dict[str, Any]:
    known = {
        ("getFeatures", "application/geo+json"): "featureCollectionGeoJSON",
        ("getFeature", "application/geo+json"): "featureGeoJSON",
        ("getCollections", "application/json"): "collections",
        ("describeCollection", "application/json"): "collection",
        ("getConformanceDeclaration", "application/json"): "confClasses",
        ("getLandingPage", "application/json"): "landingPage",
    }
    if (operation, media) in known:
        return {"$ref": f"#/components/schemas/{known[operation, media]}"}
    if media.endswith("json") or "json;" in media:
        return {"type": "object"}
    binary = media.startswith("application/")
    return {"type": "string", "format": "binary"} if binary else {"type": "string"}


_LINKS: Final = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
_SCHEMAS: Final[dict[str, Any]] = {
    "link": {
        "type": "object",
        "required": ["href", "rel"],
        "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title", "hreflang")}
        | {"templated": {"type": "boolean"}},
    },
    "landingPage": {
        "type": "object",
        "required": ["links"],
        "properties": {"title": {"type": "string"}, "description": {"type": "string"}, "links": _LINKS},
    },
    "confClasses": {
        "type": "object",
        "required": ["conformsTo"],
        "properties": {"conformsTo": {"type": "array", "items": {"type": "string"}}},
    },
    "collections": {
        "type": "object",
        "required": ["links", "collections"],
        "properties": {
            "links": _LINKS,
            "collections": {"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
        },
    },
    "collection": {
        "type": "object",
        "required": ["id", "links"],
        "properties": {
            "id": {"type": "string"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "links": _LINKS,
            "extent": {"type": "object"},
            "itemType": {"type": "string", "default": "feature"},
            "crs": {"type": "array", "items": {"type": "string"}},
            "storageCrs": {"type": "string"},
        },
    },
    "featureGeoJSON": {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "nullable": True},
            "links": _LINKS,
        },
    },
    "featureCollectionGeoJSON": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/featureGeoJSON"}},
            "links": _LINKS,
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
        },
    },
    "problem": {
        "type": "object",
        "required": ["title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
        },
    },
}
