"""``/stac``: the datasets as a static STAC 1.0 catalogue, a collection each, their files as assets."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.web.answer import cache_control
from tileserver.web.metadata.datasets import Dataset, datasets, licence_url, single
from tileserver.web.ogc.collections import find_collection
from tileserver.web.ogc.document import Place, read_place
from tileserver.web.query import parameters
from tileserver.web.respond import JSON, respond_json
from tileserver.web.state import snapshot

VERSION: Final = "1.0.0"

_SPDX: Final = {
    "Licence Ouverte 2.0": "etalab-2.0",
    "ODbL": "ODbL-1.0",
    "CC BY 4.0": "CC-BY-4.0",
    "CC0": "CC0-1.0",
}


async def catalog(request: Request) -> Response:
    """Serve the catalogue: a child for each dataset."""
    return await _send(request, ("stac",), _catalog)


async def collection(request: Request) -> Response:
    """Serve a dataset as a STAC collection."""
    layer, _ = find_collection(snapshot(request), request.path_params["collectionId"])

    def make(place: Place) -> dict[str, Any]:
        return _collection(place, next(each for each in datasets(place) if each.entry.id == layer.entry.id))

    return await _send(request, ("stac", layer.entry.id), make)


async def _send(request: Request, key: tuple[str, ...], make: Any) -> Response:
    query = parameters(request, "lang", "v")
    place = read_place(request, query)
    headers = {
        "Cache-Control": cache_control(query.get("v"), place.shot.digest),
        "Vary": "Accept-Encoding, Accept-Language",
    }
    return await respond_json(request, (*key, *place.key), lambda: make(place), headers)


def _catalog(place: Place) -> dict[str, Any]:
    root = f"{place.site}/stac"
    return {
        "type": "Catalog",
        "stac_version": VERSION,
        "id": "territoires-industrie",
        "title": "Territoires d’industrie",
        "description": place.t(
            "Territoires, zonages, friches et projets avec leurs indicateurs.",
            "Territories, zonings, brownfields and projects with their indicators.",
        ),
        "links": [
            {"rel": "self", "type": JSON, "href": root},
            {"rel": "root", "type": JSON, "href": root},
            *(
                {
                    "rel": "child",
                    "type": JSON,
                    "title": place.say(each.entry.title),
                    "href": f"{root}/collections/{each.entry.id}",
                }
                for each in datasets(place)
            ),
        ],
    }


def _collection(place: Place, dataset: Dataset) -> dict[str, Any]:
    entry, root = dataset.entry, f"{place.site}/stac"
    licence = single(dataset.licences)
    links = [
        {"rel": "self", "type": JSON, "href": f"{root}/collections/{entry.id}"},
        {"rel": "root", "type": JSON, "href": root},
        {"rel": "parent", "type": JSON, "href": root},
        {"rel": "alternate", "type": JSON, "title": "OGC API – Features", "href": dataset.page},
        {"rel": "via", "type": "text/html", "href": f"{dataset.page}?f=html"},
    ]
    urls = {name: licence_url(name) for name in dataset.licences}
    links += [
        {"rel": "license", "type": "text/html", "title": name, "href": url}
        for name, url in urls.items()
        if url
    ]
    return {
        "type": "Collection",
        "stac_version": VERSION,
        "id": entry.id,
        "title": place.say(entry.title),
        "description": place.say(entry.description),
        "keywords": ["France", "open data", entry.level or entry.kind],
        "license": _licence(licence),
        "providers": [
            *({"name": name, "roles": ["producer", "licensor"]} for name in dataset.producers),
            {"name": place.site.partition("://")[2], "roles": ["processor", "host"], "url": f"{place.site}/"},
        ],
        "extent": {
            "spatial": {"bbox": [list(entry.bounds)]},
            "temporal": {"interval": [_interval(dataset.dates)]},
        },
        "summaries": {"fields": [field.id for field in entry.fields if "@" not in field.id]},
        "assets": {
            **{
                each.form: {"href": each.url, "type": each.media_type, "title": each.name, "roles": ["data"]}
                for each in dataset.downloads
            },
            "tilejson": {"href": dataset.tilejson, "type": JSON, "title": "TileJSON", "roles": ["tiles"]},
        },
        "links": links,
    }


def _licence(name: str | None) -> str:
    """Give the SPDX name of a licence; ``various`` for several, ``proprietary`` for others."""
    if name is None:
        return "various"
    return next((spdx for beginning, spdx in _SPDX.items() if name.startswith(beginning)), "proprietary")


def _interval(dates: tuple[str, ...]) -> list[str | None]:
    """Give the first and the last date of the sources, as moments; open where there is none."""
    if not dates:
        return [None, None]
    return [f"{date}-01-01"[:10] + "T00:00:00Z" for date in (dates[0], dates[-1])]
