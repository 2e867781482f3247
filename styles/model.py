"""One classification of one map, with its colours and words: what every style and legend is written from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from styles.circles import Circles, circles
from styles.classify import Method, count_classes, find_breaks
from styles.palettes import MAX_CLASSES, NAMES, NO_DATA, colours
from styles.statuses import StatusEntry, status_entries
from styles.words import Words, both, decimals_needed

Form = Literal["fill", "circles"]

FORMS: Final[tuple[Form, ...]] = get_args(Form)
METHODS: Final[tuple[Method, ...]] = get_args(Method)
FEWEST_CLASSES: Final = 3

NO_DATA_LABEL: Final = Words("pas de donnée", "no data")


@dataclass(frozen=True, slots=True)
class Variable:
    """What is mapped: the property that tiles carry, and how it is to be read.

    ``classes`` and ``palette`` are those of a map that asks for none. ``limits`` are the inner limits of the
    method ``fixed``, none where none are declared; ``categories`` name the value of each class instead.
    ``total``: it counts or adds up things, and is drawn as circles unless asked otherwise. ``column`` is the
    property that tiles carry, where it is not the id (a year of several).
    """

    id: str
    title: Words
    unit: Words
    precision: int
    classes: int
    palette: str
    total: bool = False
    limits: tuple[float, ...] = ()
    categories: tuple[tuple[int, Words], ...] = ()
    column: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How a map is drawn. None leaves the choice to the variable."""

    form: Form | None = None
    method: Method | None = None
    classes: int | None = None
    palette: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of all territories of a level: ``values`` float64, NaN = no data.

    ``pooled``: all the values that the classes are made of and the circles scaled by, where those are more
    (the other years of a series); ``over`` names their periods. ``statuses``: territories by slug of status.
    """

    values: NDArray[np.float64]
    statuses: Mapping[str, int] = field(default_factory=dict)
    period: str | None = None
    pooled: NDArray[np.float64] | None = None
    over: tuple[str, ...] = ()


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
    """A map of one variable at one level. ``missing`` counts territories without a value.

    ``circles`` is there for the form ``circles`` only, which has no classes.
    """

    variable: Variable
    level: str
    form: Form
    method: Method
    palette: str
    classes: tuple[MapClass, ...]
    breaks: tuple[float, ...]
    circles: Circles | None
    missing: int
    no_data: Words
    no_data_colour: str
    statuses: tuple[StatusEntry, ...]
    period: str | None
    over: tuple[str, ...]


def settle(variable: Variable, look: Look) -> Look:
    """Fill in what a look leaves open; raise `ValueError`, one sentence, for what the variable can't be."""
    form = look.form or ("circles" if variable.total else "fill")
    if form == "circles" and not variable.total:
        raise ValueError(
            f"form is circles, whose areas stand for amounts, and {variable.id} is none; it is drawn as fill"
        )
    method = look.method or ("fixed" if variable.categories else "quantile")
    if method == "fixed" and not _limits(variable):
        there = ", ".join(name for name in METHODS if name != "fixed")
        raise ValueError(f"method is fixed, and {variable.id} has no limits declared; there are {there}")
    classes = look.classes or variable.classes
    if not FEWEST_CLASSES <= classes <= MAX_CLASSES and look.classes:
        raise ValueError(f"classes is {classes}; it is a number from {FEWEST_CLASSES} to {MAX_CLASSES}")
    palette = look.palette or variable.palette
    if palette not in NAMES:
        raise ValueError(f"palette is {palette!r}; the palettes are {', '.join(NAMES)}")
    return Look(form, method, classes, palette)


def choropleth(variable: Variable, level: str, figures: Figures, look: Look | None = None) -> Choropleth:
    """Classify the values of all territories of a level, and give each class its colour.

    Raises `ValueError`, one sentence, for a look that the variable can't have.
    """
    settled = settle(variable, look or Look())
    palette = settled.palette or variable.palette
    method = settled.method or "quantile"
    values = figures.values
    pooled = values if figures.pooled is None else figures.pooled
    classes: tuple[MapClass, ...] = ()
    breaks: tuple[float, ...] = ()
    scaled: Circles | None = None
    if settled.form == "circles":
        scaled = circles(values, pooled, level, palette, variable.precision)
    else:
        if method == "fixed":
            breaks = _limits(variable)
        else:
            wanted = settled.classes or variable.classes
            breaks = find_breaks(pooled, wanted, variable.precision, method)
        classes = _classes(variable, values, breaks, palette)
    return Choropleth(
        variable=variable,
        level=level,
        form=settled.form or "fill",
        method=method,
        palette=palette,
        classes=classes,
        breaks=breaks,
        circles=scaled,
        missing=int(values.size - np.isfinite(values).sum()),
        no_data=NO_DATA_LABEL,
        no_data_colour=NO_DATA,
        statuses=status_entries(figures.statuses),
        period=figures.period,
        over=figures.over,
    )


def classes_of(model: Choropleth, values: NDArray[np.float64]) -> NDArray[np.int8]:
    """Give the number of the class of each value, -1 where there is none (NaN)."""
    scale = 10**model.variable.precision
    known = np.isfinite(values)
    limits = np.rint(np.asarray(model.breaks, np.float64) * scale)
    found = np.searchsorted(limits, np.rint(np.where(known, values, 0) * scale), side="right")
    return np.where(known & bool(model.classes), found, -1).astype(np.int8)


def _limits(variable: Variable) -> tuple[float, ...]:
    if variable.limits:
        return variable.limits
    return tuple(float(value) for value, _ in variable.categories[1:])


def _classes(
    variable: Variable, values: NDArray[np.float64], breaks: tuple[float, ...], palette: str
) -> tuple[MapClass, ...]:
    found = count_classes(values, breaks, variable.precision)
    if not found.counts:
        return ()
    # Declared limits, and those of other years, may lie beyond all values.
    least = [value for value in (found.minimum, *breaks[:1]) if value is not None]
    most = [value for value in (found.maximum, *breaks[-1:]) if value is not None]
    lowers, uppers = (min(least), *breaks), (*breaks, max(most))
    if variable.categories and breaks == _limits(variable):
        labels = [label for _, label in variable.categories]
    else:
        labels = _labels(lowers, uppers, variable.precision)
    shades = colours(palette, len(found.counts))
    return tuple(MapClass(*parts) for parts in zip(lowers, uppers, shades, found.counts, labels, strict=True))


def _labels(lowers: tuple[float, ...], uppers: tuple[float, ...], precision: int) -> list[Words]:
    """Name the classes without overlap: open at both ends, limits with only the decimals they need."""
    if len(lowers) == 1:
        decimals = decimals_needed((lowers[0], uppers[0]), precision)
        if lowers == uppers:
            return [both(Words("{0}", "{0}"), decimals, lowers[0])]
        return [both(Words("{0} à {1}", "{0} to {1}"), decimals, lowers[0], uppers[0])]
    decimals = decimals_needed(lowers[1:], precision)
    between = Words("{0} à moins de {1}", "{0} to under {1}")
    inner = [
        both(between, decimals, lower, upper) for lower, upper in zip(lowers[1:-1], uppers[1:-1], strict=True)
    ]
    return [
        both(Words("moins de {0}", "under {0}"), decimals, uppers[0]),
        *inner,
        both(Words("{0} et plus", "{0} and over"), decimals, lowers[-1]),
    ]
