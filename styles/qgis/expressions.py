"""Conditions and sizes of rules as expressions of QGIS."""

from typing import Final

from styles.circles import FROM_ZOOM, GROWTH, TO_ZOOM
from styles.marks import Sized
from styles.rules import Condition, Rule

_SCALE_AT_ZOOM_0: Final = 559_082_264.028 / 2
"""The denominator of the scale at zoom 0 of a map of 512 pixels a tile, at 96 dots an inch."""

ZOOM: Final = f"(ln({_SCALE_AT_ZOOM_0:.3f} / @map_scale) / ln(2))"
"""The zoom of the map page that has the scale of the map, as an expression."""


def expression(rule: Rule) -> str:
    """Write what a rule picks; empty where that is everything."""
    return " AND ".join(_condition(each) for each in rule.conditions)


def diameter(sized: Sized) -> str:
    """Write the diameter of a circle in CSS pixels, as the map page draws it at the scale of the map."""
    scale = sized.scale
    grown = f"({GROWTH:g} ^ (min(max({ZOOM}, {FROM_ZOOM:g}), {TO_ZOOM:g}) - {FROM_ZOOM:g}))"
    share = f"abs({_quoted(sized.field)}) / {scale.maximum or 1:.17g}"
    return f"{2 * scale.radius:g} * sqrt({share}) * {grown}"


def _condition(condition: Condition) -> str:
    field = _quoted(condition.field)
    if condition.test in ("none", "some"):
        return f"{field} IS {'NOT ' if condition.test == 'some' else ''}NULL"
    if condition.test == "other":
        return f"coalesce({field}, '') <> {_literal(condition.value)}"
    return f"{field} {condition.test} {_literal(condition.value)}"


def _literal(value: float | str) -> str:
    return f"'{value}'" if isinstance(value, str) else f"{value:.15g}"


def _quoted(field: str) -> str:
    return '"' + field.replace('"', '""') + '"'
