"""Reading files: what comes out, and how each kind of bad file is named."""

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from preprocess.sources import Sources, clean_text, digest_file, read_shapes, read_table
from tests.preprocess.samples import points, source, squares, write_text
from tileserver.errors import SourceError


def refused(path: Path, message: pytest.ExceptionInfo[SourceError], *words: str) -> None:
    """Assert that the message is one sentence that names the file and holds the words."""
    text = str(message.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    for word in words:
        assert word in text


# ------------------------------------------------------------------------------------------- tables


def test_codes_keep_their_leading_zeros(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "COM,PMUN\n01001,0860\n2A004,5\n")
    assert read_table(path, source("a.csv"))["COM"].tolist() == ["01001", "2A004"]
    assert read_table(path, source("a.csv"))["PMUN"].tolist() == ["0860", "5"]


def test_only_the_empty_cell_and_the_declared_values_are_null(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "code,name\n1,NA\n2,nan\n3,\n4,ZZZZZZZZZ\n5,None\n6, \n")
    table = read_table(path, source("a.csv", null=("ZZZZZZZZZ",)))
    assert table["name"].isna().tolist() == [False, False, True, True, False, True]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "COM;DENS\r\n01001;3\r\n", "utf-8-sig")
    assert list(read_table(path, source("a.csv", separator=";")).columns) == ["COM", "DENS"]


def test_a_header_further_down_is_counted_from_one(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "A title\n\nCOM,V\n01001,3\n")
    assert read_table(path, source("a.csv", header_row=3))["V"].tolist() == ["3"]


def test_a_workbook_gives_text_from_the_declared_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="Variables", index=False)
        rows = pd.DataFrame({"CODGEO": ["01001", "2A004"], "EPT": ["ZZZZZZZZZ", 200057990], "V": [1.5, 2]})
        rows.to_excel(book, sheet_name="Composition", index=False, startrow=5)
    table = read_table(path, source("a.xlsx", sheet="Composition", header_row=6, null=("ZZZZZZZZZ",)))
    assert table["CODGEO"].tolist() == ["01001", "2A004"]
    assert table["EPT"].fillna("none").tolist() == ["none", "200057990"]
    assert table["V"].tolist() == ["1.5", "2"]


def test_a_plain_parquet_file_is_a_table_too(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pd.DataFrame({"code": ["01001"], "n": [3]}).to_parquet(path)
    assert read_table(path, source("a.parquet")).to_dict("list") == {"code": ["01001"], "n": ["3"]}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        Sources(tmp_path, {"a": source("x/a.csv")}).table("a", ["code"])
    refused(tmp_path / "x/a.csv", caught, "no such file")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere: no such folder"):
        Sources(tmp_path / "nowhere", {})


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet", "a.geojson"])
def test_an_empty_file_is_named(tmp_path: Path, name: str) -> None:
    path = write_text(tmp_path / name, "")
    with pytest.raises(SourceError) as caught:
        Sources(tmp_path, {"a": source(name)}).table("a", ["code"])
    refused(path, caught, "empty", "fetch it again")


@pytest.mark.parametrize("text", ["COM,V\n", "COM,V\n,\n"])
def test_a_table_without_rows_is_named(tmp_path: Path, text: str) -> None:
    path = write_text(tmp_path / "a.csv", text)
    with pytest.raises(SourceError) as caught:
        read_table(path, source("a.csv"))
    refused(path, caught, "no row under its header")


def test_a_header_below_the_end_is_named(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "COM,V\n1,2\n")
    with pytest.raises(SourceError) as caught:
        read_table(path, source("a.csv", header_row=9))
    refused(path, caught, "9")


def test_a_missing_column_is_named_with_those_present_and_the_closest(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "CODGEO,LIBGEO\n01001,x\n")
    with pytest.raises(SourceError) as caught:
        Sources(tmp_path, {"a": source("a.csv")}).table("a", ["CODEGEO"])
    refused(path, caught, "no column 'CODEGEO'", "CODGEO, LIBGEO", "the closest is 'CODGEO'")


def test_a_wrong_separator_is_hinted_at(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "COM;PMUN\n01001;860\n")
    with pytest.raises(SourceError) as caught:
        Sources(tmp_path, {"a": source("a.csv")}).table("a", ["COM"])
    refused(path, caught, "separated by ';'", "`separator`")


def test_a_row_longer_than_the_header_is_not_cut_silently(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "COM,V\n01001,3,9\n01002,4,8\n")
    with pytest.raises(SourceError) as caught:
        read_table(path, source("a.csv"))
    refused(path, caught)


def test_a_text_cut_within_quotes_is_named(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", 'COM,V\n01001,"abc\n')
    with pytest.raises(SourceError) as caught:
        read_table(path, source("a.csv"))
    refused(path, caught, "truncated")


def test_a_wrong_encoding_is_named(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "COM,NOM\n01001,Ambérieu\n", "latin-1")
    with pytest.raises(SourceError) as caught:
        read_table(path, source("a.csv"))
    refused(path, caught, "utf-8-sig", "`encoding`")
    assert read_table(path, source("a.csv", encoding="latin-1"))["NOM"].tolist() == ["Ambérieu"]


def test_an_unknown_encoding_is_named(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "COM\n1\n")
    with pytest.raises(SourceError) as caught:
        read_table(path, source("a.csv", encoding="utf-88"))
    refused(path, caught, "utf-88")


def test_a_missing_sheet_is_named_with_those_present(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"x": [1]}).to_excel(path, sheet_name="Composition_communale", engine="openpyxl")
    with pytest.raises(SourceError) as caught:
        read_table(path, source("a.xlsx", sheet="Composition"))
    refused(path, caught, "no sheet 'Composition'", "Composition_communale", "did you mean")


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet"])
def test_a_table_of_another_format_is_named(tmp_path: Path, name: str) -> None:
    path = write_text(tmp_path / name, "this is no such file at all, only some text\n" * 9)
    with pytest.raises(SourceError) as caught:
        read_table(path, source(name))
    refused(path, caught, f"cannot be read as .{name.split('.')[1]}")


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet"])
def test_a_truncated_binary_table_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    frame = pd.DataFrame({"x": range(5000)})
    frame.to_parquet(path) if name.endswith("parquet") else frame.to_excel(path, engine="openpyxl")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError) as caught:
        read_table(path, source(name))
    refused(path, caught, "truncated")


