"""Indicators: from files to communes, from communes up the levels."""

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.indicator_spec import Indicator, Part, Regroup
from preprocess.aggregate import carry_up, rounded, with_ratios
from preprocess.findings import Finding
from preprocess.parts import commune_values, regroup
from preprocess.sources import Sources
from tests.preprocess.samples import TEXT, source, squares, write_text
from tileserver.errors import SourceError

CITY = Regroup(commune="75056", prefix="751", first=1, last=3)


def indicator(rule: str, kind: str = "number", precision: int = 1, **changes: object) -> Indicator:
    texts = {"title": TEXT, "definition": TEXT, "unit": TEXT, "date": "2023", "theme": "people"}
    values = {**texts, "rule": rule, "type": kind, "precision": precision, **changes}
    return Indicator(**values)  # type: ignore[arg-type]  # typed in TOML


POPULATION = indicator(
    "sum",
    "integer",
    0,
    parts=(
        Part(source="a", key="COM", value="V"),
        Part(source="b", key="COM", value="V", key_prefix="97"),
    ),
    regroup=(CITY,),
)
DENSITY = indicator("ratio", numerator="population", denominator="area")
ALL = {"population": POPULATION, "area": indicator("sum", precision=2, computed="area"), "density": DENSITY}


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return sorted((item.rule, item.key) for item in findings)


def values(
    folder: Path, codes: list[str], first: str, second: str = "COM,V\n601,7\n"
) -> tuple[dict[str, float | None], list[Finding]]:
    write_text(folder / "a.csv", "COM,V\n" + first)
    write_text(folder / "b.csv", second)
    sources = Sources(folder, {"a": source("a.csv"), "b": source("b.csv")})
    table, findings = commune_values({"population": POPULATION}, squares(codes), sources)
    return {
        str(code): None if pd.isna(value) else float(value) for code, value in table["population"].items()
    }, findings


def test_each_commune_has_its_value_or_a_finding(tmp_path: Path) -> None:
    found, findings = values(tmp_path, ["01001", "01002", "97601"], "01001,5\n99999,1\n")
    assert found == {"01001": 5, "01002": None, "97601": 7}
    assert told(findings) == [("commune-without-value", "01002"), ("unknown-code", "99999")]


def test_arrondissements_stand_for_their_city(tmp_path: Path) -> None:
    found, findings = values(tmp_path, ["75056", "97601"], "75101,5\n75102,6\n75103,7\n")
    assert found["75056"] == 18
    assert told(findings) == [("regrouped", "75056")]


def test_a_missing_arrondissement_is_told(tmp_path: Path) -> None:
    found, findings = values(tmp_path, ["75056", "97601"], "75101,5\n75103,7\n")
    assert found["75056"] == 12
    assert told(findings) == [("regroup-incomplete", "75056")]
    assert "75102" in findings[0].message


def test_a_city_given_with_its_arrondissements_is_not_counted_twice(tmp_path: Path) -> None:
    found, findings = values(tmp_path, ["75056", "97601"], "75056,18\n75101,5\n75102,6\n75103,7\n")
    assert found["75056"] == 18
    assert told(findings) == [("regroup-ignored", "75056")]


def test_an_unreadable_value_is_missing_and_told(tmp_path: Path) -> None:
    found, findings = values(tmp_path, ["01001", "97601"], "01001,1 234\n")
    assert found["01001"] is None
    assert told(findings) == [("commune-without-value", "01001"), ("unreadable-value", "01001")]


def test_a_value_in_two_files_keeps_the_first(tmp_path: Path) -> None:
    found, findings = values(tmp_path, ["97601"], "97601,5\n")
    assert found == {"97601": 5}
    assert told(findings) == [("given-twice", "97601")]


def test_a_code_twice_in_a_file_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.csv: column 'COM'.*01001 on rows 1, 2"):
        values(tmp_path, ["01001"], "01001,5\n01001,6\n")


