"""``/ogc``: where a client begins, and what the server conforms to."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.web.ogc.collections import REL
from tileserver.web.ogc.document import Place, send
from tileserver.web.profile.errors import telling_people
from tileserver.web.respond import JSON

OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"

_SPEC: Final = "http://www.opengis.net/spec/"
CONFORMANCE: Final = tuple(
    _SPEC + name
    for name in (
        "ogcapi-common-1/1.0/conf/core",
        "ogcapi-common-1/1.0/conf/landing-page",
        "ogcapi-common-1/1.0/conf/json",
        "ogcapi-common-1/1.0/conf/html",
        "ogcapi-common-1/1.0/conf/oas30",
        "ogcapi-common-2/1.0/conf/collections",
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "ogcapi-features-3/1.0/conf/filter",
        "ogcapi-features-3/1.0/conf/features-filter",
        "ogcapi-styles-1/1.0/conf/core",
        "ogcapi-styles-1/1.0/conf/global-styles",
        "ogcapi-styles-1/1.0/conf/collection-styles",
        "ogcapi-tiles-1/1.0/conf/core",
        "ogcapi-tiles-1/1.0/conf/tileset",
        "ogcapi-tiles-1/1.0/conf/tilesets-list",
        "ogcapi-tiles-1/1.0/conf/dataset-tilesets",
        "ogcapi-tiles-1/1.0/conf/geodata-tilesets",
        "ogcapi-tiles-1/1.0/conf/mvt",
        "ogcapi-tiles-1/1.0/conf/oas30",
        "cql2/1.0/conf/cql2-text",
        "cql2/1.0/conf/cql2-json",
        "cql2/1.0/conf/basic-cql2",
        "cql2/1.0/conf/advanced-comparison-operators",
        "cql2/1.0/conf/case-insensitive-comparison",
        "cql2/1.0/conf/accent-insensitive-comparison",
        "cql2/1.0/conf/basic-spatial-functions",
        "cql2/1.0/conf/property-property",
        "cql2/1.0/conf/arithmetic",
        "tms/2.0/conf/tilematrixset",
        "tms/2.0/conf/json-tilematrixset",
    )
)


@telling_people
async def landing(request: Request) -> Response:
    """Serve the landing page."""
    return await send(request, ("landing",), _landing, "ogc_landing.html")


@telling_people
async def conformance(request: Request) -> Response:
    """List the conformance classes."""
    return await send(request, ("conformance",), _conformance, "ogc_conformance.html")


def _landing(place: Place, page: bool) -> dict[str, Any]:
    t = place.t
    return {
        "title": t("Territoires d’industrie : services OGC", "Territoires d’industrie: OGC services"),
        "description": t(
            "Territoires, zonages, friches, projets et indicateurs, en géométrie complète et en tuiles.",
            "Territories, zonings, brownfields, projects, their indicators, as true geometry and as tiles.",
        ),
        "attribution": t("Données publiques ouvertes", "Open public data"),
        "extent": {"spatial": {"bbox": [list(place.shot.manifest.bounds)]}},
        "links": [
            *place.both("", page=page),
            place.link(
                "service-desc", "/api", OPENAPI, t("description OpenAPI", "OpenAPI description"), f="json"
            ),
            place.link(
                "service-doc", "/api", "text/html", t("documentation de l’API", "API documentation"), f="html"
            ),
            place.link(
                "conformance", "/conformance", JSON, t("classes de conformité", "conformance classes")
            ),
            place.link(
                f"{REL}conformance", "/conformance", JSON, t("classes de conformité", "conformance classes")
            ),
            place.link("data", "/collections", JSON, t("collections", "collections")),
            place.link(f"{REL}data", "/collections", JSON, t("collections", "collections")),
            place.link(f"{REL}tilesets-vector", "/tiles", JSON, t("tuiles vectorielles", "vector tiles")),
            place.link(f"{REL}styles", "/styles", JSON, t("styles", "styles")),
            {
                "rel": "describedby",
                "type": "application/ld+json",
                "title": "DCAT-AP",
                "href": f"{place.site}/dcat",
            },
            {"rel": "describedby", "type": JSON, "title": "STAC", "href": f"{place.site}/stac"},
            place.link(
                f"{REL}tiling-schemes", "/tileMatrixSets", JSON, t("grilles de tuiles", "tile matrix sets")
            ),
        ],
    }


def _conformance(place: Place, page: bool) -> dict[str, Any]:
    return {"links": place.both("/conformance", page=page), "conformsTo": list(CONFORMANCE)}
