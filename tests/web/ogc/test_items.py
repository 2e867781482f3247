"""Features held against geopandas and PROJ; pages that outlive a publication; files for a GIS."""

import io
import time
from pathlib import Path
from typing import Any

import geopandas
import httpx
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from tests.web.conftest import serving
from tests.web.publishing import copied, publish_another
from tileserver.config import Settings
from tileserver.store.integrity import current_digest
from tileserver.store.reader import Store
from tileserver.web.app import create_app
from tileserver.web.ogc.crs import SYSTEMS

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture(scope="module")
def communes(ogc: httpx.Client) -> geopandas.GeoDataFrame:
    """All communes as GeoParquet gives them, to the last bit."""
    response = ogc.get("/collections/communes/items", params={"f": "parquet"})
    assert response.headers["content-type"] == "application/vnd.apache.parquet"
    frame: geopandas.GeoDataFrame = geopandas.read_parquet(io.BytesIO(response.content))
    return frame.set_index("id")


def ids(ogc: httpx.Client, **query: Any) -> list[int]:
    response = ogc.get(
        "/collections/communes/items",
        params={"limit": 10_000, "properties": "", "skipGeometry": "true", **query},
    )
    assert response.status_code == 200, response.text
    return [each["id"] for each in response.json()["features"]]


def test_geoparquet_is_the_geometry_of_the_store(communes: geopandas.GeoDataFrame, store: Store) -> None:
    taken = store.exact["communes"].take(np.arange(len(communes)))
    shapes = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, taken.xy, taken.offsets)
    assert shapely.equals_exact(communes.geometry.to_numpy(), shapes).all()
    assert communes.crs.to_authority() == ("OGC", "CRS84")
    assert communes["code"].tolist() == store.layer("communes").attributes.column("code").to_pylist()


def test_geojson_is_the_same_geometry_to_a_centimetre(
    ogc: httpx.Client, communes: geopandas.GeoDataFrame
) -> None:
    document = ogc.get("/collections/communes/items", params={"limit": 10_000}).json()
    for each in document["features"]:
        exact = shapely.get_coordinates(communes.geometry[each["id"]])
        assert (
            np.abs(shapely.get_coordinates(shapely.geometry.shape(each["geometry"])) - exact).max() <= 5.1e-8
        )
        row = communes.loc[each["id"]]
        for name, value in each["properties"].items():
            assert row[name] == value if value is not None else pd.isna(row[name])


@pytest.mark.parametrize("uri", list(SYSTEMS)[1:])
def test_coordinates_are_those_of_proj_to_a_centimetre(ogc: httpx.Client, uri: str) -> None:
    """In the order of axes that the system declares: northing first in EPSG:4326."""
    wanted: dict[str, Any] = {"limit": 3, "sortby": "code", "properties": "code"}
    plain = ogc.get("/collections/communes/items", params=wanted).json()["features"]
    found = ogc.get("/collections/communes/items", params={**wanted, "crs": uri}).json()["features"]
    # Without `always_xy`: PROJ then keeps to the order of the authority.
    there = pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{uri.rpartition('/')[2]}")
    degrees = uri.endswith("/4326")
    for one, other in zip(plain, found, strict=True):
        lon, lat = shapely.get_coordinates(shapely.geometry.shape(one["geometry"])).T
        wished = np.column_stack(there.transform(lon, lat))
        got = shapely.get_coordinates(shapely.geometry.shape(other["geometry"]))
        assert np.abs(got - wished).max() <= (1e-7 if degrees else 0.01)
    if degrees:
        assert np.allclose(got, np.column_stack([lat, lon]))


def test_known_points_come_out_where_the_registry_has_them() -> None:
    """Paris in Lambert-93, by published coordinates, to a metre; latitude first in EPSG:4326."""
    from tileserver.web.ogc.crs import from_lonlat

    paris = from_lonlat(np.array([[2.3522, 48.8566]]), SYSTEMS[f"{EPSG}2154"])[0]
    assert paris == pytest.approx([652469.02, 6862035.26], abs=1)
    latlon = from_lonlat(np.array([[2.3522, 48.8566]]), SYSTEMS[f"{EPSG}4326"])[0]
    assert latlon.tolist() == [48.8566, 2.3522]


def test_what_lies_too_far_from_a_projection_is_refused() -> None:
    from tileserver.errors import RequestError
    from tileserver.web.ogc.crs import from_lonlat

    with pytest.raises(RequestError, match="too far"):
        from_lonlat(np.array([[2.0, -90.0]]), SYSTEMS[f"{EPSG}2154"])