def test_a_row_without_code_is_told(tmp_path: Path) -> None:
    _, findings = values(tmp_path, ["01001", "97601"], "01001,5\n,6\n")
    assert told(findings) == [("empty-code", "row 2")]


def test_codes_without_group_pass_through() -> None:
    given_values = pd.Series({"01001": 3.0})
    result, findings = regroup(given_values, (CITY,), "population", "a")
    assert result.to_dict() == {"01001": 3.0}
    assert not findings


def base_table() -> tuple[pd.DataFrame, pd.Series]:
    codes = pd.Index(["a", "b", "c", "d", "e"], name="commune")
    base = pd.DataFrame({"population": [1.0, np.nan, 3, np.nan, 5], "area": [1.0, 2, 0, 4, 5]}, index=codes)
    return base, pd.Series(["T1", "T1", "T0", "T2", None], index=codes, dtype="str")


def test_a_sum_runs_over_the_members_that_have_a_value() -> None:
    base, territory = base_table()
    sums, findings = carry_up(base, territory, "ti", {"population": "a"})
    assert list(sums.index) == ["T0", "T1", "T2"]
    assert sums["area"].tolist() == [0, 3, 4]
    assert sums["population"].fillna(-1).tolist() == [3, 1, -1]
    assert told(findings) == [("no-value", "T2"), ("partial-sum", "T1")]
    partial = next(item for item in findings if item.rule == "partial-sum")
    assert "the sum of 1 of 2 communes" in partial.message
    assert partial.message.endswith("without a value: b.")
    assert partial.source == "a"


def test_a_ratio_over_nothing_or_over_zero_is_null() -> None:
    base, territory = base_table()
    sums, _ = carry_up(base, territory, "ti", {})
    ratios = with_ratios(sums, ALL)
    assert list(ratios.columns) == ["population", "area", "density"]
    assert ratios["density"].isna().tolist() == [True, False, True]


def test_a_ratio_divides_the_unrounded_sums() -> None:
    raw = pd.DataFrame({"population": [1000.0], "area": [0.004]}, index=["x"])
    shown = rounded(with_ratios(raw, ALL), ALL)
    assert shown["area"].tolist() == [0.0]
    assert shown["density"].tolist() == [250000.0]


def test_published_values_have_their_declared_type_and_precision() -> None:
    raw = pd.DataFrame({"population": [3.0, np.nan], "area": [1.23456, np.nan]}, index=["x", "y"])
    shown = rounded(with_ratios(raw, ALL), ALL)
    assert [str(kind) for kind in shown.dtypes] == ["Int64", "float64", "float64"]
    assert shown["population"].isna().tolist() == [False, True]
    assert shown["area"].iloc[0] == 1.23
    assert shown["density"].iloc[0] == 2.4


@given(
    st.lists(st.tuples(st.sampled_from("TUV"), st.integers(0, 10**9) | st.none()), min_size=1, max_size=40)
)
def test_sums_are_those_of_a_plain_loop(rows: list[tuple[str, int | None]]) -> None:
    index = pd.RangeIndex(len(rows))
    base = pd.DataFrame({"v": [value for _, value in rows]}, index=index, dtype="float64")
    sums, findings = carry_up(base, pd.Series([code for code, _ in rows], index=index), "ti", {})
    for code in {code for code, _ in rows}:
        known = [value for owner, value in rows if owner == code and value is not None]
        lacking = [value for owner, value in rows if owner == code and value is None]
        assert (float(sums["v"][code]) == sum(known)) if known else pd.isna(sums["v"][code])
        assert bool(lacking) == (code in {item.key for item in findings})


def test_areas_come_from_the_outlines(tmp_path: Path) -> None:
    frame: geopandas.GeoDataFrame = squares(["01001"])
    table, findings = commune_values({"area": ALL["area"]}, frame, Sources(tmp_path, {}))
    assert table["area"].tolist() == pytest.approx([8688], rel=0.01)
    assert not findings
