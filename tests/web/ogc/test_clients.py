"""Clients that are not ours read the server: GDAL's OAPIF driver, OWSLib."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import geopandas
import httpx
import numpy as np
import pytest
import shapely
from owslib.ogcapi.features import Features

from tileserver.store.reader import Store

no_gdal = pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="no GDAL: apt-get install gdal-bin")


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr, done.stderr
    return done.stdout


@no_gdal
def test_gdal_lists_the_collections_and_counts_their_features(address: str, store: Store) -> None:
    listed = run("ogrinfo", "-ro", f"OAPIF:{address}/ogc")
    for name in store.exact:
        assert store.layer(name).entry.title.fr in listed or name in listed
    told = run("ogrinfo", "-ro", "-so", f"OAPIF:{address}/ogc", "epci")
    assert f"Feature Count: {store.layer('epci').entry.count}" in told
    assert "population" in told


@no_gdal
def test_gdal_writes_a_geopackage_with_the_geometry_of_the_source(
    address: str, store: Store, tmp_path: Path
) -> None:
    """All pages, unclipped, within the centimetre of GeoJSON."""
    written = tmp_path / "communes.gpkg"
    run("ogr2ogr", str(written), f"OAPIF:{address}/ogc", "communes", "-oo", "PAGE_SIZE=150")
    frame = geopandas.read_file(written).set_index("code")
    codes = store.layer("communes").attributes.column("code").to_pylist()
    assert sorted(frame.index) == sorted(codes)
    taken = store.exact["communes"].take(np.arange(len(codes)))
    shapes = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, taken.xy, taken.offsets)
    for code, shape in zip(codes, shapes, strict=True):
        assert shapely.hausdorff_distance(frame.geometry[code], shape) < 1e-7


@no_gdal
def test_gdal_filters_by_attribute_and_place(address: str, ogc: httpx.Client, store: Store) -> None:
    box = [str(number) for number in store.exact["ti"].bbox[0].tolist()]
    chosen = ("-where", "population > 1000", "-spat", *box)
    told = run("ogrinfo", "-ro", "-so", *chosen, f"OAPIF:{address}/ogc", "communes")
    wanted: dict[str, Any] = {"filter": "population > 1000", "bbox": ",".join(box), "limit": 1}
    matched = ogc.get("/collections/communes/items", params=wanted).json()["numberMatched"]
    assert matched > 0
    assert f"Feature Count: {matched}" in told


def test_owslib_reads_collections_features_and_queryables(address: str, store: Store) -> None:
    client = Features(f"{address}/ogc")
    assert sorted(client.feature_collections()) == sorted(store.exact)
    assert client.conformance()["conformsTo"]
    assert client.api()["openapi"].startswith("3.0")
    found = client.collection_items("communes", limit=7, bbox=list(store.layer("communes").entry.bounds))
    assert found["numberReturned"] == 7
    assert client.collection_item("communes", found["features"][0]["id"])["id"] == found["features"][0]["id"]
    assert "population" in client.collection_queryables("communes")["properties"]
    filtered = client.collection_items("communes", filter="population > 1000", limit=1000)
    assert all(each["properties"]["population"] > 1000 for each in filtered["features"])
