"""Profiles of the real France: what a reader of Choletais-Mauges is told, held to the official files."""

from pathlib import Path

import pytest

from tileserver.store.reader import open_store
from tileserver.web.profile.around import look_around
from tileserver.web.profile.build import make_profile
from tileserver.web.profile.model import Profile, Value
from tileserver.web.profile.names import list_names, search
from tileserver.web.profile.page import write_page
from tileserver.web.profile.pages import Links
from tileserver.web.profile.places import find_place
from tileserver.web.snapshot import Snapshot

pytestmark = pytest.mark.france


@pytest.fixture(scope="module")
def shot(france_store: Path) -> Snapshot:
    return Snapshot(open_store(france_store))


@pytest.fixture(scope="module")
def choletais(shot: Snapshot) -> Profile:
    return make_profile(shot, find_place(shot, "ti", "ti-5204"))


def test_boiler_making_is_among_the_hardest_trades_of_2023(shot: Snapshot, choletais: Profile) -> None:
    assert choletais.labour is not None
    [year] = [each for each in choletais.labour.years if each.year == "2023"]
    [trade] = [each for each in year.hardest if each.code == "D2Z40"]
    assert trade.name.startswith("Chaudronniers")
    assert trade.projects == Value(value=44.92, status="estimated", known=1)
    assert (trade.share_difficult, trade.seasonal.status) == (1, "secret")
    assert year.nomenclature == "fap2009"
    assert not any(t.code == "D2Z40" for other in choletais.labour.years[1:] for t in other.most)
    page = write_page(
        shot, find_place(shot, "ti", "ti-5204"), choletais, "fr", Links("../../", None)
    ).decode()
    told = page.split('id="trade-2023-D2Z40"')[1].split("</li>")[0]
    assert "Chaudronniers" in told
    assert "≈\u202f45" in told
    assert "estimé" in told
    assert "secret statistique" in told


def test_boiler_making_shares_the_first_rank_of_2023_with_eighteen_other_trades(choletais: Profile) -> None:
    """The survey does not make it *the* hardest trade: nineteen of eighty-eight stand at 100 %."""
    assert choletais.labour is not None
    [year] = [each for each in choletais.labour.years if each.year == "2023"]
    codes = [trade.code for trade in year.hardest]
    [trade] = [each for each in year.hardest if each.code == "D2Z40"]
    assert (trade.rank, trade.tied, year.ranked, codes.index("D2Z40")) == (1, 19, 88, 7)
    [industry] = [family for family in year.families if family.code == "I"]
    told = [(each.code, each.rank, each.tied) for each in industry.hardest]
    assert told[4] == ("D2Z40", 1, 10)
    assert industry.ranked == 21


def test_choletais_mauges_is_two_epci_of_maine_et_loire(choletais: Profile) -> None:
    assert [[each.name for each in group.territories] for group in choletais.within] == [
        ["Pays de la Loire"],
        ["Maine-et-Loire"],
    ]
    parts = {group.level: group.territories for group in choletais.parts}
    assert {each.name for each in parts["epci"]} == {"CA Cholet Agglomération", "CA Mauges Communauté"}
    assert len(parts["commune"]) == 32


def test_no_territory_is_without_a_profile(shot: Snapshot) -> None:
    for level, step in (("region", 1), ("departement", 7), ("ti", 12), ("epci", 97), ("commune", 2477)):
        for code in shot.level(level).attributes.column("code").to_pylist()[::step]:
            place = find_place(shot, level, code)
            profile = make_profile(shot, place)
            assert profile.figures
            assert write_page(shot, place, profile, "en", Links("../../", "en"))


def test_cholet_is_found_by_name_and_by_place(shot: Snapshot) -> None:
    first = search(list_names(shot), "CHOLET", None)[0]
    assert (first.level, first.code) == ("commune", "49099")
    there = look_around(shot, -0.88, 47.06, 3)
    assert {each.level: each.code for each in there.territories}["ti"] == "ti-5204"
    assert {each.layer for each in there.nearest} >= {"friches", "france_relance", "manuprox"}
