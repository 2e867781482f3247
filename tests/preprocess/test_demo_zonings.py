"""The demo's zonings: named and laid out as the real ones, with their traps."""

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import rasterio
import shapely

GEOJSON = [
    "natura2000/oise_natura_zsc.geojson",
    "natura2000/oise_natura_zps.geojson",
    "natura2000/oise_znieff1.geojson",
    "natura2000/oise_znieff2.geojson",
    "natura2000/zps_baie_saint-brieuc_3sites.geojson",
    "zonages/anct_acv.geojson",
    "zonages/anct_pvd.geojson",
]
AID = "zonages/afr_src.topojson"
RURAL = "zonages/zrr_communes_2022.json"
COVER = "raster/CLC2018_Lot.tif"
COMMUNES = "communes/communes_2025prov_cogiter_4326.parquet"


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", GEOJSON)
@pytest.mark.france
def test_geojson_has_the_properties_and_system_of_the_real_one(
    demo_sources: Path, france_sources: Path, name: str
) -> None:
    mine, real = load(demo_sources / name), load(france_sources / name)
    assert mine["crs"]["properties"]["name"].split(":")[-1] in ("4326", "CRS84")
    assert mine["crs"] == real["crs"] or "properties" in real["crs"]
    assert mine["name"] == real["name"]
    assert list(mine["features"][0]["properties"]) == list(real["features"][0]["properties"])
    types = {feature["geometry"]["type"] for feature in real["features"]}
    assert {feature["geometry"]["type"] for feature in mine["features"]} <= types | {"Polygon"}


@pytest.mark.france
def test_aid_and_list_and_raster_are_laid_out_as_the_real_ones(
    demo_sources: Path, france_sources: Path
) -> None:
    mine, real = load(demo_sources / AID), load(france_sources / AID)
    assert set(mine) <= set(real)
    assert "transform" not in mine
    first, other = (each["objects"]["zonage"]["geometries"][0] for each in (mine, real))
    assert list(first) == list(other)
    assert list(first["properties"]) == list(other["properties"])
    record, given = load(demo_sources / RURAL)[0], load(france_sources / RURAL)[0]
    assert list(record) == list(given)
    assert list(record["fields"]) == list(given["fields"])
    with rasterio.open(demo_sources / COVER) as a, rasterio.open(france_sources / COVER) as b:
        assert (a.dtypes, a.res, a.count) == (b.dtypes, b.res, b.count)
        assert a.crs.to_epsg() == b.crs.to_epsg() == 3035
        assert np.isnan(a.nodata)
        assert not a.profile["tiled"]


def test_protected_areas_overlap_have_holes_and_one_is_too_small_to_see(demo_sources: Path) -> None:
    areas = geopandas.read_file(demo_sources / GEOJSON[2]).to_crs(3035)
    assert areas.is_valid.all()
    assert areas.area.sum() > 1.01 * areas.union_all().area
    assert areas.area.min() < 200
    assert (shapely.get_num_interior_rings(shapely.get_geometry(areas.geometry.to_numpy(), 0)) > 0).any()


def test_sites_around_the_bay_lie_partly_at_sea_and_outside_the_departement_told_whole(
    demo_sources: Path,
) -> None:
    sites = geopandas.read_file(demo_sources / GEOJSON[4])
    communes = geopandas.read_parquet(demo_sources / COMMUNES)
    land = communes.union_all()
    assert not sites.geometry.within(land).all()
    assert sites.intersects(land).all()


def test_aid_areas_have_no_system_and_those_overseas_lie_off_the_land(demo_sources: Path) -> None:
    areas = geopandas.read_file(demo_sources / AID)
    assert areas.crs is None
    assert set(areas["info1"]) == {"Intégralement éligible", "Partiellement éligible"}
    communes = geopandas.read_parquet(demo_sources / COMMUNES)
    away = ~areas.geometry.intersects(communes.union_all())
    assert away.sum() == communes["DEP"].str.startswith("97").sum()


def test_an_agreement_of_two_towns_is_a_multipoint_and_statuses_are_three(demo_sources: Path) -> None:
    towns = geopandas.read_file(demo_sources / GEOJSON[5])
    assert set(towns.geom_type) == {"Point", "MultiPoint"}
    assert {record["fields"]["status"] for record in load(demo_sources / RURAL)} == {"C", "NC", "PC"}
