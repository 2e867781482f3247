"""The labour market of the real France, held against the rows of the official files, read plainly."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tileserver.store.labour import LabourStore
from tileserver.store.labour_lines import find_lines
from tileserver.store.reader import open_store
from tileserver.web.labour import read_selection
from tileserver.web.labour_rows import find

pytestmark = pytest.mark.france


@pytest.fixture(scope="module")
def survey(france_store: Path) -> LabourStore:
    labour = open_store(france_store).labour
    assert labour is not None
    return labour


def ask(survey: LabourStore, **query: str) -> list[Mapping[str, object]]:
    columns = find(survey, read_selection(survey, query))
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def test_chaudronnerie_in_choletais_mauges_year_by_year(survey: LabourStore) -> None:
    of = {"level": "ti", "code": "ti-5204"}
    [before] = ask(survey, **of, trade="D2Z40", year="2023")
    assert (before["met"], before["met_status"], before["met_known"]) == (44.92, "estimated", 1)
    assert (before["xmet"], before["smet_status"], before["share_difficult"]) == (44.92, "secret", 1)
    [partial] = ask(survey, **of, trade="D1X30", year="2024")
    assert (partial["met"], partial["met_status"], partial["met_known"]) == (21, "partial", 0.5397)
    [secret] = ask(survey, **of, trade="D1X30", year="2025")
    assert (secret["met"], secret["met_status"], secret["met_known"]) == (None, "secret", 0)


def test_bassins_say_what_the_files_say(survey: LabourStore) -> None:
    known = {
        ("D2Z40", "2023", "5205"): (24, 24, None),
        ("D2Z40", "2023", "5229"): (21, 21, None),
        ("D1X30", "2024", "5205"): (None, None, None),
        ("D1X30", "2024", "5229"): (21, 21, None),
        ("D1X30", "2025", "5229"): (None, None, None),
    }
    for (trade, year, code), figures in known.items():
        [row] = ask(survey, level="bassin", code=code, trade=trade, year=year)
        assert (row["met"], row["xmet"], row["smet"]) == figures
    [absent] = ask(survey, level="bassin", code="5205", trade="D1X30", year="2025")
    assert absent["met_status"] == "missing"


def test_the_nation_has_every_known_project_that_is_on_the_map(survey: LabourStore) -> None:
    rows = ask(survey, level="nation", code="all", kind="total")
    # all known cells of a file less those of zones that are off the map (Îles du Nord, Monaco)
    on_the_map = {"2023": 3013134 - 1866, "2024": 2751069 - 836 - 1022, "2025": 2401105 - 1825 - 5430}
    assert {row["year"]: row["met"] for row in rows} == on_the_map


def rows_of(path: Path, year: str) -> list[dict[str, str]]:
    """Read the table of a year in the plainest way, each cell as text."""
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(1).to_python()
    header = [str(name).replace(f"BE{year[2:]}", "BE") for name in sheet[0]]
    return [dict(zip(header, map(_text, row), strict=True)) for row in sheet[1:]]


def _text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell)


OFF_MAP = {"2023": ("104",), "2024": ("104",), "2025": ("113", "9399")}


@pytest.mark.parametrize("year", ["2023", "2024", "2025"])
def test_every_figure_of_a_departement_is_the_sum_of_what_its_rows_show(
    survey: LabourStore, france_sources: Path, year: str
) -> None:
    """So there is nothing in them that could be taken apart again: levels, families and totals alike."""
    known: Counter[tuple[str, str, str]] = Counter()
    hidden: set[tuple[str, str, str]] = set()
    listed: set[tuple[str, str]] = set()
    for row in rows_of(france_sources / "bmo" / f"Base_open_data_BMO_{year}.xlsx", year):
        if row["BE"] in OFF_MAP[year]:
            continue
        for trade in (row["Code métier BMO"], row["Famille_met"], "all"):
            listed.add((row["Dept"], trade))
            for name in ("met", "xmet", "smet"):
                if row[name] == "*":
                    hidden.add((row["Dept"], trade, name))
                else:
                    known[row["Dept"], trade, name] += int(row[name])
    told = set()
    for kind in ("trade", "family", "total"):
        for territory in survey.level("departement"):
            code = survey.territories[territory].code
            for figure in ask(survey, level="departement", code=code, kind=kind, year=year):
                told.add((code, str(figure["trade"])))
                for name in ("met", "xmet", "smet"):
                    key = (code, str(figure["trade"]), name)
                    assert figure[name] == known.get(key), key
                    expected = ("partial" if key in known else "secret") if key in hidden else "ok"
                    assert figure[f"{name}_status"] == expected, key
    assert told == listed


def test_levels_and_trades_add_up_so_that_subtraction_leaves_nothing(survey: LabourStore) -> None:
    for year in survey.years:
        for name in ("met", "xmet", "smet"):
            sums = {}
            for level in ("nation", "region", "departement", "bassin"):
                for kind in ("trade", "family", "total"):
                    rows = [
                        row
                        for territory in survey.level(level)
                        for row in ask(
                            survey, level=level, code=survey.territories[territory].code, kind=kind, year=year
                        )
                    ]
                    sums[level, kind] = sum(float(str(row[name])) for row in rows if row[name] is not None)
            assert len(set(sums.values())) == 1, sums


def test_chaudronnerie_is_explained_by_the_rows_of_the_files(
    survey: LabourStore, france_sources: Path
) -> None:
    cases = {("D2Z40", "2023"): {"5205": "24", "5229": "21"}, ("D1X30", "2024"): {"5205": "*", "5229": "21"}}
    cases[("D1X30", "2025")] = {"5229": "*"}
    for (code, year), expected in cases.items():
        file = rows_of(france_sources / "bmo" / f"Base_open_data_BMO_{year}.xlsx", year)
        number = survey.year(year)
        [trade] = survey.trade(code)
        lines = find_lines(survey, survey.territory("ti", "ti-5204"), (trade,), number)
        assert {(line.atom.zone, line.communes) for line in lines} == {("5205", 26), ("5229", 6)}
        there = {line.atom.zone: line for line in lines if line.row is not None}
        assert set(there) == set(expected)
        for zone, line in there.items():
            row = file[int(line.row or 0) - 1]
            assert (row["BE"], row["Code métier BMO"], row["met"]) == (zone, code, expected[zone])
            shown = [row[name] for name in ("met", "xmet", "smet")]
            told = ["*" if line.cells[name] is None else f"{line.cells[name]:g}" for name in line.cells]
            assert told == shown
        shares = {line.atom.zone: line.share for line in lines}
        assert shares["5229"] == 1
        assert shares["5205"] == pytest.approx(0.9967, abs=5e-5)
