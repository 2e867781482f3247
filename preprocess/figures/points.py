"""Figures counted from points: how many of a layer lie in each commune, or the sum of a property."""

import numpy as np
import pandas as pd

from layers.indicator_spec import Points
from layers.properties import level_property
from preprocess.figures.context import Context
from preprocess.figures.table import Figures, Series
from preprocess.findings import Finding
from tileserver.errors import DeclarationError
from tileserver.store.status import Status


def points_series(key: str, points: Points, context: Context) -> tuple[Series, list[Finding]]:
    """Return the count or sum of each commune (``context.communes``, in that order).

    The rows are those of ``context.tables[points.layer]``, each in the commune under it; one that lies in
    none counts nowhere, which a finding says where it was placed. A commune without a point has 0. Where
    the summed property of some points is null the sum is *partial*, ``known`` the share of the points that
    have it; where that of all is, *missing*.
    """
    finest = str(context.membership.columns[0])
    place = level_property(context.catalog.layers[points.layer], finest)
    if place is None:
        raise DeclarationError(
            f"indicators/{key}.toml: `points.layer`: {points.layer!r} has no property with level = {finest!r}"
        )
    table = context.tables[points.layer].table
    rows = table[kept(table, points)]
    commune = context.communes.get_indexer(pd.Index(rows[place]))
    placed = commune >= 0
    size = len(context.communes)
    number = np.bincount(commune[placed], minlength=size).astype(np.float64)
    if points.sum is None:
        return {None: _figures(context.communes, number, np.ones(size))}, []
    amount = rows[points.sum].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    there = placed & ~np.isnan(amount)
    total = np.bincount(commune[there], amount[there], size)
    having = np.bincount(commune[there], minlength=size)
    known = np.divide(having, number, out=np.ones(size), where=number > 0)
    return {None: _figures(context.communes, total, known)}, []


def kept(table: pd.DataFrame, points: Points) -> pd.Series:
    """Tell which rows every condition of ``where`` keeps; values are compared as they are written."""
    chosen = pd.Series(data=True, index=table.index)
    for name, values in points.where.items():
        written = table[name].astype(object).map(_written, na_action="ignore")
        chosen &= written.isin(values)
    return chosen


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def _figures(codes: pd.Index, value: np.ndarray, known: np.ndarray) -> Figures:
    status = np.select([known == 1, known > 0], [Status.OK, Status.PARTIAL], Status.MISSING)
    return Figures(
        codes=codes,
        value=np.where(known > 0, value, np.nan),
        status=status.astype(np.uint8),
        known=known,
        weight=np.ones(len(codes)),
    )
