"""The zonings of territories over HTTP, on the store of the demo country."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import Store, open_store
from tileserver.web.app import create_app


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store)


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = create_app(Settings(store=demo_store, page=tmp_path_factory.mktemp("page")))
    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield client


def told(server: httpx.Client, level: str, code: str) -> dict[str, Any]:
    answer = server.get(f"/zonings?level={level}&code={code}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def zoning(document: dict[str, Any], layer: str) -> dict[str, Any]:
    return next(each for each in document["zonings"] if each["layer"] == layer)


def rows(store: Store, layer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = store.layer(layer).attributes.to_pylist()
    return found


def test_figures_are_those_of_the_indicators_at_every_level(server: httpx.Client, store: Store) -> None:
    for layer, level in (("departements", "departement"), ("epci", "epci"), ("communes", "commune")):
        for row in rows(store, layer)[::17]:
            document = told(server, level, row["code"])
            for name in ("znieff1", "natura2000_zsc", "afr", "zrr"):
                found, published = zoning(document, name), row[f"{name}_share"]
                if published is not None:
                    assert 100 * found["share"] == pytest.approx(published, abs=0.00501)
                else:
                    assert found["known"] < 0.5


def test_outside_what_is_covered_a_zoning_is_missing_and_says_what_its_files_cover(
    server: httpx.Client, store: Store
) -> None:
    code = next(row["code"] for row in rows(store, "departements") if row["code"] == "2A")
    found = zoning(told(server, "departement", code), "znieff1")
    assert (found["status"], found["km2"], found["share"], found["known"]) == ("missing", None, None, 0)
    assert [each["codes"] for each in found["covers"]] == [["60"]]
    assert found["sources"][0]["id"] == "znieff1_oise"
    inside = zoning(told(server, "departement", "60"), "znieff1")
    assert inside["status"] == "ok"
    assert inside["km2"] > 0


def test_areas_come_the_largest_first_and_every_one_of_the_departement_is_there(
    server: httpx.Client, store: Store
) -> None:
    areas = zoning(told(server, "departement", "60"), "znieff1")["areas"]
    assert [each["km2"] for each in areas] == sorted((each["km2"] for each in areas), reverse=True)
    assert {each["code"] for each in areas} <= {row["code"] for row in rows(store, "znieff1")}
    assert len(areas) >= 0.9 * store.layer("znieff1").entry.count
    assert zoning(told(server, "departement", "60"), "znieff1")["km2"] <= sum(a["km2"] for a in areas)


def test_a_partly_classified_commune_is_unknown(server: httpx.Client, store: Store) -> None:
    partly = [
        row["code"]
        for row in rows(store, "communes")
        if row["zrr_share"] is None and row.get("zrr_share_status") == "missing"
    ]
    assert partly
    found = zoning(told(server, "commune", partly[0]), "zrr")
    assert (found["status"], found["km2"]) == ("missing", None)
    assert [(each["partly"], each["km2"], each["note"]) for each in found["areas"]] == [(True, None, "PC")]


def test_points_of_programmes_are_in_the_territory_that_holds_them(
    server: httpx.Client, store: Store
) -> None:
    for layer in ("qpv", "acv", "pvd"):
        count = 0
        for row in rows(store, "departements"):
            document = told(server, "departement", row["code"])
            count += sum(len(each["points"]) for each in document["points"] if each["layer"] == layer)
        assert count == store.layer(layer).entry.count


def test_the_table_has_the_same_rows(server: httpx.Client) -> None:
    document = told(server, "departement", "60")
    answer = server.get("/zonings?level=departement&code=60&f=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    table = list(csv.DictReader(io.StringIO(answer.text)))
    for kind, key, inner in (("area", "zonings", "areas"), ("point", "points", "points")):
        wanted = [(each["layer"], item["code"]) for each in document[key] for item in each[inner]]
        assert [(row["layer"], row["code"]) for row in table if row["kind"] == kind] == wanted
    whole = {row["layer"]: row for row in table if row["kind"] == "zoning"}
    assert set(whole) == {each["layer"] for each in document["zonings"]}
    assert float(whole["znieff1"]["share"]) == zoning(document, "znieff1")["share"]
    assert whole["znieff1"]["note"] == "znieff1_oise: departement 60"
    assert whole["natura2000_zps"]["note"].endswith("natura2000_zps_saint_brieuc: communes touched")


WRONG = [
    ("", 400, "level=region is missing"),
    ("?level=commune", 400, "code=… is missing"),
    ("?level=canton&code=60", 404, "not told at level 'canton'; they are at region"),
    ("?level=departement&code=99", 404, "there is no departement '99' here"),
    ("?level=departement&code=60&year=2024", 400, "'year' is not known"),
    ("?level=departement&code=60&f=arrow", 400, "f is 'arrow'; it is one of json csv"),
]


@pytest.mark.parametrize(("query", "status", "words"), WRONG)
def test_a_wrong_question_is_answered_in_a_sentence(
    server: httpx.Client, query: str, status: int, words: str
) -> None:
    answer = server.get(f"/zonings{query}")
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_an_answer_is_kept_by_its_tag_and_negotiated(server: httpx.Client) -> None:
    first = server.get("/zonings?level=departement&code=60")
    again = server.get("/zonings?level=departement&code=60", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert "Accept" in first.headers["vary"]
    table = server.get("/zonings?level=departement&code=60", headers={"Accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
