"""Filters over attributes: held to cql2's own `matches`, row by row, on random tables and expressions."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import cql2
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tileserver.errors import RequestError
from tileserver.store.reader import LayerStore
from tileserver.tiles.filters import mask, parse_filter

Row = Mapping[str, float | str | bool | None]

SCHEMA = pa.schema(
    [
        ("id", pa.uint64()),
        ("code", pa.string()),
        ("name", pa.string()),
        ("jobs", pa.int64()),
        ("share", pa.float64()),
        ("rural", pa.bool_()),
    ]
)

ROWS: list[Row] = [
    {"id": 1, "code": "01", "name": "Saint-Élan", "jobs": 10, "share": 0.5, "rural": True},
    {"id": 2, "code": "02", "name": "100 %", "jobs": 0, "share": None, "rural": False},
    {"id": 3, "code": "2A", "name": None, "jobs": None, "share": -1.5, "rural": None},
    {"id": 4, "code": "2B", "name": "sainte_élan\nO'Dette", "jobs": -7, "share": 0.0, "rural": True},
]


def layer(rows: list[Row]) -> LayerStore:
    """Give what a filter of attributes reads of a layer."""
    entry = SimpleNamespace(id="towns", count=len(rows), kind="territory", max_zoom=12)
    table = pa.Table.from_pylist([dict(row) for row in rows], SCHEMA)
    return cast(LayerStore, SimpleNamespace(entry=entry, attributes=table))


def passing(text: str, rows: list[Row] | None = None) -> list[int]:
    rows = ROWS if rows is None else rows
    return np.flatnonzero(mask(parse_filter(text), layer(rows))).tolist()


def matches(expression: Any, row: Row) -> bool:
    """Ask cql2. It can't reduce an expression over missing values: what it says of those is 'unknown'."""
    try:
        return bool(expression.matches({"properties": dict(row)}))
    except Exception as error:
        if str(error) != "Could not reduce expression to boolean":
            raise
        return False


# ------------------------------------------------------------------------------------ against cql2

# Where the two differ, and what is therefore not drawn:
# - the bounds of BETWEEN are literals, and so are the items of IN, because cql2 leaves both unknown when any
#   operand is, where SQL has `5 BETWEEN 6 AND NULL` false and `5 IN (5, NULL)` true;
# - IN is asked of columns only, because cql2 compares the texts of the numbers, so that -0 is not in (0);
# - powers have small whole exponents, because two mathematical libraries may differ in the last bit;
# - CASEI is drawn over letters that have one lower case (cql2 gives a final sigma its own).
NUMBERS = st.sampled_from(["0", "1", "2", "3", "0.5", "-1.5", "10", "1e3", "-7"])
TEXTS = st.text("aAbéÉ_%. '\"œ-\n", max_size=4)
QUOTED = TEXTS.map(lambda text: "'" + text.replace("'", "''") + "'")
PATTERN_PARTS = ["a", "A", "é", "É", "%", "_", r"\%", r"\_", r"\\", ".", "(", "''", "\n"]
PATTERNS = st.lists(st.sampled_from(PATTERN_PARTS), max_size=6)

ROW = st.fixed_dictionaries(
    {
        "id": st.integers(0, 2**53 - 1),
        "code": st.sampled_from(["01", "2A", "a"]),
        "name": st.none() | TEXTS,
        "jobs": st.none() | st.integers(-7, 10),
        "share": st.none() | st.sampled_from([0.0, 0.5, 1.0, -1.5, 1e300]),
        "rural": st.none() | st.booleans(),
    }
)

