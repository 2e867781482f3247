"""Maps for other people's pages: frames, oEmbed, the page that composes them. Over the country of squares."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import httpx
import pytest

from tests.web.conftest import Connect, serving
from tests.web.country import FakeEngine
from tileserver.config import Settings
from tileserver.errors import ConfigError
from tileserver.web.app import create_app


def policy(answer: httpx.Response) -> str:
    found = re.search(r"frame-ancestors ([^;]*)", answer.headers["content-security-policy"])
    assert found
    return found[1]


SKELETON = """<!doctype html>
<html lang="fr">
<head><title>Carte</title><link rel="icon" href="./static/icon.svg"></head>
<body><main id="map"><noscript>…</noscript></main></body>
</html>"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a map page that is a skeleton."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "index.html").write_text(SKELETON, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def client(built: Path) -> Iterator[httpx.Client]:
    """Give a client of a server that has that page."""
    with (
        serving(create_app(Settings(store=built, page=built), FakeEngine())) as address,
        httpx.Client(base_url=address, headers={"Accept-Encoding": "identity"}) as found,
    ):
        yield found


def test_any_site_may_frame_a_map_unless_the_operator_says_who(
    client: httpx.Client, connect: Connect, built: Path
) -> None:
    """And no site may frame anything else."""
    assert policy(client.get("/embed")) == "*"
    assert policy(client.get("/")) == policy(client.get("/embed/configure")) == "'self'"
    some = connect(page=built, embed_origins=("https://portal.example.fr", "https://*.region.example"))
    assert policy(some.get("/embed")) == "'self' https://portal.example.fr https://*.region.example"
    assert policy(connect(page=built, embed_origins=()).get("/embed")) == "'self'"


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("", ("*",)),
        ("none", ()),
        ("https://a.fr, https://*.b.fr:8443", ("https://a.fr", "https://*.b.fr:8443")),
        ("https://a.fr, *", ("*",)),
    ],
)
def test_the_sites_are_read_from_the_environment_and_written_back(text: str, sites: tuple[str, ...]) -> None:
    read = Settings.from_env({"TILESERVER_EMBED_ORIGINS": text})
    assert read.embed_origins == sites
    assert Settings.from_env(read.to_env()).embed_origins == sites


@pytest.mark.parametrize(
    "text", ["portal.example.fr", "https://a.fr/x", "https://a.fr; script-src *", "ftp://a"]
)
def test_what_is_no_site_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ConfigError, match="TILESERVER_EMBED_ORIGINS"):
        Settings.from_env({"TILESERVER_EMBED_ORIGINS": text})


def test_a_frame_says_what_it_shows_to_those_who_share_it_and_without_scripts(client: httpx.Client) -> None:
    """Title, picture, oEmbed links that answer, and all figures in a table."""
    text = client.get("/embed?level=region&indicator=density&lang=en&legend=0").text
    assert '<html lang="en"' in text
    assert '<body class="embed with-title without-legend without-search with-zoom with-insets">' in text
    [picture] = re.findall(r'property="og:image" content="([^"]+)"', text)
    assert urlsplit(picture).path == "/static/1200x630.png"
    assert parse_qs(urlsplit(unescape(picture)).query)["indicator"] == ["density"]
    for link in re.findall(r'<link rel="alternate"[^>]*\+oembed" href="([^"]+)"', text):
        assert client.get(unescape(link)).status_code == 200
    sources = re.findall(r'srcset="([^"]+)"', text)
    assert sources
    assert not any(" " in source for source in sources)  # what follows a space is a description
    table = text[text.index("<noscript>") : text.index("</noscript>")]
    assert table.count("<tr>") == 1 + 7
    assert '<th scope="row">La Réunion</th><td>6.0</td>' in table
    assert "/static/800x600.png" in table


