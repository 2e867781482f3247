"""Territories found on the demo country: the rules, the form, and the route."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import numpy as np
import pytest

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.errors import NotFoundError, RequestError
from tileserver.store.reader import open_store
from tileserver.store.status import Status
from tileserver.tiles.filters import parse_filter
from tileserver.web.app import create_app
from tileserver.web.find.columns import Column, find_column
from tileserver.web.find.form import compile_query, fill
from tileserver.web.find.ranking import Asked, Ranked, rank
from tileserver.web.snapshot import Snapshot


@pytest.fixture(scope="module")
def shot(demo_store: Path) -> Snapshot:
    return Snapshot(open_store(demo_store, verify=False))


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings(store=demo_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def column(shot: Snapshot, name: str, level: str = "ti") -> Column:
    return find_column(shot, shot.level(level), name)


def asked(level: str, text: str | None = None, sort: str | None = None, *, falling: bool = True) -> Asked:
    return Asked(level, None if text is None else parse_filter(text), sort, falling, (), 10)


def found_in(shot: Snapshot, wanted: Asked) -> Ranked:
    return rank(shot, shot.level(wanted.level), wanted)


def seldom_known(shot: Snapshot, level: str) -> Column:
    """Give the trade whose share is known in about half of the territories."""
    assert shot.store.labour is not None
    codes = [t.code for t in shot.store.labour.trades if t.kind == "trade" and t.nomenclature == "fap2009"]
    found = [column(shot, f"labour.{code}.share_difficult@2023", level) for code in codes]
    return min(found, key=lambda each: abs(each.there.mean() - 0.5))


def test_the_trades_of_all_letters_together_are_all_trades(shot: Snapshot) -> None:
    survey = shot.store.labour
    assert survey is not None
    for year in survey.entry.years:
        letters = {
            t.code[0] for t in survey.trades if t.kind == "trade" and t.nomenclature == year.nomenclature
        }
        parts = [column(shot, f"labour.{letter}*.met@{year.year}") for letter in sorted(letters)]
        whole = column(shot, f"labour.all.met@{year.year}")
        added = np.sum([np.nan_to_num(each.values) for each in parts], axis=0)
        assert added == pytest.approx(np.nan_to_num(whole.values), abs=0.02 * len(parts))
        hidden = np.any([each.status > Status.ESTIMATED for each in parts], axis=0)
        assert (whole.status[hidden & whole.there] != Status.OK).any()


def test_one_trade_has_the_figures_that_the_survey_tells(shot: Snapshot, server: httpx.Client) -> None:
    trade = next(t.code for t in shot.store.labour.trades if t.kind == "trade")  # type: ignore[union-attr]
    rows = server.get(f"/labour?level=ti&trade={trade}&year=2023").json()["rows"]
    found = column(shot, f"labour.{trade}.share_difficult@2023")
    codes = shot.level("ti").attributes.column("code").to_pylist()
    told = {row["code"]: row for row in rows}
    assert told
    for code, value, status in zip(codes, found.values.tolist(), found.status.tolist(), strict=True):
        row = told.get(code)
        if row is None:
            assert (status, np.isnan(value)) == (Status.MISSING, True)
        elif row["share_difficult"] is None:
            assert np.isnan(value)
        else:
            assert (value, Status(status).slug) == (
                pytest.approx(100 * row["share_difficult"]),
                row["xmet_status"],
            )


def test_what_lacks_a_figure_is_neither_kept_nor_ruled_out(shot: Snapshot) -> None:
    trade, other = seldom_known(shot, "epci"), column(shot, "population", "epci")
    middle, people = float(np.nanmedian(trade.values)), float(np.nanmedian(other.values))
    found = found_in(shot, asked("epci", f'"{trade.id}" > {middle} AND population < {people}'))
    known = trade.there
    assert not known.all()
    passing = known & (trade.values > middle) & (other.values < people)
    assert set(found.rows.tolist()) == set(np.flatnonzero(passing))
    # whoever fails the other condition fails, whatever the figure that lacks
    assert set(found.unknown.tolist()) == set(np.flatnonzero(~known & (other.values < people)))
    assert len(found.rows) + len(found.unknown) + found.failing == len(known)
    assert {reason.column for reasons in found.reasons for reason in reasons} == {trade.id}
    assert {each.status for each in found.why()} <= {"secret", "missing", "not_applicable"}


def test_a_partial_figure_of_which_too_little_is_known_counts_as_not_known(shot: Snapshot) -> None:
    figure = column(shot, "labour.all.smet@2023", "epci")
    weak = (figure.status == Status.PARTIAL) & (figure.known < np.median(figure.known))
    assert 0 < weak.sum() < len(weak)
    found = found_in(shot, replace(asked("epci", sort=figure.id), known=float(np.median(figure.known))))
    assert set(np.flatnonzero(weak)) <= set(found.unknown.tolist())
    assert not set(np.flatnonzero(weak)) & set(found.rows.tolist())
    assert "partial" in {each.status for each in found.why()}


def test_ranks_are_shared_by_equals_in_either_order(shot: Snapshot) -> None:
    for falling in (True, False):
        found = found_in(shot, asked("epci", sort="projects.all", falling=falling))
        values = column(shot, "projects.all", "epci").values[found.rows]
        ahead = [int(sum(values > v if falling else values < v)) for v in values]
        assert found.ranks.tolist() == [1 + count for count in ahead]
        assert found.tied.tolist() == [int(sum(values == v)) for v in values]


def test_projects_are_counted_by_kind_and_by_word(shot: Snapshot) -> None:
    layer = shot.store.layers["france_relance"]
    table = layer.attributes.to_pydict()
    kind = next(value for value in table["filiere"] if value)
    name = next(value for value in table["name"] if value and len(value.split()) > 1).split()[0]
    codes = shot.level("ti").attributes.column("code").to_pylist()
    of = dict.fromkeys(codes, 0)
    for code, value in zip(table["ti"], table["filiere"], strict=True):
        if code is not None and value == kind:
            of[code] += 1
    assert column(shot, f"projects.france_relance.filiere.{kind}").values.tolist() == [
        of[code] for code in codes
    ]
    word = column(shot, f"projects.france_relance.word.{name.upper()}").values
    assert 0 < word.sum() <= column(shot, "projects.france_relance").values.sum()
    assert column(shot, "projects.all").notes  # the sample says that it is one


WRONG = [
    ("labour.nothing.xmet", NotFoundError, "there is no trade"),
    ("labour.all.rate", RequestError, "share_difficult"),
    ("labour.all.xmet@1999", NotFoundError, "there is no year"),
    ("zoning.nowhere.share", NotFoundError, "there is no zoning"),
    ("projects.friches", NotFoundError, "is none of projects"),
    ("projects.france_relance.colour.red", NotFoundError, "has a property"),
    ("wealth", RequestError, "is no figure"),
    ("unemployment_rate@1066", NotFoundError, "has no year"),
]


@pytest.mark.parametrize(("name", "error", "words"), WRONG)
def test_a_figure_that_is_not_there_is_told_in_a_sentence(
    shot: Snapshot, name: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        column(shot, name)


def test_the_form_says_a_query_and_the_query_fills_the_form() -> None:
    fields = {
        "i1": "unemployment_rate", "ip1": "2021-T3", "io1": "ge", "iv1": "8,5",
        "t1": "D*", "tm1": "share_difficult", "ty1": "2023", "to1": "gt", "tv1": "60",
        "z1": "afr", "zo1": "lt", "zv1": "10",
        "k1": "projects.all", "kw1": "formation", "ko1": "eq", "kv1": "0",
    }  # fmt: skip
    query = compile_query({**fields, "i2": "", "level": "ti", "order": "down", "by": ""})
    assert query == {
        "level": "ti",
        "filter": '"unemployment_rate@2021-T3" >= 8.5 AND "labour.D*.share_difficult@2023" > 60 AND '
        "zoning.afr.share < 10 AND projects.all.word.formation = 0",
    }
    again = fill(parse_filter(query["filter"]), query["filter"], ())
    assert again.rest == ""
    assert again.fields == fields | {"iv1": "8.5"}
    free = "population > 10 OR density < 3"
    assert fill(parse_filter(free), free, ()).rest == free


def test_the_answer_comes_as_a_page_as_json_and_as_a_table(server: httpx.Client) -> None:
    text = '"labour.all.share_difficult@2023" > 40 AND projects.all = 0'
    answer: dict[str, Any] = server.get("/find", params={"level": "epci", "filter": text}).json()
    assert answer["sort"] == "-labour.all.share_difficult@2023"
    assert [each["cells"][1]["value"] for each in answer["territories"]] == [0] * len(answer["territories"])
    assert answer["count"] + answer["failing"] + answer["unranked_count"] == len(
        server.get("/territories?level=epci").json()["territories"]
    )
    table = server.get("/find", params={"level": "epci", "filter": text, "f": "csv"}).text.splitlines()
    assert len(table) == 1 + answer["count"] + answer["unranked_count"]
    assert table[0].startswith("rank,code,name,within,labour.all.share_difficult@2023 (%),")
    page = server.get("/find", params={"level": "epci", "filter": text}, headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    assert "<h1>Trouver des territoires</h1>" in page.text
    assert 'aria-sort="descending"' in page.text
    assert "Échantillon" in page.text
    etag = {"If-None-Match": page.headers["etag"], "Accept": "text/html"}
    assert server.get("/find", params={"level": "epci", "filter": text}, headers=etag).status_code == 304


def test_the_form_is_led_to_its_query(server: httpx.Client) -> None:
    answer = server.get(
        "/find", params={"level": "ti", "i1": "population", "io1": "gt", "iv1": "1000", "i2": ""}
    )
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert (target.path, dict(parse_qsl(target.query))) == (
        "find",
        {"level": "ti", "filter": "population > 1000"},
    )
    idle = server.get("/find", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert "Find territories" in idle.text


def test_a_wrong_query_is_answered_in_a_sentence(server: httpx.Client) -> None:
    for query, words in (
        ("", "say what is sought"),
        ("sort=-wealth", "is no figure"),
        ("level=moon&sort=population", "there is no level"),
        ("sort=population&limit=many", "limit is"),
        ("filter=population+%3E", "filter is not cql2-text"),
        ("i1=population&iv1=lots", "write a number"),
        ("where=1", "is not known"),
    ):
        answer = server.get(f"/find?{query}")
        assert answer.status_code in (400, 404)
        assert words in answer.json()["detail"]


def test_tiles_and_values_take_the_same_filter(server: httpx.Client) -> None:
    text = '"labour.all.share_difficult@2023" > 40 AND projects.all = 0'
    found = server.get("/find", params={"level": "ti", "filter": text, "limit": "1000"}).json()
    values = server.get("/indicators/population", params={"level": "ti", "filter": text}).json()
    assert sorted(values["codes"]) == sorted(each["code"] for each in found["territories"])
