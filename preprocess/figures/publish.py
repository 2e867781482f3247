"""Figures as they are published: rounded, a column an indicator and period, statuses where not all is well.

Columns of an indicator ``x``: ``x`` is its last period, ``x@2023-T3`` each of several. ``x_status`` says what
a figure is where it is not *ok* (null there), and ``x_known`` the share known of a partial one; each exists
only where it has something to say. A period whose statuses are those of the last shares its columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from layers.indicator_spec import Indicator
from preprocess.figures.table import Figures, Period, Series
from tileserver.store.status import SLUGS, Status

KNOWN_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """A column of the table of a level: what it tells of an indicator.

    ``status`` and ``known`` name the columns that stand beside a value, None where there is nothing to tell.
    """

    id: str
    indicator: str
    period: Period
    kind: str
    status: str | None = None
    known: str | None = None


def published(
    figures: Mapping[str, Series], indicators: Mapping[str, Indicator], size: int
) -> tuple[pd.DataFrame, tuple[FigureColumn, ...]]:
    """Return the columns of a level (`size` rows, RangeIndex), in declared order, and what each is."""
    found: dict[str, pd.Series] = {}
    columns: list[FigureColumn] = []
    for key, indicator in indicators.items():
        series = figures.get(key)
        if not series:
            continue
        last = max(series, key=lambda period: period or "")
        several = [(f"@{period}", period) for period in series] if len(series) > 1 else []
        beside: list[FigureColumn] = []
        for suffix, period in [("", last), *several]:
            name = f"{key}{suffix}"
            found[name] = _values(series[period], indicator)
            status = _beside(series, period, last, key, "status", found)
            known = _beside(series, period, last, key, "known", found)
            columns.append(FigureColumn(name, key, period if suffix else None, "indicator", status, known))
            for kind, other in (("status", status), ("known", known)):
                if other is not None and other not in {column.id for column in beside}:
                    beside.append(FigureColumn(other, key, period if suffix else None, kind))
        columns += beside
    table = pd.DataFrame(found, index=pd.RangeIndex(size))
    return table[[column.id for column in columns]], tuple(columns)


def _beside(
    series: Series, period: Period, last: Period, key: str, kind: str, found: dict[str, pd.Series]
) -> str | None:
    """Add the column of status or share known of a period, unless the last one's says the same."""
    make = _statuses if kind == "status" else _known
    column = make(series[period])
    if column is None:
        return None
    name = f"{key}_{kind}"
    if period != last:
        same = make(series[last])
        name = name if same is not None and same.equals(column) else f"{name}@{period}"
    found[name] = column
    return name


def _values(figures: Figures, indicator: Indicator) -> pd.Series:
    column = pd.Series(np.round(figures.value, indicator.precision))
    return column.astype("Int64") if indicator.type == "integer" else column


def _statuses(figures: Figures) -> pd.Series | None:
    """Name the statuses; null where ok, None where all are."""
    if not figures.status.any():
        return None
    slugs = np.array([None, *SLUGS[1:]], dtype=object)
    return pd.Series(slugs[figures.status], dtype="str")


def _known(figures: Figures) -> pd.Series | None:
    """Give the share known of partial figures, rounded down, never to nothing; None where none is partial."""
    partial = figures.status == Status.PARTIAL
    if not partial.any():
        return None
    unit = 10**KNOWN_DECIMALS
    share = np.maximum(np.floor(figures.known * unit + 1e-9), 1) / unit
    return pd.Series(np.where(partial, share, np.nan))


def coverage(series: Series) -> dict[str, dict[str, int]]:
    """Count the figures of each status, by period (empty text for none); a status without any is left out."""
    counted = {}
    for period, figures in series.items():
        numbers = np.bincount(figures.status, minlength=len(SLUGS)).tolist()
        counted[period or ""] = {slug: n for slug, n in zip(SLUGS, numbers, strict=True) if n}
    return counted
