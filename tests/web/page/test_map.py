"""The page in a real browser, over a real store: it draws, switches, tells, and asks nobody else."""

from itertools import chain
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Route

from styles.overlays import AREA_RADIUS, AREA_ZOOMS, GROUP_RADIUS
from tests.web.browser import settle
from tests.web.visit import FILLS, LARGEST, SELECTED, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STOPS = "layer => territories.map.getPaintProperty(layer, 'circle-radius').slice(3)"
"""Of an expression that interpolates: its stops, each followed by what there is."""


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
    """Both layers of points, in groups, as pictures of the server have them."""
    del demo_store
    view = visit.evaluate("() => territories.views[0].bounds")
    west, south, east, north = view
    visit.evaluate(
        f"() => territories.map.jumpTo({{center: [{(west + east) / 2}, {(south + north) / 2}], zoom: 7}})"
    )
    settle(visit.page)
    assert visit.drawn("groups-friches") > 0
    assert visit.drawn("groups-qpv") > 0
    assert visit.page.evaluate(STOPS, "groups-friches") == list(chain(*GROUP_RADIUS))
    by_zoom = visit.page.evaluate(STOPS, "points-friches")
    assert by_zoom[::2] == [zoom for zoom, _ in AREA_ZOOMS]
    for (_, times), radius in zip(AREA_ZOOMS, by_zoom[1::2], strict=True):
        assert radius[3:] == pytest.approx(list(chain(*((side, px * times) for side, px in AREA_RADIUS))))
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
    # The first question of this kind, asked while pictures are drawn ahead: five seconds can be too few.
    found = httpx.get(f"{visit.address}/{there}", timeout=60).json()
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
    # Small, because drawing in software takes longest, and is not what is looked at here.
    page = browser.new_page(viewport={"width": 760, "height": 360}, locale="fr-FR", reduced_motion="reduce")
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
        ("ti", "population"), ("ti", "density"), ("epci", "density"), ("region", "density"),
        ("ti", "population"),
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
