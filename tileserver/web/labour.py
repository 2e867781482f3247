"""The labour market: figures by territory, trade and year, and rankings of them."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.labour import LabourStore
from tileserver.tiles.address import shown
from tileserver.web.answer import cache_control
from tileserver.web.labour_answer import WRITERS, about
from tileserver.web.labour_rows import SHARES, SORTS, Selection, find
from tileserver.web.negotiation import choose_media_type
from tileserver.web.query import parameters
from tileserver.web.respond import JSON, VARY_CODING, respond, respond_json
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import snapshot
from tileserver.web.values import ARROW, CSV

PARAMETERS: Final = ("level", "code", "trade", "year", "kind", "sort", "limit", "least", "f")
KINDS: Final = ("trade", "family", "total")
FORMATS: Final[Mapping[str, str]] = {"json": JSON, "csv": CSV, "arrow": ARROW}
OFFERED: Final[Mapping[str, str]] = {JSON: "json", "text/csv": "csv", ARROW: "arrow"}

MOST: Final = 10_000
"""Largest number in ``limit`` and ``least``."""

LEAST_OF_SHARES: Final = 20
"""Projects behind a share, to be ranked by it, unless ``least`` says otherwise."""


async def figures(request: Request) -> Response:
    """Serve ``/labour``: of one territory, or of one trade, or both, as JSON, CSV or Arrow."""
    shot = snapshot(request)
    query = parameters(request, *PARAMETERS, "v")
    survey = the_survey(shot)
    wanted = read_selection(survey, query)
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form, media_type = choose_form(request, query, headers, tuple(FORMATS))

    def make() -> bytes:
        return WRITERS[form](shot, survey, wanted, find(survey, wanted))

    return await respond(request, (shot.digest, "labour", wanted, form), make, media_type, headers)


async def trades(request: Request) -> Response:
    """Serve ``/labour/trades``: the nomenclatures, their families and trades, and what the survey is."""
    shot = snapshot(request)
    query = parameters(request, "v")
    survey = the_survey(shot)
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    return await respond_json(request, (shot.digest, "trades"), lambda: _trades(shot, survey), headers)


def read_selection(survey: LabourStore, query: Mapping[str, str]) -> Selection:
    """Read what is asked for; raise `RequestError` or `NotFoundError`, with what would be right.

    Either a territory or a trade is named, so that an answer has some thousand rows at most.
    """
    if "level" not in query:
        raise RequestError(f"say at which level, as in level={survey.entry.levels[-2]}")
    level, code, trade = query["level"], query.get("code"), query.get("trade")
    survey.level(level)
    if code is None and trade is None:
        raise RequestError("say of which territory (code=) or of which trade (trade=), or both")
    if trade is not None and "kind" in query:
        raise RequestError("kind chooses among the trades of a territory; leave it out where trade= is given")
    kind = query.get("kind", "trade")
    if kind not in KINDS:
        raise RequestError(f"kind is {shown(kind)}; it is one of {' '.join(KINDS)}")
    sort = query.get("sort")
    if sort is not None and sort not in SORTS:
        raise RequestError(f"sort is {shown(sort)}; it is one of {' '.join(SORTS)}")
    if sort is None and "least" in query:
        raise RequestError("least is about rankings; say by what, as in sort=xmet")
    year = query.get("year")
    chosen = None if trade is None else survey.trade(trade)
    return Selection(
        level=level,
        code=code,
        territories=tuple(survey.level(level)) if code is None else (survey.territory(level, code),),
        trade=trade,
        trades=chosen,
        kind=kind,
        years=_years(survey, year, chosen, ranked=sort is not None),
        sort=sort,
        limit=_number(query, "limit", MOST),
        least=_number(query, "least", LEAST_OF_SHARES if sort in SHARES else 0),
    )


def _years(
    survey: LabourStore, year: str | None, trades: tuple[int, ...] | None, *, ranked: bool
) -> tuple[int, ...]:
    """Return the numbers of the years asked for: all, but of a ranking the latest that has such trades."""
    if year is not None:
        return (survey.year(year),)
    if not ranked:
        return tuple(range(len(survey.years)))
    known = None if trades is None else {survey.trades[number].nomenclature for number in trades}
    return (
        max(n for n, each in enumerate(survey.entry.years) if known is None or each.nomenclature in known),
    )


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= MOST):
        raise RequestError(f"{name} is {shown(text)}; it is a whole number from 0 to {MOST}")
    return int(text)


def the_survey(shot: Snapshot) -> LabourStore:
    """Return the survey of the store; raise `NotFoundError` where it has none."""
    survey: LabourStore | None = shot.store.labour
    if survey is None:
        raise NotFoundError("this store has no labour market; declare the survey and build it again")
    return survey


def choose_form(
    request: Request, query: Mapping[str, str], headers: dict[str, str], there: tuple[str, ...]
) -> tuple[str, str]:
    """Return the form asked for by ``f`` or the Accept header (then in `headers`), and its media type."""
    if "f" in query:
        form = query["f"]
        if form not in there:
            raise RequestError(f"f is {shown(form)}; it is one of {' '.join(there)}")
    else:
        offered = {media_type: form for media_type, form in OFFERED.items() if form in there}
        form = offered[choose_media_type(request.headers.get("accept"), tuple(offered))]
        headers["Vary"] = f"{VARY_CODING}, Accept"
    return form, FORMATS[form]


def _trades(shot: Snapshot, survey: LabourStore) -> dict[str, Any]:
    years = {
        key: [year.year for year in survey.entry.years if year.nomenclature == key]
        for key in survey.entry.nomenclatures
    }
    return {
        **about(shot, survey),
        "trades": [{**trade._asdict(), "years": years[trade.nomenclature]} for trade in survey.trades],
    }
