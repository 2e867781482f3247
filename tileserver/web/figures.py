"""The figures of an indicator at a level as arrays: what classes, circles and pictures are made from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

import numpy as np
from numpy.typing import NDArray

from styles.model import Figures, Variable
from styles.statuses import count_statuses
from styles.words import Words
from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import IndicatorEntry, Title
from tileserver.store.mapped import column, floats
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike

_PERIOD: Final = re.compile(r"[0-9]{4}(-[A-Z]?[0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layer, in the order of its rows: ``values`` float64 (n), NaN = no data.

    ``told`` has the slug of each status, None where the obvious: ok with a value, missing without.
    """

    values: NDArray[np.float64]
    told: list[str | None]


def column_name(layer: LayerLike, entry: IndicatorEntry, year: str | None) -> str:
    """Name the column of an indicator, ``id`` or ``id@2023-T3``; raise where there is no such period."""
    if year is None:
        return entry.id
    if not _PERIOD.fullmatch(year):
        raise RequestError(f"year is {shown(year)}; a year has four digits, a quarter is written 2023-T3")
    if entry.periods == (year,):
        return entry.id
    column = f"{entry.id}@{year}"
    there = [name for name in layer.attributes.column_names if name.startswith(f"{entry.id}@")]
    if column not in there:
        listed = [*entry.periods] if len(entry.periods) == 1 else [name.partition("@")[2] for name in there]
        years = ", ".join(listed) or "none apart from the one without year="
        raise NotFoundError(f"indicator {entry.id} has no year {year} here; it has {years}")
    return column


def columns_beside(layer: LayerLike, column: str) -> tuple[str, ...]:
    """Name the columns of status and share known of a column of values; none where all figures are *ok*."""
    found = next((field for field in layer.entry.fields if field.id == column), None)
    if found is None or found.status is None:
        return ()
    return (found.status,) if found.known is None else (found.status, found.known)


def variable(indicator: IndicatorEntry, name: str) -> Variable:
    """Describe an indicator as what a map shows; `name` is that of its column."""
    return Variable(
        id=indicator.id,
        title=words(indicator.title),
        unit=words(indicator.unit),
        precision=indicator.precision,
        classes=indicator.classes,
        palette=indicator.palette,
        total=indicator.count or indicator.rule == "sum",
        limits=indicator.limits,
        categories=tuple((item.value, words(item.title)) for item in indicator.categories),
        column=name,
    )


def words(title: Title) -> Words:
    """Give a text of the store as one of the styles."""
    return Words(title.fr, title.en)


def read_column(layer: LayerLike, name: str) -> Column:
    """Read a column of values by its name, ``id`` or ``id@2023``, with its statuses."""
    values = floats(column(layer.attributes, name))
    field = next((item for item in layer.entry.fields if item.id == name), None)
    beside = None if field is None else field.status
    told = [None] * len(values) if beside is None else layer.attributes.column(beside).to_pylist()
    return Column(values, told)


def read_figures(layer: LayerLike, indicator: IndicatorEntry, year: str | None) -> Figures:
    """Read the figures of a year (None: the last), and those of the years that it is compared with.

    Those are the years of its series, from the break before it to the next one: over them classes stay
    the same, so that a colour means the same in each.
    """
    name = column_name(layer, indicator, year)
    found = read_column(layer, name)
    period = year or (indicator.periods[-1] if indicator.periods else None)
    over = compared(indicator, period)
    others = [other for other in over if other != period]
    pooled = [
        found.values,
        *(floats(column(layer.attributes, f"{indicator.id}@{other}")) for other in others),
    ]
    return Figures(
        values=found.values,
        statuses=count_statuses(found.told, np.isfinite(found.values).tolist()),
        period=period,
        pooled=np.concatenate(pooled) if others else None,
        over=over,
    )


def compared(indicator: IndicatorEntry, period: str | None) -> tuple[str, ...]:
    """List the periods of the part of a series that a period lies in."""
    if period is None or period not in indicator.periods:
        return ()
    parts: list[list[str]] = [[]]
    for each in indicator.periods:
        if each in indicator.breaks:
            parts.append([])
        parts[-1].append(each)
    return next(tuple(part) for part in parts if period in part)


def shape_sources(indicators: Iterable[IndicatorEntry], layer: LayerLike) -> list[str]:
    """Give the sources of the outlines and names of a level: its layer names them before any figures'."""
    listed = layer.entry.sources
    figures = {source for item in indicators if listed[0] not in item.sources for source in item.sources}
    return list(takewhile(lambda name: name not in figures, listed))
