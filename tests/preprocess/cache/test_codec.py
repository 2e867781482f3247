"""Kept values come back as they were, to the bit and to the type; nothing else comes back at all."""

import geopandas
import msgspec
import numpy as np
import pandas as pd
import pytest
import shapely

from layers.spec import Text
from preprocess.cache.codec import decode, encode
from preprocess.figures.table import known_figures
from preprocess.findings import Finding
from tileserver.store.status import Status

FINDING = Finding(severity="info", step="s", rule="r", source="a", key="01001", message="Là.")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        2**60,
        0.1 + 0.2,
        "Œuvre",
        b"\x00\xff",
        [1, ["a", None]],
        (1, (2.0, "x"), []),
        {"a": 1, None: (2,), 3: [4]},
        {"b", "a"},
        frozenset({"z"}),
        FINDING,
        [FINDING, FINDING],
        Text(fr="Là", en="There"),
        Status.SECRET,
        np.float64(0.1),
    ],
)
def test_plain_values_come_back(value: object) -> None:
    found = decode(encode(value))
    assert found == value
    assert type(found) is type(value)


def test_equal_values_have_equal_bytes_whatever_the_order_of_a_set() -> None:
    letters = [chr(97 + n) for n in range(20)]
    assert encode(set(letters)) == encode({*reversed(letters)})
    assert encode([1, 2]) != encode((1, 2))
    assert encode(1) != encode(1.0)


@pytest.mark.parametrize("dtype", ["int8", "uint64", "float32", "float64", "bool", "datetime64[s]", "<U3"])
def test_arrays_come_back_to_the_bit_and_can_be_written_to(dtype: str) -> None:
    values = np.array([[1, 0, 1], [0, 1, 1]]).astype(dtype)
    found = decode(encode(values))
    assert found.dtype == values.dtype
    assert found.tobytes() == values.tobytes()
    assert found.shape == (2, 3)
    found[0, 0] = found[1, 1]


def test_numbers_that_are_no_numbers_keep_their_bits() -> None:
    values = np.array([np.nan, -0.0, np.inf, 5e-324])
    assert decode(encode(values)).tobytes() == values.tobytes()


def test_tables_come_back_with_their_types_nulls_and_index() -> None:
    table = pd.DataFrame(
        {
            "code": pd.Series(["01001", None, "2A004"], dtype="str"),
            "many": pd.Series([1, None, 2**53 + 1], dtype="Int64"),
            "share": [0.1, np.nan, -0.0],
            "flag": pd.Series([True, None, False], dtype="boolean"),
            "id": np.array([1, 2, 2**64 - 1], np.uint64),
            "mixed": pd.Series([None, "x", 3.5], dtype=object),
        }
    )
    for frame in (table, table.set_index("code"), table.iloc[:0], table[[]], table.iloc[1:]):
        found = decode(encode(frame))
        pd.testing.assert_frame_equal(found, frame, check_exact=True)
        assert list(found.dtypes) == list(frame.dtypes)
        assert type(found.index) is type(frame.index)
    assert decode(encode(table))["mixed"][0] is None


def test_series_and_indexes_come_back_named() -> None:
    series = pd.Series([1.5, 2.5], pd.Index(["a", "b"], name="code", dtype="str"), name="value")
    pd.testing.assert_series_equal(decode(encode(series)), series)
    for index in (series.index, pd.RangeIndex(2, 9, 3, name="n"), pd.Index([3, 1])):
        pd.testing.assert_index_equal(decode(encode(index)), index, exact=True)


def test_outlines_come_back_vertex_by_vertex() -> None:
    shapes = np.array(
        [
            shapely.Polygon([(0.1, 0.2), (1 / 3, 0), (1, 1)]),
            None,
            shapely.MultiPoint([(1, 2), (3, 4)]),
            shapely.Polygon(),
        ],
        dtype=object,
    )
    frame = geopandas.GeoDataFrame({"code": ["a", "b", "c", "d"]}, geometry=shapes, crs=4326)
    found = decode(encode(frame))
    assert found.crs == frame.crs
    assert found.geometry.name == "geometry"
    for one, other in zip(found.geometry, shapes, strict=True):
        assert (one is None and other is None) or shapely.equals_identical(one, other)
    assert (shapely.equals_identical(decode(encode(shapes))[[0, 2, 3]], shapes[[0, 2, 3]])).all()


def test_data_classes_of_the_project_come_back() -> None:
    figures = known_figures(pd.Series([1.0, np.nan], pd.Index(["a", "b"], dtype="str")))
    found = decode(encode({"2024": figures}))["2024"]
    assert type(found) is type(figures)
    assert found.value.tobytes() == figures.value.tobytes()
    assert found.codes.equals(figures.codes)


@pytest.mark.parametrize("value", [object(), lambda: None, 1j, pd.MultiIndex.from_tuples([(1, 2)])])
def test_what_cannot_be_kept_is_refused_when_it_is_written(value: object) -> None:
    with pytest.raises(TypeError, match="can't be kept"):
        encode(value)


@pytest.mark.parametrize(
    "plain",
    [
        ["made", "subprocess:Popen", [["list", ["true"]]]],
        ["made", "preprocess.sources:Sources", []],
        ["made", "preprocess.findings:Nothing", []],
        ["made", "preprocess.findings:Finding", ["one"]],
        ["made", "preprocess.nowhere:Finding", []],
        ["enum", "preprocess.findings:Finding", 1],
        ["magic"],
        ["array", "<f8", [3], b"1234"],
        ["shapes", [1], [b"no geometry"]],
        ["pandas", "str", b"no table"],
        [],
    ],
)
def test_bytes_that_were_never_written_are_no_value_and_run_nothing(plain: object) -> None:
    with pytest.raises(ValueError, match="no kept value"):
        decode(msgspec.msgpack.encode(plain))


@pytest.mark.parametrize("cut", [0, 1, 7, 40])
def test_a_value_cut_short_is_no_value(cut: int) -> None:
    with pytest.raises(ValueError, match="no kept value"):
        decode(encode(["a", FINDING, np.arange(9)])[:cut])
