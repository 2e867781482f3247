"""Symbols of QGIS as values, and as the XML of its documents. All lengths are in CSS pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from xml.etree.ElementTree import Element, SubElement

from styles.statuses import Pattern

Kind = Literal["fill", "line", "marker"]
Shape = Literal["circle", "diamond", "square", "triangle"]

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


def colour(text: str, opacity: float = 1.0) -> str:
    """Write ``#rrggbb`` as QGIS does: red, green, blue and alpha from 0 to 255."""
    red, green, blue = (int(text[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def fill(ground: str, opacity: float = 1.0) -> SymbolLayer:
    """Fill an area, without an outline: neighbours would each draw their side of it."""
    return SymbolLayer(
        "SimpleFill", {"color": colour(ground, opacity), "style": "solid", "outline_style": "no"}
    )


def outline(line: str, width: float, opacity: float = 1.0, width_by: str = "") -> SymbolLayer:
    """Draw the border of an area and nothing else; `width_by` is an expression that gives the width."""
    return SymbolLayer(
        "SimpleFill",
        {
            "style": "no",
            "outline_color": colour(line, opacity),
            "outline_style": "solid",
            "outline_width": f"{width:g}",
            "outline_width_unit": _PIXEL,
            "joinstyle": "round",
        },
        computed={"outlineWidth": width_by} if width_by else {},
    )


def stroke(line: str, width: float, opacity: float = 1.0) -> SymbolLayer:
    """Draw a line."""
    return SymbolLayer(
        "SimpleLine",
        {
            "line_color": colour(line, opacity),
            "line_style": "solid",
            "line_width": f"{width:g}",
            "line_width_unit": _PIXEL,
            "joinstyle": "round",
            "capstyle": "round",
        },
    )


def marker(
    shape: Shape,
    ground: str,
    diameter: float,
    *,
    opacity: float = 1.0,
    rim: str = "#ffffff",
    size_by: str = "",
) -> SymbolLayer:
    """Draw a point; `size_by` is an expression that gives the diameter."""
    return SymbolLayer(
        "SimpleMarker",
        {
            "name": shape,
            "color": colour(ground, opacity),
            "outline_color": colour(rim),
            "outline_style": "solid",
            "outline_width": "0.8",
            "outline_width_unit": _PIXEL,
            "size": f"{diameter:g}",
            "size_unit": _PIXEL,
            "scale_method": "diameter",
        },
        computed={"size": size_by} if size_by else {},
    )


def hatching(pattern: Pattern) -> tuple[SymbolLayer, ...]:
    """Draw the pattern of a status: its ground, where it has one, and its lines or dots."""
    ground = (fill(pattern.ground),) if pattern.ground else ()
    if not pattern.angles:
        return (*ground, _dots(pattern))
    return (*ground, *(_lines(pattern, angle) for angle in pattern.angles))


def _lines(pattern: Pattern, angle: int) -> SymbolLayer:
    line = Symbol("line", (stroke(pattern.colour, pattern.width, pattern.opacity),))
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


def symbol_element(symbol: Symbol, name: str) -> Element:
    """Write a symbol as the element ``symbol``."""
    element = Element(
        "symbol", {"name": name, "type": symbol.kind, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}
    )
    for number, layer in enumerate(symbol.layers):
        drawn = SubElement(
            element, "layer", {"class": layer.drawn_by, "enabled": "1", "locked": "0", "pass": "0"}
        )
        drawn.append(option_map(layer.properties))
        if layer.computed:
            drawn.append(_computed(layer.computed))
        if layer.inner is not None:
            drawn.append(symbol_element(layer.inner, f"@{name}@{number}"))
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
