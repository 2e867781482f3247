"""The data half from end to end, on the demo country; on the real open data: tests/france."""

import shutil
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from layers.catalog import Catalog, load_catalog
from preprocess.prepare import prepare
from preprocess.prepared import Prepared
from preprocess.progress import Silent
from tests.preprocess.contract import assert_contract, by_rule
from tests.preprocess.shallow import shallow_catalog
from tileserver.errors import SourceError

OUTLINES = "communes/communes_2025prov_cogiter_4326.parquet"
DETAILED = "communes/communes_2018_france-geojson.parquet"
MOVEMENTS = "communes/mouvements-communes.csv"
SITES = "foncier/cartofriches_points_2024-03.parquet"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def demo(demo_prepared: Prepared) -> Prepared:
    return demo_prepared


@pytest.fixture(scope="module")
def small() -> Catalog:
    """Give a catalogue of fewer indicators, for what is done with outlines and population."""
    return shallow_catalog()


@pytest.fixture
def spoiled(demo_sources: Path, tmp_path: Path) -> Path:
    """Give a copy of the demo files, to spoil."""
    return Path(shutil.copytree(demo_sources, tmp_path / "sources"))


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


def test_a_spike_among_the_communes_is_repaired_and_the_coverage_stays(spoiled: Path, small: Catalog) -> None:
    path = spoiled / OUTLINES
    frame = geopandas.read_parquet(path)
    body, *islands = shapely.get_parts(frame.geometry.iloc[0])
    ring = shapely.get_coordinates(body.exterior)
    spiked = shapely.Polygon([*ring, ring[-1] + 0.01, ring[-1]], body.interiors)
    frame.loc[frame.index[0], "geometry"] = shapely.MultiPolygon([spiked, *islands])
    assert not frame.geometry.iloc[0].is_valid
    frame.to_parquet(path)
    prepared = prepare(small, spoiled, Silent())
    assert_contract(prepared, small)
    code = frame["DEPCOM"].iloc[0]
    assert [item.key for item in by_rule(prepared)["invalid-geometry"]] == [code]


def test_an_outline_without_shape_is_told_all_the_way_up(spoiled: Path, small: Catalog) -> None:
    path = spoiled / OUTLINES
    frame = geopandas.read_parquet(path)
    code = frame["DEPCOM"].iloc[7]
    frame.loc[frame.index[7], "geometry"] = None
    frame.to_parquet(path)
    prepared = prepare(small, spoiled, Silent())
    assert_contract(prepared, small)
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
    demo: Prepared, spoiled: Path, small: Catalog
) -> None:
    old = with_detail(spoiled)
    prepared = prepare(small, spoiled, Silent())
    assert_contract(prepared, small)
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
    spoiled: Path, small: Catalog
) -> None:
    path = spoiled / "indicateurs/population_legale_communes.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    column = lines[0].lstrip("\ufeff").split(";").index("COM")
    gone = lines.pop(9).split(";")[column]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    prepared = prepare(small, spoiled, Silent())
    communes = prepared.tables["communes"].table.set_index("code")
    assert communes["population"].isna()[gone]
    assert communes["density"].isna()[gone]
    assert gone in [item.key for item in by_rule(prepared)["commune-without-value"]]
    region = prepared.membership.set_index("commune").loc[gone, "region"]
    assert region in [item.key for item in by_rule(prepared)["partial-sum"]]
