"""Pure checks: the rows that stand, and a finding for each that does not."""

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.spec import FieldType
from preprocess import validate
from tests.preprocess.samples import points, squares
from tileserver.errors import SourceError


def test_duplicate_codes_stop_the_build_with_codes_and_rows() -> None:
    codes = pd.Series(["01001", "01002", "01001", None, None, "2A004", "2A004"], dtype="str")
    with pytest.raises(SourceError) as caught:
        validate.refuse_duplicates("a.csv", "COM", codes)
    assert str(caught.value).startswith("a.csv: column 'COM'")
    assert "01001 on rows 1, 3; 2A004 on rows 6, 7" in str(caught.value)


def test_many_duplicate_codes_are_counted_not_listed() -> None:
    with pytest.raises(SourceError, match="and 5 more"):
        validate.refuse_duplicates("a.csv", "COM", pd.Series([f"{n}" for n in range(15)] * 2, dtype="str"))


def test_unique_codes_pass() -> None:
    validate.refuse_duplicates("a.csv", "COM", pd.Series(["1", "2", None, None], dtype="str"))


def test_a_row_without_code_is_left_out_and_told() -> None:
    kept, findings = validate.drop_empty_codes(
        squares(["01001", "", "01003"]).replace({"code": {"": None}}), ["code"], "outlines"
    )
    assert kept["code"].tolist() == ["01001", "01003"]
    assert [(item.rule, item.key, item.source) for item in findings] == [("empty-code", "row 2", "outlines")]


def test_rows_without_position_or_outside_the_world_are_left_out_and_the_others_kept() -> None:
    places = [(2.0, 48.0), None, (5.0, 600.0), (float("nan"), 3.0), (-181.0, 0.0), (180.0, -90.0)]
    frame = points(places, code=["good", "null", "far", "nan", None, "edge"])
    kept, findings = validate.drop_unlocated(frame, "code", "sites")
    assert kept["code"].tolist() == ["good", "edge"]
    assert [(item.key, item.rule) for item in findings] == [
        ("null", "empty-geometry"),
        ("far", "outside-world"),
        ("nan", "empty-geometry"),
        ("row 5", "outside-world"),
    ]
    assert all(item.severity == "warning" for item in findings)


def test_a_line_of_which_one_vertex_is_nowhere_is_left_out() -> None:
    lines = [shapely.LineString([(2, 48), (3, 48)]), shapely.LineString([(2, 48), (3, 48), (4, 48)])]
    lines[1] = shapely.transform(lines[1], lambda xy: np.where(xy == [3, 48], np.nan, xy))
    frame = geopandas.GeoDataFrame({"code": ["good", "nan"]}, geometry=lines, crs="EPSG:4326")
    kept, findings = validate.drop_unlocated(frame, "code", "roads")
    assert kept["code"].tolist() == ["good"]
    assert [(item.key, item.rule) for item in findings] == [("nan", "empty-geometry")]


def test_the_first_of_repeated_rows_is_kept() -> None:
    frame = points([(2, 48), (3, 48), (2, 48)], code=["a", "a", "a"], extra=["1", "2", "1"])
    kept, findings = validate.drop_repeated(frame, ["code", "extra"], "qpv")
    assert kept["extra"].tolist() == ["1", "2"]
    assert [(item.rule, item.key) for item in findings] == [("duplicate-code", "a/1")]
    assert "Row 3" in findings[0].message


def test_lines_are_no_points() -> None:
    frame = squares(["a", "b"])
    with pytest.raises(SourceError, match=r"a\.gpkg: row 1 is a Polygon and 2 rows are not Point"):
        validate.refuse_other_shapes("a.gpkg", frame, ("Point",))
    validate.refuse_other_shapes("a.gpkg", frame, ("Polygon",))


@pytest.mark.parametrize(
    ("kind", "dtype", "texts", "values"),
    [
        ("string", "str", ["a", None, "12"], ["a", None, "12"]),
        ("integer", "Int64", ["12", "1.0", "1.5", "x", "-3", None], [12, 1, None, None, -3, None]),
        (
            "number",
            "float64",
            ["1.5", "1,5", "inf", "1e400", "nan", "-0.25"],
            [1.5, None, None, None, None, -0.25],
        ),
        ("boolean", "boolean", ["True", "oui", "0", "perhaps", None], [True, True, False, None, None]),
    ],
)
def test_text_becomes_the_declared_type_and_the_unreadable_null_with_a_finding(
    kind: FieldType, dtype: str, texts: list[str | None], values: list[object]
) -> None:
    given_values = pd.Series(texts, dtype="str")
    keys = pd.Series([f"k{n}" for n in range(len(texts))], dtype="str")
    result, findings = validate.typed(given_values, kind, keys, source="s", column="c")
    assert str(result.dtype) == dtype
    assert [None if pd.isna(item) else item for item in result] == values
    unread = [
        f"k{n}" for n, (a, b) in enumerate(zip(texts, values, strict=True)) if a is not None and b is None
    ]
    assert [item.key for item in findings] == unread
    assert {item.rule for item in findings} <= {"unreadable-value"}


@given(st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.none())))
def test_every_finite_number_is_kept_however_far_out(values: list[float | None]) -> None:
    texts = pd.Series([None if item is None else repr(item) for item in values], dtype="str")
    result, findings = validate.typed(texts, "number", texts, source="s", column="c")
    assert not findings
    expected = np.array([np.nan if item is None else item for item in values], dtype=np.float64)
    np.testing.assert_array_equal(result.to_numpy(), expected)


@given(st.integers(-(2**60), 2**60))
def test_a_whole_number_is_exact_or_refused(value: int) -> None:
    texts = pd.Series([str(value)], dtype="str")
    result, findings = validate.typed(texts, "integer", texts, source="s", column="c")
    if abs(value) <= 2**53:
        assert result[0] == value
    else:
        # 2⁵³ + 1 is not a float64; it rounds to 2⁵³, which is the border that the check lets through.
        assert findings or abs(value) == 2**53 + 1
