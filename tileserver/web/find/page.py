"""The find page: the form filled with the query, and the territories found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from tileserver.store.manifest import Title
from tileserver.web.find.choices import Choices, list_choices
from tileserver.web.find.form import OPERATORS, Filled, fill, numbered
from tileserver.web.find.model import Answer
from tileserver.web.find.phrases import phrases
from tileserver.web.find.ranking import Asked
from tileserver.web.profile.pages import Links, render
from tileserver.web.query import Language
from tileserver.web.snapshot import Snapshot

_STANDS_FOR: Final[Mapping[str, str]] = {
    "labour": "difficult_projects_share",
    "projects": "projects_per_10k_inhabitants",
    "land": "friche_ha_per_km2",
}
"""What the map shows for figures that are no indicators, where the store has it."""

_KEPT: Final = ("level", "filter", "filter-lang", "sort", "columns", "known", "limit", "lang")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a page is for: what was asked, in which language, from where links lead.

    ``framed``: the map page is built here, so that the map stands in a frame; else it is a picture.
    """

    query: Mapping[str, str]
    lang: Language
    links: Links
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: where the page in that order is, and the order that it has now."""

    address: str
    order: str | None


def write_page(shot: Snapshot, asked: Asked, answer: Answer | None, reader: Reader) -> bytes:
    """Write the page; without an answer the form alone, with examples."""
    query, lang = reader.query, reader.lang
    choices = list_choices(shot, asked.level)
    filled = fill(asked.filter, query.get("filter", ""), asked.columns)
    kept = {name: query[name] for name in _KEPT if name in query}
    other = "fr" if lang == "en" else "en"
    map_query = _map_query(shot, asked, answer)
    return render(
        "find.html",
        lang,
        reader.links,
        _address(kept, lang=other),
        answer=answer,
        phrases=phrases(asked.filter, _titles(answer)),
        level=asked.level,
        choices=choices,
        fields=filled.fields,
        rest=filled.rest,
        open_rows={kind: _open(kind, filled) for kind in "itzk"},
        numbered=numbered,
        known_trades={each.value for group in choices.trades for each in group.choices},
        operators=OPERATORS,
        limit=query.get("limit", ""),
        known=query.get("known", ""),
        sort=asked.sort if "sort" in query else None,
        falling=asked.falling,
        headings=() if answer is None else [_heading(kept, answer, column.id) for column in answer.columns],
        files={} if answer is None else _files(shot, kept, answer),
        examples=_examples(shot, choices) if answer is None else (),
        framed=reader.framed,
        map_query=map_query,
        mapped=shot.indicators.get(map_query.get("indicator", "")),
    )


def _titles(answer: Answer | None) -> dict[str, tuple[Title, Title | None]]:
    return {} if answer is None else {each.id: (each.title, each.unit) for each in answer.columns}


def _open(kind: str, filled: Filled) -> int:
    """Count the conditions of a kind to show: those filled, and one more."""
    return sum(1 for number in numbered(kind) if filled.fields.get(f"{kind}{number}")) + 1


def _address(kept: Mapping[str, str], **changed: str) -> str:
    asked = {**kept, **changed}
    return f"find?{urlencode(asked)}" if asked else "find"


def _files(shot: Snapshot, kept: Mapping[str, str], answer: Answer) -> dict[str, str]:
    """Address the answer in other forms, and the rows that pass with their outlines."""
    asked = {name: kept[name] for name in ("filter", "filter-lang", "known") if name in kept}
    asked["indicators"] = ",".join(column.id for column in answer.columns)
    layer = shot.level(answer.level).entry.id
    outlines = {form: f"export/{layer}.{form}?{urlencode(asked)}" for form in ("geojson", "parquet")}
    return {form: _address(kept, f=form) for form in ("csv", "json")} | outlines


def _heading(kept: Mapping[str, str], answer: Answer, column: str) -> Heading:
    now = {f"-{column}": "descending", column: "ascending"}.get(answer.sort or "")
    return Heading(_address(kept, sort=column if now == "descending" else f"-{column}"), now)


def _like(shot: Snapshot, answer: Answer) -> str | None:
    """Choose the indicator that is nearest to the first figure that is none: a map shows indicators."""
    for column in answer.columns:
        head, _, rest = column.id.partition(".")
        name = f"{rest.partition('.')[0]}_share" if head == "zoning" else _STANDS_FOR.get(head, "")
        if name in shot.indicators and answer.level in shot.indicators[name].levels:
            return name
    return None


def _map_query(shot: Snapshot, asked: Asked, answer: Answer | None) -> dict[str, str]:
    """Give the state of the map of what was found: by the first indicator of the table, the rest dimmed."""
    found = {"level": asked.level}
    if answer is not None:
        names = [answer.sort.removeprefix("-")] if answer.sort else []
        indicators = [name for name in [*names, *(each.id for each in answer.columns)] if "." not in name]
        chosen = indicators[0] if indicators else _like(shot, answer)
        if chosen is not None:
            found["indicator"], _, period = chosen.partition("@")
            found |= {"year": period} if period else {}
        if answer.filter is not None and not answer.filter.lstrip().startswith("{"):
            found["filter"] = answer.filter
    return found


def _examples(shot: Snapshot, choices: Choices) -> list[tuple[Title, str]]:
    """Give some queries that this store can answer."""
    found = []
    if shot.store.labour is not None and any(
        trade.kind == "trade" and trade.code.startswith("D") for trade in shot.store.labour.trades
    ):
        year = shot.store.labour.years[0]
        wanted = f'"labour.D*.share_difficult@{year}" > 60'
        if choices.kinds and any(
            group.choices and "projects." in group.choices[0].value for group in choices.kinds[1:]
        ):
            wanted += ' AND "projects.all.word.formation" = 0'
        found.append(
            (
                Title(
                    f"Plus de 60 % de recrutements difficiles dans le travail des métaux en {year}, "
                    "et aucun projet de formation",
                    f"Over 60% difficult recruitment in metalworking in {year}, and no training project",
                ),
                _address({"level": "ti", "filter": wanted}),
            )
        )
    if "unemployment_rate" in shot.indicators:
        found.append(
            (
                Title("Les taux de chômage les plus élevés", "The highest unemployment rates"),
                _address({"level": "ti", "sort": "-unemployment_rate", "limit": "20"}),
            )
        )
    if "friche_usual_area_ha" in shot.indicators and "funded_projects" in shot.indicators:
        found.append(
            (
                Title(
                    "Plus de 100 ha de friches et aucun projet financé connu",
                    "Over 100 ha of brownfields and no known funded project",
                ),
                _address({"level": "ti", "filter": "friche_usual_area_ha > 100 AND funded_projects = 0"}),
            )
        )
    return found
