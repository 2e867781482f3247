"""What an indicator promises of sources, layers and other indicators, checked."""

import re
from collections.abc import Collection, Mapping
from itertools import pairwise

from layers.expressions import parse_expression
from layers.indicator_origins import check_origin
from layers.indicator_spec import Indicator
from layers.indicators import evaluation_order, terms
from layers.refusals import check_known, refuse
from layers.spec import Layer, Source

PERIOD = re.compile(r"[0-9]{4}(-(T[1-4]|S[12]|(0[1-9]|1[0-2])))?", re.ASCII)
"""A year, a quarter of it (T), a half (S) or a month."""

DERIVED = ("ratio", "expression")
SUFFIXES = ("_status", "_known")
"""What stands beside a figure has these endings."""


def check_indicators(
    indicators: Mapping[str, Indicator], sources: Mapping[str, Source], layers: Mapping[str, Layer]
) -> None:
    """Check every indicator by itself and against the others; raise `DeclarationError` at the first fault."""
    for key, indicator in indicators.items():
        file = f"indicators/{key}.toml"
        for suffix in SUFFIXES:
            if key.endswith(suffix):
                raise refuse(file, "id", f"an id may not end in {suffix!r}: it is what a status is called")
        if indicator.type == "integer" and indicator.precision != 0:
            raise refuse(file, "precision", f"an integer has 0 decimals, not {indicator.precision}")
        if indicator.rule in DERIVED:
            _check_derived(file, indicator, indicators)
        else:
            _check_rule(file, indicator)
            check_origin(file, indicator, sources, layers)
        _check_weight(file, "weight", indicator.weight, indicators)
        if indicator.share_out is not None:
            _check_weight(file, "share_out.weight", indicator.share_out.weight, indicators)
        _check_periods(file, indicator)
        _check_limits(file, indicator)
    _check_cycles(indicators)


def _check_rule(file: str, indicator: Indicator) -> None:
    """Check an indicator with figures of its own: no key of another rule."""
    for key in ("numerator", "denominator"):
        if getattr(indicator, key) is not None:
            raise refuse(file, key, 'only for rule = "ratio"')
    if indicator.factor != 1:
        raise refuse(file, "factor", 'only for rule = "ratio"')
    if indicator.expression is not None:
        raise refuse(file, "expression", 'only for rule = "expression"')
    if indicator.rule == "weighted_mean" and indicator.weight is None:
        raise refuse(file, "weight", "a weighted mean needs the indicator that it is weighted by")
    if indicator.rule == "none" and indicator.weight is not None:
        raise refuse(file, "weight", 'rule = "none" puts nothing together, so nothing has a weight')


def _check_derived(file: str, indicator: Indicator, indicators: Collection[str]) -> None:
    """Check an indicator that is computed from others."""
    for key in ("parts", "regroup", "computed", "share_out", "overlay", "raster", "points", "survey"):
        if getattr(indicator, key):
            raise refuse(file, key, f'only for rule = "sum" or the like, not for {indicator.rule!r}')
    if indicator.weight is not None:
        raise refuse(file, "weight", f'only for rule = "weighted_mean" or "sum", not for {indicator.rule!r}')
    check = _check_ratio if indicator.rule == "ratio" else _check_expression
    check(file, indicator, indicators)


def _check_ratio(file: str, indicator: Indicator, indicators: Collection[str]) -> None:
    if indicator.expression is not None:
        raise refuse(file, "expression", 'only for rule = "expression"')
    for key in ("numerator", "denominator"):
        value = getattr(indicator, key)
        if value is None:
            raise refuse(file, key, "a ratio needs both `numerator` and `denominator`")
        check_known(file, key, value, indicators, "indicator")


def _check_expression(file: str, indicator: Indicator, indicators: Collection[str]) -> None:
    for key in ("numerator", "denominator"):
        if getattr(indicator, key) is not None:
            raise refuse(file, key, 'only for rule = "ratio"')
    if indicator.factor != 1:
        raise refuse(file, "factor", 'only for rule = "ratio"; write it into the expression')
    if indicator.expression is None:
        raise refuse(file, "expression", 'rule = "expression" needs it, like friche_area / area_km2 * 100')
    try:
        parse_expression(indicator.expression)
    except ValueError as error:
        raise refuse(file, "expression", str(error)) from error
    for name in terms(indicator):
        check_known(file, "expression", name, indicators, "indicator")


def _check_weight(file: str, key: str, weight: str | None, indicators: Mapping[str, Indicator]) -> None:
    """Check that a weight adds up from the communes."""
    if weight is None:
        return
    check_known(file, key, weight, indicators, "indicator")
    if indicators[weight].rule != "sum":
        rule = indicators[weight].rule
        raise refuse(file, key, f'{weight!r} has the rule "{rule}"; a weight adds up: rule = "sum"')


def _check_periods(file: str, indicator: Indicator) -> None:
    told = [part.period for part in indicator.parts]
    if any(told) and not all(told):
        number = told.index(None)
        raise refuse(file, f"parts[{number}].period", "the other parts have one; give it to each or to none")
    for number, period in enumerate(told):
        if period is not None and not PERIOD.fullmatch(period):
            wanted = "a year (2023), quarter (2023-T3), half (2023-S1) or month (2023-09)"
            raise refuse(file, f"parts[{number}].period", f"{period!r} should be {wanted}")
    for number, period in enumerate(indicator.breaks):
        if not PERIOD.fullmatch(period):
            raise refuse(file, f"breaks[{number}]", f"{period!r} should be a period, like 2024 or 2023-T3")
        if indicator.parts and period not in told:
            listed = ", ".join(sorted({str(item) for item in told if item})) or "none"
            raise refuse(
                file, f"breaks[{number}]", f"{period!r} is no period of its parts; they have {listed}"
            )


def _check_limits(file: str, indicator: Indicator) -> None:
    for number, (limit, following) in enumerate(pairwise(indicator.limits)):
        if following <= limit:
            raise refuse(file, f"limits[{number + 1}]", f"{following:g} is not above {limit:g}; limits rise")
    for number, limit in enumerate(indicator.limits):
        if round(limit, indicator.precision) != limit:
            raise refuse(
                file,
                f"limits[{number}]",
                f"{limit:g} has more than the {indicator.precision} decimals of values",
            )
    if indicator.limits and indicator.categories:
        raise refuse(file, "limits", "categories are classes already")


def _check_cycles(indicators: Mapping[str, Indicator]) -> None:
    try:
        evaluation_order(indicators)
    except ValueError as error:
        first, following = str(error).split(" → ")[:2]
        raise refuse(
            f"indicators/{first}.toml",
            _key_of(indicators[first], following),
            f"indicators refer to one another: {error}; break the cycle",
        ) from error


def _key_of(indicator: Indicator, other: str) -> str:
    """Name the key through which an indicator needs another."""
    for key in ("numerator", "denominator", "weight"):
        if getattr(indicator, key) == other:
            return key
    if indicator.share_out is not None and indicator.share_out.weight == other:
        return "share_out.weight"
    return "expression"
