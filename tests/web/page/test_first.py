"""What is seen before the map is drawn, and beside it: pictures of the same map, at the same place."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.web.browser import PATIENT, settle, watch
from tests.web.visit import LARGEST, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PLACES = """() => {
  const {map, views: [{bounds: [west, south, east, north]}]} = territories;
  const [left, top] = [map.project([west, north]), map.project([east, south])];
  const image = document.querySelector("#first img");
  const {x, y, width, height} = image.getBoundingClientRect();
  const ratio = Math.min(width / image.naturalWidth, height / image.naturalHeight);
  const [w, h] = [image.naturalWidth * ratio, image.naturalHeight * ratio];
  const [px, py] = [x + (width - w) / 2, y + (height - h) / 2];
  return [[left.x, left.y, top.x, top.y], [px, py, px + w, py + h]];
}"""
"""The corners of the first view, on the map and on the picture."""


@pytest.mark.parametrize(
    ("width", "height", "path"), [(1280, 800, ""), (360, 640, "?theme=dark"), (800, 520, "embed")]
)
def test_until_the_map_is_drawn_a_picture_of_it_lies_at_its_place(
    browser: Browser, address: str, width: int, height: int, path: str
) -> None:
    """And leaves without moving anything, once the tiles are there; in a frame too."""
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    notes = watch(page, address)
    page.add_init_script(PATIENT)
    page.route("**/geometry/**", lambda _: None)  # held back until they are let go
    page.goto(f"{address}/{path}")
    page.wait_for_function("() => globalThis.territories?.map?.getLayer('choropleth')")
    page.wait_for_function("() => document.querySelector('#first img').complete")
    on_map, on_picture = page.evaluate(PLACES)
    assert on_picture == pytest.approx(on_map, abs=2.5)
    assert ("theme=dark" in page.evaluate("() => document.querySelector('#first img').currentSrc")) == bool(
        "dark" in path
    )
    page.unroute("**/geometry/**")
    settle(page)
    page.wait_for_function("() => !document.querySelector('#first')")
    assert (notes.complaints, notes.elsewhere, notes.refused) == ([], [], [])
    page.close()


def test_a_map_whose_tiles_do_not_come_is_seen_as_far_as_it_is(browser: Browser, address: str) -> None:
    """The picture does not wait for ever."""
    page = browser.new_page(viewport={"width": 900, "height": 600}, reduced_motion="reduce")
    page.route("**/geometry/**", lambda _: None)
    page.goto(f"{address}/?level=departement&indicator=density")
    page.locator("#first").wait_for(state="detached")
    canvas = page.locator("canvas.maplibregl-canvas")
    assert canvas.is_visible()
    page.close()


WANTED = r"/(layers|indicators(/\w+)?|styles/choropleth/.*)(\?|$)"
PRELOADED = "() => [...document.querySelectorAll('link[rel=preload][as=fetch]')].map(({href}) => href)"


@pytest.mark.parametrize("path", ["", "?level=departement&indicator=density&classes=4", "embed?level=epci"])
def test_what_is_fetched_before_a_script_runs_is_what_the_page_asks_for(
    browser: Browser, address: str, path: str
) -> None:
    """To the letter: once each, and neither the catalogue nor classes or figures by another address."""
    page = browser.new_page(viewport={"width": 1000, "height": 640}, reduced_motion="reduce")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/{path}")
    settle(page)
    first = [url for url in asked if re.search(WANTED, url)]
    assert sorted(first) == sorted(page.evaluate(PRELOADED))
    page.close()


@pytest.mark.parametrize("visit", [("?level=departement&indicator=density", 1200)], indirect=True)
def test_what_lies_overseas_is_beside_the_mainland_and_follows_the_map(visit: Visit) -> None:
    """Pictures of the same figures; a click goes there, and then nothing lies beside."""
    insets = visit.page.locator("#insets button")
    assert insets.first.is_visible()
    assert insets.count() == visit.evaluate("() => territories.views.length") - 1 > 0

    def shows(indicator: str) -> None:
        visit.page.wait_for_function(
            "word => [...document.querySelectorAll('#insets img')].every("
            "({src, complete, naturalWidth}) => src.includes(word) && complete && naturalWidth)",
            arg=f"indicator={indicator}",
        )

    shows("density")
    visit.choose("population")
    shows("population")
    insets.first.click()
    visit.page.wait_for_function("() => document.querySelector('#insets').matches('.away')")
    settle(visit.page)
    visit.assert_clean()


LAID = """() => {
  const {map, views: [view]} = territories;
  territories.goTo(view);
  const {bounds: [west, south, east, north]} = view;
  const [{x: left, y: top}, {x: right, y: bottom}] = [map.project([west, north]), map.project([east, south])];
  const insets = document.querySelector("#insets");
  if (!insets.checkVisibility({visibilityProperty: true})) return null;
  const box = insets.getBoundingClientRect();
  const others = ["#panel", "#credits", ".maplibregl-ctrl-group", ".maplibregl-ctrl-scale"]
    .map(each => [each, document.querySelector(each).getBoundingClientRect()]);
  const within = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
  return [...others, ["the map", {left, top, right, bottom}]].filter(([, other]) =>
    box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom
  ).map(([name]) => name).concat(within ? [] : ["the edge"]);
}"""
"""What the boxes of a frame are over, when it shows the first view whole; null where there are no boxes."""


def five_overseas(route: Route) -> None:
    told = route.fetch().json()
    whole, other, *_ = told["views"]
    route.fulfill(json={**told, "views": [whole, *[other] * 5]})


@pytest.mark.parametrize(
    ("query", "roomy", "small"),
    [
        ("?indicator=density", [(1100, 700), (800, 600), (640, 480), (620, 800)], [(400, 300), (360, 560)]),
        ("?indicator=density&legend=0", [(800, 520), (640, 480), (560, 700)], [(400, 300)]),
    ],
)
def test_a_frame_shows_what_lies_overseas_where_it_covers_nothing(
    browser: Browser, address: str, query: str, roomy: list[tuple[int, int]], small: list[tuple[int, int]]
) -> None:
    """Neither legend, sources, buttons and scale nor the map; a small frame does without."""
    page = browser.new_page(viewport={"width": 700, "height": 500}, reduced_motion="reduce")
    notes = watch(page, address)
    # As many boxes as France has, all with the picture of one.
    page.route("**/layers", five_overseas)
    page.route(
        "**/view/*view=*",
        lambda route: route.continue_(url=re.sub("view=[0-9]", "view=1", route.request.url)),
    )
    page.goto(f"{address}/embed{query}")
    settle(page)
    for width, height in (*roomy, *small):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"() => territories.map.getCanvas().clientHeight === {height}")
        # The boxes follow the window, then the map the boxes.
        comes_to(page, LAID, [] if (width, height) in roomy else None)
    assert page.locator("#insets button").count() == 5
    page.evaluate("() => document.body.classList.replace('with-insets', 'without-insets')")
    page.set_viewport_size({"width": 1100, "height": 700})
    comes_to(page, LAID, None)
    assert (notes.complaints, notes.elsewhere, notes.refused) == ([], [], [])
    page.close()


def comes_to(page: Page, script: str, expected: object) -> None:
    """Wait until a script gives what is expected; what it gives in the end is told otherwise."""
    limit = time.monotonic() + 10
    while (found := page.evaluate(script)) != expected:
        assert time.monotonic() < limit, (found, expected, page.viewport_size)
        page.wait_for_timeout(50)


COVERED = """() => [...document.querySelectorAll("button, a, input, select, summary, .credits, #hint")]
  .filter(each => each.checkVisibility({visibilityProperty: true}) && !each.closest("dialog, .unseen, .skip"))
  .filter(each => each.matches(":not(.skip, [type=radio], [type=checkbox])"))
  .filter(each => {
    each.scrollIntoView({block: "nearest"});
    const {x, y, width, height} = each.getBoundingClientRect();
    const met = document.elementFromPoint(x + width / 2, y + height / 2);
    return !met || !(each.contains(met) || met.contains(each) || met.closest("label"));
  }).map(each => each.id || each.className || each.textContent)"""
"""What can be used or must be read, and has something else over its middle."""


def test_at_twice_the_size_nothing_is_cut_off_or_covered(browser: Browser, address: str) -> None:
    """A window of 1280 by 1024 at 200 %: half as many pixels of the style sheet, each twice as large."""
    page = browser.new_page(
        viewport={"width": 640, "height": 512}, device_scale_factor=2, reduced_motion="reduce"
    )
    page.goto(f"{address}/?level=departement&indicator=density")
    settle(page)
    for _ in range(2):  # the panel folded, then open
        assert page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]") == [640, 640]
        open_ = page.locator("#body").is_visible()  # then the sources wait below the panel
        assert page.evaluate(COVERED) == (["credits"] if open_ else [])
        page.locator("#fold").click()
    page.locator("#fold").click()
    page.locator("#open-share").click()
    box = page.locator("#share").bounding_box()
    assert box is not None
    assert (box["x"] >= 0, box["x"] + box["width"] <= 640, box["height"] <= 512) == (True, True, True)
    page.close()


def test_the_map_beside_what_was_found_tells_and_leads_to_profiles(browser: Browser, address: str) -> None:
    """It shows the same filter; a click on a territory opens its card, whose link leads the page away."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="fr-FR", reduced_motion="reduce")
    notes = watch(page, address)
    page.goto(f"{address}/find?level=departement&filter=population%20%3E%20100000")
    frame = page.locator(".results iframe").element_handle().content_frame()
    assert frame is not None
    frame.wait_for_function("() => globalThis.territories?.map?.getSource('names')", timeout=60_000)
    assert "Filtre" in frame.locator("#filtered").inner_text()
    x, y, largest = frame.evaluate(LARGEST)
    box = page.locator(".results iframe").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x, box["y"] + y)
    frame.locator("#hover").get_by_text(largest["name"]).wait_for()
    page.mouse.click(box["x"] + x, box["y"] + y)
    frame.get_by_role("link", name="Voir le profil").click()
    page.wait_for_url(f"**/territories/departement/{largest['code']}")
    assert (notes.complaints, notes.elsewhere, notes.refused) == ([], [], [])
    page.close()
