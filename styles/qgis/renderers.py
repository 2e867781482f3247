"""Renderers and labels of QGIS: rules written for layers of tiles and for layers of features."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from styles.labels import HALO, INK, Labels
from styles.qgis.expressions import expression
from styles.qgis.symbols import colour, symbol, symbol_element
from styles.rules import Rule
from styles.words import Language, say

GEOMETRIES: Final = {"marker": 0, "line": 1, "fill": 2}
"""QGIS's numbers of point, line and polygon, by the kind of a symbol."""

POINTS_A_PIXEL: Final = 0.75


def tile_renderer(rules: Sequence[tuple[str, Rule]], language: Language) -> Element:
    """Write the renderer of vector tiles: each rule with the layer inside the tiles that it is for."""
    element = Element("renderer", {"type": "basic"})
    styles = SubElement(element, "styles")
    for layer, rule in rules:
        drawn = symbol(rule.marks)
        style = SubElement(
            styles,
            "style",
            {
                "name": say(rule.label, language),
                "layer": layer,
                "geometry": str(GEOMETRIES[drawn.kind]),
                "expression": expression(rule),
                "enabled": "1",
                "min-zoom": str(rule.zooms[0]),
                "max-zoom": str(rule.zooms[1]),
            },
        )
        SubElement(style, "symbols").append(symbol_element(drawn, "0"))
    return element


def tile_labels(layer: str, labels: Labels) -> Element:
    """Write the names in `layer`, a layer inside the tiles."""
    element = Element("labeling", {"type": "basic"})
    style = SubElement(
        SubElement(element, "styles"),
        "style",
        {
            "name": layer,
            "layer": layer,
            "geometry": "0",
            "expression": "",
            "enabled": "1",
            "min-zoom": str(labels.from_zoom),
            "max-zoom": "-1",
        },
    )
    style.append(_text_settings(labels))
    return element


def rule_renderer(rules: Sequence[Rule], language: Language) -> Element:
    """Write the renderer of a layer of features; rules are drawn in their order, the first at the bottom."""
    element = Element(
        "renderer-v2",
        {"type": "RuleRenderer", "symbollevels": "0", "enableorderby": "0", "forceraster": "0"},
    )
    root = SubElement(element, "rules", {"key": "{rules}"})
    symbols = SubElement(element, "symbols")
    for number, rule in enumerate(rules):
        attributes = {"key": f"{{rule-{number}}}", "symbol": str(number), "label": say(rule.label, language)}
        if rule.conditions:
            attributes["filter"] = expression(rule)
        SubElement(root, "rule", attributes)
        symbols.append(symbol_element(symbol(rule.marks), str(number)))
    return element


def _text_settings(labels: Labels) -> Element:
    settings = Element("settings", {"calloutType": "simple"})
    text = SubElement(
        settings,
        "text-style",
        {
            "fieldName": labels.field,
            "isExpression": "0",
            "fontSize": f"{labels.size * POINTS_A_PIXEL:g}",
            "fontSizeUnit": "Point",
            "fontWeight": "50",
            "textColor": colour(INK),
            "textOpacity": "1",
            "multilineHeight": "1",
        },
    )
    SubElement(text, "families")
    SubElement(
        text,
        "text-buffer",
        {
            "bufferDraw": "1",
            "bufferColor": colour(HALO),
            "bufferSize": "1",
            "bufferSizeUnits": "Point",
            "bufferNoFill": "1",
            "bufferOpacity": "0.9",
            "bufferJoinStyle": "128",
        },
    )
    SubElement(settings, "text-format", {"multilineAlign": "1", "wrapChar": ""})
    # Over the point, of which there is one a territory: the middle of its visible part.
    SubElement(settings, "placement", {"placement": "1", "quadOffset": "4", "priority": "5"})
    SubElement(settings, "rendering", {"drawLabels": "1", "obstacle": "0", "displayAll": "0"})
    return settings
