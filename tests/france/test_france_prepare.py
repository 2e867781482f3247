"""The data half on the real open data."""

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from layers.catalog import Catalog, load_catalog
from preprocess.prepared import Prepared
from tests.preprocess.contract import assert_contract, by_rule

DETAILED = "communes/communes_2018_france-geojson.parquet"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.mark.france
@pytest.mark.slow
def test_the_real_data_keep_the_contract(france: Prepared, catalog: Catalog) -> None:
    assert_contract(france, catalog)


@pytest.mark.france
def test_the_real_data_have_the_counts_of_the_official_lists(france: Prepared) -> None:
    counts = {key: len(entry.table) for key, entry in france.tables.items()}
    expected = {
        "regions": 18,
        "departements": 101,
        "ti": 183,
        "epci": 1255,
        "communes": 34875,
        "friches": 23878,
        "qpv": 824,
        "france_relance": 84,
        "manuprox": 98,
        "afr": 5042,
    }
    assert {key: counts[key] for key in expected} == expected
    assert int(france.membership["epci"].isna().sum()) == 4
    assert france.tables["qpv"].table["code"].nunique() == 792


@pytest.mark.france
def test_every_finding_on_the_real_data_is_known(france: Prepared) -> None:
    counts = {rule: len(items) for rule, items in by_rule(france).items()}
    assert counts == {
        "member-of-other-kind": 15,
        "regrouped": 3,
        "regroup-ignored": 12,
        "invalid-geometry": 1,
        "detail-carried": 1,
        "detail-divided": 4,
        "detail-joined": 1,
        "detail-differs": 94,  # départements: the simplified outlines are coarse
        "edition-merged": 1032,
        "edition-rate": 2,
        "edition-recoded": 14,
        "edition-restored": 10,
        "edition-shared": 10,
        "zone-several": 6,
        "commune-secret": 4,
        "commune-without-value": 189,
        "no-value": 498,
        "partial-sum": 345,
        "area-off-land": 1,
        "area-other-name": 12,
        "numbered-areas": 2,
        "code-as-number": 1,
        "zeros-lost": 2,
        "place-contradicts": 979,
        "placed-nearby": 3,
        "siren-from-siret": 1,
        "unusual-value": 24,
        "labour-outside": 5,
        "labour-secret": 9,
        "labour-zone-older": 2,
        "labour-zone-unplaced": 8,
        "labour-zones-compared": 1,
    }


@pytest.mark.france
def test_the_communes_of_today_have_the_detailed_borders(france: Prepared, france_sources: Path) -> None:
    listed = pd.read_csv(france_sources / "territoires/communes_epci_2025_cogiter.csv", dtype=str)
    assert france.outlines["code"].tolist() == sorted(listed["DEPCOM"])
    shapes = france.outlines.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.get_num_coordinates(shapes).sum() > 2_000_000
    detailed = geopandas.read_parquet(france_sources / DETAILED)
    before = shapely.area(detailed.geometry.to_numpy()).sum()
    assert abs(shapely.area(shapes).sum() / before - 1) < 1e-9
    # Hauts-Talican merged three in 2019; in 2024 the first left again, the others stayed together.
    old, new = detailed.set_index("code").geometry, france.outlines.set_index("code").geometry
    assert new["60054"].symmetric_difference(old["60054"]).area < 1e-9
    assert new["60694"].symmetric_difference(old["60455"].union(old["60694"])).area < 1e-9


@pytest.mark.france
def test_population_agrees_with_an_independent_count(france: Prepared, france_sources: Path) -> None:
    folder = france_sources
    people = pd.read_csv(folder / "indicateurs/population_legale_communes.csv", sep=";", dtype=str)
    people["COM"] = (
        people["COM"]
        .str.replace(r"^751\d\d$", "75056", regex=True)
        .str.replace(r"^6938\d$", "69123", regex=True)
        .str.replace(r"^132\d\d$", "13055", regex=True)
    )
    mayotte = pd.read_csv(folder / "indicateurs/population_legale_mayotte.csv", sep=";", dtype=str)
    mayotte["COM"] = "97" + mayotte["CODCOM"]
    both = pd.concat([people, mayotte])
    known = both.assign(n=both["PMUN"].astype(int)).groupby("COM")["n"].sum()
    listed = pd.read_csv(folder / "territoires/communes_epci_2025_cogiter.csv", dtype=str)
    listed["n"] = listed["DEPCOM"].map(known)
    assert listed["n"].notna().all()
    expected = {
        "epci": listed[listed["EPCI"] != "ZZZZZZZZZ"].groupby("EPCI")["n"].sum(),
        "departements": listed.groupby("DEP")["n"].sum(),
        "regions": listed.groupby("REG")["n"].sum(),
        "communes": listed.set_index("DEPCOM")["n"],
        "ti": _population_of_ti(folder, listed),
    }
    for key, values in expected.items():
        ours = france.tables[key].table.set_index("code")["population"]
        assert ours.to_dict() == values.astype(int).to_dict()


def _population_of_ti(folder: Path, listed: pd.DataFrame) -> pd.Series:
    """Join the members by whichever code they have; no commune is claimed twice in this edition."""
    members = pd.read_csv(folder / "territoires/ti_epci_2023_anct_183.csv", dtype=str)
    ept = pd.read_excel(
        folder / "territoires/ept.xlsx",
        sheet_name="Composition_communale",
        header=5,
        dtype=str,
        engine="calamine",
    )
    sirens = pd.read_excel(folder / "territoires/banatic_siren_insee.xlsx", dtype=str, engine="calamine")
    pairs = pd.concat(
        [
            listed[["EPCI", "DEPCOM"]].set_axis(["member", "commune"], axis=1),
            ept[["EPT", "CODGEO"]].set_axis(["member", "commune"], axis=1),
            sirens[["siren", "insee"]].set_axis(["member", "commune"], axis=1),
        ]
    )
    joined = members.merge(pairs, left_on="siren_epci", right_on="member").merge(
        listed[["DEPCOM", "n"]], left_on="commune", right_on="DEPCOM"
    )
    assert not joined["commune"].duplicated().any()
    return joined.groupby("id_ti")["n"].sum()


@pytest.mark.france
def test_areas_agree_with_an_equal_area_projection_overseas_included(france: Prepared) -> None:
    projected = france.outlines.to_crs("EPSG:6933").area / 1e6
    ours = france.tables["communes"].table["area_km2"]
    assert ours.sum() == pytest.approx(projected.sum(), rel=1e-5)
    assert (np.abs(ours - projected) <= 0.006 + 2e-3 * projected).all()
