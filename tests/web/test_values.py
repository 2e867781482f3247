"""Values of an indicator apart from outlines: three formats, one content, little on the wire."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyarrow as pa
import pytest

from tests.web.codings import BROWSER
from tests.web.conftest import serving
from tests.web.country import DIGEST, REGIONS
from tileserver.config import Settings
from tileserver.store.reader import open_store
from tileserver.web.app import create_app

VALUES = "/indicators/population?level=ti"
ARROW = "application/vnd.apache.arrow.stream"
EXPECTED = [None, *(1000 * place**2 for place in range(1, len(REGIONS)))]


@pytest.fixture(scope="module")
def demo(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a client of a real server over the demo country."""
    settings = Settings(store=demo_store, page=tmp_path_factory.mktemp("none"))
    with serving(create_app(settings)) as address, httpx.Client(base_url=address) as client:
        yield client


def test_values_are_columns_in_the_order_of_ids(client: httpx.Client) -> None:
    """No data is null, not zero."""
    answer = client.get(VALUES).json()
    assert answer["ids"] == list(range(len(REGIONS)))
    assert answer["codes"] == list(REGIONS)
    assert answer["values"] == EXPECTED
    assert (answer["id"], answer["level"], answer["unit"]["fr"]) == ("population", "ti", "hab/km²")
    assert answer["sources"][0]["producer"] == "INSEE"
    assert "codes" not in client.get(f"{VALUES}&keys=id").json()


def test_csv_and_arrow_say_the_same(client: httpx.Client) -> None:
    rows = list(csv.reader(io.StringIO(client.get(f"{VALUES}&f=csv").text)))
    assert rows[0] == ["id", "code", "value"]
    assert [row[1] for row in rows[1:]] == list(REGIONS)
    assert [int(row[2]) if row[2] else None for row in rows[1:]] == EXPECTED
    table = pa.ipc.open_stream(client.get(f"{VALUES}&f=arrow").content).read_all()
    assert table.schema.field("id").type == pa.uint64()
    assert table.column("value").to_pylist() == EXPECTED
    assert table.schema.metadata[b"unit_fr"] == "hab/km²".encode()
    slim = pa.ipc.open_stream(client.get(f"{VALUES}&f=arrow&keys=id").content).read_all()
    assert slim.column_names == ["id", "value"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"), ("*/*", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"), ("text/csv;q=0.5, */*;q=0.1", "text/csv; charset=utf-8"),
        (ARROW, ARROW), ("text/html", "application/json"),
    ],
)  # fmt: skip
def test_the_format_is_negotiated_and_the_answer_varies(
    client: httpx.Client, accept: str, media_type: str
) -> None:
    """Unless the address says it."""
    answer = client.get(VALUES, headers={"Accept": accept})
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept-Encoding, Accept"
    told = client.get(f"{VALUES}&f=csv", headers={"Accept": accept})
    assert told.headers["content-type"] == "text/csv; charset=utf-8"
    assert told.headers["vary"] == "Accept-Encoding"


def test_every_representation_has_its_own_tag_and_versions_are_immutable(client: httpx.Client) -> None:
    urls = [f"{VALUES}{rest}" for rest in ("", "&f=csv", "&f=arrow", "&keys=id", "&f=csv&keys=id")]
    tags = {client.get(url).headers["etag"] for url in urls}
    assert len(tags) == len(urls)
    assert "immutable" in client.get(f"{VALUES}&v={DIGEST}").headers["cache-control"]
    assert "no-cache" in client.get(f"{VALUES}&v=other").headers["cache-control"]
    etag = client.get(VALUES).headers["etag"]
    answer = client.get(VALUES, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.headers["etag"]) == (304, etag)


