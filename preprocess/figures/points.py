"""Figures counted from points: how many of a layer lie in each commune, or the sum of a property."""

from layers.indicator_spec import Points
from preprocess.figures.context import Context
from preprocess.figures.table import Series
from preprocess.findings import Finding
from tileserver.errors import DeclarationError


def points_series(key: str, points: Points, context: Context) -> tuple[Series, list[Finding]]:
    """Return the count or sum of each commune (``context.communes``, in that order).

    The rows are those of ``context.tables[points.layer]``. A commune without a point has 0, one with a point
    whose property is null is *partial*.
    """
    del context
    raise DeclarationError(f"indicators/{key}.toml: `points`: {points.layer}: not possible yet; remove it")
