"""Zones of communes, and the territories that zones are shared out to."""

import numpy as np
import pandas as pd
import pytest

from layers.labour_spec import ZoneList
from layers.spec import Source, Text
from preprocess.history import History
from preprocess.labour.shares import make_atoms, name_territories, share_out
from preprocess.labour.zones import commune_zones

LIST = ZoneList(source="zones", commune="code", zone="zone")
SOURCE = Source(
    path="zones.csv", title=Text("…", "…"), producer="…", licence="…", url="https://…", date="…", edition=2024
)
COMMUNES = pd.Index(["A", "B", "C", "D"], dtype="str")


class Listed:
    """A folder with one table of communes and their zones."""

    def __init__(self, **zones: str) -> None:
        self.rows = pd.DataFrame({"code": list(zones), "zone": list(zones.values())}, dtype="str")

    def table(self, source: str, columns: list[str]) -> pd.DataFrame:
        del source
        return self.rows[columns]

    def place(self, source: str) -> str:
        return f"{source}.csv"


def zones_of(listed: Listed) -> tuple[list[object], set[str]]:
    history = History(None, COMMUNES, 2025, "movements.csv")
    found, noted = commune_zones(LIST, SOURCE, COMMUNES, history, listed, 4)  # type: ignore[arg-type]  # a stand-in
    return found.astype(object).where(found.notna(), None).tolist(), {each.rule for each in noted}


def test_the_own_row_of_a_commune_decides_whatever_older_rows_say() -> None:
    found, told = zones_of(Listed(A="101", B="101", C="102", D="102", OLD="999"))
    assert found == ["0101", "0101", "0102", "0102"]
    assert told == {"labour-zone-older"}


def test_a_commune_that_no_row_leads_to_has_no_zone_and_is_told() -> None:
    found, told = zones_of(Listed(A="101", B="101", C="102"))
    assert found == ["0101", "0101", "0102", None]
    assert told == {"labour-zone-lacking"}


MEMBERSHIP = pd.DataFrame(
    {
        "commune": list(COMMUNES),
        "epci": ["e1", "e1", "e2", np.nan],
        "departement": ["d1", "d1", "d1", "d2"],
        "region": ["r", "r", "r", "r"],
    },
    dtype="str",
)
NAMES: dict[str, dict[str, str]] = {"epci": {"e1": "One"}, "departement": {}, "region": {}}


def shared(
    zones: list[str],
    cells: list[tuple[str, str]],
    people: tuple[float, ...] = (300, 100, 100, 500),
) -> pd.DataFrame:
    """Return shares by level, code, zone and place, of communes in `zones` and rows of (zone, place)."""
    population = np.array(people, np.float64)
    listed = {"list": pd.Series(zones, index=COMMUNES, dtype="str")}
    rows = pd.DataFrame(cells, columns=["zone", "place"]).assign(zones="list")
    atoms = make_atoms(rows, listed, MEMBERSHIP["departement"], population)
    named = pd.Series({zone: zone.lower() for zone in {*zones, *rows["zone"]}})
    territories = name_territories(MEMBERSHIP, NAMES, named, "all of it")
    table = share_out(atoms, MEMBERSHIP, listed, population, territories, "departement")
    told = table.join(territories.table, on="territory").join(atoms[["zone", "place"]], on="atom")
    return told.set_index(["level", "code", "zone", "place"]).sort_index()


def share(table: pd.DataFrame, *where: str) -> float:
    return float(dict(zip(table.index, table["share"], strict=True))[where])


def test_a_zone_is_shared_by_population_among_the_communes_of_each_place() -> None:
    table = shared(["Z", "Z", "Z", "Z"], [("Z", "d1"), ("Z", "d2")])
    assert share(table, "epci", "e1", "Z", "d1") == pytest.approx(400 / 500)
    assert share(table, "epci", "e2", "Z", "d1") == pytest.approx(100 / 500)
    assert share(table, "departement", "d2", "Z", "d2") == 1
    assert ("epci", "e2", "Z", "d2") not in table.index
    assert table.xs("bassin", level="level")["population"].tolist() == [500, 500]


def test_a_zone_without_communes_counts_in_its_place_and_above_only() -> None:
    table = shared(["Z", "Z", "Z", "Y"], [("X", "d1"), ("Z", "d1")])
    where = table.xs("X", level="zone").index.get_level_values("level")
    assert set(where) == {"nation", "region", "departement", "bassin"}
    assert set(table.xs("X", level="zone")["share"]) == {1}
    # it weighs as the other zones of its place do on average
    assert set(table.xs("X", level="zone")["population"]) == {500}


def test_where_nobody_lives_communes_count_alike() -> None:
    table = shared(["Z", "Z", "Z", "Y"], [("Z", "d1")], (0, 0, 0, 500))
    assert share(table, "epci", "e1", "Z", "d1") == pytest.approx(2 / 3)


def test_territories_are_numbered_level_by_level_with_their_names() -> None:
    territories = name_territories(MEMBERSHIP, NAMES, pd.Series({"Z": "zed"}), "all of it").table
    assert territories["level"].drop_duplicates().tolist() == [
        "nation",
        "region",
        "departement",
        "epci",
        "bassin",
    ]
    assert territories.loc[territories["code"] == "e1", "name"].tolist() == ["One"]
    assert territories.loc[territories["code"] == "e2", "name"].tolist() == ["e2"]
