"""Maps in pages of another origin, in a real browser: shown where they may be, refused elsewhere."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Frame, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.web.browser import READY
from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.keys import Grant, Secrets
from tileserver.render.frame import fitting, place
from tileserver.render.picture import plan
from tileserver.store.reader import open_store
from tileserver.web.app import create_app
from tileserver.web.mapstate import read_state
from tileserver.web.picture import draw_up
from tileserver.web.snapshot import Snapshot

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SECRETS = Secrets([("one", "s" * 40)])
HIDDEN = "median_living_standard"
WAIT_MS = 60_000

COLOURS = """places => new Promise(done => {
  const {map} = territories;
  map.once("render", () => {
    const canvas = map.getCanvas();
    const gl = canvas.getContext("webgl2");
    const ratio = canvas.width / canvas.clientWidth;
    done(places.map(place => {
      const {x, y} = map.project(place);
      if (x < 2 || y < 2 || x > canvas.clientWidth - 2 || y > canvas.clientHeight - 2) return null;
      const pixel = new Uint8Array(4);
      gl.readPixels(x * ratio, canvas.height - y * ratio, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      return [...pixel.slice(0, 3)];
    }));
  });
  map.triggerRepaint();
})"""
"""The colours that the interactive map shows at places; null off the screen."""


class Host:
    """A site of its own, whose only page holds what a test pastes into it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.body = ""


@pytest.fixture(scope="module")
def hosts() -> Iterator[tuple[Host, Host]]:
    """Give two sites on ports of their own, hence of two origins."""
    found = (Host(""), Host(""))

    def page(number: int) -> Starlette:
        def show(_: Request) -> HTMLResponse:
            head = '<!doctype html><html lang="fr"><title>Portail</title>'
            return HTMLResponse(f"{head}<body><h1>Portail</h1>{found[number].body}</body></html>")

        async def ready(_: Request) -> HTMLResponse:
            return HTMLResponse("")

        return Starlette(routes=[Route("/", show), Route("/ready", ready)])

    with serving(page(0)) as first, serving(page(1)) as second:
        found[0].address, found[1].address = first, second
        yield found


@pytest.fixture(scope="module")
def address(demo_store: Path, hosts: tuple[Host, Host]) -> Iterator[str]:
    """Give the address of a server of the demo country that the first site alone may frame."""
    if not (Settings(store=demo_store).page / "index.html").is_file():
        pytest.skip("the map page is not built: run `make page`")
    settings = Settings(
        store=demo_store, embed_origins=(hosts[0].address,), restricted=(HIDDEN,), keys=SECRETS
    )
    with serving(create_app(settings)) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give an empty page."""
    with browser.new_context(viewport={"width": 900, "height": 1000}) as context:
        yield context.new_page()


def map_in(page: Page, number: int) -> Frame:
    """Wait until the map of a frame is drawn."""
    handle = page.locator("iframe").nth(number).element_handle(timeout=WAIT_MS)
    frame = handle.content_frame()
    assert frame is not None
    frame.wait_for_function(READY, timeout=WAIT_MS)
    return frame


def shown(frame: Frame) -> dict[str, Any]:
    """Read what the map of a frame is of."""
    told: dict[str, Any] = frame.evaluate("() => ({...territories.state})")
    return told


def test_a_host_shows_the_map_by_frame_by_oembed_and_by_element(
    page: Page, address: str, hosts: tuple[Host, Host]
) -> None:
    """The composed code, oEmbed's answer to a link, and the element, which follows its attributes."""
    wanted = f"{address}/?level=departement&indicator=density"
    told = httpx.get(f"{address}/oembed?url={quote(wanted)}&maxheight=300").json()
    page.goto(f"{address}/embed/configure?level=region&indicator=density&height=300")
    code = page.locator("#code-frame").input_value()
    element = (
        f'<script src="{address}/embed.js" async></script>'
        '<territory-map level="region" indicator="unemployment_rate" height="300">'
        '<a href="#">…</a></territory-map>'
    )
    hosts[0].body = f"{code}{told['html']}{element}"
    page.goto(hosts[0].address)
    for number, (level, indicator) in enumerate(
        [("region", "density"), ("departement", "density"), ("region", "unemployment_rate")]
    ):
        state = shown(map_in(page, number))
        assert (state["level"], state["indicator"]) == (level, indicator)
    page.locator("territory-map").evaluate("map => map.setAttribute('indicator', 'density')")
    inner = "document.querySelector('territory-map').shadowRoot.querySelector('iframe').src"
    page.wait_for_function(f"() => {inner}.includes('density')")
    frame = map_in(page, 2)
    frame.wait_for_function("() => globalThis.territories?.state?.indicator === 'density'", timeout=WAIT_MS)
    assert shown(frame)["indicator"] == "density"
    assert frame.locator("#credits").is_visible()
    assert not page.locator("territory-map > a").is_visible()


def test_a_site_that_may_not_is_refused_by_the_browser(
    page: Page, address: str, hosts: tuple[Host, Host]
) -> None:
    hosts[1].body = f'<iframe src="{address}/embed" width="600" height="300"></iframe>'
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(hosts[1].address)
    frame = page.frames[-1]
    frame.wait_for_url("chrome-error:**", wait_until="commit")
    assert not frame.locator("#map").count()


def test_a_key_opens_what_is_restricted_and_an_altered_or_expired_one_shows_nothing_of_it(
    page: Page, address: str, hosts: tuple[Host, Host]
) -> None:
    site = hosts[0].address
    good = SECRETS.sign(Grant("anct", (HIDDEN,), 4_000_000_000, site))
    old = SECRETS.sign(Grant("anct", (HIDDEN,), 1_000_000_000, site))
    told: list[str] = []
    page.on("response", lambda answer: told.append(f"{answer.status} {answer.url}"))
    altered = good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1]
    for key, opens in ((good, True), (altered, False), (old, False)):
        told.clear()
        query = f"level=commune&amp;indicator={HIDDEN}&amp;k={key}"
        hosts[0].body = f'<iframe src="{address}/embed?{query}" height="400"></iframe>'
        page.goto(site)
        if opens:
            frame = map_in(page, 0)
            assert shown(frame)["indicator"] == HIDDEN
        else:
            page.wait_for_load_state("networkidle")
        figures = [line for line in told if f"/indicators/{HIDDEN}" in line or f"/{HIDDEN}.json" in line]
        assert any(line.startswith("200") for line in figures) == opens


