"""``/ogc/api``: the description of the whole server, for programs and for people."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tileserver.web.deferred import Deferred
from tileserver.web.ogc.document import Place, send
from tileserver.web.ogc.landing import OPENAPI
from tileserver.web.profile.errors import telling_people
from tileserver.web.tile_path import TEMPLATES

_TILES = {"tiles": "A tile with properties.", "geometry": "A tile of outlines and ids."}


@telling_people
async def api(request: Request) -> Response:
    """Describe every route of the server."""
    # Here, because a start needs none of it.
    from tileserver.web.ogc.openapi import describe

    routes = [(route.path, route.handler()) for route in request.app.routes if isinstance(route, Deferred)]
    tiles = [(path, _TILES[kind]) for kind, path in TEMPLATES.items()]

    def make(place: Place, _page: bool) -> dict[str, Any]:
        return describe(place, [*tiles, *routes])

    return await send(request, ("api",), make, "ogc_api.html", OPENAPI)