def test_a_frame_outlives_what_it_shows(client: httpx.Client) -> None:
    """An indicator, a level or a code that is gone: the rest is shown; the page itself is the same."""
    for query in ("indicator=gone&level=region", "level=gone", "level=region&selected=99", "filter=%3D"):
        answer = client.get(f"/embed?{query}")
        assert answer.status_code == 200, query
    assert "og:title" in answer.text
    assert client.get("/embed?legend=2").status_code == 400
    assert client.get("/embed?colour=red").status_code == 400


def test_oembed_gives_the_frame_of_each_of_our_pages(client: httpx.Client) -> None:
    base = str(client.base_url).rstrip("/")
    for path, shown in (
        ("/", f"{base}/embed"),
        ("/?level=region&indicator=density", f"{base}/embed?level=region&indicator=density"),
        ("/embed?indicator=density&legend=0", f"{base}/embed?indicator=density&legend=0"),
        ("/territories/region/52?lang=en", f"{base}/embed?level=region&selected=52&lang=en"),
    ):
        told = client.get("/oembed", params={"url": base + path}).json()
        assert (told["version"], told["type"]) == ("1.0", "rich")
        [source] = re.findall(r'src="([^"]+)"', told["html"])
        assert unescape(source) == shown
        assert client.get(unescape(source)).status_code == 200
        assert urlsplit(told["thumbnail_url"]).path == "/static/1200x630.png"


def test_oembed_keeps_within_the_room_that_it_is_given_and_speaks_xml(client: httpx.Client) -> None:
    query = {"url": f"{client.base_url}/", "maxwidth": "400", "maxheight": "90000"}
    told = client.get("/oembed", params=query).json()
    assert (told["width"], told["height"]) == (400, 520)
    assert 'width="400" height="520"' in told["html"]
    answer = client.get("/oembed", params={**query, "format": "xml"})
    assert answer.headers["content-type"].startswith("text/xml")
    read = {part.tag: part.text for part in ET.fromstring(answer.content)}  # noqa: S314  # ours
    assert read == {name: str(value) for name, value in told.items()}


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("", 400, "url is missing"),
        ("url=https://elsewhere.example/", 404, "not of this server"),
        ("url={base}/layers", 404, "which is no map"),
        ("url={base}/territories/region/99", 404, "which is no map"),
        ("url={base}/&format=yaml", 400, "it is json or xml"),
        ("url={base}/&maxwidth=wide", 400, "number of pixels"),
    ],
)
def test_oembed_refuses_what_it_has_no_frame_for(
    client: httpx.Client, query: str, status: int, sentence: str
) -> None:
    answer = client.get(f"/oembed?{query.format(base=str(client.base_url).rstrip('/'))}")
    assert answer.status_code == status
    assert sentence in answer.json()["detail"]


def test_the_composed_code_is_of_the_map_that_was_chosen(client: httpx.Client) -> None:
    """Without scripts: the form asks for the page itself, lists and empty fields included."""
    page = client.get(
        "/embed/configure?level=region&indicator=density&year=&show=friches&search=1&insets=0&height=400"
    ).text
    codes = dict(re.findall(r'<textarea id="code-(\w+)"[^>]*>(.*?)</textarea>', page, re.DOTALL))
    frame = unescape(codes["frame"])
    [source] = re.findall(r'src="([^"]+)"', frame)
    assert parse_qs(urlsplit(unescape(source)).query) == {
        "level": ["region"], "indicator": ["density"], "show": ["friches"], "search": ["1"],
        "insets": ["0"],
    }  # fmt: skip
    assert 'height="400"' in frame
    assert '<territory-map level="region" indicator="density"' in unescape(codes["element"])
    for name in ("link", "picture"):
        assert "indicator=density" in codes[name]
    assert client.get("/embed/configure?height=20").status_code == 400
    assert 'lang="en"' in client.get("/embed/configure", headers={"Accept-Language": "en"}).text


def test_the_script_of_the_element_is_kept_for_an_hour_and_read_from_anywhere(client: httpx.Client) -> None:
    answer = client.get("/embed.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["access-control-allow-origin"] == "*"
