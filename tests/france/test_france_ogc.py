"""The OGC API over the real France: every commune once, in the outlines of the file, by the same filters."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import httpx
import pytest
import shapely

from tests.web.conftest import serving
from tests.web.publishing import copied, publish_another
from tests.web.test_reload import until
from tileserver.config import Settings
from tileserver.store.integrity import current_digest
from tileserver.web.app import create_app

pytestmark = pytest.mark.france

COMMUNES = 34_875
RENNES = (-1.8, 47.9, -1.4, 48.3)


@pytest.fixture(scope="module")
def items(france_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = create_app(Settings(store=france_store, page=tmp_path_factory.mktemp("page")))
    with serving(app) as address:
        base = f"{address}/ogc/collections/communes"
        with httpx.Client(base_url=base, timeout=120) as client:
            yield client


@pytest.fixture(scope="module")
def frame(items: httpx.Client) -> geopandas.GeoDataFrame:
    written = items.get("/items", params={"f": "parquet", "properties": "code,name,population"})
    found: geopandas.GeoDataFrame = geopandas.read_parquet(io.BytesIO(written.content))
    return found


def walk(items: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    href: str | None = str(items.get("/items", params=query).raise_for_status().request.url)
    found: list[dict[str, Any]] = []
    while href:
        page = items.get(href).raise_for_status().json()
        found += page["features"]
        href = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    return found


def test_a_walk_through_all_pages_meets_every_commune_once_whatever_is_published_meanwhile(
    france_store: Path, tmp_path: Path
) -> None:
    """Three versions are published on the way, more than are kept open; each page has whole outlines."""
    root = copied(france_store, tmp_path / "store")
    begun = current_digest(root)
    settings = Settings(store=root, page=tmp_path, reload_seconds=0.05)
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        href: str | None = "/ogc/collections/communes/items?limit=2500&properties=code"
        codes: list[str] = []
        shapes = 0
        while href:
            page = client.get(href).raise_for_status().json()
            codes += [each["properties"]["code"] for each in page["features"]]
            shapes += sum(each["geometry"] is not None for each in page["features"])
            if len(codes) in (10_000, 17_500, 25_000):
                published = publish_another(root)
                until(lambda: client.get("/ready").json()["store"] == published)  # noqa: B023  # called here
            href = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
            assert href is None or f"cursor={begun}-" in href
        assert client.get("/ready").json()["store"] != begun
    assert len(codes) == len(set(codes)) == shapes == COMMUNES


def test_outlines_are_those_of_the_detailed_file_wherever_it_knows_the_commune(
    frame: geopandas.GeoDataFrame, france_sources: Path
) -> None:
    """To the last bit for nearly all: communes that were united since, or mended, have others."""
    file = france_sources / "communes" / "communes_2018_france-geojson.parquet"
    old = geopandas.read_parquet(file, columns=["code", "geometry"]).set_index("code").geometry
    new = frame.set_index("code").geometry
    shared = new.index.intersection(old.index)[::10]
    same = shapely.equals(new[shared].to_numpy(), old[shared].to_numpy())
    assert same.mean() > 0.9
    assert shapely.is_valid(frame.geometry.to_numpy()).all()
    assert shapely.coverage_is_valid(frame.geometry.to_numpy())


def test_filters_choose_what_geopandas_chooses(items: httpx.Client, frame: geopandas.GeoDataFrame) -> None:
    box = shapely.box(*RENNES)
    text = ",".join(map(str, RENNES))
    cases = {
        f"population >= 10000 AND S_INTERSECTS(geometry, BBOX({text}))": (frame["population"] >= 10_000)
        & frame.intersects(box),
        f"S_WITHIN(geometry, {box.buffer(0.2).wkt})": frame.within(box.buffer(0.2)),
        "name LIKE 'Saint-%' AND population < 50": frame["name"].str.startswith("Saint-")
        & (frame["population"] < 50),
    }
    for written, passes in cases.items():
        got = walk(items, limit=1000, filter=written, properties="code", skipGeometry="true")
        wished = frame["code"][passes.fillna(value=False)].tolist()
        assert [each["properties"]["code"] for each in got] == wished
        assert wished


def test_lambert_93_is_that_of_geopandas_to_a_centimetre(
    items: httpx.Client, frame: geopandas.GeoDataFrame
) -> None:
    crs = "http://www.opengis.net/def/crs/EPSG/0/2154"
    got = items.get("/items", params={"bbox": ",".join(map(str, RENNES)), "crs": crs, "limit": 1000}).json()
    wished = frame.set_index("code").to_crs(2154).geometry
    assert got["numberMatched"] == got["numberReturned"] > 50
    for each in got["features"]:
        exact = shapely.get_coordinates(wished[each["properties"]["code"]])
        assert abs(shapely.get_coordinates(shapely.geometry.shape(each["geometry"])) - exact).max() < 0.01
