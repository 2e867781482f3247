"""What there is at a point, held to the outlines by GEOS and to distances by PROJ, on the demo country."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from pyproj import Geod

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import Store, open_store
from tileserver.web.app import create_app
from tileserver.web.profile.distance import distances_km
from tileserver.web.views import latitude, longitude


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store)


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = create_app(Settings(store=demo_store, page=tmp_path_factory.mktemp("page")))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def told(server: httpx.Client, lon: float, lat: float, **query: str) -> dict[str, Any]:
    answer = server.get("/at", params={"lon": f"{lon:.6f}", "lat": f"{lat:.6f}", **query})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def inside(store: Store) -> list[tuple[str, float, float]]:
    """Give the code of each commune, and a point well inside it: where its name stands."""
    layer = store.layer("communes_labels")
    side = 4096 << layer.points.zoom
    places = (layer.points.xy / side).tolist()
    codes = layer.attributes.column("code").to_pylist()
    return [(code, longitude(x), latitude(y)) for code, (x, y) in zip(codes, places, strict=True)]


def test_distances_are_those_of_the_ellipsoid() -> None:
    rng = np.random.default_rng(5)
    geod = Geod(ellps="WGS84")
    for lon, lat in [(-0.88, 47.06), (55.5, -21.1), (-61.5, 16.2)]:
        for reach in (0.001, 0.1, 5, 60):
            lons, lats = lon + rng.uniform(-reach, reach, 50), lat + rng.uniform(-reach, reach, 50) / 2
            _, _, metres = geod.inv(np.full(50, lon), np.full(50, lat), lons, lats)
            assert distances_km(lon, lat, lons, lats) == pytest.approx(metres / 1000, rel=2e-5, abs=1e-6)
    assert distances_km(2.0, 48.0, np.array([2.0]), np.array([48.0])).tolist() == [0.0]


def test_the_territories_at_a_point_are_those_of_its_commune(server: httpx.Client, store: Store) -> None:
    assert store.members is not None
    for code, lon, lat in inside(store)[::40]:
        found = {each["level"]: each["code"] for each in told(server, lon, lat)["territories"]}
        shared = store.members.shared("commune", code)
        expected = {level: links[0].code for level, links in shared.items() if links}
        assert found == expected | {"commune": code}


def test_zonings_at_a_point_agree_with_those_of_its_commune(server: httpx.Client, store: Store) -> None:
    assert store.zonings is not None
    seen = set()
    for code, lon, lat in inside(store)[::12]:
        there = server.get(f"/zonings?level=commune&code={code}").json()
        shares = {each["layer"]: each for each in there["zonings"]}
        for zoning in told(server, lon, lat)["zonings"]:
            whole = shares[zoning["layer"]]
            seen.add(zoning["inside"])
            if zoning["inside"] is True:
                assert {area for area, _ in zoning["areas"]} <= {each["code"] for each in whole["areas"]}
            elif zoning["inside"] is False:
                assert (whole["known"], zoning["areas"]) == (1, [])
            else:
                assert whole["known"] < 1
    assert seen == {True, False, None}


def test_the_nearest_are_the_nearest(server: httpx.Client, store: Store) -> None:
    geod = Geod(ellps="WGS84")
    layer = store.layer("friches")
    places = (layer.points.xy / (4096 << layer.points.zoom)).tolist()
    lons, lats = zip(*((longitude(x), latitude(y)) for x, y in places), strict=True)
    for _, lon, lat in inside(store)[::80]:
        document = told(server, lon, lat, limit="7")
        [found] = [each for each in document["nearest"] if each["layer"] == "friches"]
        _, _, metres = geod.inv([lon] * len(lons), [lat] * len(lons), lons, lats)
        expected = sorted(value / 1000 for value in metres)[:7]
        assert [each["km"] for each in found["nearest"]] == pytest.approx(expected, abs=0.02)
        assert found["sources"][0] in document["sources"]
    assert {each["subject"] for each in document["nearest"]} == {"land", "projects"}


def test_at_sea_there_is_no_territory_and_it_is_a_page_too(server: httpx.Client) -> None:
    assert told(server, -30, 0)["territories"] == []
    answer = server.get("/at?lon=-30&lat=0", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Aucun territoire" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


WRONG = [
    ("", "lon is missing"),
    ("?lon=2", "lat is missing"),
    ("?lon=181&lat=0", "lon is '181'; it is degrees from -180 to 180"),
    ("?lon=2&lat=nan", "lat is 'nan'"),
    ("?lon=2&lat=48&limit=51", "limit is '51'; it is a whole number from 0 to 50"),
    ("?lon=2&lat=48&zoom=3", "'zoom' is not known"),
]


@pytest.mark.parametrize(("query", "words"), WRONG)
def test_a_wrong_question_is_answered_in_a_sentence(server: httpx.Client, query: str, words: str) -> None:
    answer = server.get(f"/at{query}")
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
