"""OGC WMTS 1.0.0 (07-057r7) of the raster tiles: key-value pairs, and the addresses of REST."""

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError, TileserverError
from tileserver.tiles.address import shown as told
from tileserver.web.access import key_query
from tileserver.web.embedding.cards import SITE
from tileserver.web.links import base_url
from tileserver.web.raster import DEEPEST, answer_tile, period, style_names
from tileserver.web.respond import respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot

XML: Final = "text/xml; charset=utf-8"
MATRIX_SET: Final = "WebMercatorQuad"

_FORMATS: Final[Mapping[str, str]] = {"image/png": "png", "image/webp": "webp"}
_HALF: Final = 20_037_508.342789244
_SCALE: Final = 559_082_264.0287178
"""Scale denominator of zoom 0 (OGC 17-083r4, annex D.1)."""

KNOWN: Final = (
    "service", "request", "version", "acceptversions", "layer", "style", "format", "tilematrixset",
    "tilematrix", "tilerow", "tilecol", "time", "sections", "updatesequence", "acceptformats",
)  # fmt: skip


async def wmts(request: Request) -> Response:
    """Serve ``/wmts``: GetCapabilities and GetTile; errors as an exception report."""
    try:
        return await _answer(request)
    except TileserverError as error:
        return _report(error)


async def capabilities(request: Request) -> Response:
    """Serve ``/wmts/1.0.0/WMTSCapabilities.xml``."""
    return await _capabilities(request)


async def _answer(request: Request) -> Response:
    query = {name.lower(): text for name, text in request.query_params.items()}
    for name in query:
        if name not in KNOWN:
            raise RequestError(f"parameter {told(name)} is not known; they are {', '.join(KNOWN)}")
    if query.get("service", "WMTS").upper() != "WMTS":
        raise RequestError(f"service is {told(query['service'])}; it is WMTS")
    asked = query.get("request", "").lower()
    if asked == "getcapabilities":
        return await _capabilities(request)
    if asked == "gettile":
        return await _tile(request, query)
    raise RequestError(f"request is {told(query.get('request', ''))}; it is GetCapabilities or GetTile")


async def _tile(request: Request, query: Mapping[str, str]) -> Response:
    for name in ("layer", "tilematrixset", "tilematrix", "tilerow", "tilecol", "format"):
        if not query.get(name):
            raise RequestError(f"{name} is missing")
    if query["tilematrixset"] != MATRIX_SET:
        raise RequestError(f"tilematrixset is {told(query['tilematrixset'])}; it is {MATRIX_SET}")
    if query["format"] not in _FORMATS:
        raise RequestError(f"format is {told(query['format'])}; it is one of {' '.join(_FORMATS)}")
    if query.get("style", "default") not in ("", "default"):
        raise RequestError(f"style is {told(query['style'])}; it is default")
    year = period(query.get("time"))
    numbers = (query["tilematrix"], query["tilecol"], query["tilerow"])
    given = {} if year is None else {"year": year}
    return await answer_tile(request, query["layer"], numbers, _FORMATS[query["format"]], given)


async def _capabilities(request: Request) -> Response:
    shot = snapshot(request)
    base, key = base_url(request, live(request).settings), key_query(request)
    return await respond(
        request, (shot.digest, "wmts", base, key), lambda: write_capabilities(shot, base, key), XML
    )


def _report(error: TileserverError) -> Response:
    """Write an exception report (OWS Common 1.1, 06-121r3 clause 8)."""
    code = "InvalidParameterValue" if not isinstance(error, NotFoundError) else "TileOutOfRange"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ExceptionReport xmlns="http://www.opengis.net/ows/1.1" version="1.1.0" xml:lang="en">'
        f'<Exception exceptionCode="{code}"><ExceptionText>{escape(str(error))}</ExceptionText></Exception>'
        "</ExceptionReport>\n"
    )
    return Response(body, error.status, {"Cache-Control": "no-store"}, media_type=XML)


