"""What an indicator promises of sources and of other indicators, checked."""

from collections.abc import Collection, Mapping

from layers.indicator_spec import Indicator
from layers.indicators import evaluation_order, terms
from layers.refusals import check_known, refuse


def check_indicators(indicators: Mapping[str, Indicator], sources: Collection[str]) -> None:
    """Check every indicator by itself and against the others; raise `DeclarationError` at the first fault."""
    for key, indicator in indicators.items():
        _check_indicator(f"indicators/{key}.toml", indicator, sources, indicators)
    _check_cycles(indicators)


def _check_indicator(
    file: str,
    indicator: Indicator,
    sources: Collection[str],
    indicators: Collection[str],
) -> None:
    if indicator.type == "integer" and indicator.precision != 0:
        raise refuse(file, "precision", f"an integer has 0 decimals, not {indicator.precision}")
    if indicator.rule == "sum":
        _check_sum(file, indicator)
    else:
        _check_ratio(file, indicator, indicators)
    for number, part in enumerate(indicator.parts):
        check_known(file, f"parts[{number}].source", part.source, sources, "source")
    for number, group in enumerate(indicator.regroup):
        width = len(group.commune) - len(group.prefix)
        if not 0 <= group.first <= group.last < 10 ** max(width, 0):
            raise refuse(
                file,
                f"regroup[{number}]",
                f"{group.prefix} + {group.first}…{group.last} should be codes as long as "
                f"{group.commune!r}, in increasing order",
            )


def _check_sum(file: str, indicator: Indicator) -> None:
    if bool(indicator.parts) == (indicator.computed is not None):
        raise refuse(file, "parts", 'a sum needs either `parts` or `computed = "area"`')
    for key in ("numerator", "denominator"):
        if getattr(indicator, key) is not None:
            raise refuse(file, key, 'only for rule = "ratio"')
    if indicator.regroup and not indicator.parts:
        raise refuse(file, "regroup", "only for an indicator with `parts`")


def _check_ratio(file: str, indicator: Indicator, indicators: Collection[str]) -> None:
    for key in ("parts", "regroup", "computed"):
        if getattr(indicator, key):
            raise refuse(file, key, 'only for rule = "sum"')
    for key in ("numerator", "denominator"):
        value = getattr(indicator, key)
        if value is None:
            raise refuse(file, key, "a ratio needs both `numerator` and `denominator`")
        check_known(file, key, value, indicators, "indicator")


def _check_cycles(indicators: Mapping[str, Indicator]) -> None:
    try:
        evaluation_order(indicators)
    except ValueError as error:
        first, following = str(error).split(" → ")[:2]
        key = "numerator" if terms(indicators[first])[0] == following else "denominator"
        raise refuse(
            f"indicators/{first}.toml", key, f"ratios refer to one another: {error}; break the cycle"
        ) from error
