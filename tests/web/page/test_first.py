"""What is seen before the map is drawn, and beside it: pictures of the same map, at the same place."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.web.browser import settle, watch
from tests.web.visit import Visit

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
    """And leaves without moving anything, once the tiles are there; in a frame it is nearly at its place."""
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    notes = watch(page, address)
    page.route("**/geometry/**", lambda _: None)  # held back until they are let go
    page.goto(f"{address}/{path}")
    page.wait_for_function("() => globalThis.territories?.map?.getLayer('choropleth')")
    page.wait_for_function("() => document.querySelector('#first img').complete")
    on_map, on_picture = page.evaluate(PLACES)
    assert on_picture == pytest.approx(on_map, abs=60 if path == "embed" else 2.5)
    assert ("theme=dark" in page.evaluate("() => document.querySelector('#first img').currentSrc")) == bool(
        "dark" in path
    )
    page.unroute("**/geometry/**")
    settle(page)
    page.wait_for_function("() => !document.querySelector('#first')")
    assert (notes.complaints, notes.elsewhere, notes.refused) == ([], [], [])
    page.close()


@pytest.mark.parametrize("visit", [("?level=departement&indicator=density", 1200)], indirect=True)
def test_what_lies_overseas_is_beside_the_mainland_and_follows_the_map(visit: Visit) -> None:
    """Pictures of the same figures; a click goes there, and then nothing lies beside."""
    insets = visit.page.locator("#insets button")
    assert insets.count() == visit.evaluate("() => territories.views.length") - 1 > 0

    def shown() -> Any:
        visit.page.wait_for_timeout(300)
        visit.page.wait_for_function(
            "() => [...document.querySelectorAll('#insets img')].every(({naturalWidth}) => naturalWidth)"
        )
        return visit.evaluate("() => [...document.querySelectorAll('#insets img')].map(({src}) => src)")

    assert all("indicator=density" in source for source in shown())
    visit.choose("population")
    assert all("indicator=population" in source for source in shown())
    insets.first.click()
    visit.page.wait_for_function("() => document.querySelector('#insets').hidden")
    settle(visit.page)
    visit.assert_clean()
