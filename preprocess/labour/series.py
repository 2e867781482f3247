"""Figures of the survey as indicators: all trades together, by level and year."""

import numpy as np
import pandas as pd

from layers.catalog import Catalog
from layers.indicator_spec import Survey
from layers.labour_spec import TOTAL
from preprocess.figures.table import Figures, Period, Series
from preprocess.labour.tables import LabourTables
from tileserver.store import labour_format as formats
from tileserver.store.status import Status

PARTS = {"share_difficult": "xmet", "share_non_seasonal": "smet"}


def survey_series(
    survey: Survey, level: str, codes: pd.Index, made: LabourTables | None, catalog: Catalog
) -> Series:
    """Return a figure of the survey for the territories of a level, by year; nothing where there is none.

    ``known`` is that of the figure, of a share that of its part: the weight of the rows that it is made of.
    """
    if made is None or catalog.labour is None or level not in made.levels:
        return {}
    trades, territories = made.tables[formats.TRADE_FILE], made.tables[formats.TERRITORY_FILE]
    here = territories[territories["level"] == level]
    numbers = pd.Series(here.index, index=here["code"]).reindex(codes).fillna(-1).to_numpy(np.int64)
    series: dict[Period, Figures] = {}
    years = catalog.labour.years
    for place, year in enumerate(years):
        of = (trades["nomenclature"] == year.nomenclature) & (trades["code"] == TOTAL)
        [total] = trades.index[of]
        wanted = formats.key(numbers, len(trades), int(total), len(years), place)
        series[year.year] = _figures(survey.figure, codes, made.tables[formats.FIGURE_FILE], wanted)
    return series


def _figures(figure: str, codes: pd.Index, table: pd.DataFrame, wanted: formats.Number) -> Figures:
    rows = table.set_index("key").reindex(wanted)
    part = PARTS.get(figure, figure)
    value = rows[part].to_numpy(np.float64)
    if figure in PARTS:
        whole = rows[f"met_of_{part}"].to_numpy(np.float64)
        share = np.divide(value, whole, out=np.full(len(value), np.nan), where=whole > 0)
        value = 100 * (share if figure == "share_difficult" else 1 - share)
    there = ~np.isnan(value)
    status = rows[f"{part}_status"].fillna(Status.MISSING).to_numpy(np.uint8)
    return Figures(
        codes=codes,
        value=value,
        status=np.where(there | (status > Status.PARTIAL), status, Status.MISSING).astype(np.uint8),
        known=np.where(there, rows[f"{part}_known"].to_numpy(np.float64), 0.0),
        weight=np.ones(len(codes)),
    )
