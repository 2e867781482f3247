"""The map page as files: its policy, its kept and compressed parts, and what is said without a build."""

from collections.abc import Iterator
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it ships no types
import httpx
import pytest

from tests.web.conftest import Connect, serving
from tests.web.country import FakeEngine
from tileserver.config import Settings
from tileserver.web.app import create_app

SCRIPT = b"export const map = 1;\n" * 40


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a client of a server with a page of one script."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Carte</title>", encoding="utf-8")
    (folder / "assets" / "main-1a2b.js").write_bytes(SCRIPT)
    (folder / "assets" / "main-1a2b.js.br").write_bytes(brotli.compress(SCRIPT, quality=11))
    (folder / ".stamp").write_text("", encoding="utf-8")
    app = create_app(Settings(store=folder, page=folder), FakeEngine())
    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield client


def test_the_page_may_load_nothing_from_elsewhere(built: httpx.Client) -> None:
    """By its own policy, with no inline script or style and no worker from a blob."""
    answer = built.get("/?lang=en&level=ti&indicator=density&show=qpv&at=5/46/2&selected=184")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src", "worker-src")} == {"'self'"}
    assert "http" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"


def test_a_declared_basemap_opens_its_origin_and_no_other(connect: Connect, tmp_path: Path) -> None:
    """For the page and for frames; the catalogue says whose it is."""
    (tmp_path / "index.html").write_text("<!doctype html><title>Carte</title>", encoding="utf-8")
    tiles = "https://tuiles.example.fr:8443/plan/{z}/{x}/{y}.png?cle=1"
    client = connect(page=tmp_path, basemap=tiles, basemap_credit="© Exemple")
    for path in ("/", "/embed"):
        policy = client.get(path).headers["content-security-policy"]
        assert policy.count("https:") == 2
        assert "connect-src 'self' https://tuiles.example.fr:8443; " in policy
        assert "img-src 'self' https://tuiles.example.fr:8443 data: blob:; " in policy
    assert client.get("/layers").json()["basemap"] == {"tiles": tiles, "credit": "© Exemple"}


def test_built_files_are_kept_for_ever_and_come_as_they_were_compressed(built: httpx.Client) -> None:
    """To whoever takes brotli; others get them all the same."""
    path = "/static/assets/main-1a2b.js"
    answer = built.get(path, headers={"Accept-Encoding": "gzip, br, zstd"})
    assert answer.content == SCRIPT
    assert answer.headers["content-encoding"] == "br"
    assert int(answer.headers["content-length"]) == len(brotli.compress(SCRIPT, quality=11))
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    known = {"Accept-Encoding": "br", "If-None-Match": answer.headers["etag"]}
    assert built.get(path, headers=known).status_code == 304
    assert built.head(path, headers={"Accept-Encoding": "br"}).headers["content-length"]
    plain = built.get(path, headers={"Accept-Encoding": "gzip, br;q=0"})
    assert (plain.content, plain.headers["content-encoding"]) == (SCRIPT, "gzip")
    assert plain.headers["etag"] != answer.headers["etag"]


def test_no_other_file_of_the_folder_is_served(built: httpx.Client) -> None:
    """Neither the stamp of the build, nor the compressed twin, nor what lies above."""
    for name in (".stamp", "assets/main-1a2b.js.br", "../index.html", "assets"):
        assert built.get(f"/static/{name}").status_code == 404


def test_a_page_that_is_not_built_is_a_sentence_that_says_how(connect: Connect, tmp_path: Path) -> None:
    """And all else is served."""
    client = connect(page=tmp_path / "nowhere")
    answer = client.get("/")
    assert answer.status_code == 404
    assert "make setup" in answer.json()["detail"]
    assert client.get("/static/profile.css").status_code == 200
    assert client.get("/layers").status_code == 200
