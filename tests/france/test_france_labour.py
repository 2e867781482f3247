"""The labour market of the real France, held against the rows of the official files, read plainly."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tileserver.store.labour import LabourStore
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
