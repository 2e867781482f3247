"""The page in a real browser, over a real store: it draws, switches, tells, and asks nobody else."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route

from tests.web.browser import Answer, Notes, chromium, executable, listen, settle, watch
from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BUILT = Path(__file__).resolve().parents[2] / "tileserver" / "web" / "page" / "built"

DRAWN = "layers => territories.map.queryRenderedFeatures({layers}).length"
FILLS = """() => [...new Set(territories.map.queryRenderedFeatures({layers: ["choropleth"]})
  .map(feature => JSON.stringify(feature.layer.paint["fill-color"])))]"""

LARGEST = """async () => {
  const names = await territories.map.getSource("names").getData();
  const largest = names.features.find(feature => feature.properties.rank === 0);
  const {x, y} = territories.map.project(largest.geometry.coordinates);
  return [x, y, largest.properties];
}"""

HIDE_NAMES = "() => { territories.map.setPaintProperty('names', 'text-opacity', 0); }"
PIXELS = """async count => {
  const {map} = territories;
  const {features} = await map.getSource("names").getData();
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
  const {features} = await map.getSource("names").getData();
  const state = id => map.getFeatureState({source: territory.id, sourceLayer: territory.id, id});
  return features.filter(({id}) => state(id).selected).map(({properties}) => properties.code);
}"""

SAMPLE = 6


@pytest.fixture(scope="module")
def address(demo_store: Path) -> Iterator[str]:
    """Give the address of a server of the demo country."""
    if not (BUILT / "index.html").is_file():
        pytest.skip("the map page is not built: run `make page`")
    with serving(create_app(Settings(store=demo_store))) as found:
        yield found


@pytest.fixture(scope="module")
def france(france_store: Path) -> Iterator[str]:
    """Give the address of a server of the real France."""
    with serving(create_app(Settings(store=france_store))) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser; skip where there is none."""
    path = executable()
    if path is None:
        pytest.skip("no Chromium on the path, so the page is not tested")
    with chromium(path) as found:
        yield found


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


