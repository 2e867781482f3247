"""Exports of the demo country, read back with geopandas and held to the store."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import httpx
import pytest
import shapely
from pyarrow import parquet

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import Store, open_store
from tileserver.web.app import create_app

FIGURES = "population,unemployment_rate,labour.all.share_difficult@2023"


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store, verify=False)


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings(store=demo_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def read(server: httpx.Client, path: str, into: Path, **query: str) -> gpd.GeoDataFrame:
    answer = server.get(path, params=query)
    assert answer.status_code == 200, answer.text
    file = into / path.rpartition("/")[2]
    file.write_bytes(answer.content)
    frame: gpd.GeoDataFrame = gpd.read_parquet(file) if file.suffix == ".parquet" else gpd.read_file(file)
    return frame


def test_geoparquet_is_read_by_geopandas_and_holds_the_exact_outlines(
    server: httpx.Client, store: Store, tmp_path: Path
) -> None:
    frame = read(server, "/export/ti.parquet", tmp_path, indicators=FIGURES)
    assert frame.crs == "OGC:CRS84"
    assert frame.geometry.is_valid.all()
    assert all(shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(frame.geometry.values))))
    rows = {row["code"]: row for row in store.layer("ti").attributes.to_pylist()}
    assert frame["code"].tolist() == sorted(rows)
    for row in frame.itertuples():
        assert row.population == rows[row.code]["population"]
        assert row.unemployment_rate_status == (rows[row.code]["unemployment_rate_status"] or "ok")
    written = parquet.read_schema(tmp_path / "ti.parquet")
    geo = json.loads(written.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert geo["columns"]["geometry"]["bbox"] == pytest.approx(frame.total_bounds.tolist())
    assert set(geo["columns"]["geometry"]["geometry_types"]) == set(frame.geom_type)
    assert written.field("population").metadata[b"unit"] == b"habitants"
    assert json.loads(written.metadata[b"about"])["sources"]
    communes = read(server, "/export/communes.parquet", tmp_path, indicators="")
    regions = read(server, "/export/regions.parquet", tmp_path)
    assert shapely.area(shapely.union_all(communes.geometry.values)) == pytest.approx(
        shapely.area(regions.geometry.values).sum(), rel=1e-6
    )


def test_geojson_has_the_rows_that_pass_and_csv_the_same(
    server: httpx.Client, store: Store, tmp_path: Path
) -> None:
    people = sorted(store.layer("ti").attributes.column("population").to_pylist())
    wanted = f"population < {people[len(people) // 2]} AND projects.all >= 0"
    frame = read(server, "/export/ti.geojson", tmp_path, indicators="projects.all", filter=wanted)
    table = server.get("/export/ti.csv", params={"indicators": "projects.all", "filter": wanted})
    lines = list(csv.DictReader(io.StringIO(table.text)))
    assert 0 < len(frame) < store.layer("ti").entry.count
    assert [line["code"] for line in lines] == frame["code"].tolist()
    assert [int(line["projects.all"]) for line in lines] == frame["projects.all"].tolist()
    assert lines[0]["sources"] == "Pays inventé (Apache-2.0)"
    exact = read(server, "/export/ti.parquet", tmp_path, filter=wanted)
    assert shapely.hausdorff_distance(frame.geometry.values, exact.geometry.values).max() < 2e-7


def test_what_is_taken_away_is_what_was_found(server: httpx.Client) -> None:
    query = {"filter": "labour.all.smet > 10", "known": "80"}
    found = server.get("/find", params={"level": "epci", **query}).json()
    taken = list(csv.DictReader(io.StringIO(server.get("/export/epci.csv", params=query).text)))
    assert found["unranked_count"] > 0
    assert {row["code"] for row in taken} == {row["code"] for row in found["territories"]}


def test_points_go_with_their_properties(server: httpx.Client, store: Store, tmp_path: Path) -> None:
    frame = read(server, "/export/friches.parquet", tmp_path, filter="area_ha > 1")
    assert set(frame.geom_type) == {"Point"}
    assert (frame["area_ha"] > 1).all()
    assert {field.id for field in store.layer("friches").entry.fields} <= set(frame.columns)


def test_a_year_holds_for_the_figures_that_have_it(server: httpx.Client) -> None:
    answer = server.get("/export/ti.csv?indicators=unemployment_rate,population&year=2021-T3")
    assert answer.text.startswith("code,name,unemployment_rate@2021-T3,unemployment_rate@2021-T3_status,")
    etag = answer.headers["etag"]
    again = server.get(
        "/export/ti.csv?indicators=unemployment_rate,population&year=2021-T3", headers={"If-None-Match": etag}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/export/ti.shp", "there is no export as 'shp'"),
        ("/export/moon.csv", "there is no layer"),
        ("/export/ti.csv?indicators=wealth", "is no figure"),
        ("/export/ti.csv?indicators=population&year=1066", "has the year 1066"),
        ("/export/friches_clusters.geojson", "has no geometry"),
        ("/export/ti.csv?columns=population", "is not known"),
    ],
)
def test_a_wrong_export_is_answered_in_a_sentence(server: httpx.Client, path: str, words: str) -> None:
    answer = server.get(path)
    assert answer.status_code in (400, 404)
    assert words in answer.json()["detail"]
