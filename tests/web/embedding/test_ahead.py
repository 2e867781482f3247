"""What is made before the first reader asks for it: classes of all maps, the picture of the first."""

import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from styles.model import Choropleth, Variable, choropleth
from tests.web.conftest import serving
from tests.web.embedding.test_embed import SKELETON
from tests.web.publishing import copied, publish_another
from tileserver.config import Settings
from tileserver.store.reader import open_store
from tileserver.web import app, snapshot
from tileserver.web.painter import Painter


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what is drawn, and begin to draw at once."""
    found: list[str] = []

    def draw(_painter: Painter, svg: str, *_: object, **__: object) -> bytes:
        found.append(svg)
        return b"drawn"

    monkeypatch.setattr(Painter, "draw", draw)
    monkeypatch.setattr(app, "SETTLED_SECONDS", 0.0)
    monkeypatch.setattr(app, "AHEAD_SECONDS", 0.0)
    return found


def test_the_first_pictures_of_every_level_are_drawn_before_they_are_asked_for(
    demo_store: Path, tmp_path: Path, drawn: list[str]
) -> None:
    """Light and dark, those of ``/`` first; a map that shows nothing at first has none."""
    (tmp_path / "index.html").write_text(SKELETON, encoding="utf-8")
    settings = Settings(store=demo_store, page=tmp_path)
    levels = [f"?level={level}" for level in ("region", "departement", "epci", "commune")]
    queries = ["", *levels, "?level=commune&indicator=density"]
    with serving(app.create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        pages = [unescape(client.get(f"/{query}").text) for query in queries]
        asked = [re.findall(r'"(view/[^"]*)"', page) for page in pages]
        expected = sum(map(len, asked))
        limit = time.monotonic() + 60
        while len(drawn) < expected and time.monotonic() < limit:
            time.sleep(0.02)
        answers = [client.get(f"/{each}").content for addresses in asked for each in addresses]
    assert [len(addresses) for addresses in asked] == [2, 2, 2, 2, 2, 0]
    assert answers == [b"drawn"] * expected
    assert len(drawn) == expected  # none of them again
    assert len(set(drawn)) == expected


def test_pictures_of_a_version_that_is_published_later_are_drawn_too(
    demo_store: Path, tmp_path: Path, drawn: list[str]
) -> None:
    """Of every level, light and dark, before somebody asks for them."""
    page = tmp_path / "page"
    page.mkdir()
    (page / "index.html").write_text(SKELETON, encoding="utf-8")
    root = copied(demo_store, tmp_path / "store")
    with serving(app.create_app(Settings(store=root, page=page, reload_seconds=0.05))) as address:
        for expected in (10, 20):
            limit = time.monotonic() + 60
            while len(drawn) < expected and time.monotonic() < limit:
                time.sleep(0.02)
            time.sleep(0.3)  # for what must not come
            assert len(drawn) == expected
            if expected == 10:
                publish_another(root)
        address_of_first = re.search(r'"(view/[^"]*)"', unescape(httpx.get(f"{address}/").text))
        assert address_of_first is not None
        assert httpx.get(f"{address}/{address_of_first[1]}").content == b"drawn"
    assert len(drawn) == 20


def test_without_a_page_nothing_is_drawn_ahead(demo_store: Path, tmp_path: Path, drawn: list[str]) -> None:
    with serving(app.create_app(Settings(store=demo_store, page=tmp_path))) as address:
        time.sleep(0.3)
        assert httpx.get(f"{address}/health").status_code == 200
    assert not drawn


@pytest.mark.parametrize("restricted", [(), ("epci",)])
def test_every_map_is_classified_before_it_is_asked_for(
    demo_store: Path,
    tmp_path: Path,
    drawn: list[str],
    monkeypatch: pytest.MonkeyPatch,
    restricted: tuple[str, ...],
) -> None:
    """That anybody may see."""
    made: list[tuple[str, str]] = []

    def classify(variable: Variable, level: str, *rest: Any) -> Choropleth:
        made.append((variable.id, level))
        return choropleth(variable, level, *rest)

    monkeypatch.setattr(snapshot, "choropleth", classify)
    indicators = open_store(demo_store, verify=False).manifest.indicators
    all_ = {
        (indicator.id, level)
        for indicator in indicators
        for level in indicator.levels
        if level not in restricted  # as their layer is named
    }
    settings = Settings(store=demo_store, page=tmp_path, restricted=restricted)
    with serving(app.create_app(settings)) as address:
        limit = time.monotonic() + 60
        while len(made) < len(all_) and time.monotonic() < limit:
            time.sleep(0.02)
        assert set(made) == all_
        for name, level in sorted(all_)[::20]:
            assert httpx.get(f"{address}/styles/choropleth/{level}/{name}.json?join=state").status_code == 200
    assert len(made) == len(all_)
    assert not drawn
