"""Symbols of QGIS as values, and as the XML of its documents. All lengths are in CSS pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from styles.marks import Fill, Kind, Mark, Outline, Point, Stroke, kind_of
from styles.qgis.expressions import diameter
from styles.statuses import Pattern

_PIXEL: Final = "Pixel"


@dataclass(frozen=True, slots=True)
class SymbolLayer:
    """One pass of a symbol: the class that QGIS draws it with, and its properties by QGIS's names.

    ``inner`` is the symbol that a pattern repeats. ``computed``: property of QGIS → expression.
    """

    drawn_by: str
    properties: Mapping[str, str]
    inner: "Symbol | None" = None
    computed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol of one or more passes, the first at the bottom."""

    kind: Kind
    layers: tuple[SymbolLayer, ...]


def symbol(marks: tuple[Mark, ...]) -> Symbol:
    """Give the symbol that draws some marks."""
    return Symbol(kind_of(marks), tuple(layer for mark in marks for layer in _layers(mark)))


def colour(text: str, opacity: float = 1.0) -> str:
    """Write ``#rrggbb`` as QGIS does: red, green, blue and alpha from 0 to 255."""
    red, green, blue = (int(text[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def _layers(mark: Mark) -> tuple[SymbolLayer, ...]:
    match mark:
        case Fill():
            return (_fill(mark),)
        case Pattern():
            return _hatching(mark)
        case Outline():
            return (_outline(mark),)
        case Stroke():
            return (_stroke(mark),)
        case Point():
            return (_point(mark),)


def _fill(mark: Fill) -> SymbolLayer:
    ground = colour(mark.colour, mark.opacity)
    return SymbolLayer("SimpleFill", {"color": ground, "style": "solid", "outline_style": "no"})


def _outline(mark: Outline) -> SymbolLayer:
    return SymbolLayer(
        "SimpleFill",
        {
            "style": "no",
            "outline_color": colour(mark.colour, mark.opacity),
            "outline_style": "solid",
            "outline_width": f"{mark.width:g}",
            "outline_width_unit": _PIXEL,
            "joinstyle": "round",
        },
    )


def _stroke(mark: Stroke) -> SymbolLayer:
    return SymbolLayer(
        "SimpleLine",
        {
            "line_color": colour(mark.colour, mark.opacity),
            "line_style": "solid",
            "line_width": f"{mark.width:g}",
            "line_width_unit": _PIXEL,
            "joinstyle": "round",
            "capstyle": "round",
        },
    )


def _point(mark: Point) -> SymbolLayer:
    return SymbolLayer(
        "SimpleMarker",
        {
            "name": mark.shape,
            "color": colour(mark.colour, mark.opacity),
            "outline_color": colour(mark.rim),
            "outline_style": "solid",
            "outline_width": f"{mark.rim_width:g}",
            "outline_width_unit": _PIXEL,
            "size": f"{mark.diameter:g}",
            "size_unit": _PIXEL,
            "scale_method": "diameter",
        },
        computed={"size": diameter(mark.sized)} if mark.sized else {},
    )


def _hatching(pattern: Pattern) -> tuple[SymbolLayer, ...]:
    """Draw the pattern of a status: its ground, where it has one, and its lines or dots."""
    ground = (_fill(Fill(pattern.ground)),) if pattern.ground else ()
    if not pattern.angles:
        return (*ground, _dots(pattern))
    return (*ground, *(_lines(pattern, angle) for angle in pattern.angles))


def _lines(pattern: Pattern, angle: int) -> SymbolLayer:
    line = symbol((Stroke(pattern.colour, pattern.width, pattern.opacity),))
    return SymbolLayer(
        "LinePatternFill",
        {
            "angle": str(angle),
            "distance": f"{pattern.spacing:g}",
            "distance_unit": _PIXEL,
            "color": colour(pattern.colour, pattern.opacity),
            "line_width": f"{pattern.width:g}",
            "line_width_unit": _PIXEL,
        },
        inner=line,
    )


def _dots(pattern: Pattern) -> SymbolLayer:
    dot = SymbolLayer(
        "SimpleMarker",
        {
            "name": "circle",
            "color": colour(pattern.colour, pattern.opacity),
            "outline_style": "no",
            "size": f"{pattern.width:g}",
            "size_unit": _PIXEL,
        },
    )
    return SymbolLayer(
        "PointPatternFill",
        {
            "distance_x": f"{pattern.spacing:g}",
            "distance_x_unit": _PIXEL,
            "distance_y": f"{pattern.spacing:g}",
            "distance_y_unit": _PIXEL,
        },
        inner=Symbol("marker", (dot,)),
    )


def symbol_element(drawn: Symbol, name: str) -> Element:
    """Write a symbol as the element ``symbol``."""
    element = Element(
        "symbol", {"name": name, "type": drawn.kind, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}
    )
    for number, layer in enumerate(drawn.layers):
        one = SubElement(
            element, "layer", {"class": layer.drawn_by, "enabled": "1", "locked": "0", "pass": "0"}
        )
        one.append(option_map(layer.properties))
        if layer.computed:
            one.append(_computed(layer.computed))
        if layer.inner is not None:
            one.append(symbol_element(layer.inner, f"@{name}@{number}"))
    return element


def option_map(values: Mapping[str, str]) -> Element:
    """Write texts by name as QGIS writes any map of values."""
    element = Element("Option", {"type": "Map"})
    for name, value in values.items():
        SubElement(element, "Option", {"name": name, "value": value, "type": "QString"})
    return element


def _computed(expressions: Mapping[str, str]) -> Element:
    element = Element("data_defined_properties")
    whole = SubElement(element, "Option", {"type": "Map"})
    SubElement(whole, "Option", {"name": "name", "value": "", "type": "QString"})
    properties = SubElement(whole, "Option", {"name": "properties", "type": "Map"})
    for name, expression in expressions.items():
        one = SubElement(properties, "Option", {"name": name, "type": "Map"})
        SubElement(one, "Option", {"name": "active", "value": "true", "type": "bool"})
        SubElement(one, "Option", {"name": "expression", "value": expression, "type": "QString"})
        SubElement(one, "Option", {"name": "type", "value": "3", "type": "int"})
    SubElement(whole, "Option", {"name": "type", "value": "collection", "type": "QString"})
    return element
