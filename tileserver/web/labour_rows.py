"""Rows of the labour market: found, completed, ranked; as columns of plain values."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tileserver.store.labour import Figures, LabourStore
from tileserver.store.labour_format import FIGURES
from tileserver.store.status import SLUGS, Status

SHARES: Final = {"share_difficult": "xmet", "share_non_seasonal": "smet"}
"""Shares of projects, and the figure that each is made from."""

SORTS: Final = (*FIGURES, *SHARES)

DECIMALS: Final = 2
"""Of numbers of projects: those of a part of a zone are estimates."""

SHARE_DECIMALS: Final = 4

Columns = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for, by names and by numbers of the store.

    ``trades`` is None for all those of ``kind``. ``limit`` keeps so many of the first rows; ``least`` is
    the number of projects that a row needs to be ranked by ``sort``.
    """

    level: str
    code: str | None
    territories: tuple[int, ...]
    trade: str | None
    trades: tuple[int, ...] | None
    kind: str
    years: tuple[int, ...]
    sort: str | None
    limit: int
    least: int


def find(survey: LabourStore, wanted: Selection) -> Columns:
    """Return the rows as columns: whose, of which trade and year, then figures, statuses, shares known.

    Where one territory and one trade are named, years that have no row are told too, as *missing* (the
    survey reports no project there) or *not_applicable* (the trade is of another nomenclature).
    """
    if wanted.trades is None:
        found = survey.of_territory(wanted.territories[0])
        kind = np.array([trade.kind == wanted.kind for trade in survey.trades], np.bool_)
        found = _take(found, np.flatnonzero(kind[found.trade] & np.isin(found.year, wanted.years)))
    else:
        found = survey.of_trades(wanted.territories, wanted.trades, wanted.years)
    measured = _measured(found)
    if wanted.sort is not None:
        order = _ranked(found, measured, wanted)
        found, measured = _take(found, order), {name: column[order] for name, column in measured.items()}
    columns = _told(survey, found, measured)
    if wanted.code is not None and wanted.trades is not None and wanted.sort is None:
        columns = _completed(survey, wanted, columns)
    return {name: column[: wanted.limit] for name, column in columns.items()}


def _take(found: Figures, rows: NDArray[np.int64]) -> Figures:
    columns = {name: column[rows] for name, column in found.columns.items()}
    return Figures(found.territory[rows], found.trade[rows], found.year[rows], columns)


def _measured(found: Figures) -> dict[str, NDArray[np.float64]]:
    """Return figures and shares, rounded, and the number of projects behind each."""
    measured = {name: np.round(found.columns[name], DECIMALS) for name in FIGURES}
    for name, part in SHARES.items():
        whole = found.columns[f"met_of_{part}"]
        share = np.divide(found.columns[part], whole, out=np.full(len(whole), np.nan), where=whole > 0)
        measured[name] = np.round(share if part == "xmet" else 1 - share, SHARE_DECIMALS)
        measured[f"behind_{name}"] = whole
    return measured


def _ranked(found: Figures, measured: dict[str, NDArray[np.float64]], wanted: Selection) -> NDArray[np.int64]:
    """Order the rows that can be ranked, the greatest first; of equal ones those with most projects."""
    by = str(wanted.sort)
    behind = measured[f"behind_{by}"] if by in SHARES else found.columns["met"]
    usable = np.flatnonzero(~np.isnan(measured[by]) & (behind >= wanted.least))
    order: NDArray[np.int64] = usable[np.lexsort((-behind[usable], -measured[by][usable]))]
    return order


def _told(survey: LabourStore, found: Figures, measured: dict[str, NDArray[np.float64]]) -> Columns:
    territories = [survey.territories[number] for number in found.territory.tolist()]
    trades = [survey.trades[number] for number in found.trade.tolist()]
    columns: Columns = {
        "code": [each.code for each in territories],
        "name": [each.name for each in territories],
        "year": [survey.years[number] for number in found.year.tolist()],
        "nomenclature": [each.nomenclature for each in trades],
        "trade": [each.code for each in trades],
        "trade_name": [each.name for each in trades],
        "kind": [each.kind for each in trades],
        "family": [each.family or None for each in trades],
    }
    for name in FIGURES:
        columns[name] = _plain(measured[name])
        columns[f"{name}_status"] = [SLUGS[status] for status in found.columns[f"{name}_status"].tolist()]
        known = found.columns[f"{name}_known"].astype(np.float64)
        columns[f"{name}_known"] = np.round(known, SHARE_DECIMALS).tolist()
    for name in SHARES:
        columns[name] = _plain(measured[name])
    return columns


def _plain(values: NDArray[np.float64]) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 - only NaN differs


def _completed(survey: LabourStore, wanted: Selection, columns: Columns) -> Columns:
    """Tell of the years without a row, in the order of nomenclatures, then years."""
    there = set(zip(columns["nomenclature"], columns["year"], strict=True))
    territory = survey.territories[wanted.territories[0]]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    for number in wanted.trades or ():
        trade = survey.trades[number]
        for year in (survey.entry.years[each] for each in wanted.years):
            if (trade.nomenclature, year.year) in there:
                continue
            other = trade.nomenclature != year.nomenclature
            status = Status.NOT_APPLICABLE if other else Status.MISSING
            told = {f"{name}_status": status.slug for name in FIGURES}
            known = {f"{name}_known": 0.0 for name in FIGURES}
            whose = {"code": territory.code, "name": territory.name, "year": year.year}
            of = {"nomenclature": trade.nomenclature, "trade": trade.code, "trade_name": trade.name}
            rows.append(
                dict.fromkeys(columns) | whose | of | told | known
                | {"kind": trade.kind, "family": trade.family or None}
            )  # fmt: skip
    order = {trade: number for number, trade in enumerate(survey.entry.nomenclatures)}
    rows.sort(key=lambda row: (order[row["nomenclature"]], row["year"]))
    return {name: [row[name] for row in rows] for name in columns}
