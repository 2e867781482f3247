"""Three questions to the real France, answered again from the files themselves with pandas and geopandas."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from tileserver.store.reader import open_store
from tileserver.web.filtering import read_filter
from tileserver.web.find.build import make_answer, make_sites
from tileserver.web.find.model import Answer
from tileserver.web.find.sites import read_asked as read_sites
from tileserver.web.find.territories import read_asked
from tileserver.web.snapshot import Snapshot

pytestmark = pytest.mark.france


@pytest.fixture(scope="module")
def shot(france_store: Path) -> Snapshot:
    return Snapshot(open_store(france_store, verify=False))


def ask(shot: Snapshot, **query: str) -> Answer:
    return make_answer(shot, read_asked(shot, query, read_filter(query), "csv"), query.get("filter"))


def relance(folder: Path) -> pd.DataFrame:
    file = folder / "projets" / "france_relance_projets_industriels_ECHANTILLON.csv"
    return pd.read_csv(file, sep=";", dtype=str)


def test_departements_with_over_60_per_cent_difficult_recruitment_in_metalworking_and_no_training(
    shot: Snapshot, france_sources: Path
) -> None:
    book = france_sources / "bmo" / "Base_open_data_BMO_2023.xlsx"
    table = pd.read_excel(book, sheet_name=1, engine="calamine", dtype=str)
    table = table[table["Code métier BMO"].str.startswith("D") & (table["BE23"] != "104")]
    known = table[(table["xmet"] != "*") & (table["met"] != "*")].astype({"xmet": float, "met": float})
    sums = known.groupby("Dept")[["xmet", "met"]].sum()
    share = (100 * sums["xmet"] / sums["met"]).round(2)
    workshops = gpd.read_file(france_sources / "projets" / "anct_manuprox.geojson")
    projects = pd.concat([relance(france_sources), workshops.drop(columns="geometry").astype(str)])
    words = projects.select_dtypes("str").fillna("").agg(" ".join, axis=1).str.lower()
    assert not words.str.contains(r"\bformation", regex=True).any()
    text = '"labour.D*.share_difficult@2023" > 60 AND "projects.all.word.formation" = 0'
    found = ask(shot, level="departement", filter=text)
    expected = share[share > 60].sort_values(ascending=False)
    told = {row.code: row.cells[0].value for row in found.territories}
    assert {code: round(value or 0, 2) for code, value in told.items()} == expected.to_dict()
    assert [row.cells[0].value for row in found.territories] == pytest.approx(expected.tolist(), abs=0.006)
    assert found.failing == (share <= 60).sum()
    # of the others not one row has both figures
    assert {each.code for each in found.unranked} == set(
        shot.level("departement").attributes.column("code").to_pylist()
    ) - set(share.index)


def test_the_most_populous_intercommunalities(shot: Snapshot, france_sources: Path) -> None:
    folder = france_sources
    communes = pd.read_csv(folder / "territoires" / "communes_epci_2025_cogiter.csv", dtype=str)
    people = pd.concat(
        pd.read_csv(folder / "indicateurs" / name, sep=";", dtype=str)
        for name in ("population_legale_communes.csv", "population_legale_mayotte.csv")
    )
    code = next(name for name in ("COM", "codgeo", "CODGEO") if name in people.columns)
    key = people[code].where(people[code].str.len() == 5, "97" + people[code].str.zfill(3))
    key = key.mask(key.str.startswith("751"), "75056").mask(key.str.startswith("132"), "13055")
    key = key.mask(key.str.startswith("6938"), "69123")
    counted = people["PMUN"].astype(float).groupby(key).sum()
    epci = communes.set_index("DEPCOM")["EPCI"]
    totals = counted.groupby(epci.reindex(counted.index)).sum().drop("ZZZZZZZZZ")
    expected = totals[totals > 300_000].sort_values(ascending=False)
    found = ask(shot, level="epci", filter="population > 300000", sort="-population")
    assert [(row.rank, row.code) for row in found.territories] == list(enumerate(expected.index, start=1))
    assert [row.cells[0].value for row in found.territories] == expected.tolist()


def test_sites_over_two_hectares_within_ten_km_of_a_project(shot: Snapshot, france_sources: Path) -> None:
    sites = gpd.read_parquet(france_sources / "foncier" / "cartofriches_points_2024-03.parquet").to_crs(4326)
    sites = sites[sites["site_surface"].astype(float) >= 20_000]
    workshops = gpd.read_file(france_sources / "projets" / "anct_manuprox.geojson")
    places = relance(france_sources)["coordonnees_gps"]
    lat, lon = (places.str.split(",").str[at].astype(float) for at in (0, 1))
    others = np.column_stack(
        [np.concatenate([workshops.geometry.x, lon]), np.concatenate([workshops.geometry.y, lat])]
    )
    geod = Geod(ellps="WGS84")
    here = np.column_stack([sites.geometry.x, sites.geometry.y])
    near = np.zeros(len(here), bool)
    edge = np.zeros(len(here), bool)
    for place in others:
        _, _, metres = geod.inv(
            here[:, 0], here[:, 1], np.full(len(here), place[0]), np.full(len(here), place[1])
        )
        near |= metres <= 10_000
        # points stand on a grid: within its size of ten kilometres either answer is right
        edge |= abs(metres - 10_000) < 5
    codes = sites["site_id"].astype(str).to_numpy()
    query = {"filter": 'area_ha >= 2 AND "near.projects.all" <= 10'}
    layer = shot.layer("friches")
    asked = read_sites(shot, layer, query, read_filter(query), "csv")
    found = {each.code for each in make_sites(shot, layer, asked, query["filter"]).sites}
    assert found ^ set(codes[near]) <= set(codes[edge])
    assert len(found) > 500
