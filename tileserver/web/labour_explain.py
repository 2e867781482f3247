"""How a figure of the labour market is made, line by line from the rows of the files."""

import csv
import io
from collections.abc import Mapping
from math import fsum
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.labour import LabourStore
from tileserver.store.labour_format import FIGURES, Cell
from tileserver.store.labour_lines import Line, find_lines
from tileserver.tiles.address import shown
from tileserver.web.answer import cache_control
from tileserver.web.labour import choose_form, the_survey
from tileserver.web.labour_rows import SHARES, Selection, find
from tileserver.web.query import parameters
from tileserver.web.respond import respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import snapshot

NEEDED: Final = ("level", "code", "trade", "year")

MOST_LINES: Final = 20_000
"""More make no explanation that anybody reads."""

MARKS: Final = {Cell.SECRET: "*", Cell.MISSING: ""}

HOW: Final = {
    "fr": "Chaque ligne : le chiffre du fichier × la part des habitants du bassin (dans ce département) qui "
    "vivent dans le territoire. Le chiffre est la somme des lignes connues ; la part connue, les habitants "
    "du territoire dans les lignes connues sur ceux des lignes qui citent le métier.",
    "en": "Each line: the figure of the file × the share of the people of the zone (in that département) who "
    "live in the territory. The figure is the sum of the known lines; the share known, the people of the "
    "territory in the known lines over those in the lines that list the trade.",
}


async def explain(request: Request) -> Response:
    """Serve ``/labour/explain``: the lines behind one figure, as JSON or CSV."""
    shot = snapshot(request)
    query = parameters(request, *NEEDED, "f", "v")
    survey = the_survey(shot)
    for name in NEEDED:
        if name not in query:
            raise RequestError(f"say which {name}; a figure has a {', a '.join(NEEDED)}")
    territory = survey.territory(query["level"], query["code"])
    year = survey.year(query["year"])
    trade = _of_year(survey, query["trade"], year)
    shares, members = survey.shares(territory), survey.members(trade)
    if len(shares["atom"]) * len(members) > MOST_LINES:
        raise RequestError(
            f"the figure may have over {MOST_LINES} lines; ask for one trade, or a smaller territory"
        )
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form, media_type = choose_form(request, query, headers, ("json", "csv"))

    def make() -> bytes:
        lines = find_lines(survey, territory, members, year)
        if form == "csv":
            return _csv(lines)
        return msgspec.json.encode(_told(shot, survey, (territory, trade, year), lines))

    key = (shot.digest, "explain", territory, trade, year, form)
    return await respond(request, key, make, media_type, headers)


def _of_year(survey: LabourStore, code: str, year: int) -> int:
    """Return the trade of a code that is of the nomenclature of the year."""
    of = survey.entry.years[year]
    found = {survey.trades[number].nomenclature: number for number in survey.trade(code)}
    if of.nomenclature not in found:
        raise NotFoundError(
            f"trade {shown(code)} is of {', '.join(found)}; {of.year} is in {of.nomenclature}"
        )
    return found[of.nomenclature]


def _told(
    shot: Snapshot, survey: LabourStore, which: tuple[int, int, int], lines: list[Line]
) -> Mapping[str, Any]:
    territory, trade, year = which
    of, what, when = survey.territories[territory], survey.trades[trade], survey.entry.years[year]
    return {
        "territory": of._asdict(),
        "trade": what._asdict(),
        "year": when.year,
        "nomenclature": survey.entry.nomenclatures[when.nomenclature],
        "source": shot.named_sources((when.source,)),
        "how": HOW,
        "absent": survey.entry.absent,
        "published": _published(survey, which),
        "sums": {name: _sum(lines, name) for name in FIGURES},
        "lines": [_line(line) for line in lines],
    }


def _published(survey: LabourStore, which: tuple[int, int, int]) -> Mapping[str, Any]:
    """Return the row of the table that the lines explain."""
    territory, trade, year = which
    of = survey.territories[territory]
    one = Selection(
        level=of.level, code=of.code, territories=(territory,), trade=survey.trades[trade].code,
        trades=(trade,), kind="trade", years=(year,), sort=None, limit=1, least=0,
    )  # fmt: skip
    columns = find(survey, one)
    told = [name for name in columns if name.startswith(FIGURES) or name in SHARES]
    return {name: columns[name][0] for name in told}


def _sum(lines: list[Line], name: str) -> Mapping[str, Any]:
    """Add up a figure, and say how much of its weight is known."""
    listed = [line for line in lines if line.row is not None]
    known = [line for line in listed if line.cells[name] is not None]
    return {
        "lines": len(listed),
        "known_lines": len(known),
        "sum": fsum(line.adds(name) or 0.0 for line in known) if known else None,
        "people": fsum(line.population for line in listed),
        "known_people": fsum(line.population for line in known),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "zone": line.atom.zone,
        "zone_name": line.atom.name,
        "place": line.atom.place,
        "trade": line.trade.code,
        "row": line.row,
        "zone_in_file": line.written,
        **{name: _cell(line, name) for name in FIGURES},
        "people_of_zone": line.atom.population,
        "people": line.population,
        "communes": line.communes,
        "communes_of_zone": line.atom.communes,
        "share": line.share,
        **{f"{name}_adds": line.adds(name) for name in FIGURES},
    }


def _cell(line: Line, name: str) -> float | str | None:
    """Return a figure as the file has it: a number, the mark of secrecy; None where there is no row."""
    state = line.states[name]
    return None if state is None else MARKS.get(state, line.cells[name])


def _csv(lines: list[Line]) -> bytes:
    text = io.StringIO()
    rows = [_line(line) for line in lines]
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["zone"], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
