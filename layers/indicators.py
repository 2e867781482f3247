"""The order in which indicators are computed, and the sources that each rests on."""

from collections.abc import Mapping

from layers.expressions import expression_names, parse_expression
from layers.indicator_spec import Indicator
from layers.spec import Layer

POPULATION = "population"
"""The indicator that shares out what a divided commune had, where the catalogue has it."""


def evaluation_order(indicators: Mapping[str, Indicator]) -> list[str]:
    """Return the ids so that each indicator comes after all that it is made with.

    Raises `ValueError` with the cycle ("a → b → a") where indicators refer to one another.
    """
    done: list[str] = []
    for key in (POPULATION, *indicators):
        if key in indicators:
            _visit(key, indicators, done, ())
    return done


def _visit(key: str, indicators: Mapping[str, Indicator], done: list[str], path: tuple[str, ...]) -> None:
    if key in path:
        raise ValueError(" → ".join((*path[path.index(key) :], key)))
    if key in done:
        return
    for other in needs(indicators[key]):
        if other in indicators:
            _visit(other, indicators, done, (*path, key))
    done.append(key)


def terms(indicator: Indicator) -> tuple[str, ...]:
    """Return the indicators that a ratio or an expression computes with; nothing for any other."""
    if indicator.expression is not None:
        return expression_names(parse_expression(indicator.expression))
    pair = (indicator.numerator, indicator.denominator)
    return tuple(dict.fromkeys(term for term in pair if term is not None))


def needs(indicator: Indicator) -> tuple[str, ...]:
    """Return the indicators that must be known before this one: its terms, and those it is weighted by."""
    weights = (indicator.weight, None if indicator.share_out is None else indicator.share_out.weight)
    return tuple(dict.fromkeys((*terms(indicator), *(weight for weight in weights if weight is not None))))


def indicator_sources(
    key: str, indicators: Mapping[str, Indicator], layers: Mapping[str, Layer], *outlines: str
) -> tuple[str, ...]:
    """Return the ids of all sources behind an indicator, through all that it is made with, in order.

    `outlines` are the sources of the finest level, on which a computed area rests.
    """
    indicator = indicators[key]
    found = [part.source for part in indicator.parts]
    if indicator.share_out is not None:
        found.append(indicator.share_out.source)
    if indicator.raster is not None:
        found.append(indicator.raster.source)
    if indicator.survey is not None:
        found.extend(indicator.survey.sources)
    for origin in (indicator.overlay, indicator.points):
        if origin is not None and origin.layer in layers:
            source = layers[origin.layer].source
            found += [] if source is None else [source]
            found += [areas.source for areas in layers[origin.layer].areas]
            listed = layers[origin.layer].listed
            found += [] if listed is None else [listed.source]
    if indicator.computed or indicator.overlay or indicator.raster or indicator.points:
        found.extend(outlines)
    for other in needs(indicator):
        found.extend(indicator_sources(other, indicators, layers, *outlines))
    return tuple(dict.fromkeys(found))