numeric = st.recursive(
    NUMBERS | st.sampled_from(["jobs", "share", "id"]),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "%", "div"]), inner)
        | st.builds("({} ^ {})".format, inner, st.sampled_from("0123"))
        | st.builds("-({})".format, inner)
    ),
    max_leaves=5,
)
textual = st.recursive(
    QUOTED | st.sampled_from(["name", "code"]),
    lambda inner: st.builds("{}({})".format, st.sampled_from(["CASEI", "accenti"]), inner),
    max_leaves=2,
)
comparison = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
negation = st.sampled_from(["", "NOT "])
predicate = st.one_of(
    st.builds("{} {} {}".format, numeric, comparison, numeric),
    st.builds("{} {} {}".format, textual, comparison, textual),
    st.builds("{} {}BETWEEN {} AND {}".format, numeric, negation, NUMBERS, NUMBERS),
    st.builds("{} {}BETWEEN {} AND {}".format, textual, negation, QUOTED, QUOTED),
    st.builds(
        "{} {}IN ({})".format,
        st.sampled_from(["jobs", "share"]),
        negation,
        st.lists(NUMBERS, min_size=1, max_size=4).map(", ".join),
    ),
    st.builds(
        "{} {}IN ({})".format,
        st.sampled_from(["name", "code"]),
        negation,
        st.lists(QUOTED, min_size=1, max_size=4).map(", ".join),
    ),
    st.builds("{} {}LIKE '{}'".format, textual, negation, PATTERNS.map("".join)),
    st.builds("{} IS {}NULL".format, numeric | textual | st.just("rural"), negation),
    st.builds("rural {} {}".format, comparison, st.sampled_from(["true", "false", "rural"])),
    st.sampled_from(["rural", "true", "FALSE"]),
)
condition = st.recursive(
    predicate,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner)
        | st.builds("NOT ({})".format, inner)
        | st.builds("(({}) {} ({}))".format, inner, st.sampled_from(["=", "<>"]), inner)
        | st.builds("({}) IS NULL".format, inner)
    ),
    max_leaves=6,
)


@given(condition, st.lists(ROW, min_size=1, max_size=12))
@settings(max_examples=1000, deadline=None)
def test_a_row_passes_where_cql2_says_that_it_matches(text: str, rows: list[Row]) -> None:
    expression = cql2.Expr(text)
    assert passing(text, rows) == [i for i, row in enumerate(rows) if matches(expression, row)]


@given(condition)
@settings(max_examples=200, deadline=None)
def test_text_and_json_of_one_expression_are_equal_filters(text: str) -> None:
    in_json = json.dumps(cql2.parse_text(text).to_json())
    assert parse_filter(text) == parse_filter(in_json, "cql2-json")
    assert parse_filter(text).key == parse_filter(in_json, "cql2-json").key


# ------------------------------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("jobs > 0", [0]),
        ("NOT jobs > 0", [1, 3]),
        ("jobs > 0 OR NOT jobs > 0", [0, 1, 3]),
        ("jobs > 0 OR code = '2A'", [0, 2]),
        ("jobs IS NULL", [2]),
        ("name IS NOT NULL AND share IS NOT NULL", [0, 3]),
        ("id = 3", [2]),
        ("name LIKE 'Saint%'", [0]),
        ("CASEI(name) LIKE casei('SAINT%')", [0, 3]),
        ("CASEI(ACCENTI(name)) LIKE '%elan%'", [0, 3]),
        (r"name LIKE '%\%'", [1]),
        (r"name LIKE 'sainte\_%'", [3]),
        ("name LIKE '%''Dette'", [3]),
        ("name IN ('100 %', 'x')", [1]),
        ("name NOT IN ('100 %', 'x')", [0, 3]),
        ("jobs NOT BETWEEN 0 AND 20", [3]),
        ("rural", [0, 3]),
        ("NOT rural", [1]),
        ("rural = (share >= 0)", [0, 3]),
        ("jobs / 0 > 1000", [0]),
        ("jobs div 0 = 1", []),
        ("(jobs div 0) IS NULL", [0, 1, 2, 3]),
        ("jobs div 2 = -3", [3]),
        ("jobs % 2 = -1", [3]),
        ("-jobs + 2 ^ 3 = 15", [3]),
        ("jobs IN (5 * 2, share)", [0]),
        ("10 BETWEEN 11 AND jobs", []),
        ("NOT 10 BETWEEN 11 AND jobs", [0, 1, 2, 3]),
        ("jobs IN (10, share)", [0]),
        ("jobs + 0 IN (7 - 14, 0, 1 div 0)", [1, 3]),
        ("jobs NOT IN (1 div 0)", []),
        ("code IN ('01', name)", [0]),
        ("'x' IN ('x', 'y') AND 'z' NOT IN ('x', 'y')", [0, 1, 2, 3]),
        ("rural IN (false, true)", [0, 1, 3]),
        ("'x' IN (name, 'y')", []),
        ("'b' > 'a' AND 2 > 1 AND true", [0, 1, 2, 3]),
        ("'abc' LIKE 'a%'", [0, 1, 2, 3]),
        ("code < '1'", [0, 1]),
        ('"jobs" = 10', [0]),
    ],
)
def test_a_filter_passes_the_rows_it_should(text: str, rows: list[int]) -> None:
    assert passing(text) == rows


