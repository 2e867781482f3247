"""The order in which indicators are computed, and the sources that each rests on."""

from collections.abc import Mapping

from layers.indicator_spec import Indicator


def evaluation_order(indicators: Mapping[str, Indicator]) -> list[str]:
    """Return the ids so that each ratio comes after its two terms.

    Raises `ValueError` with the cycle ("a → b → a") where ratios refer to one another.
    """
    done: list[str] = []
    for key in indicators:
        _visit(key, indicators, done, ())
    return done


def _visit(key: str, indicators: Mapping[str, Indicator], done: list[str], path: tuple[str, ...]) -> None:
    if key in path:
        raise ValueError(" → ".join((*path[path.index(key) :], key)))
    if key in done:
        return
    for term in terms(indicators[key]):
        if term in indicators:
            _visit(term, indicators, done, (*path, key))
    done.append(key)


def terms(indicator: Indicator) -> tuple[str, ...]:
    """Return the ids of the indicators that a ratio divides; nothing for a sum."""
    pair = (indicator.numerator, indicator.denominator)
    return tuple(term for term in pair if term is not None)


def indicator_sources(key: str, indicators: Mapping[str, Indicator], *outlines: str) -> tuple[str, ...]:
    """Return the ids of all sources behind an indicator, through its terms, in order.

    `outlines` are the sources of the finest level, on which a computed area rests.
    """
    indicator = indicators[key]
    found = [part.source for part in indicator.parts]
    if indicator.computed is not None:
        found.extend(outlines)
    for term in terms(indicator):
        found.extend(indicator_sources(term, indicators, *outlines))
    return tuple(dict.fromkeys(found))
