"""``/dcat``: the catalogue of the datasets in DCAT-AP 3, as JSON-LD or Turtle."""

from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver.store.manifest import SourceEntry, Title
from tileserver.web.answer import cache_control
from tileserver.web.metadata.datasets import Dataset, Download, datasets, date_of, licence_url, single
from tileserver.web.metadata.turtle import write_turtle
from tileserver.web.ogc.document import Place, read_place
from tileserver.web.profile.pages import choose_form
from tileserver.web.query import parameters
from tileserver.web.respond import respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import snapshot

JSON_LD: Final = "application/ld+json"
TURTLE: Final = "text/turtle; charset=utf-8"
FORMS: Final = {"jsonld": JSON_LD, "ttl": TURTLE}

CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_EU: Final = "http://publications.europa.eu/resource/authority/"
_IANA: Final = "https://www.iana.org/assignments/media-types/"
_FILE_TYPES: Final = {"csv": "CSV", "json": "GEOJSON", "parquet": "PARQUET", "fgb": "FLATGEOBUF"}
_DATES: Final = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}

Node = dict[str, Any]


async def dcat(request: Request) -> Response:
    """Serve the catalogue of the datasets."""
    query = parameters(request, "f", "lang", "v")
    place = read_place(request, query)
    headers = {"Cache-Control": cache_control(query.get("v"), snapshot(request).digest)}
    form = choose_form(request, query, headers, FORMS)

    def make() -> bytes:
        nodes = catalogue(place)
        if form == "ttl":
            return write_turtle(CONTEXT, nodes).encode()
        return msgspec.json.encode({"@context": CONTEXT, "@graph": nodes})

    return await respond(request, ("dcat", form, *place.key), make, FORMS[form], headers)


def catalogue(place: Place) -> list[Node]:
    """Give the nodes of the catalogue, of its service and of its datasets."""
    found = datasets(place)
    service = f"{place.site}/ogc"
    root: Node = {
        "@id": f"{place.site}/dcat",
        "@type": "dcat:Catalog",
        "dct:title": _both(Title("Territoires d’industrie", "Territoires d’industrie")),
        "dct:description": _both(
            Title(
                "Territoires, zonages, friches et projets avec leurs indicateurs.",
                "Territories, zonings, brownfields and projects with their indicators.",
            )
        ),
        "dct:publisher": _agent(urlsplit(place.site).netloc),
        "dct:language": [_authority("language", "FRA"), _authority("language", "ENG")],
        "foaf:homepage": {"@id": f"{place.site}/"},
        "dcat:dataset": [{"@id": dataset.page} for dataset in found],
        "dcat:service": {"@id": service},
    }
    return [root, _service(place, service, found), *(_dataset(place.shot, dataset) for dataset in found)]


def _service(place: Place, service: str, found: list[Dataset]) -> Node:
    return {
        "@id": service,
        "@type": "dcat:DataService",
        "dct:title": _both(Title("OGC API : entités et tuiles", "OGC API: features and tiles")),
        "dcat:endpointURL": {"@id": service},
        "dcat:endpointDescription": {"@id": f"{place.site}/ogc/api?f=json"},
        "dct:conformsTo": [
            {"@id": "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"},
            {"@id": "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core"},
        ],
        "dcat:servesDataset": [{"@id": dataset.page} for dataset in found],
    }


def _dataset(shot: Snapshot, dataset: Dataset) -> Node:
    entry = dataset.entry
    west, south, east, north = entry.bounds
    ring = ", ".join(
        f"{x} {y}" for x, y in ((west, south), (east, south), (east, north), (west, north), (west, south))
    )
    node: Node = {
        "@id": dataset.page,
        "@type": "dcat:Dataset",
        "dct:title": _both(entry.title),
        "dct:description": _both(entry.description),
        "dct:identifier": dataset.page,
        "dct:language": [_authority("language", "FRA"), _authority("language", "ENG")],
        "dcat:theme": _authority("data-theme", "REGI"),
        # A new version is published when one of the sources has a new edition.
        "dct:accrualPeriodicity": _authority("frequency", "IRREG"),
        "dcat:version": shot.digest,
        "dct:spatial": {
            "@type": "dct:Location",
            "dcat:bbox": {"@value": f"POLYGON(({ring}))", "@type": "geo:wktLiteral"},
        },
        "dcat:landingPage": {"@id": f"{dataset.page}?f=html"},
        "dcat:distribution": [
            *(_download(dataset, each) for each in dataset.downloads),
            _distribution(
                dataset,
                {
                    "dct:title": _both(Title("Tuiles vectorielles", "Vector tiles")),
                    "dcat:accessURL": {"@id": dataset.tilejson},
                    "dcat:mediaType": {"@id": f"{_IANA}application/vnd.mapbox-vector-tile"},
                },
            ),
            _distribution(
                dataset,
                {
                    "dct:title": _both(Title("OGC API", "OGC API")),
                    "dcat:accessURL": {"@id": dataset.page},
                    "dcat:accessService": {"@id": dataset.page.partition("/collections/")[0]},
                },
            ),
        ],
    }
    if dataset.sources:
        node["dct:creator"] = [_agent(producer) for producer in dataset.producers]
        node["prov:wasDerivedFrom"] = [_source(source) for source in dataset.sources]
    if dataset.dates:
        node["dct:modified"] = _date(dataset.dates[-1])
    return node


def _download(dataset: Dataset, download: Download) -> Node:
    node = {
        "dct:title": _both(Title(download.name, download.name)),
        "dcat:accessURL": {"@id": download.url},
        "dcat:downloadURL": {"@id": download.url},
        "dcat:mediaType": {"@id": f"{_IANA}{download.media_type}"},
        "dct:format": _authority("file-type", _FILE_TYPES[download.form]),
    }
    if download.form == "fgb":
        del node["dct:format"]  # the register has none for it
    return _distribution(dataset, node)


def _distribution(dataset: Dataset, node: Node) -> Node:
    """Add the licence: its address where all sources have one and the same, else what each says."""
    licence = single(dataset.licences)
    url = None if licence is None else licence_url(licence)
    told: Node = {"@type": "dcat:Distribution", **node}
    if url is not None:
        told["dct:license"] = {"@id": url}
    elif dataset.licences:
        rights = "; ".join(f"{source.producer}: {source.licence}" for source in dataset.sources)
        told["dct:rights"] = {"@type": "dct:RightsStatement", "dct:description": rights}
    return told


def _source(source: SourceEntry) -> Node:
    node: Node = {
        "@type": "prov:Entity",
        "dct:title": _both(source.title),
        "dct:publisher": _agent(source.producer),
        "dct:rights": {"@type": "dct:RightsStatement", "dct:description": source.licence},
    }
    if source.url:
        node["dcat:landingPage"] = {"@id": source.url}
    if date := date_of(source.date):
        node["dct:issued"] = _date(date)
    return node


def _agent(name: str) -> Node:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _authority(list_: str, code: str) -> Node:
    return {"@id": f"{_EU}{list_}/{code}"}


def _both(title: Title) -> list[Node]:
    return [{"@value": title.fr, "@language": "fr"}, {"@value": title.en, "@language": "en"}]


def _date(text: str) -> Node:
    return {"@value": text, "@type": _DATES[len(text)]}
