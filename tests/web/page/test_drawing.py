"""How the map is drawn: no frame too many at first, a valid style, and figures of what is in view."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from tests.web.browser import settle, watch
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


SEEN = """(() => {
  const mark = performance.mark.bind(performance);
  performance.mark = (...given) => {
    if (given[0] === "first-map") {
      const {map} = territories;
      globalThis.frames = [];
      map.on("render", () => frames.push(bare(map)));
    }
    return mark(...given);
  };
  const bare = map => {
    const gl = map.getCanvas().getContext("webgl2");
    const at = ({x, y}) => {
      const pixel = new Uint8Array(4);
      gl.readPixels(x, gl.drawingBufferHeight - y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      return `#${[...pixel.slice(0, 3)].map(part => part.toString(16).padStart(2, "0")).join("")}`;
    };
    const of = (layer, property) => map.getPaintProperty(layer, property);
    const fill = of("choropleth", "fill-color");
    const none = [of("background", "background-color"), of("land", "fill-color"), fill[fill.length - 1]];
    return points.filter(point => none.includes(at(map.project(point)))).length;
  };
})()"""
"""Of every frame from the first map on: how many of some `points` have the colour of sea, land or no data."""


def test_the_first_map_is_of_coarser_tiles_and_the_finer_ones_take_their_places(
    browser: Browser, address: str
) -> None:
    """A zoom coarser, each asked for once, and no territory is without its colour on the way."""
    page = browser.new_page(viewport={"width": 1200, "height": 640}, reduced_motion="reduce")
    labels = httpx.get(f"{address}/layers/departements/labels").json()["features"]
    points = [
        label["geometry"]["coordinates"] for label in labels if label["geometry"]["coordinates"][0] > -6
    ]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/geometry/" in request.url else None)
    page.add_init_script(f"globalThis.points = {points}; {SEEN}")
    page.goto(f"{address}/?level=departement&indicator=density")
    settle(page)
    zoom = page.evaluate("() => Math.floor(territories.map.getZoom())")
    zooms = [int(url.split("/")[-3]) for url in asked]
    assert zooms == sorted(zooms)
    assert set(zooms) == {zoom - 1, zoom}
    assert len(set(asked)) == len(asked)
    assert page.evaluate("() => frames.length") > 0
    assert set(page.evaluate("() => frames")) == {0}
    page.close()


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
