"""Territories found by name or code, on the store of the demo country."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import Store, open_store
from tileserver.web.app import create_app
from tileserver.web.profile.names import Named, fold, list_names, search
from tileserver.web.snapshot import Snapshot


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store)


@pytest.fixture(scope="module")
def names(store: Store) -> tuple[Named, ...]:
    return list_names(Snapshot(store))


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = create_app(Settings(store=demo_store, page=tmp_path_factory.mktemp("page")))
    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield client


def told(server: httpx.Client, **query: str) -> dict[str, Any]:
    answer = server.get("/territories", params=query)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("ST ETIENNE", "saint etienne"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Œuilly", "oeuilly"),
        ("Ste-Foy  (Vendée)", "sainte foy vendee"),
    ],
)
def test_names_are_compared_without_case_accents_and_marks(name: str, key: str) -> None:
    assert fold(name) == key


def test_every_territory_is_found_by_its_own_name_and_code(names: tuple[Named, ...]) -> None:
    for each in names[::13]:
        assert each in search(names, each.name.upper(), None)[: 1 + sum(o.key == each.key for o in names)]
        assert search(names, each.code.lower(), each.level)[0] == each


def test_better_matches_come_first() -> None:
    def named(code: str, name: str, weight: float) -> Named:
        return Named("commune", code, name, f" {fold(name)} ", weight)

    there = (
        named("1", "Grand-Cholet", 9), named("2", "Le Vieux Bourg de Cholet", 8),
        named("3", "Choletais", 7), named("4", "Cholet", 6), named("5", "Lyon", 5),
    )  # fmt: skip
    assert [each.code for each in search(there, "cholet", None)] == ["4", "3", "1", "2"]
    assert [each.code for each in search(there, "bourg chol", None)] == ["2"]
    assert [each.code for each in search(there, "5", None)] == ["5"]
    assert search(there, "!", None) == []


def test_an_answer_is_bounded_and_counts_all(server: httpx.Client, store: Store) -> None:
    document = told(server, q="a", limit="3")
    assert len(document["territories"]) == 3 < document["count"]
    listed = told(server, level="departement")
    assert listed["count"] == store.layer("departements").entry.count
    assert {each["level"] for each in told(server)["territories"]} == {"ti"}
    only = told(server, q="a", level="epci")
    assert {each["level"] for each in only["territories"]} == {"epci"}


def test_a_commune_tells_its_departement(server: httpx.Client, store: Store) -> None:
    row = store.layer("communes").attributes.slice(7, 1).to_pylist()[0]
    found = told(server, q=row["code"], level="commune")["territories"][0]
    within = server.get(f"/territories/commune/{row['code']}").json()["within"]
    [group] = [group for group in within if group["level"] == "departement"]
    assert (found["name"], found["within"]) == (row["name"], group["territories"][0]["name"])


def test_a_browser_gets_a_list_of_links(server: httpx.Client, store: Store) -> None:
    name = store.layer("ti").attributes.column("name")[0].as_py()
    code = store.layer("ti").attributes.column("code")[0].as_py()
    answer = server.get("/territories", params={"q": name, "lang": "en"}, headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'href="territories/ti/{code}?lang=en"' in answer.text
    hostile = server.get("/territories", params={"q": "<b>\"'", "f": "html"})
    assert "<b>" not in hostile.text.split("<body>")[1]


WRONG = [
    ("?q=" + "a" * 101, "q has 101 characters; at most 100 are read"),
    ("?q=a&limit=201", "limit is '201'; it is a whole number from 0 to 200"),
    ("?q=a&level=canton", "there is no level 'canton'"),
    ("?q=a&name=b", "'name' is not known"),
]


@pytest.mark.parametrize(("query", "words"), WRONG)
def test_a_wrong_question_is_answered_in_a_sentence(server: httpx.Client, query: str, words: str) -> None:
    answer = server.get(f"/territories{query}")
    assert answer.status_code in (400, 404)
    assert words in answer.json()["detail"]
