"""A shared cache between clients and the server, after RFC 9111, never hands out the wrong representation."""

import random
import re
from dataclasses import dataclass, field

import httpx
import pytest

from tests.web.codings import BROWSER, decode
from tests.web.conftest import Connect
from tests.web.country import DIGEST, FakeEngine, country


@dataclass
class Kept:
    """A stored answer with the request headers by which it varies."""

    varying: dict[str, str | None]
    status: int
    headers: httpx.Headers
    body: bytes


@dataclass
class SharedCache:
    """The little of RFC 9111 that matters here: §3 storing, §4.1 Vary, §4.2 freshness, §4.3 validation."""

    origin: httpx.Client
    kept: dict[str, list[Kept]] = field(default_factory=dict)
    fresh: int = 0
    validated: int = 0

    def get(self, url: str, headers: dict[str, str]) -> Kept:
        """Answer from what is kept where that is allowed, else from the origin."""
        known = self.kept.setdefault(url, [])
        stored = next((item for item in known if _selects(item, headers)), None)
        if stored and "immutable" in stored.headers["cache-control"]:
            self.fresh += 1
            return stored
        asked = dict(headers)
        if tags := [item.headers["etag"] for item in known]:
            asked["If-None-Match"] = ", ".join(tags)  # §4.3.1: of every stored representation
        answer, body = self._ask(url, asked)
        if answer.status_code == 304:
            self.validated += 1
            named, *others = (item for item in known if item.headers["etag"] == answer.headers["etag"])
            assert all(item.body == named.body for item in others)  # as a strong tag promises
            updated = httpx.Headers({**named.headers, **answer.headers})  # §3.2
            fresh = Kept(_varying(answer, headers), 200, updated, named.body)
            known[:] = [item for item in known if not _selects(item, headers)] + [fresh]
            return fresh
        made = Kept(_varying(answer, headers), answer.status_code, answer.headers, body)
        if answer.status_code == 200 and "no-store" not in answer.headers["cache-control"]:
            known[:] = [item for item in known if not _selects(item, headers)] + [made]
        return made

    def _ask(self, url: str, headers: dict[str, str]) -> tuple[httpx.Response, bytes]:
        with self.origin.stream("GET", url, headers=headers) as answer:
            return answer, b"".join(answer.iter_raw())


def _names(answer: httpx.Headers) -> list[str]:
    return [name.strip().lower() for name in answer.get("vary", "").split(",") if name.strip()]


def _varying(answer: httpx.Response, headers: dict[str, str]) -> dict[str, str | None]:
    lower = {name.lower(): value for name, value in headers.items()}
    return {name: lower.get(name) for name in _names(answer.headers)}


def _selects(item: Kept, headers: dict[str, str]) -> bool:
    lower = {name.lower(): value for name, value in headers.items()}
    return all(lower.get(name) == value for name, value in item.varying.items())


ACCEPTED = ["identity", "gzip", "br", "zstd", BROWSER, "gzip;q=0.5, br", "gzip, zstd;q=0", "*", "br;q=0, *"]
MEDIA = ["*/*", "application/json", "text/csv", "application/vnd.apache.arrow.stream"]
SITES = ["https://a.example", "https://b.example", "https://stranger.example"]
URLS = [
    "/tiles/ti/5/15/11.mvt", f"/tiles/ti/5/15/11.mvt?v={DIGEST}", "/tiles/ti/5/12/11.mvt",
    "/tiles/ti/5/15/16.mvt",
    "/tiles/ti,communes/5/15/11.mvt", f"/tiles/ti/5/15/11.mvt?indicators=&v={DIGEST}", "/tiles/ti.json",
    "/layers", "/indicators/population?level=ti", f"/indicators/population?level=ti&v={DIGEST}",
    "/indicators/population?level=ti&f=csv", "/styles/choropleth/ti/density.json", "/tiles/ti/5/99/99.mvt",
]  # fmt: skip


@pytest.mark.parametrize("origins", [("*",), ("https://a.example", "https://b.example")])
def test_a_shared_cache_never_serves_one_representation_as_another(
    connect: Connect, origins: tuple[str, ...]
) -> None:
    """Two thousand requests of all kinds of clients, while another store version is published."""
    engine = FakeEngine()
    client = connect(engine, cors_origins=origins, reload_seconds=0.2)
    cache = SharedCache(client)
    draw = random.Random(len(origins))
    truth: dict[str, set[bytes]] = {url: set() for url in URLS}
    for number in range(2000):
        if number == 1000:
            engine.store = country("f" * 32)
        url = draw.choice(URLS)
        headers = {
            "Accept-Encoding": draw.choice(ACCEPTED),
            "Accept": draw.choice(MEDIA),
            "Origin": draw.choice(SITES),
        }
        answer = cache.get(url, headers)
        if answer.status != 200:
            assert answer.status == 404
            continue
        coding = answer.headers.get("content-encoding")
        assert accepts(headers["Accept-Encoding"], coding), (url, headers, coding)
        media_type = answer.headers["content-type"].partition(";")[0]
        if "/indicators/" in url and "f=" not in url:
            wanted = "application/json" if headers["Accept"] == "*/*" else headers["Accept"]
            assert media_type == wanted
        plain = decode(coding, answer.body)
        truth[url].add(media_type.encode() + plain)
        if origins != ("*",):
            allowed = answer.headers.get("access-control-allow-origin")
            assert (allowed == headers["Origin"]) is (headers["Origin"] in origins)
    for url, contents in truth.items():
        kinds = len({content.partition(b"{")[0][:20] for content in contents}) if "level=" in url else 1
        versions = 2 if url in ("/tiles/ti.json", "/layers") else 1  # these name the version
        assert len(contents) <= max(kinds, 1) * versions, url
    assert cache.fresh > 200
    assert cache.validated > 200


def accepts(header: str, coding: str | None) -> bool:
    """Whether a client that sends `header` may be sent `coding`; None is the plain bytes."""
    if coding is None:
        return True
    named = re.search(rf"(?:^|[ ,]){coding}(?:;q=([0-9.]+))?(?:,|$)", header)
    if named:
        return float(named.group(1) or 1) > 0
    return re.search(r"(?:^|[ ,])\*(?:,|$)", header) is not None
