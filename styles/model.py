"""One classification of one map, with its colours and words: what every style and legend is written from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from styles.classify import Method, classify
from styles.palettes import NO_DATA, colours

_NO_DATA_LABEL: Final = {"fr": "pas de donnée", "en": "no data"}


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the two languages of the project."""

    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Variable:
    """What is mapped: the property that tiles carry, and how it is to be read."""

    id: str
    title: Words
    unit: Words
    precision: int
    classes: int
    palette: str


@dataclass(frozen=True, slots=True)
class MapClass:
    """A range of values: from ``lower`` (included) to ``upper`` (excluded, but for the last class)."""

    lower: float
    upper: float
    colour: str
    count: int
    label: Words


@dataclass(frozen=True, slots=True)
class Choropleth:
    """A class map of one variable at one level. ``missing`` counts territories without a value."""

    variable: Variable
    level: str
    classes: tuple[MapClass, ...]
    breaks: tuple[float, ...]
    missing: int
    no_data: Words
    no_data_colour: str


def choropleth(
    variable: Variable, level: str, values: NDArray[np.float64], method: Method = "quantile"
) -> Choropleth:
    """Classify the values of all territories of a level (NaN = no data) and give each class its colour."""
    found = classify(values, variable.classes, variable.precision, method)
    breaks = found.breaks
    shades = colours(variable.palette, len(found.counts)) if found.counts else ()
    lowers = (_number(found.minimum), *breaks)
    uppers = (*breaks, _number(found.maximum))
    labels = _labels(lowers, uppers, variable.precision)
    classes = tuple(
        MapClass(lower, upper, colour, count, label)
        for lower, upper, colour, count, label in zip(
            lowers, uppers, shades, found.counts, labels, strict=False
        )
    )
    return Choropleth(
        variable=variable,
        level=level,
        classes=classes,
        breaks=breaks,
        missing=found.missing,
        no_data=Words(**_NO_DATA_LABEL),
        no_data_colour=NO_DATA,
    )


def format_fr(value: float, decimals: int) -> str:
    """Write a number as French does: narrow no-break spaces by thousands, a decimal comma."""
    return f"{value:,.{decimals}f}".translate({ord(","): "\u202f", ord("."): ",", ord("-"): "\u2212"})


def format_en(value: float, decimals: int) -> str:
    """Write a number as English does."""
    return f"{value:,.{decimals}f}".translate({ord("-"): "\u2212"})


def _labels(lowers: tuple[float, ...], uppers: tuple[float, ...], precision: int) -> list[Words]:
    """Name the classes without overlap: open at both ends, limits with only the decimals they need."""
    decimals = _decimals(lowers[1:], precision)

    def both(template_fr: str, template_en: str, *numbers: float) -> Words:
        return Words(_fill(template_fr, format_fr, numbers), _fill(template_en, format_en, numbers))

    def _fill(template: str, write: Callable[[float, int], str], numbers: tuple[float, ...]) -> str:
        return template.format(*(write(number, decimals) for number in numbers))

    if len(lowers) == 1:
        decimals = _decimals((lowers[0], uppers[0]), precision)
        if lowers == uppers:
            return [both("{0}", "{0}", lowers[0])]
        return [both("{0} à {1}", "{0} to {1}", lowers[0], uppers[0])]
    inner = [
        both("{0} à moins de {1}", "{0} to under {1}", lower, upper)
        for lower, upper in zip(lowers[1:-1], uppers[1:-1], strict=True)
    ]
    return [
        both("moins de {0}", "under {0}", uppers[0]),
        *inner,
        both("{0} et plus", "{0} and over", lowers[-1]),
    ]


def _decimals(numbers: tuple[float, ...], precision: int) -> int:
    """Count the decimals, at most `precision`, that the numbers need."""
    return next(
        (
            count
            for count in range(precision)
            if all(round(number, count) == round(number, precision) for number in numbers)
        ),
        precision,
    )


def _number(value: float | None) -> float:
    return 0.0 if value is None else value