def test_a_mask_is_one_byte_a_row_and_not_to_be_written_to() -> None:
    rows = mask(parse_filter("jobs > 0"), layer(ROWS))
    assert rows.dtype == np.uint8
    assert rows.tolist() == [1, 0, 0, 0]
    assert not rows.flags.writeable


def test_a_filter_of_a_layer_without_rows_passes_none() -> None:
    assert mask(parse_filter("name LIKE 'a%' AND jobs > 0 OR rural"), layer([])).tolist() == []


@pytest.mark.parametrize(
    "text",
    [
        "jobs>1 and name like'a'",
        "((jobs > 1.0)) AND (name LIKE 'a')",
        """{"op": "and", "args": [{"op": ">", "args": [{"property": "jobs"}, 1]},
                                  {"op": "like", "args": [{"property": "name"}, "a"]}]}""",
    ],
)
def test_ways_to_write_one_expression_have_one_key(text: str) -> None:
    assert parse_filter(text).key == parse_filter("jobs > 1 AND name LIKE 'a'").key


def test_different_expressions_have_different_keys() -> None:
    texts = ["jobs > 1", "jobs >= 1", "jobs > 2", "share > 1", "NOT jobs > 1", "name = '1'", "name = 'é'"]
    assert len({parse_filter(text).key for text in texts}) == len(texts)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("salary > 1", "asks for 'salary', which layer towns does not have; they are code, id, jobs, name"),
        ("jobs = 'x'", r"compares 'jobs' \(number\) with 'x' \(text\) by ="),
        ("name > 3", r"compares 'name' \(text\) with 3 \(number\) by >"),
        ("rural = 'true'", r"'rural' \(boolean\) with 'true' \(text\)"),
        ("name IN ('a', 3)", r"'name' \(text\) with 3 \(number\) by IN"),
        ("jobs BETWEEN 1 AND 'z'", r"'jobs' \(number\) with 'z' \(text\) by BETWEEN"),
        ("name + 1 > 2", r"gives 'name' \(text\) to \+, which takes a number"),
        ("jobs LIKE '1%'", r"gives 'jobs' \(number\) to like, which takes a text"),
        ("name LIKE code", "LIKE whose pattern is no literal"),
        ("name LIKE '" + "a" * 201 + "'", "pattern of 201 characters; at most 200"),
        ("casei(jobs) = 'x'", r"gives 'jobs' \(number\) to casei"),
        ("name", r"has 'name' \(text\) as the whole; a condition"),
        ("jobs + 1", r"has the result of \+ \(number\) as the whole"),
        ("rural AND jobs", r"has 'jobs' \(number\) as part of AND"),
        ("rural OR 'x'", r"has 'x' \(text\) as part of OR"),
        ("NOT jobs", r"has 'jobs' \(number\) as what NOT turns round"),
        ("geometry IS NULL", "uses geometry outside s_disjoint"),
        ("BBOX(1, 2, 3, 4)", "has a geometry outside s_disjoint"),
    ],
)
def test_a_filter_that_does_not_fit_the_layer_says_what_does_not(text: str, message: str) -> None:
    parsed = parse_filter(text)
    with pytest.raises(RequestError, match=message):
        mask(parsed, layer(ROWS))


def test_filters_do_not_load_pandas(demo_store: Path) -> None:
    """Pyarrow imports it for `pa.array` and `to_numpy`: 0.4 s of the first request, and 40 MB."""
    program = """
import sys
from pathlib import Path
from tileserver.store.reader import open_store
from tileserver.tiles.filters import mask, parse_filter
layer = open_store(Path(sys.argv[1])).layer("communes")
text = "(name LIKE 'S%' OR name IN ('a', 'b') OR casei(accenti(name)) >= 'x' OR 'a' LIKE 'a')"
mask(parse_filter(text + " AND population / 2 > 1 AND S_INTERSECTS(geometry, BBOX(-5, 41, 9, 51))"), layer)
print(sorted({"pandas", "shapely", "geopandas"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(demo_store)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
