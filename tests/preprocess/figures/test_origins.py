"""From the columns of files to figures of communes."""

from pathlib import Path

import numpy as np
import pytest

from layers.indicator_spec import Category, Part, Regroup, ShareOut
from preprocess.figures.levels import all_levels
from preprocess.figures.origins import commune_series
from preprocess.findings import Finding
from tests.preprocess.figures.world import indicator, told, world
from tests.preprocess.samples import TEXT
from tileserver.errors import SourceError
from tileserver.store.status import Status

CITY = Regroup(commune="75056", prefix="751", first=1, last=3)
POPULATION = indicator(
    "sum",
    "integer",
    0,
    parts=(
        Part(source="a", key="COM", value="V", secret=("s",)),
        Part(source="b", key="COM", value="V", key_prefix="97"),
    ),
    regroup=(CITY,),
)

Found = dict[str, tuple[object, str]]


def figures(
    folder: Path, codes: list[str], first: str, second: str = "601,7\n"
) -> tuple[Found, list[Finding]]:
    files = {"a": "COM,V\n" + first, "b": "COM,V\n" + second}
    context = world(folder, dict.fromkeys(codes), files, {"population": POPULATION})
    series, findings = commune_series("population", POPULATION, context)
    [made] = series.values()
    values: list[object] = [None if np.isnan(value) else float(value) for value in made.value]
    slugs = [Status(state).slug for state in made.status]
    return dict(zip(map(str, made.codes), zip(values, slugs, strict=True), strict=True)), findings


def test_each_commune_has_its_value_or_a_finding(tmp_path: Path) -> None:
    found, findings = figures(tmp_path, ["01001", "01002", "97601"], "01001,5\n99999,1\n")
    assert found == {"01001": (5, "ok"), "01002": (None, "missing"), "97601": (7, "ok")}
    assert told(findings) == [("commune-without-value", "01002"), ("unknown-code", "99999")]


def test_a_secret_cell_is_secret_not_missing_and_not_zero(tmp_path: Path) -> None:
    found, findings = figures(tmp_path, ["01001", "01002", "97601"], "01001,s\n01002,0\n")
    assert found == {"01001": (None, "secret"), "01002": (0, "ok"), "97601": (7, "ok")}
    assert told(findings) == [("commune-secret", "01001")]


def test_arrondissements_stand_for_their_city(tmp_path: Path) -> None:
    found, findings = figures(tmp_path, ["75056", "97601"], "75101,5\n75102,6\n75103,7\n")
    assert found["75056"] == (18, "ok")
    assert told(findings) == [("regrouped", "75056")]


@pytest.mark.parametrize("second", ["", "75102,s\n", "75102,\n"])
def test_a_city_that_lacks_an_arrondissement_is_partial(tmp_path: Path, second: str) -> None:
    found, findings = figures(tmp_path, ["75056", "97601"], f"75101,5\n{second}75103,7\n")
    assert found["75056"] == (12, "partial")
    assert told(findings) == [("regroup-incomplete", "75056")]
    assert "75102" in findings[0].message


def test_a_city_whose_arrondissements_are_all_secret_is_secret(tmp_path: Path) -> None:
    found, _ = figures(tmp_path, ["75056", "97601"], "75101,s\n75102,s\n75103,s\n")
    assert found["75056"] == (None, "secret")


def test_a_city_given_with_its_arrondissements_is_not_counted_twice(tmp_path: Path) -> None:
    found, findings = figures(tmp_path, ["75056", "97601"], "75056,18\n75101,5\n75102,6\n75103,7\n")
    assert found["75056"] == (18, "ok")
    assert told(findings) == [("regroup-ignored", "75056")]


def test_an_unreadable_value_is_missing_and_told(tmp_path: Path) -> None:
    found, findings = figures(tmp_path, ["01001", "97601"], "01001,1 234\n")
    assert found["01001"] == (None, "missing")
    assert told(findings) == [("commune-without-value", "01001"), ("unreadable-value", "01001")]


def test_a_value_in_two_files_keeps_the_first(tmp_path: Path) -> None:
    found, findings = figures(tmp_path, ["97601"], "97601,5\n")
    assert found == {"97601": (5, "ok")}
    assert told(findings) == [("given-twice", "97601")]


def test_a_code_twice_in_a_file_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.csv: column 'COM'.*01001 on rows 1, 2"):
        figures(tmp_path, ["01001"], "01001,5\n01001,6\n")