@pytest.fixture
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open the page with the query (and at the width) that a test gives as its parameter."""
    query, width = getattr(request, "param", ("?form=fill", 1200))
    # Without fading, so that a colour that is read is not one on its way to another.
    page = browser.new_page(viewport={"width": width, "height": 800}, locale="fr-FR", reduced_motion="reduce")
    yield Visit(page, address, query)
    page.close()


def test_the_first_view_shows_the_territories_and_a_legend_that_counts_them_all(visit: Visit) -> None:
    """TI of the mainland, in several colours, framed by régions."""
    assert visit.drawn("choropleth") > 0
    assert visit.drawn("frame") > 0
    total = visit.evaluate("() => territories.territory.count")
    assert sum(visit.legend()) == total
    assert len(visit.legend()) > 2
    assert visit.page.locator("h1").inner_text() == "Territoires d’industrie"
    assert visit.evaluate("() => document.documentElement.lang") == "fr"
    visit.assert_clean()


def test_level_and_indicator_switch_and_stay_in_the_address(visit: Visit) -> None:
    """By the controls, as a reader would."""
    before = visit.evaluate(FILLS)
    visit.page.get_by_label("EPCI", exact=True).check(force=True)
    settle(visit.page)
    assert "level=epci" in visit.page.url
    assert visit.drawn("choropleth") > 0
    assert sum(visit.legend()) == visit.evaluate("() => territories.byLevel.get('epci').count")
    visit.choose("density")
    assert "indicator=density" in visit.page.url
    assert visit.page.locator("#legend-title").inner_text() == "Densité de population"
    assert visit.evaluate(FILLS) != before
    visit.page.reload()
    settle(visit.page)
    assert visit.page.get_by_label("EPCI", exact=True).is_checked()
    visit.assert_clean()


@pytest.mark.parametrize("visit", [("?level=region&show=friches,qpv&at=7/47/2", 1200)], indirect=True)
def test_sites_are_drawn_and_can_be_taken_away(visit: Visit, demo_store: Path) -> None:
    """Both layers of points, in groups."""
    del demo_store
    view = visit.evaluate("() => territories.views[0].bounds")
    west, south, east, north = view
    visit.evaluate(
        f"() => territories.map.jumpTo({{center: [{(west + east) / 2}, {(south + north) / 2}], zoom: 7}})"
    )
    settle(visit.page)
    assert visit.drawn("groups-friches") > 0
    assert visit.drawn("groups-qpv") > 0
    visit.page.locator("#overlays input[value=friches]").uncheck()
    settle(visit.page)
    assert not visit.evaluate("() => Boolean(territories.map.getLayer('groups-friches'))")
    assert "show=qpv" in visit.page.url
    visit.assert_clean()


@pytest.mark.parametrize("visit", [("?level=commune&at=4/47/2", 1200)], indirect=True)
def test_below_its_zooms_a_layer_is_announced(visit: Visit) -> None:
    """Rather than an empty map without a word."""
    assert visit.page.locator("#hint").inner_text() == "Zoomez pour voir les communes"
    visit.evaluate("() => territories.map.jumpTo({zoom: 6})")
    settle(visit.page)
    assert visit.page.locator("#hint").is_hidden()
    visit.assert_clean()


@pytest.mark.parametrize("visit", [("?level=region&indicator=population", 1200)], indirect=True)
def test_pointing_tells_the_value_and_clicking_opens_the_card(visit: Visit) -> None:
    """With the name, the code and every indicator."""
    x, y, largest = visit.evaluate(LARGEST)
    visit.page.mouse.move(x, y)
    hover = visit.page.locator("#hover")
    hover.wait_for(state="visible")
    assert largest["name"] in hover.inner_text()
    assert "habitants" in hover.inner_text()
    visit.page.mouse.click(x, y)
    card = visit.page.locator("#card")
    card.wait_for(state="visible")
    assert card.locator("h2").inner_text() == largest["name"]
    assert f"Code {largest['code']}" in card.inner_text()
    assert "pas de donnée" not in card.inner_text()
    assert card.locator("dt").all_inner_texts() == [
        "Population municipale",
        "Superficie",
        "Densité de population",
    ]
    assert card.get_by_role("link", name="Voir le profil").get_attribute("href") == (
        f"territories/region/{largest['code']}"
    )
    there = card.get_by_role("link", name="À cet endroit").get_attribute("href")
    found = httpx.get(f"{visit.address}/{there}").json()
    assert largest["code"] in {each["code"] for each in found["territories"]}
    settle(visit.page)
    assert f"selected={largest['code']}" in visit.page.url
    assert visit.evaluate(SELECTED) == [largest["code"]]
    visit.page.keyboard.press("Escape")
    assert card.is_hidden()
    visit.assert_clean()


@pytest.mark.parametrize("visit", [("?lang=en", 360)], indirect=True)
def test_the_page_speaks_english_and_fits_a_telephone(visit: Visit) -> None:
    """Nothing wider than the screen; the panel is folded, and unfolds."""
    assert visit.evaluate("() => document.documentElement.scrollWidth") <= 360
    assert visit.page.locator("#levels").is_hidden()
    visit.page.get_by_role("button", name="Unfold the panel").click()
    assert visit.page.get_by_text("Indicator", exact=True).is_visible()
    assert visit.page.locator("#legend tr").last.inner_text().strip().startswith("no data")
    assert visit.drawn("choropleth") > 0
    visit.assert_clean()


def test_places_overseas_are_one_click_away(visit: Visit) -> None:
    """Each view has its button."""
    buttons = visit.page.locator("#views button")
    assert buttons.count() == visit.evaluate("() => territories.views.length")
    before = visit.evaluate("() => territories.map.getCenter().toArray()")
    buttons.last.click()
    visit.page.wait_for_function("() => !territories.map.isMoving()")
    settle(visit.page)
    assert buttons.count() == 1 or visit.evaluate("() => territories.map.getCenter().toArray()") != before
    visit.assert_clean()


@pytest.mark.parametrize("visit", [("?level=epci&form=fill", 1200)], indirect=True)
def test_another_indicator_fetches_its_values_and_no_tile(visit: Visit) -> None:
    """Under 60 KB with its class map; an indicator that was there before, nothing at all."""
    tiles = [answer.path for answer in visit.answers if answer.is_tile]
    assert {path.split("/")[1] for path in tiles} == {"geometry"}
    brought = visit.choose("density")
    assert sorted(answer.path for answer in brought) == [
        "/indicators/density", "/styles/choropleth/epci/density.json",
    ]  # fmt: skip
    assert 0 < sum(answer.bytes for answer in brought) < 60_000
    assert visit.choose("population") == []
    visit.assert_clean()


@pytest.mark.france
@pytest.mark.parametrize(
    ("query", "most"),
    [("?level=epci&at=5/46.6/2.4", 60_000), ("?level=commune&at=9/47.06/-0.88", 200_000)],
)
def test_another_indicator_of_all_france_is_small_on_the_wire(
    browser: Browser, france: str, query: str, most: int
) -> None:
    """Every territory of the level is coloured by it, in view or not."""
    page = browser.new_page(viewport={"width": 1200, "height": 800}, locale="fr-FR")
    visit = Visit(page, france, query)
    assert sum(answer.is_tile for answer in visit.answers) > 0
    offered = visit.evaluate(
        "() => territories.world.indicatorsAt(territories.state.level).map(({id}) => id)"
    )
    assert len(offered) > 40
    for indicator in offered:
        brought = visit.choose(indicator)
        assert not any(answer.is_tile for answer in brought)
        assert sum(answer.bytes for answer in brought) < most
    assert visit.drawn("choropleth") > 0
    visit.assert_clean()
    page.close()


def test_colours_on_the_screen_are_those_of_the_legend(visit: Visit) -> None:
    """After every switch of indicator, of level, and there and back again."""
    seen = []
    for level, indicator in [
        ("ti", "population"), ("ti", "density"), ("epci", "density"), ("epci", "population"),
        ("region", "density"), ("ti", "density"), ("ti", "population"),
    ]:  # fmt: skip
        visit.page.locator(f"#levels input[value={level}]").check(force=True)
        visit.choose(indicator)
        colours = visit.colours()
        assert len(set(colours.values())) > 1
        assert colours == visit.expected(level, indicator, colours), (level, indicator)
        seen.append(colours)
    assert seen[0] != seen[1]
    assert seen[0] == seen[-1]
    visit.assert_clean()


@pytest.mark.parametrize("visit", [("?level=ti&indicator=density&form=fill", 1200)], indirect=True)
def test_a_territory_without_a_value_has_the_colour_of_no_data(visit: Visit) -> None:
    """Not that of zero, nor that of the indicator before; zooming in, it stays so."""
    _, _, largest = visit.evaluate(LARGEST)
    code = largest["code"]
    told = httpx.get(f"{visit.address}/indicators/population?level=ti").json()
    place = told["codes"].index(code)

    def forget(route: Route) -> None:
        values = route.fetch().json()
        values["values"][place] = None
        route.fulfill(json=values)

    visit.page.route("**/indicators/population?*", forget)
    legend = httpx.get(f"{visit.address}/styles/choropleth/ti/population.json?form=fill").json()["metadata"][
        "legend"
    ]
    before = visit.colours()
    visit.choose("population")
    after = visit.colours()
    assert after == visit.expected("ti", "population", after) | {code: legend["no_data"]["colour"]}
    x, y, _ = visit.evaluate(LARGEST)
    visit.page.mouse.move(x, y)
    visit.page.locator("#hover").get_by_text("pas de donnée").wait_for(state="visible")
    visit.page.mouse.move(0, 0)
    visit.page.evaluate(
        "([x, y]) => territories.map.jumpTo({center: territories.map.unproject([x, y]), zoom: 9})", [x, y]
    )
    settle(visit.page)
    assert visit.colours()[code] == legend["no_data"]["colour"]
    visit.evaluate("() => territories.map.jumpTo({zoom: 5})")
    visit.choose("density")
    assert visit.colours()[code] == before[code]
    visit.assert_clean()
