"""Ratios and expressions: computed from figures of the same territories, after these were carried up."""

import ast
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.expressions import COUNTRY, parse_expression
from layers.indicator_spec import Indicator
from layers.indicators import terms
from preprocess.figures.rules import combined
from preprocess.figures.table import Figures, Period, Series
from tileserver.errors import DeclarationError

Floats = NDArray[np.float64]

_BINARY: Final[Mapping[type[ast.operator], Callable[[Floats, Floats], Floats]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
_CALLS: Final[Mapping[str, Callable[..., Floats]]] = {
    "min": lambda *values: np.minimum.reduce(np.broadcast_arrays(*values)),
    "max": lambda *values: np.maximum.reduce(np.broadcast_arrays(*values)),
    "abs": np.abs,
    "log": np.log,
    "sqrt": np.sqrt,
}


def computed_series(
    key: str, indicator: Indicator, there: Mapping[str, Series], country: Mapping[str, Series]
) -> Series:
    """Compute a ratio or an expression for each period that its terms have in common.

    `there`: the figures of its terms at a level; `country`: those of the whole country, one row each. A term
    without periods goes with any. Raises `DeclarationError` where the terms have no period in common.
    """
    names = terms(indicator)
    series: dict[Period, Figures] = {}
    for period in common_periods(key, {name: there[name] for name in names}):
        here = {name: at_period(there[name], period) for name in names}
        whole = {name: at_period(country[name], period) for name in names if name in country}
        if indicator.expression is None:
            value = _ratio(indicator, here)
        else:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                value = _evaluate(parse_expression(indicator.expression), here, whole)
            value = np.broadcast_to(value, (len(here[names[0]].codes),))
        series[period] = combined(value, list(here.values()), indicator.least_known)
    return series


def common_periods(key: str, there: Mapping[str, Series]) -> list[Period]:
    """Return the periods that all series with periods have, in the order of time."""
    dated = [set(series) for series in there.values() if None not in series]
    if not dated:
        return [None]
    found = set.intersection(*dated)
    if not found:
        told = "; ".join(f"{name}: {', '.join(map(str, series))}" for name, series in there.items())
        raise DeclarationError(f"indicators/{key}.toml: its terms have no period in common ({told})")
    return sorted(found, key=str)


def at_period(series: Series, period: Period) -> Figures:
    """Return the figures of a period; those without period go with any."""
    return series[period] if period in series else series[None]


def _ratio(indicator: Indicator, here: Mapping[str, Figures]) -> Floats:
    below = here[str(indicator.denominator)].value
    above = here[str(indicator.numerator)].value
    value: Floats = np.divide(above, below, out=np.full(len(below), np.nan), where=below != 0)
    return value * indicator.factor


def _evaluate(node: ast.expr, here: Mapping[str, Figures], country: Mapping[str, Figures]) -> Floats:
    """Evaluate a checked expression (`layers.expressions`)."""
    if isinstance(node, ast.Name):
        return here[node.id].value
    if isinstance(node, ast.Constant):
        return np.asarray(node.value, np.float64)
    if isinstance(node, ast.UnaryOp):
        return -_evaluate(node.operand, here, country)
    if isinstance(node, ast.BinOp):
        sides = _evaluate(node.left, here, country), _evaluate(node.right, here, country)
        return _BINARY[type(node.op)](*sides)
    assert isinstance(node, ast.Call)  # noqa: S101 - nothing else passes the check
    assert isinstance(node.func, ast.Name)  # noqa: S101
    if node.func.id == COUNTRY:
        [name] = node.args
        assert isinstance(name, ast.Name)  # noqa: S101
        return country[name.id].value
    return _CALLS[node.func.id](*(_evaluate(child, here, country) for child in node.args))