@pytest.mark.parametrize(
    ("query", "status", "culprit"),
    [
        ("?level=ti&f=xml", 400, "f is 'xml'"), ("?level=ti&keys=code", 400, "keys is 'code'"),
        ("?level=ti&year=23", 400, "year is '23'"), ("?level=ti&year=2023", 404, "no year 2023"),
        ("?level=ti&filter-lang=cql2-text", 400, "there is no filter"),
        ("?f=csv", 400, "say at which level"), ("?year=2023", 400, "say at which level"),
        ("?level=ti&filter=wealth%20%3E%203", 400, "wealth"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told(client: httpx.Client, query: str, status: int, culprit: str) -> None:
    answer = client.get(f"/indicators/population{query}")
    assert answer.status_code == status
    assert culprit in answer.json()["detail"]


def test_a_filter_chooses_rows_of_values(demo: httpx.Client, demo_store: Path) -> None:
    """Against the table itself."""
    rows = open_store(demo_store, verify=False).layer("communes").attributes.to_pylist()
    wanted = sorted((row["id"], row["population"]) for row in rows if (row["population"] or 0) > 500)
    assert 0 < len(wanted) < len(rows)
    answer = demo.get("/indicators/population?level=commune&filter=population > 500").json()
    assert list(zip(answer["ids"], answer["values"], strict=True)) == wanted
    same = demo.get(
        "/indicators/population",
        params={
            "level": "commune",
            "filter": '{"op": ">", "args": [{"property": "population"}, 500]}',
            "filter-lang": "cql2-json",
        },
    )
    assert same.json() == answer


def test_where_not_all_is_well_each_figure_has_its_status_and_the_share_known(demo: httpx.Client) -> None:
    """The lagoon is in no file of unemployment, and small communes are withheld."""
    answer = demo.get("/indicators/tax_households?level=commune").json()
    rows = list(zip(answer["codes"], answer["values"], answer["statuses"], answer["known"], strict=True))
    assert {status for _, _, status, _ in rows} >= {"ok", "secret", "missing"}
    for code, value, status, known in rows:
        assert (value is None) == (status in ("secret", "missing", "not_applicable")), code
        assert (known == 0) == (value is None)
        assert (known == 1) == (status in ("ok", "estimated")), code
    assert "statuses" not in demo.get("/indicators/population?level=commune").json()
    table = list(csv.reader(io.StringIO(demo.get("/indicators/tax_households?level=epci&f=csv").text)))
    assert table[0] == ["id", "code", "value", "status", "known"]
    assert "partial" in {row[3] for row in table[1:]}
    arrow = demo.get("/indicators/tax_households?level=epci&f=arrow&keys=id").content
    assert pa.ipc.open_stream(arrow).read_all().column_names == ["id", "value", "status", "known"]


def test_each_period_has_its_values_and_the_plain_ones_are_the_latest(demo: httpx.Client) -> None:
    entry = demo.get("/indicators/unemployment_rate").json()
    periods = entry["periods"]
    assert periods[0] == "2003-T3"
    assert periods[-1] == "2023-T3"
    url = "/indicators/unemployment_rate?level=epci"
    values = {period: demo.get(f"{url}&year={period}").json()["values"] for period in periods[-3:]}
    assert values["2023-T3"] == demo.get(url).json()["values"] != values["2023-T2"]
    refused = demo.get(f"{url}&year=2023")
    assert refused.status_code == 404
    assert "2023-T3" in refused.json()["detail"]
    # An indicator of a single period has its plain column under that name.
    single = "/indicators/establishments?level=epci"
    assert demo.get(f"{single}&year=2014").json()["values"] == demo.get(single).json()["values"]
    assert demo.get(f"{single}&year=2015").status_code == 404


def test_an_indicator_is_documented_with_all_that_a_figure_needs(demo: httpx.Client) -> None:
    entry = demo.get("/indicators/unemployment_rate").json()
    assert (entry["rule"], entry["weight"], entry["theme"]) == ("weighted_mean", "population", "labour")
    assert entry["share_out"] == {"source": "employment_zones", "weight": "population"}
    assert entry["editions"]["employment_zones"] == 2023
    assert set(entry["coverage"]) == {"region", "departement", "ti", "epci", "commune"}
    assert (
        sum(entry["coverage"]["commune"]["2023-T3"].values()) == demo.get("/layers/communes").json()["count"]
    )
    assert entry["country"]["2023-T3"] > 0
    assert demo.get("/indicators/median_living_standard").json()["levels"] == [
        "region", "departement", "epci", "commune",
    ]  # fmt: skip
    absent = demo.get("/indicators/median_living_standard?level=ti")
    assert absent.status_code == 404
    assert "does not exist at level ti" in absent.json()["detail"]
    classes = demo.get("/indicators/density_class").json()["categories"]
    assert [item["value"] for item in classes] == list(range(1, 8))


@pytest.mark.france
@pytest.mark.parametrize(("level", "most"), [("commune", 200_000), ("epci", 60_000)])
def test_one_indicator_is_small_on_the_wire(
    france_store: Path, tmp_path: Path, level: str, most: int
) -> None:
    """Every one of them, as a browser asks."""
    with (
        serving(create_app(Settings(store=france_store, page=tmp_path))) as address,
        httpx.Client(base_url=address, headers={"Accept-Encoding": BROWSER}) as client,
    ):
        listed = client.get("/indicators").json()["indicators"]
        there = [entry["id"] for entry in listed if level in entry["levels"]]
        assert there
        for name in there:
            answer = client.get(f"/indicators/{name}?level={level}&keys=id")
            assert int(answer.headers["content-length"]) < most, name
