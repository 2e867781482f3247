"""Projects and land of the real France, held against the files themselves, read here in the plainest way."""

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas
import httpx
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import Store, open_store
from tileserver.tiles.render import render
from tileserver.web.app import create_app

pytestmark = pytest.mark.france

GEOD = pyproj.Geod(ellps="WGS84")
LEVELS = {
    "commune": "communes",
    "epci": "epci",
    "ti": "ti",
    "departement": "departements",
    "region": "regions",
}
RELANCE = "projets/france_relance_projets_industriels_ECHANTILLON.csv"
SITES = "foncier/cartofriches_points_2024-03.parquet"


@pytest.fixture(scope="module")
def store(france_store: Path) -> Store:
    return open_store(france_store)


@pytest.fixture(scope="module")
def client(france_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings(store=france_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def table(store: Store, layer: str) -> pd.DataFrame:
    found: pd.DataFrame = store.layers[layer].attributes.to_pandas()
    return found


@pytest.fixture(scope="module")
def friches(store: Store, france_sources: Path) -> pd.DataFrame:
    """Give the attributes of the brownfields, with the positions and the areas of the file."""
    sites = geopandas.read_parquet(france_sources / SITES)
    places = pd.DataFrame(
        {"lon": sites.geometry.x, "lat": sites.geometry.y, "file_m2": sites["site_surface"].astype("float64")}
    ).set_index(sites["site_id"].astype("str"))
    return table(store, "friches").join(places, on="code", validate="1:1")


def luhn(number: str) -> bool:
    """Check the digits of a SIREN, the long way."""
    doubled = [int(d) * (2 if (len(number) - n) % 2 == 0 else 1) for n, d in enumerate(number)]
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def test_the_projects_of_the_file_are_cleaned(store: Store, france_sources: Path) -> None:
    file = pd.read_csv(france_sources / RELANCE, sep=";", dtype=str)
    cleaned = table(store, "france_relance").set_index("name")
    assert len(cleaned) == len(file) == 84
    for row in file.to_dict("records"):
        mine = cleaned.loc[str(row["entreprise"])].to_dict()
        assert mine["siren"] == str(row["siren"])[:9]
        assert luhn(str(mine["siren"]))
        assert mine["postcode"] == str(row["code_postal"]).zfill(5)
        assert mine["departement_declared"] == str(row["code_departement"]).removesuffix(".0").zfill(2)
        assert mine["year"] == int(str(row["mise_a_jour"])[:4])
        assert mine["filiere"] == row["filiere"]
    assert (file["siren"].str.len() == 14).sum() == 12
    assert set(cleaned["departement"]) <= set(table(store, "departements")["code"])


def test_where_the_file_names_another_commune_the_point_decides(store: Store) -> None:
    """25 names differ; 3 of them are other spellings: Loges-en-Josas, Selle-sur-le-Bied, Ygos St Saturnin."""
    names = table(store, "communes").set_index("code")["name"]
    projects = table(store, "france_relance")

    def letters(text: pd.Series) -> pd.Series:
        plain = text.str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
        return plain.str.lower().str.replace("[^a-z]", "", regex=True)

    under = projects["commune"].map(names)
    differs = letters(projects["commune_declared"]) != letters(under)
    assert differs.sum() == 25
    assert store.manifest.findings["place-contradicts"] == 22 + 957


def test_brownfields_lie_in_territories_as_geopandas_finds_them(friches: pd.DataFrame, store: Store) -> None:
    """On our outlines 16,307 lie in a TI; on those that the ANCT has generalised, 16,282."""
    assert len(friches) == 23_878
    assert friches["ti"].notna().sum() == 16_307
    assert (friches["ti"] == "ti-5204").sum() == 88
    assert friches["commune"].notna().all()
    members = table(store, "communes").merge(friches[["commune"]], left_on="code", right_on="commune")
    assert len(members) == len(friches)


def test_the_drawn_polygons_of_the_anct_give_the_other_known_numbers(
    friches: pd.DataFrame, france_sources: Path
) -> None:
    drawn = json.loads((france_sources / "territoires/ti_polygones_2023_anct_183_4326.geojson").read_text())
    shapes = [shapely.geometry.shape(each["geometry"]) for each in drawn["features"]]
    codes = np.array([each["properties"]["id_territoire"] for each in drawn["features"]])
    points = shapely.points(friches["lon"], friches["lat"])
    point, shape = shapely.STRtree(shapes).query(points, predicate="intersects")
    anct = pd.Series(index=friches.index, dtype=object)
    anct.iloc[point] = codes[shape]
    assert anct.notna().sum() == 16_282
    assert (anct == "ti-5204").sum() == 90
    ours = friches["ti"]
    assert (ours.notna() & anct.isna()).sum() == 37
    assert (ours.isna() & anct.notna()).sum() == 12
    assert (ours.notna() & anct.notna() & (ours != anct)).sum() == 9
    borderline = friches[(anct == "ti-5204") & (ours != "ti-5204")]
    assert borderline["commune"].tolist() == ["85151", "85151"]


def test_counts_and_areas_are_those_of_the_points_at_every_level(store: Store, friches: pd.DataFrame) -> None:
    relance, manuprox = table(store, "france_relance"), table(store, "manuprox")
    for level, layer in LEVELS.items():
        figures = table(store, layer).set_index("code")
        by = friches.groupby(level)
        idle = friches[friches["site_statut"] == "friche sans projet"]
        small = relance[relance["type_entreprise"] == "TPE / PME"]
        counted = {
            "friches": friches,
            "friches_without_project": idle,
            "projects_france_relance": relance,
            "projects_relance_pme": small,
            "manuprox": manuprox,
        }
        for name, points in counted.items():
            wanted = points.groupby(level).size().reindex(figures.index, fill_value=0)
            assert figures[name].tolist() == wanted.tolist(), (level, name)
        area = (by["file_m2"].sum() / 1e4).reindex(figures.index, fill_value=0)
        there = figures["friche_area_ha"].notna()
        assert np.allclose(figures["friche_area_ha"][there], area[there], rtol=0, atol=0.012)
        share = by["file_m2"].agg(lambda areas: areas.notna().mean()).reindex(figures.index, fill_value=1)
        assert there.tolist() == (share >= 0.5).tolist(), level


def test_doubtful_areas_are_kept_and_marked(friches: pd.DataFrame) -> None:
    marked = friches["area_suspect"].fillna(value=False).astype(bool)
    assert marked.sum() == 24
    assert (marked == ((friches["file_m2"] < 10) | (friches["file_m2"] > 1e7))).all()
    assert friches["area_ha"].max() == pytest.approx(7413.6046)
    assert friches["area_ha"].isna().sum() == 94


def test_projects_within_ten_kilometres_are_those_of_measuring_every_pair(
    friches: pd.DataFrame, france_sources: Path
) -> None:
    relance = pd.read_csv(france_sources / RELANCE, sep=";", dtype=str)["coordonnees_gps"].str.split(
        ", ", expand=True
    )
    manuprox = geopandas.read_file(france_sources / "projets/anct_manuprox.geojson").geometry
    lon = np.concatenate([relance[1].astype(float), manuprox.x])
    lat = np.concatenate([relance[0].astype(float), manuprox.y])
    some = friches.iloc[::23]
    count = np.zeros(len(some), int)
    for east, north in zip(lon, lat, strict=True):
        places = np.full(len(some), east), np.full(len(some), north)
        count += GEOD.inv(some["lon"], some["lat"], *places)[2] <= 10_000
    assert some["projects_10km"].tolist() == count.tolist()
    assert (friches["projects_10km"] > 0).sum() == 5793


def test_distances_to_natura_2000_are_those_of_a_plane_projection(
    friches: pd.DataFrame, france_sources: Path
) -> None:
    """Lambert-93 stretches by less than a thousandth in the Oise."""
    files = ("oise_natura_zsc", "oise_natura_zps")
    folder = france_sources / "natura2000"
    sites = pd.concat(
        [geopandas.read_file(next(folder.glob(f"{name}*"))).to_crs(2154)[["geometry"]] for name in files]
    )
    whole = shapely.union_all(shapely.make_valid(sites.geometry.to_numpy()))
    known = friches[friches["natura2000_km"].notna()]
    assert set(known["departement"]) == {"60"}
    assert len(known) == 280
    points = geopandas.GeoSeries(geopandas.points_from_xy(known["lon"], known["lat"]), crs=4326).to_crs(2154)
    metres = shapely.distance(points.to_numpy(), whole)
    assert np.allclose(known["natura2000_km"] * 1000, metres, rtol=1e-3, atol=2)


def test_the_land_of_choletais_mauges_is_served_with_its_figures(client: httpx.Client) -> None:
    answer = client.get("/land?level=ti&code=ti-5204&limit=1000").json()
    assert (answer["count"], len(answer["rows"])) == (88, 88)
    [layer] = answer["layers"]
    assert {each["value"]: each["count"] for each in layer["counts"]["site_statut"]} == {
        "friche potentielle": 67,
        "friche avec projet": 11,
        "friche sans projet": 10,
    }
    assert layer["totals"]["area_ha"]["sum"] == pytest.approx(224.2438, abs=0.01)
    assert layer["totals"]["area_ha"]["known"] == 88
    assert layer["sources"][0]["producer"] == "Cerema"


def test_the_projects_of_the_country_say_that_they_are_a_sample(client: httpx.Client) -> None:
    answer = client.get("/projects?limit=1000").json()
    assert answer["count"] == 84 + 98
    assert "84" in answer["notes"][0]["fr"]
    assert client.get("/projects?level=ti&code=ti-5204").json()["count"] >= 1


def test_a_tile_carries_the_projects(store: Store) -> None:
    assert render(store.layers["france_relance"], 0, 0, 0, ()) != b""


def test_the_gap_is_the_difference_of_two_shares_of_the_country(store: Store, france_sources: Path) -> None:
    """The establishments of the country are those of the file: no commune is lost on the way to today."""
    file = pd.read_csv(
        france_sources / "indicateurs/base_etablissement_par_tranche_effectif_2014.csv", dtype={"CODGEO": str}
    )
    large = file.loc[~file["CODGEO"].str.startswith("976"), [f"E14TS{n}" for n in (50, 100, 200, 500)]]
    total = large.to_numpy().sum()
    for layer in LEVELS.values():
        figures = table(store, layer)
        projects = figures["projects_france_relance"] + figures["manuprox"]
        wanted = figures["establishments_50_plus"] / total * 100 - projects / 182 * 100
        assert np.allclose(figures["projects_gap"], wanted, rtol=0, atol=6e-5, equal_nan=True)
    assert figures["projects_gap"].isna().sum() == 1  # Mayotte, whose establishments are not known by size
