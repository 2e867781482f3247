"""SLD: the rules of the model in the order of elements that its schema wants, circles in steps."""

from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from styles.labels import labels_of
from styles.marks import Point
from styles.model import Choropleth, Figures, Look, Variable, choropleth
from styles.rules import Rule, choropleth_rules, circle_rule
from styles.sld import STEPS, Styled, in_steps, sld
from styles.words import Words

NAMES = {
    "sld": "http://www.opengis.net/sld",
    "se": "http://www.opengis.net/se",
    "ogc": "http://www.opengis.net/ogc",
}
VALUES = np.array([0.5, 1.5, 2.5, 3.5, 4.5, 5.5, np.nan, np.nan])
STATUSES = {"ok": 5, "partial": 1, "secret": 1, "missing": 1}

ORDER = {
    "NamedLayer": ["Name", "UserStyle"],
    "UserStyle": ["Name", "Description", "FeatureTypeStyle"],
    "FeatureTypeStyle": ["FeatureTypeName", "Rule"],
    "Rule": [
        "Description", "Filter", "MinScaleDenominator", "MaxScaleDenominator",
        "PolygonSymbolizer", "LineSymbolizer", "PointSymbolizer", "TextSymbolizer",
    ],
    "PolygonSymbolizer": ["Fill", "Stroke"],
    "PointSymbolizer": ["Graphic"],
    "TextSymbolizer": ["Label", "Font", "LabelPlacement", "Halo", "Fill"],
    "Fill": ["GraphicFill", "SvgParameter"],
    "Graphic": ["Mark", "Size", "Rotation"],
    "Mark": ["WellKnownName", "Fill", "Stroke"],
    "Halo": ["Radius", "Fill"],
}  # fmt: skip
"""Of the children of an element, after the schemas of SLD 1.1 and SE 1.1 (``xsd:sequence``)."""


def model(look: Look, *, total: bool = False) -> Choropleth:
    variable = Variable("rate", Words("taux", "rate"), Words("%", "%"), 1, 3, "Blues", total=total)
    return choropleth(variable, "ti", Figures(VALUES, STATUSES), look)


def tree(shown: Choropleth, *more: Sequence[Rule]) -> ET.Element:
    rules = (choropleth_rules(shown, "rate_status"), *more)
    written = sld(Styled("ti.rate", "Taux", "ti", rules, labels_of("ti")), "fr")
    return ET.fromstring(written)  # noqa: S314  # ours


def bare(element: ET.Element) -> str:
    return element.tag.partition("}")[2]


def test_children_stand_in_the_order_of_the_schema() -> None:
    shown = model(Look(form="circles"), total=True)
    seen = set()
    for element in tree(shown, [circle_rule(shown, "rate")]).iter():
        allowed = ORDER.get(bare(element))
        if allowed:
            seen.add(bare(element))
            places = [allowed.index(bare(child)) for child in element]
            assert places == sorted(places), bare(element)
    assert seen == set(ORDER)


def test_each_class_has_its_limits_and_its_colour() -> None:
    shown = model(Look(method="equal", classes=3))
    rules = tree(shown).findall(".//se:Rule", NAMES)
    for number, (rule, each) in enumerate(zip(rules, shown.classes, strict=False)):
        assert rule.findtext("se:Description/se:Title", None, NAMES) == each.label.fr
        assert rule.findtext(".//se:SvgParameter[@name='fill']", None, NAMES) == each.colour
        limits = [float(one.text or "") for one in rule.iterfind(".//ogc:Literal", NAMES)]
        assert limits == [*shown.breaks[max(number - 1, 0) : number + 1]][: 2 if number else 1]
    hatched = [rule for rule in rules if rule.find(".//se:GraphicFill", NAMES) is not None]
    titles = [rule.findtext("se:Description/se:Title", None, NAMES) for rule in hatched]
    assert titles == ["pas de donnée", "secret statistique", "partiel"]


def test_circles_come_in_steps_that_leave_no_value_out() -> None:
    shown = model(Look(form="circles"), total=True)
    assert shown.circles is not None
    steps = list(in_steps(circle_rule(shown, "rate")))
    assert len(steps) == STEPS
    limits = [[f"{one.test} {one.value}" for one in step.conditions] for step in steps]
    assert limits[0][0] == "> 0.0"
    for before, after in pairwise(limits):
        assert before[-1].partition(" ")[2] == after[0].partition(" ")[2]
        assert (before[-1][0], after[0][:2]) == ("<", ">=")
    assert len(limits[-1]) == 1
    for step in steps:
        [point] = step.marks
        assert isinstance(point, Point)
        low = float(step.conditions[0].value)
        drawn, least = point.diameter / 2, shown.circles.radius_of(low)
        assert least <= drawn + 0.1 * shown.circles.radius
        assert drawn == pytest.approx(least, abs=shown.circles.radius / STEPS * 0.75)