def middle(communes: geopandas.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = communes.total_bounds
    return ((3 * west + east) / 4, (3 * south + north) / 4, (west + east) / 2, (south + north) / 2)


def test_filters_give_what_geopandas_gives(ogc: httpx.Client, communes: geopandas.GeoDataFrame) -> None:
    box = shapely.box(*middle(communes))
    text = ",".join(map(str, box.bounds))
    diamond = box.centroid.buffer(0.4, quad_segs=1)
    population, name = communes["population"], communes["name"]
    cases = {
        "population > 1000 AND name LIKE 'S%'": (population > 1000) & name.str.startswith("S"),
        f"S_INTERSECTS(geometry, BBOX({text}))": communes.intersects(box),
        f"S_WITHIN(geometry, {diamond.wkt})": communes.within(diamond),
        f"S_DISJOINT(geometry, {diamond.wkt}) OR population BETWEEN 100 AND 200": communes.disjoint(diamond)
        | population.between(100, 200),
        "NOT code IN ('01001') AND CASEI(name) = CASEI('brégny')": name.str.lower() == "brégny",
    }
    for written, passes in cases.items():
        assert ids(ogc, filter=written) == communes.index[passes.fillna(value=False)].tolist(), written
    assert ids(ogc, bbox=text) == communes.index[communes.intersects(box)].tolist()


@pytest.mark.parametrize("code", [2154, 3857, 5490])
def test_a_box_in_metres_gives_what_geopandas_gives_in_metres(
    ogc: httpx.Client, communes: geopandas.GeoDataFrame, code: int
) -> None:
    projected = communes.to_crs(code)
    box = shapely.box(*projected.geometry.iloc[50].bounds)
    got = ids(ogc, bbox=",".join(map(str, box.bounds)), **{"bbox-crs": f"{EPSG}{code}"})
    assert got == projected.index[projected.intersects(box)].tolist()
    assert 1 < len(got) < len(communes)


def test_rows_are_sorted_and_no_data_comes_last(ogc: httpx.Client, communes: geopandas.GeoDataFrame) -> None:
    wished = communes.sort_values(["population", "code"], ascending=[False, True], na_position="last")
    assert ids(ogc, sortby="-population,+code") == wished.index.tolist()


def test_a_property_is_a_parameter(ogc: httpx.Client, communes: geopandas.GeoDataFrame) -> None:
    code = communes["code"].iloc[7]
    assert ids(ogc, code=code) == [communes.index[7]]
    assert ids(ogc, population=int(communes["population"].iloc[7]), code=code) == [communes.index[7]]
    assert ogc.get("/collections/communes/items?population=many").status_code == 400


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("filter=nowhere=1", "nowhere"), ("filter=name=1", "name"), ("filter-lang=cql2-text", "no filter"),
        ("sortby=nowhere", "sortables"), ("properties=nowhere", "queryables"), ("cursor=abc", "next"),
        ("bbox=2,1,0,1,2,3,4", "bbox"), ("bbox=0,5,1,4", "lower corner"), ("bbox=0,0,400,1", "longitudes"),
        ("bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", "no bbox"), ("skipGeometry=1", "true or"),
        ("filter=name='a'&filter-crs=http://www.opengis.net/def/crs/EPSG/0/2154", "CRS84"), ("f=gml", "json"),
        ("datetime=2020-13-01", "RFC 3339"), ("limit=9999999999", "limit"), ("limit=5&limit=6", "than once"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_a_sentence(ogc: httpx.Client, query: str, told: str) -> None:
    response = ogc.get(f"/collections/communes/items?{query}")
    assert response.status_code == 400
    assert told in response.json()["detail"]


def test_flatgeobuf_and_csv_hold_all_rows(ogc: httpx.Client, communes: geopandas.GeoDataFrame) -> None:
    written = ogc.get("/collections/communes/items", params={"f": "fgb", "crs": f"{EPSG}2154"})
    frame = geopandas.read_file(io.BytesIO(written.content)).set_index("id").loc[communes.index]
    assert frame.crs.to_epsg() == 2154
    assert shapely.area(frame.geometry.to_numpy()).sum() > 0
    assert frame["code"].tolist() == communes["code"].tolist()
    table = pd.read_csv(io.BytesIO(ogc.get("/collections/friches/items?f=csv").content))
    points = ogc.get("/collections/friches/items?limit=10000").json()["features"]
    assert table["id"].tolist() == [each["id"] for each in points]
    assert np.allclose(table[["x", "y"]], [each["geometry"]["coordinates"] for each in points], atol=1e-7)


def test_a_large_answer_is_streamed_and_equal_to_the_pages(
    ogc: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    query: dict[str, Any] = {"limit": 400, "sortby": "code", "properties": "code"}
    whole = ogc.get("/collections/communes/items", params=query)
    monkeypatch.setattr("tileserver.web.ogc.items.STREAMED", 10)
    for coding in ("gzip", "zstd", "br", "identity"):
        streamed = ogc.get("/collections/communes/items", params=query, headers={"Accept-Encoding": coding})
        assert streamed.json() == whole.json()
        again = {"If-None-Match": streamed.headers["etag"], "Accept-Encoding": coding}
        assert ogc.get("/collections/communes/items", params=query, headers=again).status_code == 304


def test_pages_give_each_feature_once_while_other_versions_are_published(
    demo_store: Path, tmp_path: Path
) -> None:
    """Three versions follow on the one that the walk began on, more than are kept open."""
    root = copied(demo_store, tmp_path / "store")
    with serving(create_app(Settings(store=root, page=tmp_path, reload_seconds=0.02))) as address:
        first = f"{address}/ogc/collections/communes/items?limit=100&properties=code"
        page = httpx.get(first).json()
        version, pages = current_digest(root), [page]
        for _ in range(3):
            published = publish_another(root)
            while published not in str(httpx.get(first).json()["links"]):
                time.sleep(0.02)
            following = next(link["href"] for link in pages[-1]["links"] if link["rel"] == "next")
            response = httpx.get(following)
            assert response.headers["cache-control"].startswith("max-age=31536000")
            pages.append(response.json())
        assert version not in str(httpx.get(first).json()["links"])
        got = [each["id"] for page in pages for each in page["features"]]
        assert len(got) == len(set(got)) == page["numberMatched"] == 400
        refused = httpx.get(following.replace(version, "0" * 32))
        assert refused.status_code == 410
        assert "begin again" in refused.json()["detail"]
