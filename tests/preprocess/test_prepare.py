"""The data half from end to end: on the demo country, and on the real open data."""

import shutil
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from layers.catalog import Catalog, load_catalog
from preprocess.findings import Finding
from preprocess.prepare import prepare
from preprocess.prepared import LayerTable, Prepared
from preprocess.progress import Silent
from tileserver.errors import SourceError

OUTLINES = "communes/communes_2025prov_cogiter_4326.parquet"
DETAILED = "communes/communes_2018_france-geojson.parquet"
MOVEMENTS = "communes/mouvements-communes.csv"
SITES = "foncier/cartofriches_points_2024-03.parquet"
LEVELS = {"ti": "ti", "epci": "epci", "departements": "departement", "regions": "region"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def demo(demo_sources: Path, catalog: Catalog) -> Prepared:
    return prepare(catalog, demo_sources, Silent())


@pytest.fixture(scope="module")
def france(france_sources: Path, catalog: Catalog) -> Prepared:
    return prepare(catalog, france_sources, Silent())


@pytest.fixture
def spoiled(demo_sources: Path, tmp_path: Path) -> Path:
    """Give a copy of the demo files, to spoil."""
    return Path(shutil.copytree(demo_sources, tmp_path / "sources"))


def by_rule(prepared: Prepared) -> dict[str, list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for item in prepared.findings:
        groups.setdefault(item.rule, []).append(item)
    return groups


def assert_contract(prepared: Prepared, catalog: Catalog) -> None:
    """Assert what `preprocess.prepared` promises to the geometry half."""
    communes = prepared.tables["communes"].table
    assert prepared.outlines["code"].tolist() == communes["code"].tolist()
    assert prepared.membership["commune"].tolist() == communes["code"].tolist()
    assert list(prepared.membership.columns) == ["commune", "epci", "ti", "departement", "region"]
    assert prepared.outlines.crs.to_epsg() == 4326
    assert shapely.is_valid(prepared.outlines.geometry.to_numpy()).all()
    assert shapely.coverage_is_valid(prepared.outlines.geometry.to_numpy())
    assert list(prepared.tables) == list(catalog.layers)
    absent = {item.source for item in prepared.findings if item.rule == "detail-absent"}
    optional = {"communes_outlines_2018"} if absent else set()
    assert set(prepared.source_digests) == set(catalog.sources) - optional
    for key, entry in prepared.tables.items():
        layer = catalog.layers[key]
        table = entry.table
        fields = [item.id for item in layer.properties]
        fields += [column.id for column in entry.figures]
        assert list(table.columns) == ["id", "code", "name", *fields]
        if layer.kind == "territory":
            there = [key for key, facts in prepared.indicators.items() if str(layer.level) in facts.coverage]
            assert [name for name in table.columns if name in catalog.indicators] == there
            assert_statuses(entry)
        assert isinstance(table.index, pd.RangeIndex)
        assert table["id"].dtype == np.uint64
        assert table["id"].is_unique
        assert table["code"].notna().all()
        assert table["code"].is_monotonic_increasing
        if layer.kind == "territory":
            assert entry.lonlat is None
            assert table["name"].notna().all()
        elif layer.kind == "points":
            assert entry.lonlat is not None
            assert entry.lonlat.shape == (len(table), 2)
            assert np.isfinite(entry.lonlat).all()
        elif layer.kind == "zoning":
            assert entry.shapes is not None
            assert entry.file is not None
            assert shapely.is_valid(entry.shapes).all()
            assert len(entry.shapes) == len(entry.file) == len(table)
    for key, level in LEVELS.items():
        present = set(prepared.membership[level].dropna())
        assert set(prepared.tables[key].table["code"]) == present


def assert_statuses(entry: LayerTable) -> None:
    """Assert that a figure is null exactly where its status, beside it, has no value."""
    for column in entry.figures:
        if column.kind != "indicator":
            continue
        values = entry.table[column.id]
        if column.status is None:
            assert values.notna().all(), column.id
            continue
        status = entry.table[column.status].fillna("ok")
        assert values.notna().equals(status.isin(["ok", "estimated", "partial"])), column.id
        if column.known is not None:
            known = entry.table[column.known]
            assert known.notna().equals(status == "partial")
            assert known.dropna().between(0, 1).all()


def test_the_demo_country_keeps_the_contract(demo: Prepared, catalog: Catalog) -> None:
    assert_contract(demo, catalog)


def test_the_same_files_give_the_same_result(demo: Prepared, demo_sources: Path, catalog: Catalog) -> None:
    again = prepare(catalog, demo_sources, Silent())
    assert again.findings == demo.findings
    assert again.source_digests == demo.source_digests
    pd.testing.assert_frame_equal(again.membership, demo.membership)
    for key, entry in demo.tables.items():
        pd.testing.assert_frame_equal(again.tables[key].table, entry.table)


def test_the_order_of_the_rows_in_the_file_changes_nothing(
    demo: Prepared, spoiled: Path, catalog: Catalog
) -> None:
    path = spoiled / OUTLINES
    geopandas.read_parquet(path).sample(frac=1, random_state=3).to_parquet(path)
    again = prepare(catalog, spoiled, Silent())
    assert again.outlines["code"].tolist() == demo.outlines["code"].tolist()
    for key, entry in demo.tables.items():
        pd.testing.assert_frame_equal(again.tables[key].table, entry.table)


def test_a_commune_twice_in_the_outlines_stops_the_build(spoiled: Path, catalog: Catalog) -> None:
    path = spoiled / OUTLINES
    frame = geopandas.read_parquet(path)
    pd.concat([frame, frame.iloc[[4]]]).to_parquet(path)
    with pytest.raises(SourceError, match=rf"'DEPCOM'.*{frame['DEPCOM'].iloc[4]} on rows 5, "):
        prepare(catalog, spoiled, Silent())


def test_a_spike_among_the_communes_is_repaired_and_the_coverage_stays(
    spoiled: Path, catalog: Catalog
) -> None:
    path = spoiled / OUTLINES
    frame = geopandas.read_parquet(path)
    body, *islands = shapely.get_parts(frame.geometry.iloc[0])
    ring = shapely.get_coordinates(body.exterior)
    spiked = shapely.Polygon([*ring, ring[-1] + 0.01, ring[-1]], body.interiors)
    frame.loc[frame.index[0], "geometry"] = shapely.MultiPolygon([spiked, *islands])
    assert not frame.geometry.iloc[0].is_valid
    frame.to_parquet(path)
    prepared = prepare(catalog, spoiled, Silent())
    assert_contract(prepared, catalog)
    code = frame["DEPCOM"].iloc[0]
    assert [item.key for item in by_rule(prepared)["invalid-geometry"]] == [code]


def test_an_outline_without_shape_is_told_all_the_way_up(spoiled: Path, catalog: Catalog) -> None:
    path = spoiled / OUTLINES
    frame = geopandas.read_parquet(path)
    code = frame["DEPCOM"].iloc[7]
    frame.loc[frame.index[7], "geometry"] = None
    frame.to_parquet(path)
    prepared = prepare(catalog, spoiled, Silent())
    assert_contract(prepared, catalog)
    rules = by_rule(prepared)
    assert code in [item.key for item in rules["empty-geometry"]]
    assert code in [item.key for item in rules["commune-without-outline"]]
    assert code not in prepared.outlines["code"].tolist()


def with_detail(folder: Path) -> geopandas.GeoDataFrame:
    """Add detailed outlines of 2018 to the demo: a vertex more on every border, the first two unmerged."""
    frame = geopandas.read_parquet(folder / OUTLINES)
    codes = frame["DEPCOM"].to_numpy()
    shapes = shapely.segmentize(frame.geometry.to_numpy(), 0.005)
    west, south, east, north = shapes[0].bounds
    middle = (west + east) / 2
    halves = [
        shapely.intersection(shapes[0], shapely.box(west, south, middle, north)),
        shapely.intersection(shapes[0], shapely.box(middle, south, east, north)),
    ]
    old = geopandas.GeoDataFrame(
        {"code": [codes[0], "99999", *codes[1:]], "nom": "x"},
        geometry=[*halves, *shapes[1:]],
        crs="EPSG:4326",
    )
    old.to_parquet(folder / DETAILED)
    header = "MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,LIBELLE_AP\n"
    merged = ",COM,{0},A,COM,{1},A\n"
    rows = "".join(f"32,2019-01-01{merged.format(old, codes[0])}" for old in ("99999", codes[0]))
    (folder / MOVEMENTS).write_text(header + rows, encoding="utf-8")
    return old


def test_without_detailed_outlines_the_simplified_ones_are_kept_and_it_is_told(
    demo: Prepared, demo_sources: Path
) -> None:
    assert [item.severity for item in by_rule(demo)["detail-absent"]] == ["info"]
    frame = geopandas.read_parquet(demo_sources / OUTLINES)
    before = shapely.get_num_coordinates(frame.geometry.to_numpy()).sum()
    assert shapely.get_num_coordinates(demo.outlines.geometry.to_numpy()).sum() == before


def test_detailed_outlines_of_an_older_edition_are_carried_over(
    demo: Prepared, spoiled: Path, catalog: Catalog
) -> None:
    old = with_detail(spoiled)
    prepared = prepare(catalog, spoiled, Silent())
    assert_contract(prepared, catalog)
    assert prepared.outlines["code"].tolist() == demo.outlines["code"].tolist()
    rules = by_rule(prepared)
    assert "detail-absent" not in rules
    assert f"of {len(old)} detailed outlines" in rules["detail-carried"][0].message
    before = demo.tables["communes"].table["area_km2"]
    assert np.allclose(prepared.tables["communes"].table["area_km2"], before, rtol=1e-3, atol=0.011)
    counted = shapely.get_num_coordinates(prepared.outlines.geometry.to_numpy()).sum()
    assert counted > 1.5 * shapely.get_num_coordinates(demo.outlines.geometry.to_numpy()).sum()


def test_broken_detailed_outlines_stop_the_build(spoiled: Path, catalog: Catalog) -> None:
    (spoiled / DETAILED).write_bytes(b"PAR1 and no more")
    with pytest.raises(SourceError, match=r"communes_2018_france-geojson\.parquet: cannot be read"):
        prepare(catalog, spoiled, Silent())


def test_detailed_outlines_without_their_movements_stop_the_build(spoiled: Path, catalog: Catalog) -> None:
    with_detail(spoiled)
    (spoiled / MOVEMENTS).unlink()
    with pytest.raises(SourceError, match=r"mouvements-communes\.csv: no such file"):
        prepare(catalog, spoiled, Silent())


def test_bad_sites_are_left_out_by_name_and_the_good_ones_kept(
    demo: Prepared, spoiled: Path, catalog: Catalog
) -> None:
    path = spoiled / SITES
    frame = geopandas.read_parquet(path)
    frame.loc[frame.index[0], "geometry"] = None
    frame.loc[frame.index[1], "geometry"] = shapely.Point(2, 600)
    frame.loc[frame.index[2], "site_id"] = None
    twice = pd.concat([frame, frame.iloc[[3]]])
    twice.to_parquet(path)
    prepared = prepare(catalog, spoiled, Silent())
    assert_contract(prepared, catalog)
    rules = by_rule(prepared)
    assert frame["site_id"].iloc[0] in [item.key for item in rules["empty-geometry"]]
    assert frame["site_id"].iloc[1] in [item.key for item in rules["outside-world"]]
    assert "row 3" in [item.key for item in rules["empty-code"]]
    assert frame["site_id"].iloc[3] in [item.key for item in rules["duplicate-code"]]
    assert len(prepared.tables["friches"].table) == len(demo.tables["friches"].table) - 3


def test_a_population_file_without_a_commune_leaves_a_null_and_partial_sums(
    spoiled: Path, catalog: Catalog
) -> None:
    path = spoiled / "indicateurs/population_legale_communes.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    column = lines[0].lstrip("\ufeff").split(";").index("COM")
    gone = lines.pop(9).split(";")[column]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    prepared = prepare(catalog, spoiled, Silent())
    communes = prepared.tables["communes"].table.set_index("code")
    assert communes["population"].isna()[gone]
    assert communes["density"].isna()[gone]
    assert gone in [item.key for item in by_rule(prepared)["commune-without-value"]]
    region = prepared.membership.set_index("commune").loc[gone, "region"]
    assert region in [item.key for item in by_rule(prepared)["partial-sum"]]


@pytest.mark.france
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
