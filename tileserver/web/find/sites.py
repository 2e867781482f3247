"""``/find/sites``: sites by criteria and distances, as a page with a form, JSON, CSV or GeoJSON."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tileserver.errors import RequestError
from tileserver.tiles.filters import Filter, properties
from tileserver.web.answer import cache_control
from tileserver.web.contracts import LayerLike
from tileserver.web.filtering import read_filter
from tileserver.web.find.build import make_sites
from tileserver.web.find.page import Reader
from tileserver.web.find.ranking import Asked, lies_in
from tileserver.web.find.site_form import compile_query, names_of
from tileserver.web.find.site_page import write_page
from tileserver.web.find.site_write import write_csv, write_geojson, write_json
from tileserver.web.find.territories import read_limit
from tileserver.web.inventory import GEOJSON, read_layers
from tileserver.web.profile.errors import telling_people
from tileserver.web.profile.pages import HEADERS, HTML, Links, choose_form, choose_language
from tileserver.web.profile.places import find_place
from tileserver.web.query import parameters
from tileserver.web.respond import JSON, respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import snapshot
from tileserver.web.values import CSV

ROOT: Final = "../"

PARAMETERS: Final = (
    "layer", "level", "code", "filter", "filter-lang", "sort", "columns", "limit", "f", "lang",
)  # fmt: skip

FORMS: Final[Mapping[str, str]] = {"json": JSON, "html": HTML, "csv": CSV, "geojson": GEOJSON}
_WRITERS: Final = {"json": write_json, "csv": write_csv, "geojson": write_geojson}


@telling_people
async def find_sites(request: Request) -> Response:
    """Serve the sites found. What the form sends is led to the query that it stands for."""
    shot = snapshot(request)
    layer = read_layers(shot, "land", request.query_params.get("layer"))[0]
    query = parameters(request, *PARAMETERS, *names_of(layer), "v")
    if any(name not in PARAMETERS and name != "v" for name in query):
        target = f"sites?{urlencode(compile_query(layer, query))}"
        return RedirectResponse(target, 303, {"Cache-Control": "no-store"})
    lang = choose_language(request, query)
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form = choose_form(request, query, headers, FORMS)
    wanted = read_filter(query)
    asked = read_asked(shot, layer, query, wanted, form)
    idle = wanted is None and asked.sort is None and asked.within is None and not asked.columns
    if idle and form != "html":
        raise RequestError(
            "say which sites, as in filter=area_ha >= 2, or of which territory, as in level=ti&code=ti-5204"
        )
    if form == "html":
        headers |= HEADERS
    if form in ("csv", "geojson"):
        headers["Content-Disposition"] = f'attachment; filename="{layer.entry.id}.{form}"'
    links = Links(ROOT, query.get("lang"))

    def make() -> bytes:
        found = None if idle else make_sites(shot, layer, asked, query.get("filter"))
        if form == "html" or found is None:
            return write_page(shot, layer, asked, found, Reader(query, lang, links))
        return _WRITERS[form](found)

    key = (shot.digest, "sites", layer.entry.id, asked, query.get("filter"), form, lang, query.get("lang"))
    return await respond(request, key, make, FORMS[form], headers)


def read_asked(
    shot: Snapshot, layer: LayerLike, query: Mapping[str, str], wanted: Filter | None, form: str
) -> Asked:
    """Read what is asked for; raise `RequestError` or `NotFoundError` with what would be right."""
    level, code = query.get("level"), query.get("code")
    if (level is None) != (code is None):
        raise RequestError("level and code go together: which territory, or neither for the whole country")
    if level is not None and code is not None:
        find_place(shot, level, code)
        lies_in(layer, level, code)
    sort = query.get("sort", "").strip()
    told = layer.entry.inventory
    named = () if wanted is None else properties(wanted)
    first = next(
        (each for each in ([] if told is None else told.totals) if wanted is None or each in named), None
    )
    if first is None and not sort and named and named[0].startswith("near."):
        sort = named[0]  # of a distance the least comes first
    return Asked(
        level=layer.entry.id,
        filter=wanted,
        sort=sort.removeprefix("-") or (first if wanted is not None or level is not None else None),
        falling=sort.startswith("-") or not sort,
        columns=tuple(name for name in query.get("columns", "").split(",") if name),
        limit=read_limit(query.get("limit"), "json" if form == "geojson" else form),
        within=None if level is None or code is None else (level, code),
    )
