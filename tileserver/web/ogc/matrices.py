"""Tile matrix sets (OGC 17-083r4): the one in which the tiles are, as its register defines it."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError
from tileserver.tiles.address import shown
from tileserver.web.ogc.collections import REL
from tileserver.web.ogc.document import Place, send
from tileserver.web.profile.errors import telling_people
from tileserver.web.respond import JSON

QUAD: Final = "WebMercatorQuad"
QUAD_URI: Final = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
MERCATOR: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"

_DEEPEST: Final = 24
_HALF_M: Final = 20037508.3427892
_SCALE: Final = 559082264.028717
_CELL_M: Final = 156543.033928041
_SIDE: Final = 256


@telling_people
async def matrix_sets(request: Request) -> Response:
    """List the tile matrix sets."""
    return await send(request, ("matrices",), _sets, "ogc_matrices.html")


@telling_people
async def matrix_set(request: Request) -> Response:
    """Define a tile matrix set."""
    name = request.path_params["tileMatrixSetId"]
    if name != QUAD:
        raise NotFoundError(f"there is no tile matrix set {shown(name)}; there is {QUAD}")
    return await send(request, ("matrices", QUAD), _quad, "ogc_matrix_set.html")


def _sets(place: Place, page: bool) -> dict[str, Any]:
    return {
        "links": place.both("/tileMatrixSets", page=page),
        "tileMatrixSets": [
            {
                "id": QUAD,
                "title": "Google Maps Compatible for the World",
                "uri": QUAD_URI,
                "crs": MERCATOR,
                "links": [
                    place.link("self", f"/tileMatrixSets/{QUAD}", JSON, QUAD, f="json"),
                    place.link(f"{REL}tiling-scheme", f"/tileMatrixSets/{QUAD}", JSON, QUAD, f="json"),
                ],
            }
        ],
    }


def _quad(place: Place, page: bool) -> dict[str, Any]:
    return {
        "id": QUAD,
        "title": "Google Maps Compatible for the World",
        "uri": QUAD_URI,
        "crs": MERCATOR,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "links": place.both(f"/tileMatrixSets/{QUAD}", page=page),
        "tileMatrices": [
            {
                "id": str(z),
                "scaleDenominator": _SCALE / 2**z,
                "cellSize": _CELL_M / 2**z,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-_HALF_M, _HALF_M],
                "tileWidth": _SIDE,
                "tileHeight": _SIDE,
                "matrixWidth": 1 << z,
                "matrixHeight": 1 << z,
            }
            for z in range(_DEEPEST + 1)
        ],
    }
