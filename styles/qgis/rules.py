"""The rules of a map: which territories, by an expression of QGIS, are drawn by which symbol.

QGIS draws tiles and tables by the same rules, so that both show what the map page shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from styles.circles import FROM_ZOOM, GROWTH, OPACITY, TO_ZOOM, Circles
from styles.lines import BORDER, BORDER_WIDTH, FRAME_OPACITY, FRAME_WIDTH, at_zoom, frame_colour
from styles.maplibre import GROUND, LAND
from styles.model import Choropleth
from styles.overlays import EDGE_OPACITY, EDGE_WIDTH, LINE_WIDTH, TINT, OverlayLook
from styles.qgis.symbols import Symbol, fill, hatching, marker, outline, stroke
from styles.statuses import PATTERNS, VALUELESS
from styles.words import Words

BORDERS: Final = Words("Limites", "Borders")

POINT_SIZE: Final = 9.0
"""Of the points of an overlay, in CSS pixels."""

_GROUND_ZOOM: Final = 6.0
"""MapLibre's zoom whose borders of régions are drawn at every zoom."""

_BORDER_ZOOMS: Final = (8, 11)
"""QGIS's zooms at which borders become wider."""

_SCALE_AT_ZOOM_0: Final = 559_082_264.028 / 2
"""The denominator of the scale at zoom 0 of a map of 512 pixels a tile, at 96 dots an inch."""

ZOOM: Final = f"(ln({_SCALE_AT_ZOOM_0:.3f} / @map_scale) / ln(2))"
"""The zoom of the map page that has the scale of the map, as an expression."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What `expression` picks (empty: everything) is drawn by `symbol`. `label` is for the legend.

    ``zooms``: the first and the last zoom of tiles that are drawn so, -1 for no limit.
    """

    label: Words
    expression: str
    symbol: Symbol
    zooms: tuple[int, int] = (-1, -1)


def quoted(name: str) -> str:
    """Name a field in an expression."""
    return '"' + name.replace('"', '""') + '"'


def choropleth_rules(model: Choropleth, status: str | None) -> tuple[Rule, ...]:
    """Give the rules of a class map: classes, figures without a value, hatching over values, borders.

    `status` names the field that tells the status of a figure; None where all are simply known.

    Those of a map of circles colour the territories below them: see `circle_rule`.
    """
    column = model.variable.column or model.variable.id
    if model.circles is None:
        classes = tuple(_classes(model, quoted(column)))
    else:
        known = Words("valeur connue", "value known")
        classes = (Rule(known, f"{quoted(column)} IS NOT NULL", Symbol("fill", (fill(GROUND),))),)
    return (*classes, *_statuses(model, column, status), *border_rules())


def ground_rule(label: Words) -> Rule:
    """Draw the land below a map, with the borders of régions."""
    edge = outline(frame_colour(_GROUND_ZOOM), at_zoom(FRAME_WIDTH, _GROUND_ZOOM), FRAME_OPACITY)
    return Rule(label, "", Symbol("fill", (fill(LAND), edge)))


def border_rules() -> tuple[Rule, ...]:
    """Draw the borders of all territories, thinner at low zooms.

    By ranges of zooms and not by an expression, which QGIS would work out for every territory.
    """
    limits = (-1, *(zoom for zoom in _BORDER_ZOOMS), -1)
    found = []
    for low, high in pairwise(limits):
        width = at_zoom(BORDER_WIDTH, max(high, low) - 1)
        symbol = Symbol("fill", (outline(BORDER, round(width, 2), 0.8),))
        found.append(Rule(BORDERS, "", symbol, (low, high - 1 if high > 0 else -1)))
    return tuple(found)


def circle_rule(scale: Circles, label: Words, value: str = "value") -> Rule:
    """Draw points as circles whose area is proportional to the field `value`, as the map page does."""
    grown = f"({GROWTH:g} ^ (min(max({ZOOM}, {FROM_ZOOM:g}), {TO_ZOOM:g}) - {FROM_ZOOM:g}))"
    size = f"{2 * scale.radius:g} * sqrt(abs({quoted(value)}) / {scale.maximum or 1:.17g}) * {grown}"
    circle = marker("circle", scale.colour, 2 * scale.radius, opacity=OPACITY, size_by=size)
    return Rule(label, f"{quoted(value)} > 0", Symbol("marker", (circle,)))


def _classes(model: Choropleth, value: str) -> Iterator[Rule]:
    for number, item in enumerate(model.classes):
        parts = []
        if number:
            parts.append(f"{value} >= {model.breaks[number - 1]:.15g}")
        if number < len(model.breaks):
            parts.append(f"{value} < {model.breaks[number]:.15g}")
        yield Rule(
            item.label,
            " AND ".join(parts) or f"{value} IS NOT NULL",
            Symbol("fill", (fill(item.colour),)),
        )


def _statuses(model: Choropleth, column: str, status: str | None) -> Iterator[Rule]:
    """Tell figures without a value apart, and hatch those that are not simply known."""
    value = quoted(column)
    told = {entry.status: entry for entry in model.statuses} if status else {}
    named = [slug for slug in VALUELESS if slug != "missing" and slug in told]
    others = "".join(f" AND coalesce({quoted(status or '')}, '') <> '{slug}'" for slug in named)
    missing = Symbol("fill", hatching(PATTERNS["missing"]))
    yield Rule(model.no_data, f"{value} IS NULL{others}", missing)
    for slug, entry in told.items():
        symbol = Symbol("fill", hatching(entry.pattern))
        has = f"{quoted(status or '')} = '{slug}'"
        if slug in named:
            yield Rule(entry.label, f"{value} IS NULL AND {has}", symbol)
        elif slug not in VALUELESS and not entry.everywhere:
            yield Rule(entry.label, f"{value} IS NOT NULL AND {has}", symbol)


def overlay_rule(look: OverlayLook, label: Words) -> Rule:
    """Draw a layer that lies over a map: areas tinted and hatched, lines, or points by their shape."""
    if look.shape == "fill":
        edge = outline(look.colour, EDGE_WIDTH[-1][1], EDGE_OPACITY)
        return Rule(label, "", Symbol("fill", (fill(look.colour, TINT), *hatching(look.hatching), edge)))
    if look.shape == "line":
        return Rule(label, "", Symbol("line", (stroke(look.colour, LINE_WIDTH),)))
    return Rule(label, "", Symbol("marker", (marker(look.shape, look.colour, POINT_SIZE),)))
