"""Points and their communes: under them, on a border, just off a coast, far away; what the file says."""

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from layers.spec import Source
from preprocess.nearest import nearest_area_km, nearest_border_km
from preprocess.place import Ground, place_points
from preprocess.places import plain_name
from preprocess.positions import read_positions
from preprocess.prepared import Prepared
from tests.preprocess.samples import source, squares
from tileserver.errors import SourceError


def ground(outlines: geopandas.GeoDataFrame) -> Ground:
    codes = outlines["code"].astype("str")
    table = pd.DataFrame({"commune": codes, "region": ["R"] * len(codes)})
    return Ground(outlines.assign(name=codes), table)


@pytest.fixture(scope="module")
def three() -> Ground:
    return ground(squares(["A", "B", "C"]))


def test_a_point_is_in_the_commune_under_it_and_on_a_border_in_the_first(three: Ground) -> None:
    placed = place_points(np.array([[0.5, 45.5], [1.5, 45.2], [1.0, 45.5], [2.0, 46.0]]), three, 1)
    assert placed.row.tolist() == [0, 1, 0, 1]
    assert placed.km.tolist() == [0, 0, 0, 0]


def test_a_point_beside_all_communes_goes_to_the_nearest_in_reach(three: Ground) -> None:
    geod = pyproj.Geod(ellps="WGS84")
    _, _, metres = geod.inv(3.0, 45.5, 3.01, 45.5)
    placed = place_points(np.array([[3.01, 45.5], [3.01, 45.5], [50.0, 10.0]]), three, metres / 1000 + 0.001)
    assert placed.row.tolist() == [2, 2, -1]
    assert placed.km[0] == pytest.approx(metres / 1000, abs=1e-3)
    short = place_points(np.array([[3.01, 45.5]]), three, metres / 1000 - 0.001)
    assert short.row.tolist() == [-1]
    assert np.isnan(short.km).all()


def test_the_nearest_is_measured_on_the_ground_and_not_in_degrees() -> None:
    """At 60° N a degree of longitude is half one of latitude: what is nearer in degrees is farther."""
    north = shapely.box(10.0, 60.02, 10.1, 60.1)
    east = shapely.box(10.13, 59.9, 10.2, 60.0)
    outlines = geopandas.GeoDataFrame({"code": ["N", "E"]}, geometry=[north, east], crs="EPSG:4326")
    placed = place_points(np.array([[10.1, 60.0]]), ground(outlines), 5)
    assert placed.row.tolist() == [1]
    assert placed.km[0] == pytest.approx(1.67, abs=0.01)


def test_points_of_random_places_lie_where_a_slow_search_finds_them(demo_sources: Path) -> None:
    outlines = geopandas.read_parquet(demo_sources / "communes/communes_2025prov_cogiter_4326.parquet")
    outlines = outlines.rename(columns={"DEPCOM": "code"}).sort_values("code", ignore_index=True)
    rng = np.random.default_rng(4)
    west, south, east, north = outlines.iloc[:200].total_bounds
    lonlat = rng.uniform([west, south], [east, north], (60, 2))
    placed = place_points(lonlat, ground(outlines), 1)
    shapes = outlines.geometry.to_numpy()
    for place, row, km in zip(shapely.points(lonlat), placed.row, placed.km, strict=True):
        inside = [number for number, shape in enumerate(shapes) if shape.intersects(place)]
        if inside:
            assert (row, km) == (inside[0], 0)
        else:
            assert row == -1 or 0 < km <= 1


@pytest.mark.parametrize(
    ("file", "official"),
    [
        ("LOGES-EN-JOSAS", "Les Loges-en-Josas"),
        ("YGOS ST SATURNIN", "Ygos-Saint-Saturnin"),
        ("CHATEAU-D'OEX", "Château d’Œx"),
        ("LYON 3E ARRONDISSEMENT", "Lyon"),
        ("PARIS CEDEX 08", "Paris"),
        ("L'Haÿ-les-Roses", "HAY LES ROSES"),
    ],
)
def test_names_are_compared_whatever_their_spelling(file: str, official: str) -> None:
    assert plain_name(file) == plain_name(official)


def test_other_names_stay_others() -> None:
    names = ["Saint-Malo", "Saint-Geours-de-Maremne", "Lens", "Sens", "La Rochelle", "Rochefort"]
    assert len({plain_name(name) for name in names}) == len(names)
    assert plain_name(None) == ""


def positions(cells: list[str | None]) -> geopandas.GeoDataFrame:
    declared: Source = source("a.csv", latlon="gps")
    return read_positions(Path("a.csv"), pd.DataFrame({"gps": cells}, dtype="str"), declared)


def test_positions_are_read_latitude_first() -> None:
    frame = positions(["46.09, 4.06", "-21.1 ,55.5", "45.2", None, "nord, sud"])
    assert frame.geometry.isna().tolist() == [False, False, True, True, True]
    assert [(p.x, p.y) for p in frame.geometry[:2]] == [(4.06, 46.09), (55.5, -21.1)]


def test_positions_of_which_none_can_be_read_are_refused() -> None:
    with pytest.raises(SourceError, match=r"a\.csv: no cell of 'gps' is a latitude and a longitude"):
        positions(["Paris", None])


def test_longitudes_in_the_place_of_latitudes_are_refused() -> None:
    with pytest.raises(SourceError, match="beyond 90 degrees"):
        positions(["165.4, -21.3", "166.4, -22.2"])


