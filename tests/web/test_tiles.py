"""Tiles over HTTP: status, coding, conditional requests, caching."""

from itertools import product

import httpx
import pytest

from tests.web.codings import decode
from tests.web.country import DIGEST

TILE = "/tiles/ti/5/15/11.mvt"
SMALL = "/tiles/ti/5/12/11.mvt"
EMPTY = "/tiles/ti/5/15/16.mvt"
FOR_EVER = "max-age=31536000, immutable"
REVALIDATE = "no-cache"


def test_a_tile_is_a_vector_tile_with_an_etag(client: httpx.Client) -> None:
    """The plain answer."""
    answer = client.get(TILE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "*"
    assert answer.content.startswith(b"ti/5/15/11/(0, 1, 2, 4, 5)")


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip", "gzip"), ("GZIP", "gzip"), ("gzip, br", "br"), ("br;q=1, gzip;q=0.5", "br"), ("*", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"), ("gzip;q=0.9, br;q=0.8, zstd;q=0.7", "gzip"),
        ("br;q=0.5, *;q=0.9", "zstd"), ("zstd;q=0, *", "br"), ("zstd;q=0, br;q=0, *", "gzip"),
        ("gzip;q=0.001", "gzip"), ("identity;q=0.5, gzip;q=0.5", "gzip"), ("x-gzip", "gzip"),
        ("deflate, gzip;q=1.0, *;q=0.5", "gzip"), ("gzip ; q=0.8", "gzip"), ("br", "br"), ("zstd", "zstd"),
        ("gzip;q=0, *", "zstd"),
        ("", None), ("identity", None), ("deflate", None), ("gzip;q=0", None), ("gzip;q=0.000", None),
        ("*;q=0", None), ("gzip;q=zero", None), ("gzip;q=-1", None),
        ("gzip;q=2", None), ("gzip;q=nan", None), ("identity, gzip;q=0.5", None), (";;,,", None),
        ("identity;q=0.6, br;q=0.5, zstd;q=0.4", None), ("," * 5000 + "gzip", None),
    ],
)  # fmt: skip
def test_coding_follows_the_weights_of_accept_encoding(
    client: httpx.Client, accept: str, coding: str | None
) -> None:
    """RFC 9110 §12.5.3."""
    with client.stream("GET", TILE, headers={"Accept-Encoding": accept}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert decode(coding, raw) == client.get(TILE).content
    assert int(answer.headers["content-length"]) == len(raw)


@pytest.mark.parametrize(
    ("accept", "version", "held"),
    list(
        product(
            ["identity", "gzip", "br", "zstd", "gzip, deflate, br, zstd"],
            [None, DIGEST, "other"],
            ["nothing", "it", "weak", "list", "star", "another"],
        )
    ),
)
def test_negotiation_condition_and_version_go_together(
    client: httpx.Client, accept: str, version: str | None, held: str
) -> None:
    """Every combination gives the right status, and the 304 carries what a cache needs."""
    url = TILE if version is None else f"{TILE}?v={version}"
    etag = client.get(url, headers={"Accept-Encoding": accept}).headers["etag"]
    conditions = {
        "it": etag, "weak": f"W/{etag}", "list": f'"a,b", W/"x" , {etag}', "star": "*", "another": '"other"'
    }  # fmt: skip
    headers = {"Accept-Encoding": accept}
    if held in conditions:
        headers["If-None-Match"] = conditions[held]
    answer = client.get(url, headers=headers)
    assert answer.status_code == (200 if held in ("nothing", "another") else 304)
    assert answer.headers["etag"] == etag
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == (FOR_EVER if version == DIGEST else REVALIDATE)
    assert bool(answer.content) == (answer.status_code == 200)


def test_etags_differ_by_everything_that_the_bytes_depend_on(client: httpx.Client) -> None:
    """Layer, tile, selection and coding; not by the order of a list, nor by v."""
    urls = [
        TILE, "/tiles/regions/5/15/11.mvt", "/tiles/ti/5/15/12.mvt", "/tiles/ti/5/16/11.mvt",
        "/tiles/ti/6/31/22.mvt", f"{TILE}?indicators=", f"{TILE}?properties=", f"{TILE}?indicators=jobs",
    ]  # fmt: skip
    tags = [
        client.get(url, headers={"Accept-Encoding": accept}).headers["etag"]
        for url, accept in product(urls, ["gzip", "br", "zstd", "identity"])
    ]
    assert len(set(tags)) == len(tags)
    one, other = (
        client.get(f"{TILE}?indicators={names}").headers["etag"]
        for names in ("population,density", "density,population")
    )
    assert one == other == client.get(f"{TILE}?v={DIGEST}").headers["etag"] == tags[3]


def test_an_etag_held_in_one_coding_does_not_match_the_other(client: httpx.Client) -> None:
    """Or a cache would hand gzip to a client that refuses it."""
    etag = client.get(TILE, headers={"Accept-Encoding": "gzip"}).headers["etag"]
    assert client.get(TILE, headers={"If-None-Match": etag}).status_code == 200


def test_small_and_empty_tiles_stay_plain_but_vary(client: httpx.Client) -> None:
    """An empty tile inside the limits is 200 with no bytes."""
    for url in (SMALL, EMPTY):
        answer = client.get(url, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "content-encoding" not in answer.headers
        assert answer.headers["vary"] == "Accept-Encoding"
    assert client.get(EMPTY).content == b""


@pytest.mark.parametrize("accept", ["gzip", "identity"])
@pytest.mark.parametrize("url", [TILE, EMPTY, "/tiles/ti.json", "/layers", "/", "/health", "/ready"])
def test_head_says_what_get_would(client: httpx.Client, url: str, accept: str) -> None:
    """The same headers, no body."""
    got, asked = (
        client.request(method, url, headers={"Accept-Encoding": accept}) for method in ("GET", "HEAD")
    )
    assert asked.status_code == got.status_code
    assert asked.content == b""
    same = ("etag", "content-length", "content-type", "content-encoding", "vary", "cache-control")
    assert [asked.headers.get(name) for name in same] == [got.headers.get(name) for name in same]


@pytest.mark.parametrize(
    ("url", "status", "culprit"),
    [
        ("/tiles/nothing/5/15/11.mvt", 404, "regions, regions_labels, ti, communes, friches"),
        ("/tiles/communes/4/7/5.mvt", 404, "communes has zooms 5 to 12"),
        ("/tiles/communes/13/7/5.mvt", 404, "communes has zooms 5 to 12"),
        ("/tiles/ti/5/32/11.mvt", 404, "outside the world"),
        ("/tiles/ti/5/15/32.mvt", 404, "outside the world"),
        ("/tiles/ti/19/0/0.mvt", 404, "zoom 19"),
        ("/tiles/ti/99/0/0.mvt", 404, "zoom 99"),
        (f"/tiles/ti/{'9' * 5000}/0/0.mvt", 400, "z is"),
        (f"/tiles/ti/5/{'9' * 5000}/0.mvt", 400, "x is"),
        ("/tiles/ti/5/-1/0.mvt", 400, "x is"),
        ("/tiles/ti/5/+1/0.mvt", 400, "x is"),
        ("/tiles/ti/5/1/01.mvt", 400, "y is"),
        ("/tiles/ti/5/1_0/1.mvt", 400, "x is"),
        ("/tiles/ti/5/1.0/1.mvt", 400, "x is"),
        ("/tiles/ti/5/%201/1.mvt", 400, "x is"),
        ("/tiles/ti/5/%0a1/1.mvt", 400, "x is"),
        ("/tiles/ti/5/1%0a/1.mvt", 400, "x is"),
        ("/tiles/ti/5/٣/1.mvt", 400, "x is"),
        ("/tiles/ti/5/１/1.mvt", 400, "x is"),
        ("/tiles/ti/5/%2e/1.mvt", 400, "x is"),
        ("/tiles/ti/5/1/%2e%2e.mvt", 400, "y is"),
        ("/tiles/ti/5/{x}/{y}.mvt", 400, "x is"),
        (f"{TILE}?indicators=wealth", 400, "density, jobs, population"),
        (f"{TILE}?properties=population", 400, "nature, remark"),
        (f"{TILE}?indicators=density,density", 400, "density more than once"),
        (f"{TILE}?indicators=density,", 400, "''"),
        (f"{TILE}?indicators={'a' * 2001}", 400, "2001 characters"),
        (f"{TILE}?indicators={','.join('a' * 65)}", 400, "65 names"),
        (f"{TILE}?indicateurs=density", 400, "'indicateurs'"),
        (f"{TILE}?indicators=density&indicators=jobs", 400, "more than once"),
        (f"{TILE}?lang=fr", 400, "'lang'"),
        ("/tiles/ti.json?lang=de", 400, "lang is 'de'"),
        ("/tiles/nothing.json", 404, "'nothing'"),
        ("/layers/nothing", 404, "'nothing'"),
        ("/indicators/nothing", 404, "population, density, jobs"),
        ("/indicators/population?level=canton", 404, "'canton'"),
        ("/indicators/population?level=commune", 404, "region, ti"),
        ("/styles/choropleth/ti/nothing.json", 404, "'nothing'"),
        ("/styles/choropleth/commune/density.json", 404, "region, ti"),
        ("/static/../config.py", 404, "nothing at this path"),
        ("/static/%2e%2e/config.py", 404, "no file"),
        ("/static/%2fetc%2fpasswd", 404, "no file"),
        ("/nothing", 404, "nothing at this path"),
    ],
)  # fmt: skip
def test_an_error_is_one_problem_that_names_the_culprit(
    client: httpx.Client, url: str, status: int, culprit: str
) -> None:
    """RFC 9457, and never a 500."""
    answer = client.get(url)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "instance"}
    assert problem["status"] == status
    assert culprit in problem["detail"]
    assert len(answer.content) < 1000
    assert "\n" not in problem["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_with_what_is_allowed(client: httpx.Client, method: str) -> None:
    """405 with Allow."""
    answer = client.request(method, TILE)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.json()["status"] == 405
