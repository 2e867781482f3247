"""``/ogc/collections/{collection}/items``: features by page, in five forms, from one version of the store.

The order of rows is that of the store, or sorted. A cursor names the version and a place in that order, so
that a walk through all pages gives each feature once, whatever is published meanwhile.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.exact import ExactStore
from tileserver.store.mapped import column, view
from tileserver.tiles.address import shown
from tileserver.web.answer import FOR_EVER, cache_control
from tileserver.web.contracts import LayerLike
from tileserver.web.ogc.asked import Asked, allowed, read_asked, read_cursor
from tileserver.web.ogc.collections import collection_path, find_collection
from tileserver.web.ogc.crs import System, read_system
from tileserver.web.ogc.document import Link, Place, page, read_place
from tileserver.web.ogc.select import Rows, select
from tileserver.web.ogc.stream import STREAMED, stream
from tileserver.web.ogc.written import (
    DOWNLOADS,
    FORMS,
    GEOJSON,
    WRITERS,
    Page,
    check_drawable,
    drawn,
    features,
    pieces,
)
from tileserver.web.profile.errors import telling_people
from tileserver.web.profile.pages import HEADERS, choose_form
from tileserver.web.query import parameters
from tileserver.web.respond import respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import Live, live

ITEM_FORMS: Final = {name: FORMS[name] for name in ("json", "html")}


@telling_people
async def items(request: Request) -> Response:
    """Serve the features of a collection."""
    state = live(request)
    given = request.query_params.get("cursor")
    shot = state.snapshot if given is None else await state.version(read_cursor(given)[0])
    layer, exact = find_collection(shot, request.path_params["collectionId"])
    query = parameters(request, *allowed(layer.entry))
    place = read_place(request, query, shot)
    caching = FOR_EVER if given else cache_control(query.get("v"), shot.digest)
    headers = {"Cache-Control": caching}
    form = choose_form(request, query, headers, FORMS)
    asked = read_asked(layer.entry, query, download=form in DOWNLOADS)
    if form == "html" and "properties" not in query:
        asked = _for_people(layer, asked)
    rows = await _rows(state, shot, layer, exact, asked)
    if asked.start > len(rows):
        raise RequestError(
            "cursor names a place after the last feature; take it from the link `next`, as it is"
        )
    shown_rows = rows[asked.start : asked.start + asked.limit]
    links = _links(place, layer, form, query, _next(shot, asked, len(rows)))
    answer = Page(place, layer, exact, asked, shown_rows, len(rows), links)
    headers |= _headers(answer, form)
    key = ("items", layer.entry.id, asked.key, form, place.key, tuple(query.items()))
    if form == "json" and len(shown_rows) > STREAMED:
        await state.in_thread(check_drawable, answer)
        return await stream(request, key, pieces(answer), FORMS[form], headers)
    return await respond(request, key, lambda: WRITERS[form](answer), FORMS[form], headers)


@telling_people
async def item(request: Request) -> Response:
    """Serve one feature."""
    shot = live(request).snapshot
    layer, exact = find_collection(shot, request.path_params["collectionId"])
    query = parameters(request, "f", "lang", "crs", "v")
    place = read_place(request, query)
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form = choose_form(request, query, headers, ITEM_FORMS)
    system = read_system(query.get("crs"), "crs")
    row = _row(layer, request.path_params["featureId"])
    headers |= _crs_header(system) if form == "json" else HEADERS
    path = f"{collection_path(layer.entry.id)}/items/{request.path_params['featureId']}"

    def make() -> bytes:
        names = tuple(field.id for field in layer.entry.fields)
        rows = np.array([row], np.int64)
        [made] = features(layer, names, rows, drawn(exact, rows, system), system)
        made["properties"] = msgspec.to_builtins(made["properties"])
        made["links"] = _item_links(place, layer, path, made, page=form == "html")
        if form == "json":
            return msgspec.json.encode(made)
        fields = {field.id: field for field in layer.entry.fields}
        return page(place, "ogc_item.html", feature=made, entry=layer.entry, fields=fields)

    key = ("item", layer.entry.id, row, system.uri, form, place.key)
    return await respond(request, key, make, ITEM_FORMS[form], headers)


async def _rows(state: Live, shot: Snapshot, layer: LayerLike, exact: ExactStore, asked: Asked) -> Rows:
    """Choose and order the rows; once for all pages of an answer."""
    key = (shot.digest, "rows", layer.entry.id, asked.rows_key)
    kept: Rows | None = state.masks.get(key)
    if kept is not None:
        return kept

    async def make() -> Rows:
        made: Rows = await state.in_thread(select, layer, exact, asked)
        state.masks.put(key, made, made.nbytes)
        return made

    made: Rows = await state.mask_flights.join(key, make)
    return made


def _row(layer: LayerLike, text: str) -> int:
    ids: NDArray[np.uint64] = _ids(layer)
    digits = text.isascii() and text.isdigit() and len(text) <= 16 and text == str(int(text))
    found: list[int] = np.flatnonzero(ids == np.uint64(text)).tolist() if digits else []
    if not found:
        raise NotFoundError(
            f"collection {layer.entry.id} has no feature {shown(text)}; ids are those of its items"
        )
    return found[0]


def _ids(layer: LayerLike) -> NDArray[np.uint64]:
    return view(column(layer.attributes, "id"), np.uint64)


def _for_people(layer: LayerLike, asked: Asked) -> Asked:
    """Tell few properties: a page is no table of a hundred columns."""
    fields = tuple(field.id for field in layer.entry.fields if field.default and "@" not in field.id)
    return replace(asked, fields=fields, geometry=False)


def _next(shot: Snapshot, asked: Asked, matched: int) -> str | None:
    end = asked.start + asked.limit
    return f"{shot.digest}-{end}" if end < matched else None


def _links(
    place: Place, layer: LayerLike, form: str, query: Mapping[str, str], following: str | None
) -> list[Link]:
    path = f"{collection_path(layer.entry.id)}/items"
    others = {name: text for name, text in query.items() if name not in ("f", "lang")}

    def to(rel: str, name: str, title: str, **more: str) -> Link:
        asked = {**others, "f": name, **more}
        if place.asked:
            asked["lang"] = place.asked
        url = f"{place.site}/ogc{path}?{urlencode(asked, safe=':/,')}"
        return {"rel": rel, "type": FORMS[name].partition(";")[0], "title": title, "href": url}

    this = place.t("cette page", "this page")
    links = [to("self", form, this)]
    links += [to("alternate", name, f"{this} ({name})") for name in FORMS if name != form]
    links.append(
        place.link(
            "collection", collection_path(layer.entry.id), "application/json", place.say(layer.entry.title)
        )
    )
    if following is not None:
        links.append(to("next", form, place.t("page suivante", "next page"), cursor=following))
    return links


def _item_links(place: Place, layer: LayerLike, path: str, made: dict[str, Any], *, page: bool) -> list[Link]:
    links = place.both(path, GEOJSON, page=page)
    links.append(
        place.link(
            "collection", collection_path(layer.entry.id), "application/json", place.say(layer.entry.title)
        )
    )
    if layer.entry.level is not None:
        profile = f"{place.site}/territories/{layer.entry.level}/{made['properties']['code']}"
        links.append(
            {
                "rel": "related",
                "type": "text/html",
                "title": place.t("fiche du territoire", "profile of the territory"),
                "href": profile,
            }
        )
    return links


def _headers(answer: Page, form: str) -> dict[str, str]:
    if form == "html":
        return dict(HEADERS)
    headers = _crs_header(answer.asked.crs)
    if form in DOWNLOADS:
        told = [link for link in answer.links if link["rel"] in ("self", "next", "collection")]
        headers["Link"] = ", ".join(f'<{link["href"]}>; rel="{link["rel"]}"' for link in told)
        headers["Content-Disposition"] = f'attachment; filename="{answer.layer.entry.id}.{form}"'
    return headers


def _crs_header(system: System) -> dict[str, str]:
    return {"Content-Crs": f"<{system.uri}>"}
