"""The demo country: valid, repeatable, shaped as the real files, and awkward in all known ways."""

import json
import shutil
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from python_calamine import CalamineWorkbook

from preprocess.demo import write_demo
from tests.preprocess.demo_files import (
    BROWNFIELDS,
    CSV_COLUMNS,
    EPCI,
    EPT,
    LAGOON,
    MEMBERSHIPS,
    OUTLINES,
    PARQUET_COLUMNS,
    POPULATION,
    QUARTERS,
    SHEET_HEADERS,
    SIREN,
    TI,
    digests,
)
from tileserver.errors import ConfigError, SourceError

CITIES = {
    "75056": [str(n) for n in range(75101, 75121)],
    "69123": [str(n) for n in range(69381, 69390)],
    "13055": [str(n) for n in range(13201, 13217)],
}
NONE = "ZZZZZZZZZ"


class Demo:
    """The demo's files, read as text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def csv(self, path: str) -> pd.DataFrame:
        separator = ";" if path.startswith("indicateurs") else ","
        return pd.read_csv(self.folder / path, sep=separator, dtype=str, keep_default_na=False)

    def sheet(self, path: str) -> pd.DataFrame:
        name, header, _ = SHEET_HEADERS[path]
        rows = read_sheet(self.folder / path, name)
        return pd.DataFrame(rows[header + 1 :], columns=rows[header])

    @cached_property
    def outlines(self) -> gpd.GeoDataFrame:
        return gpd.read_parquet(self.folder / OUTLINES).set_index("DEPCOM")

    @cached_property
    def brownfields(self) -> gpd.GeoDataFrame:
        return gpd.read_parquet(self.folder / BROWNFIELDS)

    @cached_property
    def memberships(self) -> pd.DataFrame:
        return self.csv(MEMBERSHIPS)

    @cached_property
    def ti(self) -> pd.DataFrame:
        return self.csv(TI)


def read_sheet(path: Path, name: str) -> list[list[object]]:
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_name(name)
    return [list(row) for row in sheet.to_python(skip_empty_area=False)]


@pytest.fixture(scope="module")
def demo(demo_sources: Path) -> Demo:
    return Demo(demo_sources)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("country")
    write_demo(folder, communes=800)
    return Demo(folder)


# ------------------------------------------------------------------------------------------ geometry


@pytest.mark.parametrize(("seed", "communes"), [(1, 300), (2, 350), (3, 400), (4, 500)])
def test_communes_are_valid_polygons_and_a_valid_coverage(tmp_path: Path, seed: int, communes: int) -> None:
    write_demo(tmp_path, seed=seed, communes=communes)
    check_communes(tmp_path, communes)


def test_communes_of_a_large_country_are_valid_polygons_and_a_valid_coverage(large: Demo) -> None:
    check_communes(large.folder, 800)


def check_communes(folder: Path, communes: int) -> None:
    outlines = gpd.read_parquet(folder / OUTLINES)
    assert len(outlines) == communes == outlines.DEPCOM.nunique() == outlines.NOM_DEPCOM.nunique()
    assert outlines.crs.to_epsg() == 4326
    assert set(outlines.geom_type) == {"MultiPolygon"}
    assert outlines.is_valid.all()
    assert shapely.coverage_is_valid(outlines.geometry.to_numpy())


def test_outlines_have_the_detail_of_a_real_map(demo: Demo) -> None:
    vertices = shapely.get_num_coordinates(demo.outlines.geometry.to_numpy())
    assert 25 < np.median(vertices) < 70
    assert vertices.max() > 150


def test_coordinates_carry_no_more_than_seven_decimals(demo: Demo) -> None:
    coordinates = shapely.get_coordinates(demo.outlines.geometry.to_numpy())
    assert np.array_equal(coordinates, np.round(coordinates, 7))


def test_the_country_lies_in_the_ocean_and_its_overseas_parts_far_away(demo: Demo) -> None:
    outlines = demo.outlines
    overseas = outlines.DEP.isin(["974", "976"])
    west, south, east, north = outlines[~overseas].total_bounds
    assert (west, south) > (-25, 42)
    assert east < -15
    assert 42 < south < north < 50
    for each in ("974", "976"):
        far = outlines[each == outlines.DEP].total_bounds
        assert far[2] < -28
        assert far[3] < 33


def test_one_commune_lies_wholly_inside_another(demo: Demo) -> None:
    shapes = demo.outlines.geometry.to_numpy()
    holes = [
        (owner, shapely.Polygon(ring))
        for owner, shape in enumerate(shapes)
        for part in shape.geoms
        for ring in part.interiors
    ]
    tree = shapely.STRtree(shapes)
    enclaves = [
        other
        for owner, hole in holes
        for other in tree.query(hole, predicate="covers")
        if other != owner and shapes[other].symmetric_difference(hole).area < 1e-12
    ]
    assert enclaves


def test_the_mainland_has_a_lake(demo: Demo) -> None:
    country = shapely.coverage_union_all(demo.outlines.geometry.to_numpy())
    mainland = max(country.geoms, key=lambda part: part.area)
    assert len(mainland.interiors) >= 1


def test_a_commune_is_an_archipelago_and_another_has_an_exclave_inland(demo: Demo) -> None:
    outlines = demo.outlines
    parts = shapely.get_num_geometries(outlines.geometry.to_numpy())
    assert parts.max() >= 4
    country = shapely.coverage_union_all(outlines.geometry.to_numpy())
    mainland = max(country.geoms, key=lambda part: part.area)
    split = outlines[parts > 1]
    assert any(sum(mainland.covers(part) for part in shape.geoms) > 1 for shape in split.geometry)


def test_one_commune_has_a_few_hectares_and_one_is_long_and_thin(demo: Demo) -> None:
    outlines = demo.outlines
    assert 1e4 <= outlines.AREA.min() <= 2e5
    shapes = outlines.geometry.to_numpy()
    compact = 4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2
    assert compact[shapely.get_num_geometries(shapes) == 1].min() < 0.2


# ------------------------------------------------------------------------------------- what is repeatable


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path, demo: Demo) -> None:
    write_demo(tmp_path / "again", communes=400)
    write_demo(tmp_path / "other", communes=400, seed=8)
    assert digests(tmp_path / "again") == digests(demo.folder)
    same = digests(tmp_path / "other").items() & digests(demo.folder).items()
    assert {path for path, _ in same} == {"bmo/Intitules_FAP2021.csv"}  # a nomenclature is no country's


def test_a_demo_is_written_over_an_earlier_one(tmp_path: Path, demo: Demo) -> None:
    shutil.copytree(demo.folder, tmp_path, dirs_exist_ok=True)
    write_demo(tmp_path, communes=400)
    assert digests(tmp_path) == digests(demo.folder)


# ---------------------------------------------------------------------------------- names and columns


@pytest.mark.parametrize("path", CSV_COLUMNS)
def test_tables_have_the_columns_of_the_real_ones(demo: Demo, path: str) -> None:
    header = (demo.folder / path).read_text("utf-8").splitlines()[0]
    assert header == CSV_COLUMNS[path]


@pytest.mark.parametrize("path", SHEET_HEADERS)
def test_workbooks_have_the_sheets_and_headers_of_the_real_ones(demo: Demo, path: str) -> None:
    name, row, columns = SHEET_HEADERS[path]
    assert read_sheet(demo.folder / path, name)[row] == columns


@pytest.mark.parametrize("path", PARQUET_COLUMNS)
def test_layers_have_the_columns_of_the_real_ones(demo: Demo, path: str) -> None:
    assert list(gpd.read_parquet(demo.folder / path).columns) == PARQUET_COLUMNS[path]


@pytest.mark.parametrize("path", CSV_COLUMNS)
def test_the_columns_listed_here_are_those_of_the_real_tables(france_sources: Path, path: str) -> None:
    with (france_sources / path).open(encoding="utf-8") as file:
        assert file.readline().rstrip("\r\n") == CSV_COLUMNS[path]


@pytest.mark.parametrize("path", SHEET_HEADERS)
def test_the_headers_listed_here_are_those_of_the_real_workbooks(france_sources: Path, path: str) -> None:
    name, row, columns = SHEET_HEADERS[path]
    assert read_sheet(france_sources / path, name)[row] == columns


@pytest.mark.parametrize("path", PARQUET_COLUMNS)
def test_layers_have_the_dtypes_of_the_real_ones(france_sources: Path, demo: Demo, path: str) -> None:
    real, mine = gpd.read_parquet(france_sources / path), gpd.read_parquet(demo.folder / path)
    assert list(real.columns) == list(mine.columns)
    plain = {"str": "string"}
    real_kinds, kinds = ([plain.get(str(kind), str(kind)) for kind in frame.dtypes] for frame in (real, mine))
    assert kinds == real_kinds


def test_the_quarters_have_the_properties_of_the_real_ones(france_sources: Path, demo: Demo) -> None:
    real, mine = (json.loads((folder / QUARTERS).read_text()) for folder in (france_sources, demo.folder))
    assert list(mine) == list(real)
    assert mine["crs"] == real["crs"]
    assert list(mine["features"][0]["properties"]) == list(real["features"][0]["properties"])


def test_the_readme_says_in_both_languages_that_the_country_is_invented(demo: Demo) -> None:
    text = (demo.folder / "README.txt").read_text("utf-8")
    assert "n'existe pas" in text
    assert "does not exist" in text


# --------------------------------------------------------------------------------------- territories


def test_every_table_lists_the_same_communes(demo: Demo) -> None:
    codes = sorted(demo.outlines.index)
    assert sorted(demo.memberships.DEPCOM) == codes
    assert sorted(demo.sheet(EPT).CODGEO) == codes
    assert sorted(demo.sheet(SIREN).insee) == codes
    assert all(len(code) == 5 for code in codes)
    assert demo.memberships.DEP.isin(["2A"]).any()


def test_outlines_and_memberships_agree(demo: Demo) -> None:
    table = demo.memberships.set_index("DEPCOM").loc[demo.outlines.index]
    for column in ("EPCI", "DEP", "REG"):
        assert list(table[column]) == list(demo.outlines[column])
    listed = set(demo.csv(EPCI).EPCI)
    assert set(table.EPCI) - {NONE} == listed
    assert all(len(code) == 9 and code.isdigit() for code in listed)


def test_one_island_is_in_no_epci(demo: Demo) -> None:
    alone = demo.memberships[demo.memberships.EPCI == NONE]
    assert len(alone) == 1
    shape = demo.outlines.geometry[alone.DEPCOM.iloc[0]]
    others = demo.outlines.geometry.drop(alone.DEPCOM.iloc[0])
    assert not others.intersects(shape).any()


@pytest.mark.parametrize("level", ["DEP", "REG"])
def test_an_epci_lies_in_two_departements_and_one_in_two_regions(demo: Demo, level: str) -> None:
    inside = demo.memberships[demo.memberships.EPCI != NONE]
    several = inside.groupby("EPCI")[level].nunique()
    assert (several > 1).any()
    column = {"DEP": "DEPARTEMENTS_DE_L_EPCI", "REG": "REGIONS_DE_L_EPCI"}[level]
    told = demo.csv(EPCI).set_index("EPCI")[column].map(lambda codes: len(codes.split(",")))
    assert told.sort_index().to_dict() == several.sort_index().to_dict()


def test_a_ti_lies_in_two_regions_and_many_communes_in_none(demo: Demo) -> None:
    ti = demo.ti.set_index("siren_epci").id_ti
    assert ti.index.is_unique
    assert demo.ti.id_ti.str.fullmatch(r"ti-\d{4}").all()
    table = demo.memberships.assign(ti=demo.memberships.EPCI.map(ti))
    assert max(len(set(each)) for _, each in table.groupby("ti").REG) > 1
    assert 0.2 < table.ti.isna().mean() < 0.8


def test_members_of_ti_that_are_no_epci_are_three_ept_or_single_communes(demo: Demo) -> None:
    strangers = set(demo.ti.siren_epci) - set(demo.csv(EPCI).EPCI)
    ept = strangers & set(demo.sheet(EPT).EPT)
    single = strangers & {f"{number:.0f}" for number in demo.sheet(SIREN).siren}
    assert len(ept) == 3
    assert len(single) >= 2
    assert ept | single == strangers


def test_the_ept_divide_one_epci_but_for_the_capital(demo: Demo) -> None:
    ept = demo.sheet(EPT)
    inside = set(ept[ept.EPT != NONE].CODGEO)
    metropolis = demo.memberships[demo.memberships.DEPCOM == "75056"].EPCI.iloc[0]
    assert inside == set(demo.memberships[metropolis == demo.memberships.EPCI].DEPCOM) - {"75056"}


# ------------------------------------------------------------------------------------------ population


def test_three_cities_are_counted_by_arrondissement(demo: Demo) -> None:
    counted = set(demo.csv(POPULATION).COM)
    for city, parts in CITIES.items():
        assert city in demo.outlines.index
        assert city not in counted
        assert set(parts) <= counted
        assert not demo.outlines.index.str.startswith(parts[0][:3]).any()


def test_the_lagoon_is_counted_in_the_second_file_alone_without_whole_codes(demo: Demo) -> None:
    assert not demo.csv(POPULATION).COM.str.startswith("976").any()
    lagoon = demo.csv(LAGOON)
    assert set(lagoon.COM) == {""}
    codes = "97" + lagoon.CODCOM
    assert sorted(codes) == sorted(demo.memberships[demo.memberships.DEP == "976"].DEPCOM)


def test_populations_agree_between_files_and_are_heavy_tailed(demo: Demo) -> None:
    people = demo.csv(POPULATION)
    parent = {part: city for city, parts in CITIES.items() for part in parts}
    counted = people.PMUN.astype(int).groupby(people.COM.replace(parent)).sum()
    register = demo.sheet(SIREN).set_index("insee").pmun_2024.astype(int)
    assert (counted == register[counted.index]).all()
    assert (people.PTOT.astype(int) == people.PMUN.astype(int) + people.PCAP.astype(int)).all()
    assert counted.max() > 20 * counted.median()
    assert (counted == 0).any()


# ---------------------------------------------------------------------------------------------- points


def test_brownfields_lie_in_their_commune_but_for_a_few(demo: Demo) -> None:
    sites = demo.brownfields
    home = demo.outlines.geometry.reindex(sites.comm_insee).to_numpy()
    inside = shapely.covers(home, sites.geometry.to_numpy())
    assert len(sites) == 200
    assert 0 < (~inside).sum() <= 6
    assert sites.site_id.is_unique


def test_brownfields_share_positions_and_have_extreme_and_unknown_surfaces(demo: Demo) -> None:
    sites = demo.brownfields
    assert sites.geometry.to_wkb().duplicated().any()
    assert sites.site_surface.max() == 74_136_046
    assert sites.site_surface.min() == 1
    assert sites.site_surface.isna().any()


def test_quarters_may_lie_in_two_communes(large: Demo) -> None:
    features = json.loads((large.folder / QUARTERS).read_text("utf-8"))["features"]
    codes = pd.Series([each["properties"]["code_qp"] for each in features])
    assert 70 <= len(features) <= 110
    assert codes.duplicated().any()
    assert codes.str.contains(",").any()


# ---------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("communes", [0, 299, 40_001])
def test_a_country_too_small_or_too_large_is_refused(tmp_path: Path, communes: int) -> None:
    with pytest.raises(ConfigError, match=f"communes = {communes}: "):
        write_demo(tmp_path, communes=communes)
    assert not any(tmp_path.iterdir())


def test_a_directory_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("My own notes", encoding="utf-8")
    with pytest.raises(SourceError, match="is not empty and holds no demo country"):
        write_demo(tmp_path, communes=300)
    assert [path.name for path in tmp_path.iterdir()] == ["README.txt"]
    assert (tmp_path / "README.txt").read_text("utf-8") == "My own notes"


def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(SourceError, match="is a file"):
        write_demo(tmp_path / "file", communes=300)
    with pytest.raises(SourceError, match="file"):
        write_demo(tmp_path / "file" / "below", communes=300)
