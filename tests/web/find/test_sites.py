"""Sites found on the demo country: distances held to PROJ, the form, the route."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import numpy as np
import pytest
from pyproj import Geod

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import open_store
from tileserver.tiles.filters import parse_filter
from tileserver.web.app import create_app
from tileserver.web.find.columns import find_column
from tileserver.web.find.site_form import compile_query, fill
from tileserver.web.profile.around import degrees_of
from tileserver.web.profile.distance import nearest_km
from tileserver.web.snapshot import Snapshot

WANTED = 'area_ha >= 2 AND in_natura2000_zsc = FALSE AND "near.projects.all" <= 30'


@pytest.fixture(scope="module")
def shot(demo_store: Path) -> Snapshot:
    return Snapshot(open_store(demo_store, verify=False))


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings(store=demo_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_the_nearest_is_the_nearest_on_the_ellipsoid() -> None:
    rng = np.random.default_rng(8)
    here = np.column_stack([rng.uniform(-5, 9, 300), rng.uniform(42, 51, 300)])
    there = np.concatenate(
        [here[:80] + rng.normal(0, 0.01, (80, 2)), rng.uniform((-62, -22), (56, 51), (60, 2))]
    )
    km, row = nearest_km(here, there)
    geod = Geod(ellps="WGS84")
    _, _, metres = geod.inv(
        np.repeat(here[:, 0], len(there)), np.repeat(here[:, 1], len(there)),
        np.tile(there[:, 0], len(here)), np.tile(there[:, 1], len(here)),
    )  # fmt: skip
    every = np.reshape(metres, (len(here), len(there))) / 1000
    assert km == pytest.approx(every.min(axis=1), rel=2e-5, abs=1e-6)
    assert every[np.arange(len(here)), row] == pytest.approx(km, rel=2e-5, abs=1e-6)
    assert np.isinf(nearest_km(here, there[:0])[0]).all()


def test_sites_that_pass_fail_and_are_not_known_are_all_the_sites(
    shot: Snapshot, server: httpx.Client
) -> None:
    layer = shot.store.layers["friches"]
    answer: dict[str, Any] = server.get("/find/sites", params={"filter": WANTED, "limit": "40000"}).json()
    rows = {row["code"]: row for row in layer.attributes.to_pylist()}
    km = dict(zip(rows, find_column(shot, layer, "near.projects.all").values.tolist(), strict=True))
    tests = {
        code: (
            None if row["area_ha"] is None else row["area_ha"] >= 2,
            None if row["in_natura2000_zsc"] is None else not row["in_natura2000_zsc"],
            km[code] <= 30,
        )
        for code, row in rows.items()
    }
    passing = {code for code, told in tests.items() if all(told)}
    unknown = {code for code, told in tests.items() if None in told and False not in told}
    assert {each["code"] for each in answer["sites"]} == passing
    assert {each["code"] for each in answer["unranked"]} == unknown
    assert passing
    assert unknown
    assert answer["count"] + answer["unranked_count"] + answer["failing"] == len(rows)
    areas = [each["cells"][0]["value"] for each in answer["sites"]]
    assert areas == sorted(areas, reverse=True)
    assert {each["column"] for each in answer["unranked_why"]} <= {"area_ha", "in_natura2000_zsc"}


def test_the_sites_of_the_table_are_drawn(server: httpx.Client) -> None:
    page = server.get("/find/sites", params={"filter": WANTED}, headers={"Accept": "text/html"}).text
    table = page.count('<td class="place">')
    assert 0 < page.count('<circle class="site"') <= table
    assert "show=friches&amp;at=" in page


def test_sites_near_a_place_come_the_nearest_first_and_as_geojson(
    shot: Snapshot, server: httpx.Client
) -> None:
    layer = shot.store.layers["friches"]
    lons, lats = degrees_of(layer)
    place = f"near.point({lons[0]:.5f},{lats[0]:.5f})"
    answer = server.get("/find/sites", params={"filter": f'"{place}" <= 40', "f": "geojson"})
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    km = [feature["properties"][place] for feature in features]
    assert km == sorted(km)
    assert km[0] < 0.01
    geod = Geod(ellps="WGS84")
    for feature in features[:10]:
        lon, lat = feature["geometry"]["coordinates"]
        metres = geod.inv(round(lons[0], 5), round(lats[0], 5), lon, lat)[2]
        assert feature["properties"][place] == pytest.approx(metres / 1000, abs=0.002)


def test_the_sites_of_a_territory_are_those_of_the_inventory(shot: Snapshot, server: httpx.Client) -> None:
    code = str(shot.level("ti").attributes.column("code")[0].as_py())
    listed = server.get(f"/land?level=ti&code={code}&layer=friches&limit=10000").json()
    table = server.get(f"/find/sites?level=ti&code={code}&f=csv").text.splitlines()
    assert len(table) == 1 + listed["count"]
    assert table[0].startswith("rank,code,name,lon,lat,site_type,")


def test_the_form_of_sites_says_a_query_and_the_query_fills_it(shot: Snapshot, server: httpx.Client) -> None:
    layer = shot.store.layers["friches"]
    fields = {
        "least.area_ha": "2,5", "is.in_afr": "yes", "is.in_natura2000_zsc": "no",
        "kind.site_statut": "friche d'eau", "near": "projects.manuprox", "km": "12",
        "lonlat": "47.06, -0.88", "km2": "50",
    }  # fmt: skip
    query = compile_query(layer, {**fields, "most.area_ha": "", "where": "ti:ti-01", "order": "down"})
    assert (query["level"], query["code"]) == ("ti", "ti-01")
    assert "site_statut = 'friche d''eau'" in query["filter"]
    filled, rest = fill(layer, parse_filter(query["filter"]), query["filter"])
    assert (filled, rest) == (fields | {"least.area_ha": "2.5"}, "")
    answer = server.get("/find/sites", params={"least.area_ha": "2", "km": "10", "near": ""})
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert (target.path, dict(parse_qsl(target.query))) == ("sites", {"filter": "area_ha >= 2"})


def test_a_wrong_question_about_sites_is_answered_in_a_sentence(server: httpx.Client) -> None:
    for query, words in (
        ("", "say which sites"),
        ("level=ti", "go together"),
        ("level=ti&code=nowhere", "there is no territory"),
        ("filter=near.moon+%3C+3", "is no distance"),
        ("filter=near.friches+%3C+3", "to themselves"),
        ("sort=wealth", "is no number"),
        ("lonlat=here", "write latitude, longitude"),
        ("layer=manuprox", "is none of land"),
    ):
        answer = server.get(f"/find/sites?{query}")
        assert answer.status_code in (400, 404), query
        assert words in answer.json()["detail"]
    page = server.get("/find/sites?sort=wealth", headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
