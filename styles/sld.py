"""Styled Layer Descriptor 1.1 (OGC 05-078r4) with Symbology Encoding 1.1 (05-077r4), from the rules of a map.

For programs that read neither QGIS's styles nor MapLibre's, and draw the features or the tiles of a layer.

Its standard has no hatching: it is a graphic fill of the mark ``horline``, turned, as QGIS writes it. Sizes
that an expression gives are told in steps, which every program reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from styles.labels import HALO, INK, Labels
from styles.marks import Fill, Mark, Outline, Point, Sized, Stroke
from styles.rules import Condition, Rule
from styles.statuses import Pattern
from styles.words import Language, Words, both, decimals_needed, say

MEDIA_TYPE: Final = "application/vnd.ogc.sld+xml;version=1.1"

STEPS: Final = 8
"""Sizes of circles: one a step of the radius."""

_NAMESPACES: Final = {
    "xmlns:sld": "http://www.opengis.net/sld",
    "xmlns:se": "http://www.opengis.net/se",
    "xmlns:ogc": "http://www.opengis.net/ogc",
}
_SCALE_AT_ZOOM_0: Final = 559_082_264.0287178
"""The denominator of the scale of zoom 0 of 256-pixel tiles, pixels of 0.28 mm (OGC 17-083r4, annex D.1)."""

_COMPARED: Final = {
    "<": "PropertyIsLessThan",
    ">=": "PropertyIsGreaterThanOrEqualTo",
    ">": "PropertyIsGreaterThan",
    "=": "PropertyIsEqualTo",
    "other": "PropertyIsNotEqualTo",
}
_WELL_KNOWN: Final = {"circle": "circle", "square": "square", "triangle": "triangle", "diamond": "square"}
_TURNED: Final = {"diamond": 45}
_UPRIGHT: Final = 90


@dataclass(frozen=True, slots=True)
class Styled:
    """What a document styles: the collection, under which id and title, by which rules, with which names.

    Each sequence of ``rules`` is drawn over the one before it.
    """

    id: str
    title: str
    collection: str
    rules: Sequence[Sequence[Rule]]
    labels: Labels | None = None


def sld(styled: Styled, language: Language) -> bytes:
    """Write a style of a collection; the labels of its rules in one language."""
    root = Element("sld:StyledLayerDescriptor", {"version": "1.1.0", **_NAMESPACES})
    layer = SubElement(root, "sld:NamedLayer")
    SubElement(layer, "se:Name").text = styled.collection
    style = SubElement(layer, "sld:UserStyle")
    SubElement(style, "se:Name").text = styled.id
    _describe(style, styled.title)
    for rules in styled.rules:
        drawn = _features(style, styled.collection)
        drawn.extend(_rule(each, language) for rule in rules for each in in_steps(rule))
    if styled.labels is not None:
        _features(style, styled.collection).append(_names(styled.labels))
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def in_steps(rule: Rule) -> Iterator[Rule]:
    """Give a rule as it is, or, where a property tells its size, a rule for each of some sizes."""
    for mark in rule.marks:
        if isinstance(mark, Point) and mark.sized is not None:
            yield from (_step(mark, mark.sized, step) for step in range(STEPS))
            return
    yield rule


def _step(point: Point, sized: Sized, step: int) -> Rule:
    """Draw the values whose radius lies within a step in the radius of its middle."""
    maximum = sized.scale.maximum or 1
    low, high = (round(maximum * (end / STEPS) ** 2, sized.decimals) for end in (step, step + 1))
    conditions = [Condition(sized.field, ">=" if step else ">", low)]
    if step < STEPS - 1:
        conditions.append(Condition(sized.field, "<", high))
    decimals = decimals_needed((low, high), sized.decimals)
    label = both(Words("{0} à {1}", "{0} to {1}"), decimals, low, high)
    diameter = point.diameter * (step + 0.5) / STEPS
    return Rule(label, (replace(point, diameter=diameter, sized=None),), tuple(conditions))


def _features(style: Element, collection: str) -> Element:
    drawn = SubElement(style, "se:FeatureTypeStyle")
    SubElement(drawn, "se:FeatureTypeName").text = collection
    return drawn


def _rule(rule: Rule, language: Language) -> Element:
    element = Element("se:Rule")
    _describe(element, say(rule.label, language))
    if rule.conditions:
        element.append(_filter(rule.conditions))
    _scales(element, *rule.zooms)
    for mark in rule.marks:
        element.extend(_symbolizers(mark))
    return element


def _describe(element: Element, title: str) -> None:
    SubElement(SubElement(element, "se:Description"), "se:Title").text = title


def _scales(element: Element, low: int, high: int) -> None:
    """Limit a rule to zooms: from half a zoom before the first to half a zoom after the last."""
    if high >= 0:
        SubElement(element, "se:MinScaleDenominator").text = f"{_SCALE_AT_ZOOM_0 / 2 ** (high + 0.5):.0f}"
    if low >= 0:
        SubElement(element, "se:MaxScaleDenominator").text = f"{_SCALE_AT_ZOOM_0 / 2 ** (low - 0.5):.0f}"


def _filter(conditions: Sequence[Condition]) -> Element:
    element = Element("ogc:Filter")
    where = SubElement(element, "ogc:And") if len(conditions) > 1 else element
    where.extend(_condition(each) for each in conditions)
    return element


def _condition(condition: Condition) -> Element:
    nothing = Element("ogc:PropertyIsNull")
    SubElement(nothing, "ogc:PropertyName").text = condition.field
    if condition.test == "none":
        return nothing
    if condition.test == "some":
        negated = Element("ogc:Not")
        negated.append(nothing)
        return negated
    compared = Element(f"ogc:{_COMPARED[condition.test]}")
    SubElement(compared, "ogc:PropertyName").text = condition.field
    value = condition.value
    SubElement(compared, "ogc:Literal").text = value if isinstance(value, str) else f"{value:.15g}"
    if condition.test != "other":
        return compared
    either = Element("ogc:Or")
    either.extend((nothing, compared))
    return either


def _symbolizers(mark: Mark) -> Iterator[Element]:
    match mark:
        case Fill():
            yield _area(_fill(mark.colour, mark.opacity))
        case Pattern():
            if mark.ground:
                yield _area(_fill(mark.ground))
            for graphic in _hatching(mark):
                fill = Element("se:Fill")
                SubElement(fill, "se:GraphicFill").append(graphic)
                yield _area(fill)
        case Outline():
            yield _area(_line(mark.colour, mark.width, mark.opacity))
        case Stroke():
            line = Element("se:LineSymbolizer")
            line.append(_line(mark.colour, mark.width, mark.opacity))
            yield line
        case Point():
            point = Element("se:PointSymbolizer")
            point.append(_point(mark))
            yield point


def _area(painted: Element) -> Element:
    area = Element("se:PolygonSymbolizer")
    area.append(painted)
    return area


def _fill(colour: str, opacity: float = 1.0) -> Element:
    return _parameters("se:Fill", {"fill": colour, "fill-opacity": f"{opacity:g}"})


def _line(colour: str, width: float, opacity: float = 1.0) -> Element:
    told = {"stroke": colour, "stroke-opacity": f"{opacity:g}", "stroke-width": f"{width:g}"}
    return _parameters("se:Stroke", {**told, "stroke-linejoin": "round"})


def _point(mark: Point) -> Element:
    graphic = Element("se:Graphic")
    drawn = SubElement(graphic, "se:Mark")
    SubElement(drawn, "se:WellKnownName").text = _WELL_KNOWN[mark.shape]
    drawn.append(_fill(mark.colour, mark.opacity))
    drawn.append(_line(mark.rim, mark.rim_width))
    SubElement(graphic, "se:Size").text = f"{mark.diameter:.4g}"
    if turned := _TURNED.get(mark.shape):
        SubElement(graphic, "se:Rotation").text = str(turned)
    return graphic


def _hatching(pattern: Pattern) -> Iterator[Element]:
    """Draw each set of lines of a pattern; dots as upright lines: QGIS would fill the area in grey."""
    for angle in pattern.angles or (_UPRIGHT,):
        graphic = Element("se:Graphic")
        line = SubElement(graphic, "se:Mark")
        SubElement(line, "se:WellKnownName").text = "horline"
        line.append(_line(pattern.colour, pattern.width, pattern.opacity))
        SubElement(graphic, "se:Size").text = f"{pattern.spacing:g}"
        # Clockwise; and half a turn for none, because QGIS takes an unturned line for a point.
        SubElement(graphic, "se:Rotation").text = str(-angle or 180)
        yield graphic


def _names(labels: Labels) -> Element:
    element = Element("se:Rule")
    _scales(element, labels.from_zoom, -1)
    text = SubElement(element, "se:TextSymbolizer")
    SubElement(SubElement(text, "se:Label"), "ogc:PropertyName").text = labels.field
    text.append(_parameters("se:Font", {"font-family": "sans-serif", "font-size": f"{labels.size:g}"}))
    point = SubElement(SubElement(text, "se:LabelPlacement"), "se:PointPlacement")
    anchor = SubElement(point, "se:AnchorPoint")
    SubElement(anchor, "se:AnchorPointX").text = "0.5"
    SubElement(anchor, "se:AnchorPointY").text = "0.5"
    halo = SubElement(text, "se:Halo")
    SubElement(halo, "se:Radius").text = "1"
    halo.append(_fill(HALO, 0.9))
    text.append(_fill(INK))
    return element


def _parameters(name: str, told: dict[str, str]) -> Element:
    element = Element(name)
    for parameter, text in told.items():
        SubElement(element, "se:SvgParameter", {"name": parameter}).text = text
    return element
