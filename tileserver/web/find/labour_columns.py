"""Figures of the survey of recruitment projects as columns: of a trade, a family, a group, or all."""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.labour import Figures, LabourStore
from tileserver.store.manifest import Title
from tileserver.store.status import Status
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike
from tileserver.web.find.columns import Column
from tileserver.web.labour import the_survey
from tileserver.web.labour_rows import DECIMALS, SHARE_DECIMALS, SHARES
from tileserver.web.snapshot import Snapshot

MEASURES: Final = {
    "share_difficult": Title("part des projets difficiles", "share of difficult projects"),
    "met": Title("projets de recrutement", "recruitment projects"),
    "xmet": Title("projets difficiles", "difficult projects"),
    "smet": Title("projets saisonniers", "seasonal projects"),
    "share_non_seasonal": Title("part des projets durables", "share of lasting projects"),
}

_NAME: Final = re.compile(r"labour\.([0-9A-Za-z]{1,8}\*?)\.([a-z_]+)(?:@([0-9]{4}))?", re.ASCII)
_PROJECTS: Final = Title("projets", "projects")
_PER_CENT: Final = Title("%", "%")


def labour_column(shot: Snapshot, layer: LayerLike, name: str) -> Column:
    """Make ``labour.{trade}.{measure}@{year}``; without a year the latest that has such trades.

    The figure of a group of trades (``D*``) is the sum of theirs, and its share the share of these sums;
    what is not known of one of them makes it *partial*, and ``known`` is the mean of the shares known.
    """
    survey = the_survey(shot)
    matched = _NAME.fullmatch(name)
    if matched is None or matched[2] not in MEASURES:
        raise RequestError(
            f"{shown(name)} is written as in labour.D2Z40.share_difficult@2023; "
            f"what is measured is one of {' '.join(MEASURES)}"
        )
    code, measure, year = matched.groups()
    numbers, at = _trades(survey, code, year)
    there = survey.level(str(layer.entry.level))
    found = survey.of_trades(there, numbers, [at])
    rows = _rows(survey, layer)[found.territory - there.start]
    values, status, known = _added(found, rows, layer.entry.count, measure)
    told, counted = MEASURES[measure], measure not in SHARES
    title, when = _title(survey, code, numbers), survey.years[at]
    return Column(
        id=name,
        title=Title(f"{title.fr} : {told.fr}, {when}", f"{title.en}: {told.en}, {when}"),
        unit=_PROJECTS if counted else _PER_CENT,
        precision=0 if counted else 1,
        count=counted,
        values=values,
        status=status,
        known=known,
        sources=_sources(survey, at),
    )


def _trades(survey: LabourStore, code: str, year: str | None) -> tuple[tuple[int, ...], int]:
    """Return the numbers of the trades that a code stands for in a year, and that of the year."""
    if code.endswith("*"):
        of = tuple(
            number
            for number, trade in enumerate(survey.trades)
            if trade.kind == "trade" and trade.code.startswith(code[:-1])
        )
        if not of:
            raise NotFoundError(
                f"no trade has a code that begins with {code[:-1]}; /labour/trades lists them"
            )
    else:
        of = survey.trade(code)
    known = {survey.trades[number].nomenclature for number in of}
    years = [n for n, each in enumerate(survey.entry.years) if each.nomenclature in known]
    at = max(years) if year is None else survey.year(year)
    nomenclature = survey.entry.years[at].nomenclature
    numbers = tuple(number for number in of if survey.trades[number].nomenclature == nomenclature)
    if not numbers:
        there = ", ".join(survey.years[number] for number in years)
        raise NotFoundError(
            f"trade {code} is not of the nomenclature of {survey.years[at]}; it has figures of {there}"
        )
    return numbers, at


def _rows(survey: LabourStore, layer: LayerLike) -> NDArray[np.int64]:
    """Return the row of the layer of each territory of its level in the survey."""
    row = {code: row for row, code in enumerate(layer.attributes.column("code").to_pylist())}
    numbers = survey.level(str(layer.entry.level))
    return np.array([row[survey.territories[number].code] for number in numbers], np.int64)


def _added(
    found: Figures, rows: NDArray[np.int64], count: int, measure: str
) -> tuple[NDArray[np.float64], NDArray[np.uint8], NDArray[np.float64]]:
    """Add up figures by row of the layer: values, statuses, shares known, (count) each."""
    part = SHARES.get(measure, measure)
    status = found.columns[f"{part}_status"]
    there = status <= Status.PARTIAL

    def add(what: NDArray[np.float64], where: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(rows[where], weights=what[where], minlength=count).astype(np.float64)

    every, ones = np.ones(len(rows), bool), np.ones(len(rows))
    listed, with_value = add(ones, every), add(ones, there) > 0
    values = add(found.columns[part], there)
    whole = with_value
    if measure in SHARES:
        behind = add(np.nan_to_num(found.columns[f"met_of_{part}"]), there)
        whole = with_value & (behind > 0)
        share = np.divide(values, behind, out=np.zeros(count), where=whole)
        values = (100 * np.round(share if part == "xmet" else 1 - share, SHARE_DECIMALS)).astype(np.float64)
    secret = add(ones, status == Status.SECRET) > 0
    partly = add(ones, ~there | (status == Status.PARTIAL)) > 0
    estimated = add(ones, status == Status.ESTIMATED) > 0
    told = np.select(
        [whole & partly, whole & estimated, whole, with_value, secret],
        [Status.PARTIAL, Status.ESTIMATED, Status.OK, Status.NOT_APPLICABLE, Status.SECRET],
        Status.MISSING,
    )
    sums = add(found.columns[f"{part}_known"].astype(np.float64), every)
    known = np.where(whole, sums / np.maximum(listed, 1), 0.0).astype(np.float64)
    return np.where(whole, np.round(values, DECIMALS), np.nan), told.astype(np.uint8), known


def _sources(survey: LabourStore, at: int) -> tuple[str, ...]:
    """Return the sources behind figures of a year: its own file, and what is no other year's."""
    others = {year.source for number, year in enumerate(survey.entry.years) if number != at}
    return tuple(source for source in survey.entry.sources if source not in others)


def _title(survey: LabourStore, code: str, numbers: tuple[int, ...]) -> Title:
    trade = survey.trades[numbers[0]]
    if code.endswith("*"):
        domain = survey.entry.domains.get(trade.nomenclature, {}).get(code[:-1])
        return domain or Title(f"Métiers {code}", f"Trades {code}")
    name = " ".join(trade.name.split())
    return Title(name, name if trade.kind != "total" else "All trades")
