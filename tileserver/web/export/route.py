"""``/export/{layer}.{form}``: the rows of a layer as CSV, GeoJSON or GeoParquet."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.exact import ExactStore
from tileserver.tiles.address import shown
from tileserver.web.answer import cache_control
from tileserver.web.export.rows import Asked, take
from tileserver.web.export.write import WRITERS
from tileserver.web.filtering import read_filter
from tileserver.web.find.territories import read_known
from tileserver.web.inventory import GEOJSON
from tileserver.web.query import parameters
from tileserver.web.respond import respond
from tileserver.web.state import snapshot
from tileserver.web.values import CSV

PARAMETERS: Final = ("indicators", "year", "filter", "filter-lang", "known")

PARQUET: Final = "application/vnd.apache.parquet"
FORMS: Final[Mapping[str, str]] = {"csv": CSV, "geojson": GEOJSON, "parquet": PARQUET}

LONGEST: Final = 2000
"""Characters of ``indicators``."""


async def export(request: Request) -> Response:
    """Serve the rows of a layer that pass the filter, with the figures asked for."""
    shot = snapshot(request)
    query = parameters(request, *PARAMETERS, "v")
    form = request.path_params["form"]
    if form not in FORMS:
        raise NotFoundError(f"there is no export as {shown(form)}; there are {', '.join(FORMS)}")
    layer = shot.layer(request.path_params["layer"])
    exact: ExactStore | None = shot.store.exact.get(layer.entry.id)
    if exact is None and form != "csv":
        raise NotFoundError(f"layer {layer.entry.id} has no geometry to take away; as csv it has its rows")
    known = read_known(query.get("known"))
    asked = Asked(_names(query.get("indicators")), query.get("year"), read_filter(query), known)
    headers = {
        "Cache-Control": cache_control(query.get("v"), shot.digest),
        "Content-Disposition": f'attachment; filename="{layer.entry.id}.{form}"',
    }
    key = (shot.digest, "export", layer.entry.id, form, asked)
    return await respond(
        request, key, lambda: WRITERS[form](take(shot, layer, asked), exact), FORMS[form], headers
    )


def _names(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    if len(text) > LONGEST:
        raise RequestError(f"indicators has {len(text)} characters; at most {LONGEST} are read")
    return tuple(dict.fromkeys(name for name in text.split(",") if name))
