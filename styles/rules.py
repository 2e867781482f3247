"""The rules of a map: which territories are drawn by which marks.

QGIS's documents and SLD are written from them, so that both show what the map page shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from styles.circles import OPACITY
from styles.lines import BORDER, BORDER_WIDTH, FRAME_OPACITY, FRAME_WIDTH, at_zoom, frame_colour
from styles.maplibre import GROUND, LAND
from styles.marks import Fill, Mark, Outline, Point, Sized, Stroke
from styles.model import Choropleth
from styles.overlays import EDGE_OPACITY, EDGE_WIDTH, LINE_WIDTH, POINT_SIZE, TINT, OverlayLook
from styles.statuses import PATTERNS, VALUELESS
from styles.words import Words

BORDERS: Final = Words("Limites", "Borders")
KNOWN: Final = Words("valeur connue", "value known")

_GROUND_ZOOM: Final = 6.0
"""MapLibre's zoom whose borders of régions are drawn at every zoom."""

_BORDER_ZOOMS: Final = (8, 11)
"""Zooms of 256-pixel tiles at which borders become wider."""

Test = Literal["<", ">=", ">", "=", "other", "none", "some"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What is asked of a property: to be less than ``value`` and so on, to have ``none`` or ``some``.

    ``other``: not equal to ``value``, or without any.
    """

    field: str
    test: Test
    value: float | str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What fulfils all ``conditions`` is drawn by ``marks``, the first at the bottom. ``label``: for legends.

    ``zooms``: the first and the last zoom of 256-pixel tiles that are drawn so, -1 for no limit.
    """

    label: Words
    marks: tuple[Mark, ...]
    conditions: tuple[Condition, ...] = ()
    zooms: tuple[int, int] = (-1, -1)


def choropleth_rules(model: Choropleth, status: str | None) -> tuple[Rule, ...]:
    """Give the rules of a class map: classes, figures without a value, hatching over values, borders.

    `status` names the field that tells the status of a figure; None where all are simply known.

    Those of a map of circles colour the territories below them: see `circle_rule`.
    """
    column = column_of(model)
    if model.circles is None:
        classes = tuple(_classes(model, column))
    else:
        classes = (Rule(KNOWN, (Fill(GROUND),), (Condition(column, "some"),)),)
    return (*classes, *_statuses(model, column, status), *border_rules())


def column_of(model: Choropleth) -> str:
    """Name the property that has the values of a map."""
    return model.variable.column or model.variable.id


def ground_rule(label: Words) -> Rule:
    """Draw the land below a map, with the borders of régions."""
    edge = Outline(frame_colour(_GROUND_ZOOM), at_zoom(FRAME_WIDTH, _GROUND_ZOOM), FRAME_OPACITY)
    return Rule(label, (Fill(LAND), edge))


def border_rules() -> tuple[Rule, ...]:
    """Draw the borders of all territories, thinner at low zooms.

    By ranges of zooms and not by an expression, which QGIS would work out for every territory.
    """
    limits = (-1, *(zoom for zoom in _BORDER_ZOOMS), -1)
    found = []
    for low, high in pairwise(limits):
        width = at_zoom(BORDER_WIDTH, max(high, low) - 1)
        edge = Outline(BORDER, round(width, 2), 0.8)
        found.append(Rule(BORDERS, (edge,), zooms=(low, high - 1 if high > 0 else -1)))
    return tuple(found)


def circle_rule(model: Choropleth, value: str) -> Rule:
    """Draw points as circles whose area is proportional to the field `value`, as the map page does."""
    scale = model.circles
    if scale is None:
        raise ValueError(f"{model.variable.id} is not drawn as circles")
    sized = Sized(value, scale, model.variable.precision)
    circle = Point("circle", scale.colour, 2 * scale.radius, OPACITY, sized=sized)
    return Rule(model.variable.title, (circle,), (Condition(value, ">", 0),))


def overlay_rule(look: OverlayLook, label: Words) -> Rule:
    """Draw a layer that lies over a map: areas tinted and hatched, lines, or points by their shape."""
    if look.shape == "fill":
        edge = Outline(look.colour, EDGE_WIDTH[-1][1], EDGE_OPACITY)
        return Rule(label, (Fill(look.colour, TINT), look.hatching, edge))
    if look.shape == "line":
        return Rule(label, (Stroke(look.colour, LINE_WIDTH),))
    return Rule(label, (Point(look.shape, look.colour, POINT_SIZE),))


def _classes(model: Choropleth, column: str) -> Iterator[Rule]:
    for number, item in enumerate(model.classes):
        conditions = []
        if number:
            conditions.append(Condition(column, ">=", model.breaks[number - 1]))
        if number < len(model.breaks):
            conditions.append(Condition(column, "<", model.breaks[number]))
        yield Rule(item.label, (Fill(item.colour),), tuple(conditions) or (Condition(column, "some"),))


def _statuses(model: Choropleth, column: str, status: str | None) -> Iterator[Rule]:
    """Tell figures without a value apart, and hatch those that are not simply known."""
    told = {entry.status: entry for entry in model.statuses} if status else {}
    named = [slug for slug in VALUELESS if slug != "missing" and slug in told]
    others = (Condition(status or "", "other", slug) for slug in named)
    yield Rule(model.no_data, (PATTERNS["missing"],), (Condition(column, "none"), *others))
    for slug, entry in told.items():
        has = Condition(status or "", "=", slug)
        if slug in named:
            yield Rule(entry.label, (entry.pattern,), (Condition(column, "none"), has))
        elif slug not in VALUELESS and not entry.everywhere:
            yield Rule(entry.label, (entry.pattern,), (Condition(column, "some"), has))