@pytest.fixture(scope="module")
def prepared(demo_prepared: Prepared) -> Prepared:
    return demo_prepared


def test_the_projects_of_the_demo_are_cleaned_and_placed(prepared: Prepared) -> None:
    table = prepared.tables["france_relance"].table
    assert len(table) == 84
    assert table["siren"].str.fullmatch(r"\d{9}").all()
    assert (table["code"].str.len() == 14).sum() == 14
    assert table["postcode"].str.fullmatch(r"\d{5}").all()
    assert table["departement_declared"].str.fullmatch(r"\d{2}|2A|2B|97\d").all()
    assert set(table["year"]) == {2021, 2022}
    assert table["commune"].isna().sum() == 1
    assert table["type_entreprise"].isna().sum() == 1


def test_the_territories_of_a_point_are_those_of_its_commune(prepared: Prepared) -> None:
    nesting = prepared.membership.set_index("commune")
    for layer in ("france_relance", "manuprox"):
        table = prepared.tables[layer].table.dropna(subset=["commune"])
        for level in ("epci", "ti", "departement", "region"):
            wanted = table["commune"].map(nesting[level])
            assert table[level].fillna("").tolist() == wanted.fillna("").tolist()


def test_each_trap_of_the_demo_is_a_finding(prepared: Prepared) -> None:
    rules = [each.rule for each in prepared.findings if each.source == "france_relance"]
    assert {rule: rules.count(rule) for rule in set(rules)} == {
        "siren-from-siret": 1,
        "zeros-lost": 2,
        "code-as-number": 1,
        "placed-nearby": 1,
        "outside-communes": 1,
        "place-contradicts": rules.count("place-contradicts"),
    }
    assert 20 <= rules.count("place-contradicts") <= 27
    assert not [each for each in prepared.findings if each.source == "manuprox"]


def test_brownfields_have_their_area_in_hectares_and_the_strange_ones_are_marked(prepared: Prepared) -> None:
    table = prepared.tables["friches"].table
    square_metres = table["site_surface"]
    assert np.allclose(table["area_ha"] * 1e4, square_metres, rtol=0, atol=0.51, equal_nan=True)
    assert table["area_ha"].isna().sum() == square_metres.isna().sum() > 0
    flagged = (square_metres < 10) | (square_metres > 1e7)
    assert table["area_suspect"].fillna(value=False).tolist() == flagged.tolist()
    assert table["area_suspect"].isna().sum() == square_metres.isna().sum()
    strange = [each for each in prepared.findings if each.rule == "unusual-value"]
    assert sorted(each.key for each in strange) == sorted(table["code"][flagged])


def test_brownfields_declared_next_door_are_told_and_counted_where_they_lie(prepared: Prepared) -> None:
    told = {each.key for each in prepared.findings if each.source == "cartofriches" and each.step == "place"}
    table = prepared.tables["friches"].table.set_index("code")
    assert 1 <= len(told) <= 3
    assert set(table.index[table["commune"] != table["comm_insee"]]) == told


def test_projects_around_brownfields_are_those_of_measuring_every_pair(prepared: Prepared) -> None:
    geod = pyproj.Geod(ellps="WGS84")
    layers = [prepared.tables[name].lonlat for name in ("france_relance", "manuprox")]
    others = np.concatenate([lonlat for lonlat in layers if lonlat is not None])
    friches = prepared.tables["friches"]
    assert friches.lonlat is not None
    counted = friches.table["projects_10km"]
    for number in range(0, len(counted), 17):
        place = np.repeat(friches.lonlat[[number]], len(others), axis=0)
        _, _, metres = geod.inv(*place.T, *others.T)
        assert counted[number] == (metres <= 10_000).sum()
    assert counted.max() > 0


def test_brownfields_know_the_zonings_that_tell_of_them_and_no_others(prepared: Prepared) -> None:
    friches = prepared.tables["friches"]
    table, lonlat = friches.table, friches.lonlat
    assert lonlat is not None
    points = shapely.points(lonlat)
    for name in ("natura2000_zsc", "znieff1", "znieff2"):
        zones = shapely.union_all(prepared.tables[name].shapes)
        told = table[f"in_{name}"]
        covered = (table["departement"] == "60").fillna(value=False).to_numpy()
        assert told.notna().tolist() == covered.tolist()
        assert covered.any()
        assert told[covered].tolist() == shapely.intersects(zones, points[covered]).tolist()


def test_the_nearest_protected_site_is_known_where_none_can_be_nearer(prepared: Prepared) -> None:
    friches = prepared.tables["friches"]
    assert friches.lonlat is not None
    shapes = [prepared.tables[name].shapes for name in ("natura2000_zsc", "natura2000_zps")]
    areas = np.concatenate([found for found in shapes if found is not None])
    inside = (prepared.membership["departement"] == "60").to_numpy()
    told = shapely.union_all(prepared.outlines.geometry.to_numpy()[inside])
    known = friches.table["natura2000_km"].notna().to_numpy()
    assert known.any()
    for place, km in zip(friches.lonlat[known], friches.table["natura2000_km"][known], strict=True):
        assert told.contains(shapely.Point(place))
        assert km == pytest.approx(nearest_area_km(place[None, :], areas)[0], abs=1e-3)
        assert km <= nearest_border_km(place[None, :], np.array([told], dtype=object))[0] + 1e-3
