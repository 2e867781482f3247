"""Every link of every document and page answers; addresses follow proxies and root paths."""

import re
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

import httpx
import pytest

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.web.app import create_app

MOST = 400
_HREF = re.compile(r'(?:href|src)="([^"]+)"')
_ALIKE = re.compile(r"/styles/\w+\.(?!density\b)|/static/\d+x\d+\.png(?!.*=density\b)")
"""Styles and pictures of the other indicators: each is like those of one, and takes a while to draw."""

_PAGED = ("/items/", "/territories/", "/find", "cursor=", "/at", "/embed")


def hrefs(response: httpx.Response) -> set[str]:
    """Give the links of a document, JSON or HTML, but for templates."""
    kind = response.headers["content-type"]
    if "html" in kind:
        found = {text.replace("&amp;", "&") for text in _HREF.findall(response.text)}
    elif "json" in kind and "geo+json" not in kind:
        found = set(_in_json(response.json()))
    else:
        return set()
    return {urldefrag(str(response.url.join(text)))[0] for text in found if "{" not in text}


def _in_json(document: Any) -> list[str]:
    if isinstance(document, dict):
        own = (
            [document["href"]]
            if isinstance(document.get("href"), str) and not document.get("templated")
            else []
        )
        return own + [each for value in document.values() for each in _in_json(value)]
    return [each for item in document for each in _in_json(item)] if isinstance(document, list) else []


def test_every_link_that_is_reached_from_the_landing_page_answers(address: str) -> None:
    """JSON and pages, both languages; of the same kind of document for each collection, all of them."""
    waiting = deque((f"{address}/ogc?f={form}", "*/*") for form in ("json", "html", "html&lang=en"))
    seen = {url for url, _ in waiting}
    broken = {}
    with httpx.Client(timeout=60) as client:
        while waiting:
            url, accept = waiting.popleft()
            follow = "/ogc" in urlsplit(url).path and not any(part in url for part in _PAGED)
            ask = client.get if follow and "f=fgb" not in url and "f=parquet" not in url else client.head
            response = ask(url, headers={"Accept": accept})
            if response.status_code != 200:
                broken[url] = response.status_code
            if not follow or len(seen) > MOST:
                continue
            page = "text/html" if "html" in response.headers["content-type"] else "*/*"
            for each in sorted(hrefs(response)):
                here = each.startswith(address) and urlsplit(each).path != "/"  # the map has tests of its own
                if here and each not in seen and not _ALIKE.search(each):
                    seen.add(each)
                    waiting.append((each, page))
    assert broken == {}
    assert len(seen) > 150


def test_addresses_follow_the_forwarded_headers_and_the_root_path(demo_store: Path, tmp_path: Path) -> None:
    settings = Settings(store=demo_store, page=tmp_path, trust_forwarded=True)
    app = create_app(settings)

    async def below(scope: Any, receive: Any, send: Any) -> None:
        """Serve the application below a root path, as a proxy that keeps it does."""
        if scope["type"] == "http":
            scope = {**scope, "root_path": "/sig", "path": f"/sig{scope['path']}"}
        await app(scope, receive, send)

    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "cartes.example.org"}
    with serving(below, wait=False) as address:  # type: ignore[arg-type]  # any ASGI application will do
        for path in ("/ogc", "/ogc/collections", "/ogc/collections/ti/items", "/ogc/tiles", "/ogc/api"):
            found = httpx.get(f"{address}{path}?f=json", headers=forwarded).text
            told = set(re.findall(r'"https?://(?!www\.)[^"]*', found)) - {'"https://json-schema.org'}
            assert told
            assert all(text.startswith('"https://cartes.example.org/sig') for text in told), path
        page = httpx.get(f"{address}/ogc?f=html", headers=forwarded).text
        assert 'href="https://cartes.example.org/sig/ogc/collections?f=html"' in page


@pytest.mark.parametrize("host", ["evil.example/x", "a b"])
def test_a_host_that_is_none_gets_into_no_document(ogc: httpx.Client, host: str) -> None:
    assert ogc.get("/collections", headers={"Host": host}).status_code == 400