def test_a_row_without_code_is_told(tmp_path: Path) -> None:
    _, findings = figures(tmp_path, ["01001", "97601"], "01001,5\n,6\n")
    assert told(findings) == [("empty-code", "row 2")]


def test_many_codes_make_one_finding_that_counts_them(tmp_path: Path) -> None:
    codes = [f"{number:05}" for number in range(1001, 1101)]
    _, findings = figures(tmp_path, codes, "99999,1\n")
    lacking = [item for item in findings if item.rule == "commune-without-value"]
    assert len(lacking) == 1
    assert "100 communes" in lacking[0].message
    assert "01001, 01002" in lacking[0].message


def test_areas_come_from_the_outlines(tmp_path: Path) -> None:
    area = indicator("sum", precision=2, computed="area")
    context = world(tmp_path, {"01001": None}, {}, {"area": area})
    series, findings = commune_series("area", area, context)
    assert series[None].value.tolist() == pytest.approx([8688], rel=0.01)
    assert not findings


def test_words_that_name_a_class_become_its_number(tmp_path: Path) -> None:
    classes = (Category(cell="dense", value=1, title=TEXT), Category(cell="rare", value=2, title=TEXT))
    density = indicator(
        "none", "integer", 0, parts=(Part(source="a", key="c", value="v"),), categories=classes
    )
    context = world(
        tmp_path, dict.fromkeys("xyz"), {"a": "c,v\nx,rare\ny,dense\nz,odd\n"}, {"class": density}
    )
    series, findings = commune_series("class", density, context)
    assert series[None].value[:2].tolist() == [2, 1]
    assert Status(series[None].status[2]) == Status.MISSING
    assert told(findings) == [("commune-without-value", "z"), ("unreadable-value", "z")]


ZONES = {
    "a": "zone,v\nZ1,100\nZ2,30\nZ9,5\n",
    "z": "c,zone\nx,Z1\ny,Z1\nw,Z2\n",
    "p": "c,v\nx,3\ny,1\nw,5\nv,1\n",
}
PEOPLE = indicator("sum", "integer", 0, parts=(Part(source="p", key="c", value="v"),))


def shared(
    folder: Path, rule: str, weight: str | None = None
) -> tuple[list[float], list[str], list[Finding]]:
    part = Part(source="a", key="zone", value="v")
    out = ShareOut(source="z", zone="zone", commune="c", weight="people")
    spread = indicator(rule, parts=(part,), share_out=out, weight=weight)
    context = world(folder, dict.fromkeys("vwxy"), ZONES, {"people": PEOPLE, "jobs": spread})
    context.done["people"], _ = commune_series("people", PEOPLE, context)
    series, findings = commune_series("jobs", spread, context)
    slugs = [Status(state).slug for state in series[None].status]
    return series[None].value.tolist(), slugs, findings


def test_a_sum_of_a_zone_is_shared_out_by_weight(tmp_path: Path) -> None:
    values, slugs, findings = shared(tmp_path, "sum")
    assert np.isnan(values[0])
    assert values[1:] == [30, 75, 25]
    assert slugs == ["missing", "estimated", "estimated", "estimated"]
    assert told(findings) == [("commune-without-value", "v"), ("unknown-zone", "Z9")]


def test_a_rate_of_a_zone_is_that_of_each_of_its_communes(tmp_path: Path) -> None:
    values, slugs, _ = shared(tmp_path, "weighted_mean", weight="people")
    assert values[1:] == [30, 100, 100]
    assert slugs == ["missing", "estimated", "estimated", "estimated"]


def test_a_territory_of_whole_zones_has_an_exact_sum_and_one_that_cuts_them_has_not(tmp_path: Path) -> None:
    part = Part(source="a", key="zone", value="v")
    spread = indicator(
        "sum", parts=(part,), share_out=ShareOut(source="z", zone="zone", commune="c", weight="people")
    )
    files = {**ZONES, "z": "c,zone\nx,Z1\ny,Z1\nw,Z2\nv,Z2\n"}
    whole = world(
        tmp_path, {"x": "A", "y": "A", "w": "B", "v": None}, files, {"people": PEOPLE, "jobs": spread}
    )
    figures_of = all_levels(whole)[0].figures["ti"]["jobs"][None]
    assert figures_of.codes.tolist() == ["A", "B"]
    assert figures_of.value.tolist() == [100, 25]
    assert [Status(state).slug for state in figures_of.status] == ["ok", "estimated"]
