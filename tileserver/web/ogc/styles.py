"""OGC API – Styles (OGC 20-009, draft): the styles of all collections, and of each, with their metadata."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from tileserver.web.access import key_query
from tileserver.web.answer import cache_control
from tileserver.web.figures import column_name, columns_beside
from tileserver.web.ogc.collections import ITEM_TYPES, collection_path, describe, find_collection
from tileserver.web.ogc.document import Link, Place, page, read_place, send
from tileserver.web.ogc.stylesheets import (
    ENCODINGS,
    Style,
    default_style,
    find_style,
    model_of,
    styles_of,
    write,
)
from tileserver.web.profile.errors import telling_people
from tileserver.web.profile.pages import HEADERS, HTML, choose_form
from tileserver.web.query import parameters
from tileserver.web.raster import ASKED
from tileserver.web.respond import JSON, respond
from tileserver.web.state import snapshot

FORMS: Final = {**{each.form: each.media_type for each in ENCODINGS}, "html": HTML}
"""The first is for clients that name none."""

PARAMETERS: Final = ("f", "lang", *ASKED, "v")

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

_PREVIEW: Final = "480x360"
_BARE: Final = {"title": "0", "legend": "0"}
_GEOMETRY: Final = {"points": "points", "lines": "lines"}


def _collection(request: Request) -> str | None:
    """Name the collection of an address below one; raise `NotFoundError` where there is none."""
    name: str | None = request.path_params.get("collectionId")
    if name is not None:
        find_collection(snapshot(request), name)
    return name


@telling_people
async def styles(request: Request) -> Response:
    """List the styles of all collections, or of one."""
    collection = _collection(request)

    def make(place: Place, page: bool) -> dict[str, Any]:
        return _styles(place, collection, page=page)

    return await send(request, ("styles", collection), make, "ogc_styles.html")


@telling_people
async def style(request: Request) -> Response:
    """Serve a style in one of its encodings."""
    shot, collection = snapshot(request), _collection(request)
    found = find_style(shot, request.path_params["styleId"], collection)
    query = parameters(request, *PARAMETERS)
    place = read_place(request, query, shot)
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form = choose_form(request, query, headers, FORMS)
    model_of(shot, found, query)  # what it can't show is told before anything is written
    mine = key_query(request)
    if form == "html":
        headers |= HEADERS
    elif form != "mapbox":  # the texts of which are in both languages
        headers["Content-Language"] = place.lang

    def make() -> bytes:
        if form != "html":
            return write(place, found, query, form, mine)
        look = {name: query[name] for name in ASKED if name in query}
        doc = _described(place, found, collection, page=True, look=look)
        return page(place, "ogc_style.html", doc=doc, model=model_of(shot, found, query))

    asked = tuple(query.get(name) for name in ASKED)
    key = ("style", found.id, collection, *asked, *place.key, mine)
    return await respond(request, key, make, FORMS[form], headers)


@telling_people
async def metadata(request: Request) -> Response:
    """Describe a style: what it shows, its encodings, the properties that it needs."""
    shot, collection = snapshot(request), _collection(request)
    found = find_style(shot, request.path_params["styleId"], collection)

    def make(place: Place, page: bool) -> dict[str, Any]:
        return _described(place, found, collection, page=page)

    return await send(request, ("style metadata", found.id, collection), make, "ogc_style_metadata.html")


def _styles(place: Place, collection: str | None, *, page: bool) -> dict[str, Any]:
    """List styles: all of them, as /req/core/styles-success C wants it."""
    listed = styles_of(place.shot, collection)
    default = default_style(place.shot, collection)
    path = f"{_below(collection)}/styles"
    told: dict[str, Any] = {"links": place.both(path, page=page)}
    if default is not None:
        told["default"] = default.id
    told["styles"] = [
        {
            "id": each.id,
            "title": place.say(each.title),
            "links": [
                *_sheets(place, each, path),
                place.link(
                    "describedby",
                    f"{path}/{each.id}/metadata",
                    JSON,
                    place.t("métadonnées", "metadata"),
                    f="json",
                ),
                *_preview(place, each),
            ],
        }
        for each in listed
    ]
    return told | {"groups": _groups(place, listed)} if page else told


def _groups(place: Place, listed: list[Style]) -> dict[str, list[tuple[str, str]]]:
    """Give id and short title of styles by the title of their layer, for people."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in listed:
        entry = each.layer.entry
        heading = place.say(entry.title) if each.indicator else place.t("Par-dessus les cartes", "Over maps")
        title = place.say(each.indicator.title if each.indicator else entry.title)
        groups.setdefault(heading, []).append((each.id, title))
    return groups


def _described(
    place: Place, style: Style, collection: str | None, *, page: bool, look: Mapping[str, str] = NOTHING
) -> dict[str, Any]:
    """Describe a style; `look` are the parameters with which its stylesheets and picture are linked."""
    entry = style.layer.entry
    path = f"{_below(collection)}/styles/{style.id}"
    sheets = _sheets(place, style, f"{_below(collection)}/styles", look)
    return {
        "id": style.id,
        "title": place.say(style.title),
        "description": place.say(style.indicator.definition if style.indicator else entry.description),
        "scope": "style",
        "version": place.shot.digest,
        "stylesheets": [
            {
                "title": each.title,
                "version": each.version,
                "specification": each.specification,
                "native": each.whole,
                "link": link,
            }
            for each, link in zip(ENCODINGS, sheets, strict=True)
        ],
        "layers": [
            {
                "id": entry.id,
                "description": place.say(entry.description),
                "dataType": "vector",
                "geometryType": _GEOMETRY.get(entry.kind, "polygons"),
                "propertiesSchema": _needed(place, style),
                "sampleData": place.link(
                    "start",
                    f"{collection_path(entry.id)}/items",
                    ITEM_TYPES["json"],
                    place.say(entry.title),
                    f="json",
                ),
            }
        ],
        "links": [
            *place.both(f"{path}/metadata", page=page),
            place.link("collection", collection_path(entry.id), JSON, place.say(entry.title), f="json"),
            *_preview(place, style, look),
        ],
    }


def _below(collection: str | None) -> str:
    return "" if collection is None else collection_path(collection)


def _sheets(place: Place, style: Style, path: str, look: Mapping[str, str] = NOTHING) -> list[Link]:
    return [
        place.link("stylesheet", f"{path}/{style.id}", each.media_type, each.title, f=each.form, **look)
        for each in ENCODINGS
    ]


def _preview(place: Place, style: Style, look: Mapping[str, str] = NOTHING) -> list[Link]:
    """Link to a picture of a map in this style; what lies over maps has none of its own."""
    if style.indicator is None:
        return []
    shown = {"level": style.layer.entry.level or "", "indicator": style.indicator.id, **look, **_BARE}
    href = f"{place.site}/static/{_PREVIEW}.png?{urlencode(shown)}"
    return [{"rel": "preview", "type": "image/png", "title": place.t("aperçu", "preview"), "href": href}]


def _needed(place: Place, style: Style) -> dict[str, Any]:
    """Describe the properties that a style reads."""
    if style.indicator is None:
        return {}
    column = column_name(style.layer, style.indicator, None)
    names = ("name", column, *columns_beside(style.layer, column)[:1])
    fields = {field.id: field for field in style.layer.entry.fields}
    return {name: describe(place, fields[name]) for name in names if name in fields}
