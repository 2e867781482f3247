"""The labour market over HTTP, on the store of the demo country."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyarrow as pa
import pytest

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.labour import LabourStore
from tileserver.store.reader import open_store
from tileserver.web.app import create_app
from tileserver.web.labour import read_selection
from tileserver.web.labour_rows import find


@pytest.fixture(scope="module")
def labour(demo_store: Path) -> LabourStore:
    survey = open_store(demo_store).labour
    assert survey is not None
    return survey


@pytest.fixture(scope="module")
def server(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = create_app(Settings(store=demo_store, page=tmp_path_factory.mktemp("page")))
    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield client


def test_a_territory_has_the_rows_of_its_trades(server: httpx.Client, labour: LabourStore) -> None:
    code = next(each.code for each in labour.territories if each.level == "ti")
    answer = server.get(f"/labour?level=ti&code={code}")
    told = answer.json()
    assert answer.status_code == 200
    assert {row["code"] for row in told["rows"]} == {code}
    assert {row["kind"] for row in told["rows"]} == {"trade"}
    assert {row["year"] for row in told["rows"]} == {"2023", "2024", "2025"}
    assert told["count"] == len(told["rows"])
    assert [each["year"] for each in told["breaks"]] == ["2024"]


def test_a_trade_is_told_in_all_territories_of_a_level(server: httpx.Client, labour: LabourStore) -> None:
    told = server.get("/labour?level=departement&trade=V0Z60&year=2023").json()
    known = {each.code for each in labour.territories if each.level == "departement"}
    assert {row["code"] for row in told["rows"]} <= known
    assert len(told["rows"]) > len(known) / 2
    assert {row["nomenclature"] for row in told["rows"]} == {"fap2009"}


def test_years_of_another_nomenclature_are_told_apart(server: httpx.Client) -> None:
    rows = server.get("/labour?level=nation&code=all&trade=V0Z60").json()["rows"]
    assert [(row["year"], row["met_status"]) for row in rows][1:] == [
        ("2024", "not_applicable"),
        ("2025", "not_applicable"),
    ]
    assert rows[0]["met"] > 0


def test_a_code_of_both_nomenclatures_gives_two_series(server: httpx.Client) -> None:
    rows = server.get("/labour?level=nation&code=all&trade=G0A40").json()["rows"]
    with_value = [(row["nomenclature"], row["year"]) for row in rows if row["met"] is not None]
    assert with_value == [("fap2009", "2023"), ("fap2021", "2024"), ("fap2021", "2025")]
    assert len(rows) == 6


def test_a_ranking_is_in_order_and_has_no_unknown(server: httpx.Client) -> None:
    query = "level=departement&trade=V0X60&sort=share_difficult&least=5&limit=4"
    told = server.get(f"/labour?{query}").json()
    shares = [row["share_difficult"] for row in told["rows"]]
    assert shares == sorted(shares, reverse=True)
    assert 0 < len(shares) <= 4
    assert {row["year"] for row in told["rows"]} == {"2025"}
    assert told["least"] == 5


def test_csv_and_arrow_say_what_json_says(server: httpx.Client) -> None:
    address = "/labour?level=nation&code=all&kind=family"
    rows = server.get(address).json()["rows"]
    text = server.get(f"{address}&f=csv").text
    from_csv = list(csv.DictReader(io.StringIO(text)))
    assert [row["trade"] for row in from_csv] == [row["trade"] for row in rows]
    assert [float(row["met"]) for row in from_csv] == [row["met"] for row in rows]
    with pa.ipc.open_stream(server.get(f"{address}&f=arrow").content) as stream:
        assert stream.read_all().to_pylist() == rows


def test_every_figure_is_the_sum_of_its_lines(server: httpx.Client, labour: LabourStore) -> None:
    checked = set()
    for level in ("ti", "departement", "bassin"):
        for code in [each.code for each in labour.territories if each.level == level][:3]:
            for row in server.get(f"/labour?level={level}&code={code}&year=2024").json()["rows"]:
                where = f"level={level}&code={code}&trade={row['trade']}&year=2024"
                told = server.get(f"/labour/explain?{where}").json()
                listed = [line for line in told["lines"] if line["row"]]
                for name in ("met", "xmet", "smet"):
                    known = [line for line in listed if line[name] != "*"]
                    total = sum(line[name] * line["share"] for line in known)
                    people = sum(line["people"] for line in known) / sum(line["people"] for line in listed)
                    assert row[name] == (pytest.approx(total, abs=0.0051) if known else None)
                    assert row[f"{name}_known"] == pytest.approx(people, abs=1e-4)
                    assert told["sums"][name]["sum"] == (pytest.approx(total) if known else None)
                    assert told["published"][name] == row[name]
                    checked.add(row[f"{name}_status"])
    assert checked >= {"ok", "estimated", "partial", "secret"}


def test_the_indicators_of_the_map_are_the_totals_of_the_survey(
    demo_store: Path, labour: LabourStore
) -> None:
    store = open_store(demo_store)
    of = {"recruitment_projects": ("met", 1, 0), "difficult_projects_share": ("share_difficult", 100, 1)}
    for name, layer in (
        ("regions", "region"),
        ("departements", "departement"),
        ("ti", "ti"),
        ("epci", "epci"),
    ):
        table = store.layer(name).attributes.to_pylist()
        for indicator, (figure, factor, decimals) in of.items():
            for year in labour.years:
                for row in table:
                    asked = {"level": layer, "code": row["code"], "kind": "total", "year": year}
                    found = find(labour, read_selection(labour, asked))
                    [value] = found[figure] or [None]
                    expected = None if value is None else round(factor * value, decimals)
                    # one unit of the last decimal: what is compared was rounded on the way
                    assert row[f"{indicator}@{year}"] == (
                        None if expected is None else pytest.approx(expected, abs=1.01 * 10**-decimals)
                    )
    assert "recruitment_projects" not in store.layer("communes").attributes.column_names


def test_a_family_is_explained_by_the_lines_of_its_trades(server: httpx.Client, labour: LabourStore) -> None:
    code = next(each.code for each in labour.territories if each.level == "ti")
    told = server.get(f"/labour/explain?level=ti&code={code}&trade=S&year=2025").json()
    assert {line["trade"] for line in told["lines"]} <= {"V0X60", "V1X80", "V5X81"}
    assert told["published"]["met"] == pytest.approx(told["sums"]["met"]["sum"], abs=0.0051)
    rows = list(csv.DictReader(io.StringIO(server.get(f"{told_at(code)}&f=csv").text)))
    assert [row["zone"] for row in rows] == [line["zone"] for line in told["lines"]]


def told_at(code: str) -> str:
    return f"/labour/explain?level=ti&code={code}&trade=S&year=2025"


def test_the_nomenclatures_are_listed(server: httpx.Client) -> None:
    told = server.get("/labour/trades").json()
    kinds = {(each["nomenclature"], each["kind"]) for each in told["trades"]}
    assert kinds == {(of, kind) for of in ("fap2009", "fap2021") for kind in ("total", "family", "trade")}
    assert next(each["years"] for each in told["trades"] if each["code"] == "D1X30") == ["2024", "2025"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 400, "level=ti|epci"),
        ("level=ti", 400, "code="),
        ("level=commune&trade=V0X60", 404, "nation, region"),
        ("level=ti&code=ti-none", 404, "ti-none"),
        ("level=ti&trade=XXX", 404, "/labour/trades"),
        ("level=ti&trade=V0X60&year=1999", 404, "2023, 2024, 2025"),
        ("level=ti&trade=V0X60&kind=family", 400, "kind"),
        ("level=nation&code=all&kind=tribe", 400, "trade family total"),
        ("level=ti&trade=V0X60&sort=name", 400, "share_difficult"),
        ("level=ti&trade=V0X60&limit=-1", 400, "whole number"),
        ("level=ti&trade=V0X60&least=3", 400, "sort="),
        ("level=ti&trade=V0X60&f=xml", 400, "json csv arrow"),
        ("level=ti&trade=V0X60&place=here", 400, "place"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_sentence(
    server: httpx.Client, query: str, status: int, words: str
) -> None:
    answer = server.get(f"/labour?{query}")
    assert answer.status_code == status
    assert any(word in answer.json()["detail"] for word in words.split("|"))


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("level=nation&code=all&trade=V0X60", 400, "year"),
        ("level=nation&code=all&trade=V0X60&year=2023", 404, "fap2009"),
        ("level=nation&code=one&trade=V0X60&year=2024", 404, "one"),
        ("level=nation&code=all&trade=V0X60&year=2024&f=arrow", 400, "json csv"),
    ],
)
def test_what_cannot_be_explained_is_told_in_a_sentence(
    server: httpx.Client, query: str, status: int, words: str
) -> None:
    answer = server.get(f"/labour/explain?{query}")
    assert answer.status_code == status
    assert words in answer.json()["detail"]
