"""What a filter may not be: too long, too deep, unreadable, unsupported. All are one clean sentence."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tileserver.errors import RequestError
from tileserver.tiles.filters import Filter, parse_filter


def nested(levels: int) -> str:
    return '{"op":"not","args":[' * levels + "true" + "]}" * levels


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "filter is empty"),
        ("  ", "filter is empty"),
        ("jobs > " + "1" * 4000, "has 4007 characters; at most 4000"),
        ("(" * 100_000, "has 100000 characters"),
        ('{"op":"not","args":[' * 100_000, "has 2000000 characters"),
        ("(" * 4000, "too many parentheses for its length"),
        ("(" * 20 + "a b" + ")" * 20, "too many parentheses for its length"),
        ("(" * 20 + "1,2)" + ",2)" * 19 + " = a", "too many parentheses for its length"),
        ("a in" * 20 + "(" * 20, "'ina' where an operator belongs"),
        ("-" * 3999 + "a", "nests more than 32"),
        ("not " * 999 + "a", "nests more than 32"),
        ("a" + "=1" * 1999, "nests more than 32"),
        ("f(" * 1333, "nests more than 32"),
        ("a like 1" + " like 1" * 500, "nests more than 32"),
        ("a = 1" + " or a = 1" * 400, "more than 500 operations"),
        ("1 or " * 799 + "1", "more than 500 operations"),
        ("1or" * 999 + "1", "'or1or1or1or1or1or1or1or1…' where an operator belongs"),
        (nested(33), "nests more than 32"),
        (nested(100), "nests more than 32"),
        ('{"op":"not","args":[' * 199, "not cql2-json: "),
        ('{"a":' + "[" * 3990, "not cql2-json: "),
        ('{"op":"in","args":[1,' + "[" * 1000 + "]" * 1000 + "]}", "(nests more than 32|nested too deep)"),
        ('{"op":"and","args":[' + ",".join(["true"] * 501) + "]}", "more than 500 operations"),
        (" or ".join(["casei(a) = 'x'"] * 17), "more than 16 of CASEI, ACCENTI and spatial tests"),
        (" or ".join(["s_within(geom, BBOX(1,2,3,4))"] * 17), "more than 16 of CASEI"),
        ('{"op":"=","args":[1,NaN]}', "holds NaN; its numbers must be finite"),
        ('{"op":"=","args":[1,-Infinity]}', "holds -Infinity"),
        ('{"op":"=","args":[1,1e999]}', "'1e999', which is too large"),
        ('{"op":"=","args":[1,' + "9" * 400 + "]}", "which is too large"),
        ("a = 1e999", "a number that is too large"),
        ("a = " + "9" * 400, "a number that is too large"),
        ("a = '\x00'", r"control character U\+0000 at position 6"),
        ("a\x1f= 1", r"control character U\+001F"),
        ("a = '\x85'", r"control character U\+0085"),
        ("a = '\ud800'", r"control character U\+D800"),
        ('{"op":"=","args":["\\ud800","x"]}', "not cql2-json: unexpected end of hex escape"),
        ("a = 'x", "opens a ' at position 5 that is never closed"),
        ('"a = 1', 'opens a " at position 1 that is never closed'),
        ("a = [1]", r"'\[' at position 5, which means nothing"),
        ("a = 1)", "closes a parenthesis that it did not open"),
        ("a = 1 b", "'b' where an operator belongs"),
        ("a = ", "not cql2-text: at line:column 1:"),
        ("a == 1", "not cql2-text: at line:column 1:4"),
        ("a in ()", "not cql2-text"),
        ("t_before(a, DATE('2020-01-01'))", "'t_before', which is not supported; supported are %, "),
        ("a = DATE('2020-01-01')", "'date', which is not supported"),
        ("a = INTERVAL('2020-01-01', '..')", "'interval', which is not supported"),
        ("avg(a) > 1", "'avg', which is not supported; supported are .*casei.*s_within"),
        ("s_touches(geometry, POINT(1 2))", "'s_touches', which is not supported"),
        ("a_contains(a, (1, 2))", "'a_contains', which is not supported"),
        ("a = NULL", "compares with NULL; write IS NULL"),
        ("(1, 2) = (1, 2)", "a list of values where only IN"),
        ('{"op":"in","args":[{"property":"a"},[]]}', "IN without a list"),
        ('{"op":"in","args":[{"property":"a"},1]}', "IN without a list"),
        ('{"op":"not","args":[true,true]}', "gives not 2 operands; it takes 1"),
        ('{"op":"and","args":[]}', "gives and 0 operands; it takes at least 2"),
        ('{"op":"+","args":[1]}', "gives [+] 1 operands; it takes at least 2"),
        ('{"op":"between","args":[1,2]}', "gives between 2 operands; it takes 3"),
        ('{"op":"=","args":[1,2],"extra":3}', "an object with 'op', 'args', 'extra'"),
        ("{}", "an object with no members"),
        ('{"op":7,"args":[]}', "not cql2-json: some part of it is no operation"),
        ('{"op":"=","args":{"property":"a"}}', "not cql2-json: some part"),
        ('{"op":"=","args":[1,2]}x', "not cql2-json: Extra data"),
        ('{"op":', "not cql2-json: Expecting value"),
    ],
)
def test_a_filter_that_can_not_be_read_says_why(text: str, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        parse_filter(text)


@pytest.mark.parametrize(
    ("text", "lang", "message"),
    [
        ("a = 1", "cql2-json", "not cql2-json: Expecting value"),
        ('{"op":"=","args":[1,2]}', "cql2-text", "'{' at position 1, which means nothing"),
        ("a = 1", "cql", "filter-lang is 'cql'; it is one of cql2-text, cql2-json"),
        ("[" * 4000, "cql2-json", "not cql2-json"),
    ],
)
def test_the_language_that_is_named_is_the_one_that_is_read(text: str, lang: str, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        parse_filter(text, lang)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("BBOX(1, 2, 3)", "a bbox that is not four numbers"),
        ("BBOX(a, 2, 3, 4)", "a bbox that is not four numbers"),
        ("BBOX(1, 4, 3, 2)", "whose south 4.0 is greater than its north 2.0"),
        (
            "BBOX(600000, 6000000, 700000, 7000000)",
            "position 600000.0 6000000.0; positions are longitude",
        ),
        ("POINT(2 91)", "the position 2.0 91.0; positions are longitude -180 to 180"),
        ("POINT EMPTY", "not cql2-text"),
        ("POLYGON EMPTY", "a Polygon without positions"),
        ("LINESTRING(1 2)", "a line of fewer than two positions"),
        ("POLYGON((0 0, 1 0, 0 0))", "a ring that is not closed; a ring has four positions"),
        ("POLYGON((0 0, 1 0, 1 1, 0 1))", "a ring that is not closed"),
        ("GEOMETRYCOLLECTION(POINT(1 2))", "a 'GeometryCollection'; supported geometries are Point"),
        ("other", "otherwise than as in s_intersects"),
        ("'x'", "otherwise than as in s_intersects"),
    ],
)
def test_a_geometry_that_is_none_says_why(text: str, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        parse_filter(f"S_INTERSECTS(geometry, {text})")


@pytest.mark.parametrize(
    "text",
    [
        "S_WITHIN(POINT(1 2), geometry)",
        "S_INTERSECTS(POINT(1 2), POINT(1 2))",
        "S_INTERSECTS(name, POINT(1 2))",
        "S_INTERSECTS(geometry, geom)",
    ],
)
def test_a_spatial_test_is_between_the_geometry_and_a_shape(text: str) -> None:
    with pytest.raises(RequestError, match="otherwise than as in s_"):
        parse_filter(text)


def test_a_geometry_elsewhere_is_refused() -> None:
    with pytest.raises(RequestError, match="gives = a geometry; geometries go into s_disjoint, s_intersects"):
        parse_filter("name = POINT(1 2)")


@pytest.mark.parametrize(
    "text",
    [
        "a = 1" + " or a = 1" * 120,
        "-" * 30 + "a = 1",
        " or ".join(["casei(a) = casei('x')"] * 16),
        nested(32),
        "(" * 9 + "a = 1" + ")" * 9,
        "a in (" + ", ".join(f"'{i:05d}'" for i in range(400)) + ")",
        "S_INTERSECTS(geometry, MULTIPOLYGON(((" + ", ".join(["-1.25 -45.5"] * 280) + "))))",
        "NOT ((a = 1 AND (b = 2 OR c = 3)) OR (d IN (1, 2) AND NOT (e LIKE 'x' OR f BETWEEN -1 AND +2)))",
        "S_INTERSECTS(geometry, POINT Z (1 2 3)) and\ta=1\nor\u00a0b=2",
        "android = 1 and inn = 2 or notes is not null and 1 in (origin)",
        '"and" = 1 and "a ""b"" (" = \'it\'\'s (\'',
    ],
)
def test_what_is_within_bounds_is_read(text: str) -> None:
    assert isinstance(parse_filter(text), Filter)


TOKENS = [
    *(
        "(",
        "(",
        "(",
        ")",
        ")",
        ",",
        "a",
        "b.c",
        "geometry",
        '"d"',
        "1",
        "-2",
        "3.5e2",
        "'x'",
        "'%'",
        "é",
        "²",
    ),
    *("and", "or", "not", "in", "like", "between", "is", "null", "div", "true", "z", "empty", "2", "1 2,"),
    *("=", "<>", "!=", "<", ">=", "+", "-", "*", "/", "%", "^", "\u00a0", "[", "{", ":", ";", "'"),
    *("casei(", "f(", "s_intersects(", "S_WITHIN(", "t_after(", "date(", "interval(", "timestamp('2020')"),
    *("point(", "POLYGON((", "MULTIPOINT", "BBOX(1,2,3,4)"),
]


@given(st.lists(st.sampled_from(TOKENS), max_size=40), st.sampled_from(["", " "]))
@settings(max_examples=1500, deadline=None)
def test_whatever_is_strung_together_is_read_or_refused(tokens: list[str], joint: str) -> None:
    _read_or_refuse(joint.join(tokens), "cql2-text")


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    _read_or_refuse(text, None)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers(-(10**400), 10**400)
    | st.sampled_from(["geometry", "x", "Point", "Polygon"])
    | st.just({"property": "geometry"}),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.builds(
            lambda op, args: {"op": op, "args": args},
            st.sampled_from(["and", "not", "=", "in", "like", "between", "isNull", "s_within", "+", "zz"]),
            st.lists(inner, max_size=4),
        )
        | st.builds(
            lambda kind, places: {"type": kind, "coordinates": places},
            st.sampled_from(["Point", "MultiPoint", "Polygon", "MultiPolygon", "Feature"]),
            inner,
        )
        | st.builds(
            lambda key, value: {key: value}, st.sampled_from(["bbox", "date", "property", "op"]), inner
        )
    ),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=1000, deadline=None)
def test_any_json_is_read_or_refused(value: Any) -> None:
    _read_or_refuse(json.dumps(value), "cql2-json")


def _read_or_refuse(text: str, lang: str | None) -> None:
    """Fail on any other exception, and on a message that is no sentence of its own."""
    read, message = None, ""
    try:
        read = parse_filter(text, lang)
    except RequestError as error:
        message = str(error)
    if read is None:
        assert message.startswith("filter ")
        assert "\n" not in message
        assert len(message) < 500
    else:
        assert parse_filter(text, lang) == read
        assert all(math.isfinite(value) for value in _numbers(json.loads(read.key)))


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for member in value.values() for number in _numbers(member)]
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    return [value] if isinstance(value, float) else []
