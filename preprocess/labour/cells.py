"""The rows of the survey's files: one a year, zone, département and trade, each figure with its state."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.labour_spec import Labour, SurveyYear
from preprocess.findings import Finding, Severity
from preprocess.sources import Sources
from tileserver.errors import SourceError
from tileserver.store.labour_format import FIGURES, Cell

STEP = "labour"
KEY = ("zone", "place", "trade")


@dataclass(frozen=True, slots=True)
class SurveyCells:
    """The cells of all years.

    ``table``: ``year`` (int64, place among the declared years), ``row`` (int64, number of the row in the
    table of the file, from 1), ``written`` (the zone as the file has it), ``zone`` (as the list has it),
    ``zone_name``, ``place``, ``trade``, ``trade_name``, ``family``, ``family_name`` (str), then of each of
    `FIGURES` the number (float64, NaN where it is not known) and ``<figure>_state`` (uint8, `Cell`).
    """

    table: pd.DataFrame
    findings: tuple[Finding, ...]


def read_cells(labour: Labour, folder: Sources) -> SurveyCells:
    """Read the file of each year. Raises `SourceError` for one that is not what it is declared to be."""
    tables, findings = [], list[Finding]()
    for number, year in enumerate(labour.years):
        table, noted = _read_year(labour, year, folder)
        tables.append(table.assign(year=number))
        findings += noted
    return SurveyCells(pd.concat(tables, ignore_index=True), tuple(findings))


def finding(rule: str, source: str, key: str, message: str, *, severity: Severity = "warning") -> Finding:
    """Make a finding of this step."""
    return Finding(severity=severity, step=STEP, rule=rule, source=source, key=key, message=message)


def _read_year(labour: Labour, year: SurveyYear, folder: Sources) -> tuple[pd.DataFrame, list[Finding]]:
    columns = {
        "written": year.zone,
        "zone_name": year.zone_name,
        "place": year.place,
        "trade": year.trade,
        "trade_name": year.trade_name,
        "family": year.family,
        "family_name": year.family_name,
    }
    figures = {name: getattr(labour.columns, name) for name in FIGURES}
    read = folder.table(year.source, [*columns.values(), *figures.values()])
    table = read[list(columns.values())].set_axis(list(columns), axis=1)
    table["row"] = np.arange(1, len(table) + 1)
    findings = _empty_keys(year, table)
    for name, column in figures.items():
        value, state, noted = _figures(read[column], labour, year, column)
        table[name], table[f"{name}_state"] = value, state
        findings += noted
    table = table.dropna(subset=["written", "place", "trade"]).reset_index(drop=True)
    table["zone"] = table["written"].str.zfill(labour.zone_width).replace(year.recoded)
    table["trade_name"] = table["trade_name"].fillna(table["trade"])
    table["family"] = table["family"].fillna("")
    _refuse_repeated(folder.place(year.source), table)
    findings += _contradictions(year, table)
    return table, findings


def _figures(
    cells: pd.Series, labour: Labour, year: SurveyYear, column: str
) -> tuple[NDArray[np.float64], NDArray[np.uint8], list[Finding]]:
    """Tell numbers, secrets and the rest apart; a cell that is none of them is a finding."""
    secret = cells.isin(labour.secret).to_numpy()
    value = pd.to_numeric(cells.mask(secret), errors="coerce").to_numpy(np.float64).copy()
    value[~((value >= 0) & (value < np.inf))] = np.nan
    told = np.where(np.isnan(value), Cell.MISSING, Cell.KNOWN)
    state = np.where(secret, Cell.SECRET, told).astype(np.uint8)
    strange = cells[(state == Cell.MISSING) & cells.notna().to_numpy()]
    findings = [
        finding(
            "unreadable-value",
            year.source,
            f"row {row + 1}",
            f"{column} of row {row + 1} is {text!r}, neither a number nor a mark of secrecy; it is missing.",
        )
        for row, text in strange.items()
        if isinstance(row, int)
    ]
    marks = int(secret.sum())
    text = f"{column}: {marks} of {len(cells)} cells are secret; no sum of ours counts or tells them."
    return value, state, [*findings, finding("labour-secret", year.source, column, text, severity="info")]


def _empty_keys(year: SurveyYear, table: pd.DataFrame) -> list[Finding]:
    lacking = table[["written", "place", "trade"]].isna().any(axis=1)
    return [
        finding(
            "empty-code", year.source, f"row {row}", f"Row {row} lacks a zone, a place or a trade; left out."
        )
        for row in table.loc[lacking, "row"]
    ]


def _refuse_repeated(place: str, table: pd.DataFrame) -> None:
    """Refuse a second row of a zone, place and trade: it would count twice."""
    repeated = table[table.duplicated(list(KEY), keep=False)]
    if repeated.empty:
        return
    first = repeated[(repeated[list(KEY)] == repeated.iloc[0][list(KEY)]).all(axis=1)]
    zone, where, trade = first.iloc[0][list(KEY)]
    rows = ", ".join(str(row) for row in first["row"])
    raise SourceError(
        f"{place}: trade {trade} of zone {zone} in {where} stands on rows {rows}; each should have one row "
        f"({len(repeated)} rows repeat in all)"
    )


def _contradictions(year: SurveyYear, table: pd.DataFrame) -> list[Finding]:
    """Take a part that is known without its whole, or exceeds it, for missing; change `table` so."""
    findings = []
    for name in FIGURES[1:]:
        wrong = (table[name].notna() & ~(table[name] <= table["met"])).to_numpy()
        findings += [
            finding(
                "labour-contradiction",
                year.source,
                f"row {row}",
                f"{name} of row {row} is {value:g} of {whole:g} projects; it was taken for missing.",
            )
            for row, value, whole in table.loc[wrong, ["row", name, "met"]].itertuples(index=False)
        ]
        table.loc[wrong, name] = np.nan
        table.loc[wrong, f"{name}_state"] = Cell.MISSING
    return findings
