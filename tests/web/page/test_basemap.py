"""An operator's basemap in a real browser: tiles of a second server lie below our colours."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.web.browser import settle
from tests.web.conftest import serving
from tests.web.page.conftest import BUILT
from tests.web.visit import Visit
from tileserver.config import Settings
from tileserver.web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CREDIT = "© Fonds de l’exploitant"
COLOUR = (235, 190, 245)

SEEN_THROUGH = 0.72
"""How much of our colour there is over a basemap (src/map/style.ts)."""

BARE = """() => {
  const {map} = territories;
  for (let y = 60; y < innerHeight - 60; y += 20) for (let x = innerWidth - 120; x > 480; x -= 20) {
    const near = [[x - 8, y - 8], [x + 8, y + 8]];
    if (!map.queryRenderedFeatures(near).length) return [x, y];
  }
}"""
"""A place on the screen where nothing of ours is drawn."""


@pytest.fixture(scope="module")
def tiles() -> Iterator[tuple[str, list[str]]]:
    """Give the address of a server of tiles of one colour, and the paths that it was asked for."""
    asked: list[str] = []
    picture = BytesIO()
    Image.new("RGB", (256, 256), COLOUR).save(picture, "PNG")

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(picture.getvalue())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # as http.server names it
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def address(demo_store: Path, tiles: tuple[str, list[str]]) -> Iterator[str]:
    """Give the address of a server of the demo country whose operator has a basemap."""
    if not (BUILT / "index.html").is_file():
        pytest.skip("the map page is not built: run `make page`")
    settings = Settings.from_env(
        {
            "TILESERVER_STORE": str(demo_store),
            "TILESERVER_BASEMAP": f"{tiles[0]}/plan/{{z}}/{{x}}/{{y}}.png",
            "TILESERVER_BASEMAP_CREDIT": CREDIT,
        }
    )
    with serving(create_app(settings)) as found:
        yield found


def test_the_tiles_of_an_operator_lie_below_our_colours_and_nobody_else_is_asked(
    browser: Browser, address: str, tiles: tuple[str, list[str]]
) -> None:
    """Paler than they come, turned dark with the page; they are in the picture that is taken away, too."""
    page = browser.new_page(viewport={"width": 900, "height": 480}, locale="fr-FR", reduced_motion="reduce")
    visit = Visit(page, address, "?level=departement&indicator=density")
    host, asked = tiles
    assert visit.notes.elsewhere
    assert {url[: len(host)] for url in visit.notes.elsewhere} == {host}
    assert all(re.fullmatch(r"/plan/\d+/\d+/\d+\.png", path) for path in asked)
    assert f"Fond de carte : {CREDIT}" in page.locator("#credits").inner_text()
    light = ground(visit)
    assert light[2] > light[0] > light[1]  # of the hue of the tiles, but grayer
    assert max(light) - min(light) < (max(COLOUR) - min(COLOUR)) * 0.6
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    settle(page)
    dark = ground(visit)
    assert (max(dark) < 80, min(light) > 160) == (True, True)
    assert dark[2] > dark[1]
    page.get_by_role("button", name="Partager").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Image de la carte").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"\x89PNG")
    assert (visit.notes.complaints, visit.notes.refused) == ([], [])
    page.close()


def ground(visit: Visit) -> tuple[int, int, int]:
    """Read the colour where nothing of ours is; all that is ours lets it through."""
    colours = visit.colours()
    x, y = visit.evaluate(BARE)
    pixel = Image.open(BytesIO(visit.page.screenshot())).convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    expected = visit.expected("departement", "density", colours)
    assert len(set(expected.values())) > 1
    for code, colour in colours.items():
        pairs = zip(channels(expected[code]), pixel, strict=True)
        through = [SEEN_THROUGH * ours + (1 - SEEN_THROUGH) * below for ours, below in pairs]
        assert channels(colour) == pytest.approx(through, abs=3), code
    red, green, blue = pixel
    return int(red), int(green), int(blue)


def channels(colour: str) -> list[int]:
    return list(bytes.fromhex(colour.removeprefix("#")))
