"""What the OpenAPI document says of each route beyond its path: names, query parameters, media types."""

from dataclasses import dataclass
from typing import Any, Final

from styles.sld import MEDIA_TYPE as SLD
from tileserver.web import (
    bare,
    inventory,
    labour,
    labour_explain,
    mapstate,
    picture,
    raster,
    styling,
    values,
    wmts,
    zonings,
)
from tileserver.web.embedding import chrome
from tileserver.web.export.route import PARAMETERS as EXPORT
from tileserver.web.find import sites, territories
from tileserver.web.ogc import styles
from tileserver.web.ogc.asked import MAX_LIMIT, PARAMETERS
from tileserver.web.ogc.crs import SYSTEMS
from tileserver.web.ogc.matrices import QUAD
from tileserver.web.qgis import handlers as qgis
from tileserver.web.tile_path import MEDIA_TYPE
from tileserver.web.tile_request import BEYOND, SELECTING

JSON: Final = "application/json"
HTML: Final = "text/html"
GEOJSON: Final = "application/geo+json"
SCHEMA: Final = "application/schema+json"
CSV: Final = "text/csv"
TILES: Final = "Tiles"
STYLES: Final = "Styles"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its id, tag, query parameters, the media types of its answer, and further statuses.

    ``refused`` are media types of its errors beside that of problems.
    """

    id: str
    tag: str
    query: tuple[str, ...] = ("v",)
    media: tuple[str, ...] = (JSON,)
    statuses: tuple[int, ...] = ()
    refused: tuple[str, ...] = ()


_BOTH: Final = (JSON, HTML)
_DOCUMENT: Final = ("f", "lang", "v")
_TILE: Final = (*SELECTING, "v")


def _document(id_: str, tag: str, media: tuple[str, ...] = _BOTH) -> Operation:
    return Operation(id_, tag, _DOCUMENT, media)


def _style(id_: str) -> Operation:
    media = tuple(media_type.partition(";")[0] for media_type in styles.FORMS.values())
    return Operation(id_, STYLES, styles.PARAMETERS, media)


_OGC: Final = {
    "": _document("getLandingPage", "Capabilities"),
    "/conformance": _document("getConformanceDeclaration", "Capabilities"),
    "/api": Operation(
        "getApi", "Capabilities", _DOCUMENT, ("application/vnd.oai.openapi+json;version=3.0", HTML)
    ),
    "/collections": _document("getCollections", "Features"),
    "/collections/{collectionId}": _document("describeCollection", "Features"),
    "/collections/{collectionId}/queryables": _document("getQueryables", "Features", (SCHEMA, HTML)),
    "/collections/{collectionId}/sortables": _document("getSortables", "Features", (SCHEMA, HTML)),
    "/collections/{collectionId}/schema": _document("getSchema", "Features", (SCHEMA, HTML)),
    "/collections/{collectionId}/items": Operation(
        "getFeatures",
        "Features",
        PARAMETERS,
        (GEOJSON, HTML, CSV, "application/vnd.apache.parquet", "application/vnd.flatgeobuf"),
        (410,),
    ),
    "/collections/{collectionId}/items/{featureId}": Operation(
        "getFeature", "Features", ("f", "lang", "crs", "v"), (GEOJSON, HTML)
    ),
    "/collections/{collectionId}/tiles": _document(".collection.vector.getTileSetsList", TILES),
    "/collections/{collectionId}/tiles/{tileMatrixSetId}": _document(".collection.vector.getTileSet", TILES),
    "/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": Operation(
        ".collection.vector.getTile", TILES, (*_TILE, "f"), (MEDIA_TYPE,)
    ),
    "/tiles": _document(".dataset.vector.getTileSetsList", TILES),
    "/tiles/{tileMatrixSetId}": _document(".dataset.vector.getTileSet", TILES),
    "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": Operation(
        ".dataset.vector.getTile", TILES, (*_TILE, "f"), (MEDIA_TYPE,)
    ),
    "/styles": _document("getStyles", STYLES),
    "/styles/{styleId}": _style("getStyle"),
    "/styles/{styleId}/metadata": _document("getStyleMetadata", STYLES),
    "/collections/{collectionId}/styles": _document("getCollectionStyles", STYLES),
    "/collections/{collectionId}/styles/{styleId}": _style("getCollectionStyle"),
    "/collections/{collectionId}/styles/{styleId}/metadata": _document("getCollectionStyleMetadata", STYLES),
    "/tileMatrixSets": _document("getTileMatrixSetsList", TILES),
    "/tileMatrixSets/{tileMatrixSetId}": _document("getTileMatrixSet", TILES),
}

_OTHERS: Final = {
    "/": Operation("getMap", "Map", (*mapstate.PARAMETERS, "v"), (HTML,)),
    "/tiles/{layers}/{z}/{x}/{y}.mvt": Operation("getTile", TILES, (*_TILE, BEYOND), (MEDIA_TYPE,)),
    "/tiles/{layers}.json": Operation("getTileJson", TILES, (*_TILE, "lang")),
    "/geometry/{layers}/{z}/{x}/{y}.mvt": Operation("getGeometryTile", TILES, ("v",), (MEDIA_TYPE,)),
    "/geometry/{layers}.json": Operation("getGeometryTileJson", TILES, ("v", "lang")),
    "/layers": Operation("getLayers", "Catalogue"),
    "/layers/{layer}": Operation("getLayer", "Catalogue"),
    "/layers/{layer}/labels": Operation("getLabels", "Catalogue", media=(GEOJSON,)),
    "/indicators": Operation("getIndicators", "Indicators"),
    "/indicators/{indicator}": Operation(
        "getIndicator", "Indicators", ("level", *values.PARAMETERS, "v"), (JSON, CSV, values.ARROW)
    ),
    "/zonings": Operation("getZonings", "Territories", (*zonings.PARAMETERS, "v"), (JSON, CSV)),
    "/labour": Operation("getLabour", "Labour market", (*labour.PARAMETERS, "v"), (JSON, CSV, values.ARROW)),
    "/labour/trades": Operation("getTrades", "Labour market"),
    "/labour/explain": Operation(
        "explainLabour", "Labour market", (*labour_explain.NEEDED, "f", "v"), (JSON, CSV)
    ),
    "/projects": Operation("getProjects", "Territories", (*inventory.PARAMETERS, "v"), (JSON, CSV, GEOJSON)),
    "/land": Operation("getLand", "Territories", (*inventory.PARAMETERS, "v"), (JSON, CSV, GEOJSON)),
    "/territories": Operation(
        "getTerritories", "Territories", ("q", "level", "limit", "lang", "f", "v"), _BOTH
    ),
    "/territories/{level}/{code}": Operation("getTerritory", "Territories", _DOCUMENT, (JSON, HTML, CSV)),
    "/at": Operation("getAt", "Territories", ("lon", "lat", "limit", "lang", "f", "v"), _BOTH),
    "/quality/{layer}": Operation("getQuality", "Catalogue"),
    "/dcat": Operation("getDcat", "Metadata", ("f", "lang", "v"), ("application/ld+json", "text/turtle")),
    "/stac": Operation("getStacCatalog", "Metadata", ("lang", "v")),
    "/stac/collections/{collectionId}": Operation("getStacCollection", "Metadata", ("lang", "v")),
    "/export/{layer}.{form}": Operation(
        "export", "Catalogue", (*EXPORT, "v"), (CSV, GEOJSON, "application/vnd.apache.parquet")
    ),
    "/find": Operation(
        "findTerritories", "Territories", (*territories.PARAMETERS, "v"), (JSON, HTML, CSV), (303,)
    ),
    "/find/sites": Operation(
        "findSites", "Territories", (*sites.PARAMETERS, "v"), (JSON, HTML, CSV, GEOJSON), (303,)
    ),
    "/styles/choropleth/{level}/{indicator}.json": Operation(
        "getChoropleth", "Catalogue", ("join", "year", *styling.LOOK, "v")
    ),
    "/symbols/{level}/{indicator}.geojson": Operation("getSymbols", "Catalogue", ("year", "v"), (GEOJSON,)),
    "/static/{width}x{height}.png": Operation(
        "getPicture", "Map", (*mapstate.PARAMETERS, *picture.SWITCHES, "v"), ("image/png",)
    ),
    "/view/{width}x{height}.{extension}": Operation(
        "getBarePicture", "Map", (*mapstate.PARAMETERS, bare.VIEW, "v"), ("image/png", "image/webp")
    ),
    "/raster/{style}/{z}/{x}/{y}.{extension}": Operation(
        "getRasterTile", "Map", (*raster.ASKED, "v"), ("image/png", "image/webp")
    ),
    "/wmts": Operation(
        "wmts", "Map", wmts.KNOWN, ("text/xml", "image/png", "image/webp"), refused=("text/xml",)
    ),
    "/wmts/1.0.0/WMTSCapabilities.xml": Operation("getWmtsCapabilities", "Map", (), ("text/xml",)),
    "/embed": Operation("getEmbed", "Map", (*mapstate.PARAMETERS, *chrome.DEFAULTS, "v"), (HTML,)),
    "/embed/configure": Operation(
        "configureEmbed", "Map", (*mapstate.PARAMETERS, *chrome.DEFAULTS, "height", "ui"), (HTML,)
    ),
    "/s": Operation("getLink", "Map", (*mapstate.PARAMETERS, "v")),
    "/s/{link}": Operation("followLink", "Map", (), (HTML,), (303,)),
    "/qgis": Operation("getQgisPage", "QGIS", ("lang", "v"), (HTML,)),
    "/qgis/project.qgs": Operation("getQgisProject", "QGIS", ("lang", "v"), (qgis.QGS,)),
    "/qgis/map.qlr": Operation("getQgisMap", "QGIS", ("lang", "v"), (qgis.QLR,)),
    "/qgis/{layer}.qlr": Operation("getQgisLayer", "QGIS", qgis.ASKED, (qgis.QLR,)),
    "/qgis/layer.qlr": Operation("getQgisLevel", "QGIS", ("level", *qgis.ASKED), (qgis.QLR,)),
    "/styles/{layer}.qml": Operation("getQgisStyle", "QGIS", qgis.ASKED, (qgis.QML,)),
    "/styles/{layer}.sld": Operation("getSld", STYLES, qgis.ASKED, (SLD,)),
    "/embed.js": Operation("getEmbedScript", "Map", (), ("text/javascript",)),
    "/oembed": Operation("getOembed", "Map", ("url", "maxwidth", "maxheight", "format"), (JSON, "text/xml")),
    "/health": Operation("getHealth", "Operation", ()),
    "/ready": Operation("getReadiness", "Operation", ()),
    "/metrics": Operation("getMetrics", "Operation", (), ("text/plain",)),
}

OPERATIONS: Final = {f"/ogc{path}": operation for path, operation in _OGC.items()} | _OTHERS
"""By path. A route that is not told here is described from its function alone."""

_TEXT: Final[dict[str, Any]] = {"type": "string", "maxLength": 500}

SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 100},
    "lang": {"type": "string", "enum": ["fr", "en"]},
    "bbox": {
        "type": "array",
        "items": {"type": "number"},
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
    },
    "bbox-crs": {"type": "string", "format": "uri", "enum": list(SYSTEMS)},
    "crs": {"type": "string", "format": "uri", "enum": list(SYSTEMS)},
    "filter-crs": {"type": "string", "format": "uri", "enum": list(SYSTEMS)[:1]},
    "filter-lang": {"type": "string", "enum": ["cql2-text", "cql2-json"]},
    "skipGeometry": {"type": "boolean", "default": False},
    "properties": {"type": "array", "items": {"type": "string"}},
    "indicators": {"type": "array", "items": {"type": "string"}},
    "sortby": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": r"[+\-]?[A-Za-z_].*"}},
    "tileMatrixSetId": {"type": "string", "enum": [QUAD]},
    "tileMatrix": {"type": "string", "pattern": "^[0-9]{1,2}$"},
    "tileRow": {"type": "integer", "minimum": 0},
    "tileCol": {"type": "integer", "minimum": 0},
    "z": {"type": "integer", "minimum": 0, "maximum": 18},
    "x": {"type": "integer", "minimum": 0},
    "y": {"type": "integer", "minimum": 0},
    "lon": {"type": "number", "minimum": -180, "maximum": 180},
    "lat": {"type": "number", "minimum": -90, "maximum": 90},
}
"""By the name of a parameter; others are texts."""

TOLD: Final = {
    "f": "form of the answer, instead of the header Accept",
    "lang": "language of texts",
    "v": "version of the store: the answer may then be kept for ever",
    "limit": "most rows of an answer",
    "cursor": "where to go on, from the link `next` of an answer; it names the version of the store",
    "bbox": "rows that intersect this box",
    "bbox-crs": "system of bbox",
    "crs": "system of the coordinates of the answer, in its order of axes",
    "datetime": "a date or two with a slash; features here have no time, so all match",
    "properties": "names of properties, with commas between",
    "indicators": "names of indicators, with commas between",
    "skipGeometry": "leave the geometry out",
    "sortby": "names of properties, with - before for descending",
    "filter": "a condition in CQL2",
    "filter-lang": "how the filter is written",
    "filter-crs": "system of the geometries of the filter",
}


def schema_of(name: str) -> dict[str, Any]:
    """Give the schema of a parameter."""
    return SCHEMAS.get(name, _TEXT)
