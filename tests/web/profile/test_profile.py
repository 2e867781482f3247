"""The profile of a territory over HTTP, on the store of the demo country."""

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import Store, open_store
from tileserver.web.app import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store)


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = create_app(Settings(store=demo_store, page=tmp_path_factory.mktemp("page")))
    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield client


def rows(store: Store, layer: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = store.layer(layer).attributes.to_pylist()
    return found


def told(server: httpx.Client, level: str, code: str) -> dict[str, Any]:
    answer = server.get(f"/territories/{level}/{code}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def figure(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["figures"] if each["id"] == name)
    return found


def test_figures_and_ranks_are_those_of_the_layer(server: httpx.Client, store: Store) -> None:
    territories = rows(store, "ti")
    for row in territories[::9]:
        document = told(server, "ti", row["code"])
        assert (document["name"], document["level"]) == (row["name"], "ti")
        for name in ("population", "density", "establishments", "friche_area_ha", "unemployment_rate"):
            found = figure(document, name)
            assert found["value"]["value"] == row[name]
            known = [other[name] for other in territories if other[name] is not None]
            assert found["ranked"] == len(known)
            higher = sum(value > row[name] for value in known) if row[name] is not None else -1
            assert found["rank"] == (None if row[name] is None else 1 + higher)
            assert found["tied"] == (0 if row[name] is None else known.count(row[name]))
            assert found["value"]["status"] == (
                row.get(f"{name}_status") or ("missing" if row[name] is None else "ok")
            )


def test_the_region_compared_with_holds_most_communes(server: httpx.Client, store: Store) -> None:
    regions = {row["code"]: row for row in rows(store, "regions")}
    for row in rows(store, "departements")[::5]:
        document = told(server, "departement", row["code"])
        [group] = [group for group in document["within"] if group["level"] == "region"]
        compared = figure(document, "density")["region"]
        assert compared["code"] == group["territories"][0]["code"]
        assert compared["value"]["value"] == regions[compared["code"]]["density"]
    assert figure(told(server, "region", next(iter(regions))), "density")["region"] is None


def test_the_nation_is_that_of_the_manifest(server: httpx.Client, store: Store) -> None:
    document = told(server, "ti", rows(store, "ti")[0]["code"])
    entries = {entry.id: entry for entry in store.manifest.indicators}
    assert figure(document, "population")["nation"] == entries["population"].country[""]
    rate = figure(document, "unemployment_rate")
    assert rate["nation"] == round(entries["unemployment_rate"].country[rate["period"]], 1)
    assert [moment["period"] for moment in rate["series"]] == list(entries["unemployment_rate"].periods)


def test_belonging_and_composition_are_two_sides_of_one_table(server: httpx.Client, store: Store) -> None:
    code = rows(store, "ti")[3]["code"]
    document = told(server, "ti", code)
    communes = next(group for group in document["parts"] if group["level"] == "commune")["territories"]
    assert communes
    for each in communes[:5]:
        within = told(server, "commune", each["code"])["within"]
        assert [
            link["code"] for group in within if group["level"] == "ti" for link in group["territories"]
        ] == [code]
    assert sum(each["shared"] for each in communes) == len(communes)
    for group in document["parts"]:
        if group["level"] == "epci":
            assert sum(each["shared"] for each in group["territories"]) <= len(communes)
            assert all(each["whole"] == (each["shared"] == each["communes"]) for each in group["territories"])


def test_trades_are_those_of_the_survey_year_by_year(server: httpx.Client, store: Store) -> None:
    assert store.labour is not None
    code = next(each.code for each in store.labour.territories if each.level == "ti")
    labour = told(server, "ti", code)["labour"]
    assert [year["year"] for year in labour["years"]] == ["2023", "2024", "2025"]
    assert [year["nomenclature"] for year in labour["years"]] == ["fap2009", "fap2021", "fap2021"]
    assert labour["breaks"] == ["2024"]
    for year in labour["years"]:
        query = f"level=ti&code={code}&year={year['year']}&sort=share_difficult&limit=12"
        ranked = server.get(f"/labour?{query}").json()["rows"]
        assert [each["code"] for each in year["hardest"]] == [row["trade"] for row in ranked]
        for trade, row in zip(year["hardest"], ranked, strict=True):
            assert trade["projects"] == {
                "value": row["met"], "status": row["met_status"], "known": row["met_known"]
            }  # fmt: skip
        [nation] = server.get(f"/labour?level=nation&code=all&year={year['year']}&kind=total").json()["rows"]
        assert nation["met"] >= year["total"]["projects"]["value"]


def test_what_lies_in_it_is_what_the_inventories_say(server: httpx.Client, store: Store) -> None:
    codes = [row["code"] for row in rows(store, "departements")]
    for subject in ("projects", "land"):
        counted = 0
        for code in codes[::4]:
            there = server.get(f"/{subject}?level=departement&code={code}").json()
            found = told(server, "departement", code)[subject]
            assert {each["layer"]: each["count"] for each in found} == {
                layer["id"]: layer["count"] for layer in there["layers"]
            }
            counted += there["count"]
        assert counted > 0


def test_zonings_are_those_of_the_territory(server: httpx.Client) -> None:
    document = told(server, "departement", "60")
    there = server.get("/zonings?level=departement&code=60").json()
    assert [
        (each["layer"], each["share"]["value"], each["share"]["status"]) for each in document["zonings"]
    ] == [(each["layer"], each["share"], each["status"]) for each in there["zonings"]]
    assert [each["count"] for each in document["programmes"]] == [
        len(each["points"]) for each in there["points"]
    ]


def test_every_source_that_is_named_is_told_once(server: httpx.Client, store: Store) -> None:
    document = told(server, "ti", rows(store, "ti")[0]["code"])
    parts = [*document["figures"], *document["projects"], *document["land"], *document["zonings"]]
    named = {source for part in parts for source in part["sources"]} | set(document["labour"]["sources"])
    assert named <= set(document["sources"])
    assert all(each["producer"] and each["licence"] for each in document["sources"].values())


def test_the_table_has_a_row_a_figure(server: httpx.Client, store: Store) -> None:
    code = rows(store, "ti")[0]["code"]
    document = told(server, "ti", code)
    answer = server.get(f"/territories/ti/{code}?f=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="ti-{code}.csv"'
    table = list(csv.DictReader(io.StringIO(answer.text)))
    for found in document["figures"]:
        [*_, last] = [row for row in table if row["section"] == "figure" and row["id"] == found["id"]]
        value = found["value"]["value"]
        assert last["value"] == ("" if value is None else str(value))
        assert last["status"] == found["value"]["status"]
    year = document["labour"]["years"][0]
    trade = year["hardest"][0]
    [row] = [
        row
        for row in table
        if (row["id"], row["period"], row["measure"]) == (trade["code"], year["year"], "projects")
    ]
    assert (float(row["value"]), row["status"]) == (trade["projects"]["value"], trade["projects"]["status"])


class Outline(HTMLParser):
    """Notes what a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(server: httpx.Client, address: str, **headers: str) -> tuple[httpx.Response, Outline]:
    answer = server.get(address, headers=BROWSER | headers)
    outline = Outline()
    outline.feed(answer.text)
    return answer, outline


def test_a_browser_gets_a_page_without_script_or_inline_style(server: httpx.Client, store: Store) -> None:
    for layer, level in (("ti", "ti"), ("communes", "commune"), ("regions", "region")):
        answer, outline = page(server, f"/territories/{level}/{rows(store, layer)[1]['code']}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert not outline.all("script")
        assert not outline.all("style")
        assert not [attributes for _, attributes in outline.tags if "style" in attributes]
        assert len(outline.all("h1")) == 1
        assert outline.all("svg")
        ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
        assert len(ids) == len(set(ids))


def test_headings_never_skip_a_level_and_tables_have_captions_and_scopes(
    server: httpx.Client, store: Store
) -> None:
    answer, outline = page(server, f"/territories/ti/{rows(store, 'ti')[0]['code']}")
    levels = [int(tag[1]) for tag, _ in outline.tags if tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(outline.all("caption")) == len(outline.all("table")) > 0
    assert all(attributes.get("scope") for attributes in outline.all("th"))
    assert answer.text.count("<details") > 0


def test_the_page_speaks_the_language_that_is_asked_for(server: httpx.Client, store: Store) -> None:
    address = f"/territories/ti/{rows(store, 'ti')[0]['code']}"
    for extra, header, expected in (
        ("", "fr-FR,fr;q=0.9", "fr"), ("", "en-GB,en;q=0.9,fr;q=0.5", "en"), ("", "", "fr"),
        ("?lang=en", "fr", "en"), ("?lang=fr", "en", "fr"),
    ):  # fmt: skip
        answer, outline = page(server, address + extra, **{"Accept-Language": header})
        assert outline.all("html")[0]["lang"] == expected
        assert ("Métiers en tension" in answer.text) == (expected == "fr")
        assert ("Accept-Language" in answer.headers["vary"]) == (not extra)


WRONG = [
    ("/territories/canton/1", 404, "there is no level 'canton'"),
    ("/territories/ti/nowhere", 404, "there is no territory 'nowhere' at level ti"),
    ("/territories/region/11?f=xml", 400, "f is 'xml'; it is one of json html csv"),
    ("/territories/region/11?lang=de", 400, "lang is 'de'; it is fr or en"),
    ("/territories/region/11?year=2023", 400, "'year' is not known"),
]


@pytest.mark.parametrize(("address", "status", "words"), WRONG)
def test_a_wrong_question_is_answered_in_a_sentence_to_machines_and_people(
    server: httpx.Client, address: str, status: int, words: str
) -> None:
    answer = server.get(address)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    shown, outline = page(server, address)
    if "f=xml" not in address:
        assert (shown.status_code, len(outline.all("h1"))) == (status, 1)
        assert words.replace("'", "&#39;") in shown.text
        assert shown.headers["cache-control"] == "no-store"


def test_an_answer_is_kept_by_its_tag(server: httpx.Client, store: Store) -> None:
    address = f"/territories/ti/{rows(store, 'ti')[0]['code']}"
    for headers in ({}, BROWSER):
        first = server.get(address, headers=headers)
        again = server.get(address, headers={**headers, "If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert "Accept" in first.headers["vary"]
    named = server.get(f"{address}?v={store.digest}")
    assert "immutable" in named.headers["cache-control"]