def test_the_picture_has_the_colours_of_the_interactive_map(
    page: Page, address: str, demo_store: Path
) -> None:
    """At the place of each name, at the same state: one classification, drawn by two programs."""
    shot = Snapshot(open_store(demo_store, verify=False))
    west, south, east, north = shot.views[0].bounds
    zoom = fitting(shot.views[0].bounds, 700, 500, 20).zoom
    middle = f"{zoom:.2f}/{(south + north) / 2:.4f}/{(west + east) / 2:.4f}"
    query = f"level=epci&indicator=density&classes=5&palette=OrRd&at={middle}"
    page.set_viewport_size({"width": 700, "height": 600})
    page.goto(f"{address}/embed?{query}&legend=0")
    page.wait_for_function(READY, timeout=WAIT_MS)
    page.evaluate("() => { territories.map.setPaintProperty('names', 'text-opacity', 0); }")
    page.wait_for_timeout(400)
    features = httpx.get(f"{address}/layers/epci/labels").json()["features"]
    places = [feature["geometry"]["coordinates"] for feature in features]
    seen = page.evaluate(COLOURS, places)
    state = read_state(shot, dict(part.split("=") for part in query.split("&")))
    made = plan(draw_up(shot, state, (700, 600), None, {"title": False, "legend": False}))
    answer = httpx.get(f"{address}/static/700x600.png?{query}&title=0&legend=0", timeout=60)
    pixels = np.asarray(Image.open(BytesIO(answer.content)).convert("RGB"))
    compared = []
    for (longitude, latitude), colour in zip(places, seen, strict=True):
        x, y = (share * 512 * 2**made.frame.zoom for share in place(longitude, latitude))
        x, y = x - made.frame.x, y - made.frame.y
        if colour and 2 <= x < made.frame.width - 2 and 2 <= y < made.frame.height - 2:
            assert pixels[int(y), int(x)].tolist() == colour, (longitude, latitude)
            compared.append(tuple(colour))
    assert len(compared) >= 5
    assert len(set(compared)) >= 2


def test_the_composing_page_has_no_fault_that_axe_finds_and_follows_each_choice(
    page: Page, address: str
) -> None:
    """At 320 pixels too; without a reload, and the address of the page has the choices."""
    page.route("**/embed?*", lambda route: route.abort())  # the preview is another test's
    page.goto(f"{address}/embed/configure")
    page.select_option("#level", "region")
    page.wait_for_function("() => document.querySelector('#code-link').value.includes('level=region')")
    page.select_option("#indicator", "density")
    page.wait_for_function("() => document.querySelector('#code-frame').value.includes('indicator=density')")
    assert "level=region" in page.url
    assert "indicator=density" in str(page.locator("#preview").get_attribute("src", timeout=WAIT_MS))
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for width in (900, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("() => axe.run(document, {iframes: false})")
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_a_frame_is_a_picture_and_a_table(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False, viewport={"width": 600, "height": 600}) as context:
        page = context.new_page()
        with page.expect_response("**/static/800x600.png*") as answer:
            page.goto(f"{address}/embed?level=region&indicator=density")
        assert answer.value.status == 200
        assert page.locator(".fallback img").is_visible()
        assert page.locator(".fallback tbody tr").count() >= 5
        assert not page.locator("#map").is_visible()
