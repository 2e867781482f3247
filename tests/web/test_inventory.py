"""Projects and land of a territory: what the lists hold, in three formats, against the tables themselves."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import Store, open_store
from tileserver.web.app import create_app

LEVELS = {
    "region": "regions", "departement": "departements", "ti": "ti", "epci": "epci", "commune": "communes",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a client of a real server over the demo country."""
    settings = Settings(store=demo_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address) as client:
        yield client


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store)


def rows(store: Store, layer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = store.layers[layer].attributes.to_pylist()
    return found


def test_the_country_has_all_projects_with_their_counts(demo: httpx.Client, store: Store) -> None:
    answer = demo.get("/projects?limit=1000").json()
    wanted = rows(store, "france_relance") + rows(store, "manuprox")
    assert (answer["level"], answer["code"], answer["count"]) == (None, None, len(wanted))
    assert sorted(row["id"] for row in answer["rows"]) == sorted(row["id"] for row in wanted)
    relance = next(layer for layer in answer["layers"] if layer["id"] == "france_relance")
    for field in ("filiere", "type_entreprise", "year"):
        counted = {item["value"]: item["count"] for item in relance["counts"][field]}
        assert counted == Counter(row[field] for row in rows(store, "france_relance"))
    assert relance["sources"][0]["producer"]


def test_whoever_sees_the_sample_is_told_that_it_is_one(demo: httpx.Client) -> None:
    assert "84 lauréats sur 3 080" in demo.get("/projects").json()["notes"][0]["fr"]
    assert "not drawn at random" in demo.get("/projects?f=geojson").json()["notes"][0]["en"]
    told = list(csv.DictReader(io.StringIO(demo.get("/projects?f=csv&layer=france_relance").text)))
    assert all("n'a pas été tiré au hasard" in row["source_note"] for row in told)
    assert len(demo.get("/land").json()["notes"]) == 1, "brownfields count the projects around them"
    assert demo.get("/projects?layer=manuprox").json()["notes"] == []
    assert "source_note" not in demo.get("/projects?layer=manuprox&f=csv").text
    assert "84" in demo.get("/layers/france_relance").json()["sources"][0]["note"]["fr"]
    assert "84" in demo.get("/indicators/projects_france_relance").json()["sources"][0]["note"]["fr"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_territory_has_the_land_that_lies_in_it(demo: httpx.Client, store: Store, level: str) -> None:
    code = Counter(row[level] for row in rows(store, "friches") if row[level]).most_common(1)[0][0]
    wanted = [row for row in rows(store, "friches") if row[level] == code]
    answer = demo.get("/land", params={"level": level, "code": code, "limit": 10_000}).json()
    assert answer["count"] == len(wanted) == len(answer["rows"])
    assert {row["code"] for row in answer["rows"]} == {row["code"] for row in wanted}
    [land] = answer["layers"]
    known = [row["area_ha"] for row in wanted if row["area_ha"] is not None]
    assert land["totals"]["area_ha"]["known"] == len(known)
    assert land["totals"]["area_ha"]["sum"] == pytest.approx(sum(known), abs=1e-9)
    counted = {item["value"]: item["count"] for item in land["counts"]["site_statut"]}
    assert counted == Counter(row["site_statut"] for row in wanted)
    names = {row["code"]: row["name"] for row in rows(store, LEVELS[level])}
    assert answer["name"] == names[code]


def test_a_territory_without_any_has_an_empty_list(demo: httpx.Client, store: Store) -> None:
    used = {row["commune"] for row in rows(store, "friches")}
    code = next(row["code"] for row in rows(store, "communes") if row["code"] not in used)
    answer = demo.get("/land", params={"level": "commune", "code": code}).json()
    assert (answer["count"], answer["rows"]) == (0, [])
    total = answer["layers"][0]["totals"]["area_ha"]
    assert total == {"sum": None, "known": 0, "unit": {"fr": "ha", "en": "ha"}}


def test_pages_follow_one_another_and_sorting_puts_the_unknown_last(demo: httpx.Client, store: Store) -> None:
    areas = [row["area_ha"] for row in rows(store, "friches")]
    falling = sorted((area for area in areas if area is not None), reverse=True)
    ends = areas.count(None)
    listed = [
        row
        for offset in range(0, len(areas), 60)
        for row in demo.get(f"/land?sort=-area_ha&limit=60&offset={offset}").json()["rows"]
    ]
    assert [row["properties"]["area_ha"] for row in listed] == falling + [None] * ends
    assert len({row["id"] for row in listed}) == len(areas)
    rising = demo.get("/land?sort=area_ha&limit=3").json()["rows"]
    assert [row["properties"]["area_ha"] for row in rising] == falling[::-1][:3]


def test_csv_and_geojson_say_the_same(demo: httpx.Client) -> None:
    asked = {"limit": "500", "sort": "code"}
    records = demo.get("/projects", params=asked).json()["rows"]
    features = demo.get("/projects", params={**asked, "f": "geojson"}).json()["features"]
    assert [(f["id"], f["properties"]["code"]) for f in features] == [(r["id"], r["code"]) for r in records]
    assert [f["geometry"]["coordinates"] for f in features] == [[r["lon"], r["lat"]] for r in records]
    table = list(csv.DictReader(io.StringIO(demo.get("/projects", params={**asked, "f": "csv"}).text)))
    assert [row["id"] for row in table] == [str(r["id"]) for r in records]
    assert [row["commune"] or None for row in table] == [r["properties"]["commune"] for r in records]


def test_filters_choose_among_the_rows_before_they_are_counted(demo: httpx.Client, store: Store) -> None:
    text = "type_entreprise = 'ETI' AND year = 2021"
    wanted = [r for r in rows(store, "france_relance") if (r["type_entreprise"], r["year"]) == ("ETI", 2021)]
    answer = demo.get("/projects", params={"filter": text, "layer": "france_relance"}).json()
    assert answer["count"] == len(wanted) > 0
    refused = demo.get("/projects", params={"filter": text})
    assert refused.status_code == 400
    assert "manuprox" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/projects?level=ti", 400, "level and code go together"),
        ("/projects?code=75", 400, "level and code go together"),
        ("/projects?level=canton&code=1", 404, "no level 'canton'"),
        ("/land?level=region&code=zz", 404, "no territory 'zz' at level region"),
        ("/land?layer=manuprox", 404, "layer 'manuprox' is none of land; there are friches"),
        ("/land?limit=10001", 400, "limit is '10001'; it is a whole number from 0 to 10000"),
        ("/land?offset=-1", 400, "offset"),
        ("/land?limit=%D9%A3", 400, "limit"),
        ("/land?sort=colour", 400, "sort is 'colour'; layer friches has code"),
        ("/projects?sort=year", 400, "layer manuprox has"),
        ("/projects?f=xml", 400, "f is 'xml'; it is one of json csv geojson"),
        ("/projects?years=1", 400, "'years' is not known"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(
    demo: httpx.Client, address: str, status: int, words: str
) -> None:
    answer = demo.get(address)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_answers_are_kept_negotiated_and_told_apart(demo: httpx.Client, store: Store) -> None:
    answer = demo.get("/land", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding, Accept"
    again = demo.get("/land", headers={"Accept": "text/csv", "If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    other = demo.get("/land?limit=99", headers={"Accept": "text/csv"})
    assert other.headers["etag"] != answer.headers["etag"]
    assert "immutable" in demo.get(f"/land?v={store.digest}").headers["cache-control"]
