"""``/find``: the territories of a level ranked and filtered, as a page with a form, JSON or CSV."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tileserver.errors import RequestError
from tileserver.tiles.address import shown
from tileserver.tiles.filters import Filter
from tileserver.web.answer import cache_control
from tileserver.web.assets import PAGE
from tileserver.web.filtering import read_filter
from tileserver.web.find.build import make_answer
from tileserver.web.find.form import FIELDS, compile_query, is_filled
from tileserver.web.find.page import Reader, write_page
from tileserver.web.find.ranking import Asked
from tileserver.web.find.write import write_csv, write_json
from tileserver.web.profile.errors import telling_people
from tileserver.web.profile.pages import FRAMING_HEADERS, HTML, Links, choose_form, choose_language
from tileserver.web.query import parameters
from tileserver.web.respond import JSON, respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot
from tileserver.web.values import CSV

PARAMETERS: Final = ("level", "filter", "filter-lang", "sort", "columns", "known", "limit", "f", "lang")

FORMS: Final[Mapping[str, str]] = {"json": JSON, "html": HTML, "csv": CSV}

ROWS: Final[Mapping[str, int]] = {"html": 50, "json": 100, "csv": 40_000}
"""Territories that are listed, unless ``limit`` says otherwise."""

MOST_ROWS: Final[Mapping[str, int]] = {"html": 1000, "json": 40_000, "csv": 40_000}

LONGEST: Final = 200
"""Characters of the name of a column."""

_FIRST_LEVEL: Final = "ti"


@telling_people
async def find(request: Request) -> Response:
    """Serve the territories found. What the form sends is led to the query that it stands for."""
    shot = snapshot(request)
    query = parameters(request, *PARAMETERS, *FIELDS, "v")
    if is_filled(query):
        return RedirectResponse(f"find?{urlencode(compile_query(query))}", 303, {"Cache-Control": "no-store"})
    lang = choose_language(request, query)
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form = choose_form(request, query, headers, FORMS)
    wanted = read_filter(query)
    asked = read_asked(shot, query, wanted, form)
    idle = wanted is None and asked.sort is None and not asked.columns
    if idle and form != "html":
        raise RequestError(
            "say what is sought, as in filter=unemployment_rate > 8, or an order, as in sort=-population"
        )
    if form == "html":
        headers |= FRAMING_HEADERS
    if form == "csv":
        headers["Content-Disposition"] = f'attachment; filename="{asked.level}.csv"'
    links = Links("", query.get("lang"))
    framed = PAGE in live(request).assets

    def make() -> bytes:
        answer = None if idle else make_answer(shot, asked, query.get("filter"))
        if form == "html" or answer is None:
            return write_page(shot, asked, answer, Reader(query, lang, links, framed))
        return {"json": write_json, "csv": write_csv}[form](answer, lang)

    key = (shot.digest, "find", asked, query.get("filter"), form, lang, query.get("lang"), framed)
    return await respond(request, key, make, FORMS[form], headers)


def read_asked(shot: Snapshot, query: Mapping[str, str], wanted: Filter | None, form: str) -> Asked:
    """Read what is asked for; raise `RequestError` or `NotFoundError` with what would be right."""
    level = query.get("level") or (_FIRST_LEVEL if _FIRST_LEVEL in shot.levels else next(iter(shot.levels)))
    shot.level(level)
    sort = query.get("sort", "").strip()
    columns = tuple(name for name in query.get("columns", "").split(",") if name)
    for name in (sort, *columns):
        if len(name) > LONGEST:
            raise RequestError(f"a figure has a name of {len(name)} characters; at most {LONGEST} are read")
    return Asked(
        level=level,
        filter=wanted,
        sort=sort.removeprefix("-") or None,
        falling=not sort or sort.startswith("-"),
        columns=columns,
        limit=read_limit(query.get("limit"), form),
        known=read_known(query.get("known")),
    )


def read_known(text: str | None) -> float:
    """Read the per cent of a partial figure that must be known, as a share."""
    if text is None or not text:
        return 0.0
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100):
        raise RequestError(f"known is {shown(text)}; it is a whole number of per cent, from 0 to 100")
    return int(text) / 100


def read_limit(text: str | None, form: str) -> int:
    """Read how many rows are listed; raise `RequestError`."""
    if text is None:
        return ROWS[form]
    most = MOST_ROWS[form]
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= most):
        raise RequestError(f"limit is {shown(text)}; it is a whole number from 0 to {most}")
    return int(text)
