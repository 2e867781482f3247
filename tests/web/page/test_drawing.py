"""How the map is drawn: no frame too many at first, a valid style, and figures of what is in view."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import compress
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from tests.web.browser import PATIENT, settle, watch
from tests.web.visit import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NODE = shutil.which("node") or "node"
ROOT = Path(__file__).resolve().parents[3]
VALIDATOR = ROOT / "node_modules/@maplibre/maplibre-gl-style-spec/dist/gl-style-validate.mjs"

COUNT = """(() => {
  globalThis.drawn = {corner: new Set(), whole: new Set()};
  const draw = WebGL2RenderingContext.prototype.drawElements;
  WebGL2RenderingContext.prototype.drawElements = function (...given) {
    if (!performance.getEntriesByName("first-map").length) {
      drawn[this.isEnabled(this.SCISSOR_TEST) ? "corner" : "whole"].add(document.timeline.currentTime);
      globalThis.covered = document.getElementById("first") !== null;
    }
    return draw.apply(this, given);
  };
})()"""
"""Count the frames, by their time, that are drawn until the map is seen; does the picture cover the last?"""


def test_the_first_map_is_drawn_once_and_its_style_is_valid(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    """Before it a corner alone, once a source, below the picture; the address stays as it was."""
    page = browser.new_page(viewport={"width": 1200, "height": 640}, reduced_motion="reduce")
    notes = watch(page, address)
    page.add_init_script(COUNT)
    asked = f"{address}/?level=epci&indicator=density&theme=dark"
    page.goto(asked)
    settle(page)
    corners, wholes = page.evaluate("() => [drawn.corner.size, drawn.whole.size]")
    assert (wholes, corners <= 2) == (1, True)
    assert page.evaluate("() => covered")
    page.locator("#first").wait_for(state="detached")
    assert page.url == asked
    page.locator("#overlays input").first.check()
    settle(page)
    style = tmp_path / "style.json"
    style.write_text(json.dumps(page.evaluate("() => territories.map.getStyle()")), encoding="utf-8")
    # The page itself leaves this out, for a sooner first map.
    told = subprocess.run([NODE, VALIDATOR, style], capture_output=True, text=True, check=False)
    assert (told.stdout, told.returncode) == ("", 0)
    assert (notes.complaints, notes.elsewhere, notes.refused) == ([], [], [])
    page.close()


ANSWERS = "() => performance.getEntriesByName('answers').length > 0"
HIDDEN = "() => territories.map.getCanvas().style.visibility"
PLACE = "place => { const {x, y} = territories.map.project(place); return [x, y]; }"
COLOURLESS = """() => {
  const of = (layer, property) => territories.map.getPaintProperty(layer, property);
  const fill = of("choropleth", "fill-color");
  return [of("background", "background-color"), of("land", "fill-color"), fill.at(-1)];
}"""
"""The colours of sea, land and no data."""


@pytest.fixture
def coarse(browser: Browser, address: str) -> Iterator["Coarse"]:
    page = browser.new_page(viewport={"width": 1200, "height": 640}, reduced_motion="reduce")
    notes = watch(page, address)
    west, south, east, north = httpx.get(f"{address}/layers").json()["views"][0]["bounds"]
    labels = httpx.get(f"{address}/layers/departements/labels").json()["features"]
    places = [label["geometry"]["coordinates"] for label in labels]
    here = [west < lon < east and south < lat < north for lon, lat in places]
    found = Coarse(page, list(compress(labels, here)))
    assert len(found.labels) > 3
    page.add_init_script(PATIENT)
    page.route("**/geometry/**", found.meet)
    page.goto(f"{address}/?level=departement&indicator=density")
    page.wait_for_function(ANSWERS)
    assert found.covered
    yield found
    assert (notes.complaints, notes.elsewhere, notes.refused) == ([], [], [])
    page.close()


@dataclass
class Coarse:
    """A page that gets the first tiles of its map, and no finer ones until they are let go."""

    page: Page
    labels: list[dict[str, Any]]
    zooms: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    held: list[Route] | None = field(default_factory=list)

    def meet(self, route: Route) -> None:
        self.asked.append(route.request.url)
        self.zooms.append(int(route.request.url.split("/")[-3]))
        if self.held is None or self.zooms[-1] == self.zooms[0]:
            route.continue_()
        else:
            self.held.append(route)

    def let_go(self) -> None:
        held, self.held = self.held, None
        for route in held or ():
            route.continue_()

    @property
    def covered(self) -> bool:
        """Whether the picture lies over a map of which nothing is seen."""
        return self.page.locator("#first").count() == 1 and bool(self.page.evaluate(HIDDEN) == "hidden")

    def place(self, label: dict[str, Any]) -> tuple[float, float]:
        x, y = self.page.evaluate(PLACE, label["geometry"]["coordinates"])
        return x, y


def test_coarser_tiles_let_the_map_answer_while_the_finer_ones_come(coarse: Coarse) -> None:
    """Each is asked for once. Until they are drawn the picture stays, and no territory is seen colourless."""
    page = coarse.page
    page.mouse.move(*coarse.place(coarse.labels[0]))
    page.locator("#hover").get_by_text(coarse.labels[0]["properties"]["name"]).wait_for()
    page.wait_for_timeout(300)  # for what must not come
    assert coarse.covered
    page.mouse.move(5, 5)
    coarse.let_go()
    settle(page)
    page.locator("#first").wait_for(state="detached")
    assert page.evaluate(HIDDEN) == ""
    zoom = page.evaluate("() => Math.floor(territories.map.getZoom())")
    assert (coarse.zooms, set(coarse.zooms)) == (sorted(coarse.zooms), {zoom - 1, zoom})
    assert len(set(coarse.asked)) == len(coarse.asked)
    colourless = set(page.evaluate(COLOURLESS))
    with Image.open(BytesIO(page.screenshot())) as seen:
        picture = seen.convert("RGB")
    pixels = np.asarray(picture)
    places = [coarse.place(label) for label in coarse.labels]
    assert not colourless & {f"#{bytes(pixels[round(y), round(x)]).hex()}" for x, y in places}


def test_a_reader_who_moves_the_map_sees_what_there_is_of_it(coarse: Coarse) -> None:
    """The picture would show what is no longer so, and goes at once."""
    page = coarse.page
    x, y = coarse.place(coarse.labels[0])
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=5)
    page.mouse.up()
    page.locator("#first").wait_for(state="detached")
    assert page.evaluate(HIDDEN) == ""
    coarse.let_go()
    settle(page)


TOLD = """() => {
  const {map, territory: {id: source}} = territories;
  const ids = new Set(map.querySourceFeatures(source, {sourceLayer: source}).map(({id}) => id));
  const told = id => map.getFeatureState({source, sourceLayer: source, id}).colour !== undefined;
  const all = Object.keys(map.style.tileManagers[source]._state.state[source] ?? {});
  return {seen: ids.size, told: [...ids].filter(told).length, all: all.length};
}"""

GO = "center => { territories.map.jumpTo({center}); }"


def test_the_map_is_told_of_what_it_has_tiles_of(browser: Browser, address: str) -> None:
    """More as it moves; another indicator then tells what was seen before too, whose tiles come back."""
    labels = httpx.get(f"{address}/layers/communes/labels").json()["features"]
    points = sorted(label["geometry"]["coordinates"] for label in labels)
    west, east = points[0], points[-1]
    page = browser.new_page(viewport={"width": 800, "height": 640}, locale="fr-FR", reduced_motion="reduce")
    visit = Visit(page, address, f"?level=commune&indicator=density&at=11/{west[1]}/{west[0]}")
    first = visit.evaluate(TOLD)
    assert 0 < first["told"] == first["seen"] <= first["all"] < len(labels)
    page.evaluate(GO, east)
    settle(page)
    further = visit.evaluate(TOLD)
    assert further["told"] == further["seen"]
    assert further["all"] > first["all"]
    visit.choose("population")
    page.evaluate(GO, west)
    settle(page)
    back = visit.evaluate(TOLD)
    assert back["told"] == back["seen"] == first["seen"]
    visit.assert_clean()
    page.close()