def write_capabilities(shot: Snapshot, base: str, key: str) -> bytes:
    """Describe the service; every style is a layer, every period of an indicator a value of its time."""
    mark = f"?{key}" if key else ""
    address = quoteattr(f"{base}/wmts?{key}")
    get = "".join(
        f'<ows:Operation name="{name}"><ows:DCP><ows:HTTP><ows:Get xlink:href={address}>'
        '<ows:Constraint name="GetEncoding"><ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues>'
        "</ows:Constraint></ows:Get></ows:HTTP></ows:DCP></ows:Operation>"
        for name in ("GetCapabilities", "GetTile")
    )
    layers = "".join(_layer(shot, level, indicator, base, key) for level, indicator in style_names(shot))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" version="1.0.0">'
        f"<ows:ServiceIdentification><ows:Title>{SITE}</ows:Title><ows:ServiceType>OGC WMTS</ows:ServiceType>"
        "<ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification>"
        f"<ows:OperationsMetadata>{get}</ows:OperationsMetadata>"
        f"<Contents>{layers}{_matrices()}</Contents>"
        f"<ServiceMetadataURL xlink:href={quoteattr(f'{base}/wmts/1.0.0/WMTSCapabilities.xml{mark}')}/>"
        "</Capabilities>\n"
    ).encode()


def _layer(shot: Snapshot, level: str, name: str, base: str, key: str) -> str:
    layer, indicator = shot.levels[level].entry, shot.indicators[name]
    west, south, east, north = layer.bounds
    periods = indicator.periods if len(indicator.periods) > 1 else ()
    time, asked = "", key
    if periods:
        values = "".join(f"<Value>{item}</Value>" for item in reversed(periods))
        named = f"<ows:Identifier>Time</ows:Identifier><Default>{periods[-1]}</Default>"
        time = f"<Dimension>{named}{values}</Dimension>"
        asked = "&".join(part for part in ("year={Time}", key) if part)
    address = f"{base}/raster/{level}.{name}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}"
    resources = "".join(
        f'<ResourceURL format="{media}" resourceType="tile" '
        f"template={quoteattr(f'{address}.{form}' + (f'?{asked}' if asked else ''))}/>"
        for media, form in _FORMATS.items()
    )
    formats = "".join(f"<Format>{media}</Format>" for media in _FORMATS)
    return (
        f"<Layer><ows:Title>{escape(indicator.title.fr)} – {escape(layer.title.fr)}</ows:Title>"
        f"<ows:Abstract>{escape(indicator.definition.fr)}</ows:Abstract>"
        f"<ows:WGS84BoundingBox><ows:LowerCorner>{west} {south}</ows:LowerCorner>"
        f"<ows:UpperCorner>{east} {north}</ows:UpperCorner></ows:WGS84BoundingBox>"
        f"<ows:Identifier>{level}.{name}</ows:Identifier>"
        '<Style isDefault="true"><ows:Identifier>default</ows:Identifier></Style>'
        f"{formats}{time}<TileMatrixSetLink><TileMatrixSet>{MATRIX_SET}</TileMatrixSet></TileMatrixSetLink>"
        f"{resources}</Layer>"
    )


def _matrices() -> str:
    matrices = "".join(
        f"<TileMatrix><ows:Identifier>{z}</ows:Identifier>"
        f"<ScaleDenominator>{_SCALE / 2**z!r}</ScaleDenominator>"
        f"<TopLeftCorner>-{_HALF} {_HALF}</TopLeftCorner>"
        "<TileWidth>256</TileWidth><TileHeight>256</TileHeight>"
        f"<MatrixWidth>{2**z}</MatrixWidth><MatrixHeight>{2**z}</MatrixHeight></TileMatrix>"
        for z in range(DEEPEST + 1)
    )
    return (
        f"<TileMatrixSet><ows:Identifier>{MATRIX_SET}</ows:Identifier>"
        "<ows:SupportedCRS>urn:ogc:def:crs:EPSG::3857</ows:SupportedCRS>"
        "<WellKnownScaleSet>http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible</WellKnownScaleSet>"
        f"{matrices}</TileMatrixSet>"
    )
