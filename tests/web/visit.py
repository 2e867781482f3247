"""A visit of the map page in a real browser: what it shows, what it asked for, what it did wrong."""

from collections.abc import Iterable
from typing import Any

import httpx
from playwright.sync_api import Page

from tests.web.browser import Answer, Notes, listen, settle, watch

DRAWN = "layers => territories.map.queryRenderedFeatures({layers}).length"
FILLS = """() => [...new Set(territories.map.queryRenderedFeatures({layers: ["choropleth"]})
  .map(feature => JSON.stringify(feature.layer.paint["fill-color"])))]"""

LARGEST = """async () => {
  const names = await (await fetch(`layers/${territories.territory.id}/labels`)).json();
  const largest = names.features.find(feature => feature.properties.rank === 0);
  const {x, y} = territories.map.project(largest.geometry.coordinates);
  return [x, y, largest.properties];
}"""

HIDE_NAMES = "() => { territories.map.setPaintProperty('names', 'text-opacity', 0); }"
PIXELS = """async count => {
  const {map} = territories;
  const {features} = await (await fetch(`layers/${territories.territory.id}/labels`)).json();
  const drawn = new Promise(done => map.once("render", () => {
    const canvas = map.getCanvas();
    const gl = canvas.getContext("webgl2");
    const ratio = canvas.width / canvas.clientWidth;
    const colour = coordinates => {
      const {x, y} = map.project(coordinates);
      const pixel = new Uint8Array(4);
      gl.readPixels(x * ratio, canvas.height - y * ratio, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      return "#" + [...pixel.slice(0, 3)].map(part => part.toString(16).padStart(2, "0")).join("");
    };
    const seen = map.getBounds();
    const largest = features.filter(({properties, geometry}) =>
      properties.rank < count && seen.contains(geometry.coordinates));
    done(Object.fromEntries(largest.map(each => [each.properties.code, colour(each.geometry.coordinates)])));
  }));
  map.triggerRepaint();
  return drawn;
}"""
"""The colours of the largest territories on the screen, by code, where their names would stand."""

SELECTED = """async () => {
  const {map, territory} = territories;
  const {features} = await (await fetch(`layers/${territories.territory.id}/labels`)).json();
  const state = id => map.getFeatureState({source: territory.id, sourceLayer: territory.id, id});
  return features.filter(({id}) => state(id).selected).map(({properties}) => properties.code);
}"""

SAMPLE = 6


class Visit:
    """A page that is open, and what it has done wrong so far."""

    def __init__(self, page: Page, address: str, query: str) -> None:
        self.page = page
        self.address = address
        self.notes: Notes = watch(page, address)
        self.answers: list[Answer] = listen(page)
        page.goto(f"{address}/{query}")
        settle(page)

    def drawn(self, *layers: str) -> int:
        """Count the features that layers of the map show."""
        return int(self.page.evaluate(DRAWN, list(layers)))

    def legend(self) -> list[int]:
        """Read the counts of the legend, no data last; what is told over a class is counted there."""
        over = ":not([data-status=partial], [data-status=estimated])"
        texts = self.page.locator(f"#legend tr{over} .count").all_inner_texts()
        return [int("".join(filter(str.isdigit, text))) for text in texts]

    def choose(self, indicator: str) -> list[Answer]:
        """Choose an indicator as a reader would; give what the page asked for then."""
        before = len(self.answers)
        title = self.page.evaluate("id => territories.world.indicator(id).title.fr", indicator)
        self.page.get_by_role("combobox", name="Indicateur").fill(title)
        self.page.get_by_role("option", name=title, exact=True).click()
        settle(self.page)
        return self.answers[before:]

    def colours(self) -> dict[str, str]:
        """Read the colours of the largest territories from the screen, by code."""
        self.evaluate(HIDE_NAMES)
        settle(self.page)
        return dict(self.page.evaluate(PIXELS, SAMPLE))

    def expected(self, level: str, indicator: str, codes: Iterable[str]) -> dict[str, str]:
        """Say by values and legend of the server which colours territories have."""
        told = httpx.get(f"{self.address}/indicators/{indicator}?level={level}").json()
        values = dict(zip(told["codes"], told["values"], strict=True))
        style = httpx.get(f"{self.address}/styles/choropleth/{level}/{indicator}.json?form=fill").json()
        legend = style["metadata"]["legend"]
        places = {code: sum(values[code] >= limit for limit in legend["breaks"]) for code in codes}
        return {code: legend["classes"][place]["colour"] for code, place in places.items()}

    def evaluate(self, script: str) -> Any:
        """Run a script in the page."""
        return self.page.evaluate(script)

    def assert_clean(self) -> None:
        """No error, no warning, no other host, nothing refused."""
        assert self.notes == Notes()