def test_a_format_that_is_no_table_is_named(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.ods", "x")
    with pytest.raises(SourceError) as caught:
        read_table(path, source("a.ods"))
    refused(path, caught, ".ods", ".csv")


# ------------------------------------------------------------------------------------------- shapes


@pytest.mark.parametrize("name", ["a.parquet", "a.gpkg", "a.geojson"])
def test_shapes_come_in_degrees_with_text_columns(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    frame = squares(["01001", "2A004"], n=[1.0, 2.5])
    frame.to_parquet(path) if name.endswith("parquet") else frame.to_file(path)
    read = read_shapes(path, source(name), ["code", "n"])
    assert read.columns.tolist() == ["code", "n", "geometry"]
    assert read["code"].tolist() == ["01001", "2A004"]
    assert read["n"].tolist() == ["1", "2.5"]
    assert read.crs.to_epsg() == 4326
    assert shapely.equals(read.geometry.to_numpy(), frame.geometry.to_numpy()).all()


def test_topojson_needs_the_declaration_for_its_coordinate_system(tmp_path: Path) -> None:
    text = (
        '{"type":"Topology","objects":{"o":{"type":"GeometryCollection","geometries":[{"type":"Polygon",'
        '"arcs":[[0]],"properties":{"code":"01001"}}]}},"arcs":[[[5,45],[5,46],[6,46],[5,45]]]}'
    )
    path = write_text(tmp_path / "a.topojson", text)
    assert read_shapes(path, source("a.topojson", crs="EPSG:4326"), ["code"])["code"].tolist() == ["01001"]
    with pytest.raises(SourceError) as caught:
        read_shapes(path, source("a.topojson"), ["code"])
    refused(path, caught, "no coordinate system", "`crs`")


def test_a_projected_file_is_brought_to_degrees(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    squares(["01001"]).to_crs("EPSG:2154").to_file(path)
    read = read_shapes(path, source("a.gpkg", crs="EPSG:2154"), ["code"])
    assert np.allclose(read.total_bounds, [0, 45, 1, 46], atol=1e-6)


def test_a_file_in_another_system_than_declared_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    squares(["01001"]).to_crs("EPSG:2154").to_file(path)
    with pytest.raises(SourceError) as caught:
        read_shapes(path, source("a.gpkg", crs="EPSG:4326"), ["code"])
    refused(path, caught, "EPSG:2154", "EPSG:4326", "`crs`")


def test_metres_that_pass_for_degrees_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    metres = squares(["01001"]).to_crs("EPSG:2154").set_crs("EPSG:4326", allow_override=True)
    metres.to_parquet(path)
    with pytest.raises(SourceError) as caught:
        read_shapes(path, source("a.parquet"), ["code"])
    refused(path, caught, "outside longitude", "EPSG:2154")


def test_a_few_points_outside_the_world_do_not_condemn_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    points([(2, 48), (3, 47), (5, 600)], code=["a", "b", "c"]).to_file(path)
    assert len(read_shapes(path, source("a.geojson"), ["code"])) == 3


def test_an_unknown_declared_system_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    squares(["01001"]).to_file(path)
    with pytest.raises(SourceError) as caught:
        read_shapes(path, source("a.gpkg", crs="EPSG:999999"), ["code"])
    refused(path, caught, "EPSG:999999", "unknown")


def test_crs84_and_epsg_4326_are_the_same_degrees(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    squares(["01001"]).set_crs("OGC:CRS84", allow_override=True).to_parquet(path)
    assert read_shapes(path, source("a.parquet", crs="EPSG:4326"), ["code"]).crs.to_epsg() == 4326


def test_a_missing_column_of_shapes_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    squares(["01001"]).to_file(path)
    with pytest.raises(SourceError) as caught:
        read_shapes(path, source("a.geojson"), ["coed"])
    refused(path, caught, "no column 'coed'", "the closest is 'code'")


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.parquet", "a.topojson"])
def test_a_truncated_geographic_file_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    frame = squares([f"{n:05d}" for n in range(150)])
    if name.endswith("parquet"):
        frame.to_parquet(path)
    elif name.endswith("topojson"):
        write_text(
            path, '{"type":"Topology","objects":{"o":{"type":"GeometryCollection","geometries":[{"type"'
        )
    else:
        frame.to_file(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError) as caught:
        read_shapes(path, source(name), ["code"])
    refused(path, caught)


def test_a_parquet_without_geometry_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pd.DataFrame({"code": ["01001"]}).to_parquet(path)
    with pytest.raises(SourceError) as caught:
        read_shapes(path, source("a.parquet"), ["code"])
    refused(path, caught, "geo")


def test_a_table_where_shapes_are_wanted_is_named(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "code\n1\n")
    with pytest.raises(SourceError) as caught:
        read_shapes(path, source("a.csv"), ["code"])
    refused(path, caught, "no geometry")


def test_a_geographic_file_without_rows_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    squares(["01001"]).iloc[:0].to_parquet(path)
    with pytest.raises(SourceError) as caught:
        read_shapes(path, source("a.parquet"), ["code"])
    refused(path, caught, "no row")


# ------------------------------------------------------------------------------------------ the rest


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "COM\n01001\n")
    expected = blake3(path.read_bytes()).hexdigest(length=16)
    assert digest_file(path) == (10, expected)
    folder = Sources(tmp_path, {"a": source("a.csv")})
    assert folder.digests == {}
    folder.table("a", ["COM"])
    assert folder.digests == {"a": ("a.csv", 10, expected)}


def test_a_table_is_read_once_and_each_caller_has_its_own(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "COM,V\n01001,1\n")
    folder = Sources(tmp_path, {"a": source("a.csv")})
    first = folder.table("a", ["COM", "V"])
    first["V"] = "spoiled"
    path.unlink()
    assert folder.table("a", ["V"])["V"].tolist() == ["1"]


@given(st.lists(st.one_of(st.none(), st.integers(-(2**53), 2**53), st.floats(allow_infinity=False))))
def test_numbers_as_text_read_back_as_the_same_numbers(values: list[float | None]) -> None:
    given_values = pd.Series(values, dtype="float64")
    text = clean_text(given_values)
    assert text.isna().tolist() == given_values.isna().tolist()
    back = pd.to_numeric(text.dropna()).astype("float64").tolist()
    assert back == given_values.dropna().tolist()


@given(st.lists(st.text(max_size=8)))
def test_text_loses_its_outer_blanks_and_nothing_else(values: list[str]) -> None:
    cleaned = clean_text(pd.Series(values, dtype="str"), ["ZZZ"])
    for before, after in zip(values, cleaned, strict=True):
        if before.strip() in {"", "ZZZ"}:
            assert not isinstance(after, str)
        else:
            assert after == before.strip()


def test_geometry_of_another_name_is_renamed(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    squares(["01001"]).rename_geometry("geom").to_parquet(path)
    read = read_shapes(path, source("a.parquet"), ["code"])
    assert isinstance(read, geopandas.GeoDataFrame)
    assert read.columns.tolist() == ["code", "geometry"]


def test_a_list_of_objects_is_a_table_and_what_is_inside_one_gives_columns(tmp_path: Path) -> None:
    fields = '{"code": "01001", "kind": null}', '{"code": "2A004", "kind": "C"}'
    text = ", ".join(f'{{"pk": {n + 2}, "fields": {inner}}}' for n, inner in enumerate(fields))
    path = write_text(tmp_path / "a.json", f"[{text}]")
    table = read_table(path, source("a.json"))
    assert table.astype(object).where(table.notna(), None).to_numpy().tolist() == [
        ["2", "01001", None],
        ["3", "2A004", "C"],
    ]


@pytest.mark.parametrize(
    ("text", "words"), [('{"a": 1}', "a list of objects"), ("[1, 2]", "a list"), ("[", "as .json")]
)
def test_what_is_no_list_of_objects_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = write_text(tmp_path / "a.json", text)
    with pytest.raises(SourceError, match=words):
        read_table(path, source("a.json"))
