"""What a reader does with the map: finds, compares, reads, takes away, by mouse and by keyboard."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from tests.web.browser import settle
from tests.web.visit import LARGEST, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIOLATIONS = """async tags => {
  const {violations} = await axe.run(document, {runOnly: {type: "tag", values: tags}});
  return violations.map(({id, nodes}) => `${id}: ${nodes.map(node => node.html).join(" | ").slice(0, 300)}`);
}"""

CIRCLES = """async () => {
  const {features} = await territories.map.getSource("circles").getData();
  return features.map(({id, properties}) => [id, properties.radius]);
}"""
HATCHED = """() => {
  const {map, territory} = territories;
  const seen = map.queryRenderedFeatures({layers: ["choropleth"]}).map(({id}) => id);
  const state = id => map.getFeatureState({source: territory.id, sourceLayer: territory.id, id}).hatch;
  return Object.fromEntries([...new Set(seen)].map(id => [id, state(id)]));
}"""
NEARER = """() => {
  const [west, south, east, north] = territories.views[0].bounds;
  territories.map.jumpTo({center: [(west + east) / 2, (south + north) / 2], zoom: 6.5});
}"""
SHIFTS = """() => new Promise(done => new PerformanceObserver(list => done(
  list.getEntries().map(entry => entry.value))).observe({type: "layout-shift", buffered: true}) || setTimeout(
  () => done([]), 100))"""


def query(visit: Visit) -> dict[str, str]:
    """Read the state in the address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(visit.page.url).query).items()}


def test_an_indicator_is_found_by_writing_and_chosen_by_the_keyboard(visit: Visit) -> None:
    """Without accents or capitals; Escape changes nothing; back and forward go through what was shown."""
    page = visit.page
    field = page.get_by_role("combobox", name="Indicateur")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.focus()
    page.keyboard.type("DENSITE pop")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert page.locator("#indicators [role=option]").all_inner_texts() == ["Densité de population"]
    page.keyboard.press("Escape")
    assert field.input_value() == "Population municipale"
    page.keyboard.type("densite pop")
    page.keyboard.press("Enter")
    settle(page)
    assert (query(visit)["indicator"], field.input_value()) == ("density", "Densité de population")
    page.keyboard.type("chomage")
    page.keyboard.press("Enter")
    settle(page)
    year = page.get_by_role("slider", name="Période")
    assert year.get_attribute("aria-valuetext") == "3e trimestre 2023"
    year.press("ArrowLeft")
    settle(page)
    assert query(visit)["year"] == "2023-T2"
    assert "2e trimestre 2023" in page.locator("#legend-unit").inner_text()
    page.go_back()
    settle(page)
    assert "year" not in query(visit)
    page.go_back()
    settle(page)
    assert page.locator("#legend-title").inner_text() == "Densité de population"
    page.go_forward()
    settle(page)
    assert field.input_value() == "Taux de chômage"
    visit.assert_clean()


@pytest.mark.parametrize("visit", [("?level=departement&indicator=tax_households", 1000)], indirect=True)
def test_totals_are_circles_whose_area_is_the_value_and_what_is_partial_is_hatched(visit: Visit) -> None:
    """Until filled areas are asked for, in as many classes and in the palette that one wants."""
    page = visit.page
    told = httpx.get(f"{visit.address}/indicators/tax_households?level=departement").json()
    values = dict(zip(told["ids"], told["values"], strict=True))
    circles = visit.evaluate(CIRCLES)
    assert len(circles) == sum(value is not None for value in values.values())
    shares = [radius**2 / values[id_] for id_, radius in circles]
    assert max(shares) == pytest.approx(min(shares))
    assert [radius for _, radius in circles] == sorted((radius for _, radius in circles), reverse=True)
    statuses = {str(id_): status for id_, status in zip(told["ids"], told["statuses"], strict=True)}
    hatched = visit.evaluate(HATCHED)
    assert hatched == {id_: None if statuses[id_] == "ok" else statuses[id_] for id_ in hatched}
    rows = {
        row: page.locator(f"#legend tr[data-status={row}] .count").inner_text()
        for row in ("partial", "missing")
    }
    assert rows == {row: str(list(statuses.values()).count(row)) for row in rows}
    page.locator(".look summary").click()
    page.get_by_label("Aplats").check()
    page.get_by_label("Nombre de classes").select_option("4")
    page.get_by_label("Palette").select_option("Purples")
    page.get_by_label("Méthode").select_option("equal")
    settle(page)
    state = query(visit)
    assert (state["form"], state["classes"], state["palette"], state["method"]) == (
        "fill",
        "4",
        "Purples",
        "equal",
    )
    assert page.locator("#legend .classes tr:not(.apart)").count() == 4
    assert visit.evaluate(CIRCLES) == []
    visit.assert_clean()


@pytest.mark.parametrize(
    "visit", [("?level=ti&indicator=difficult_projects_share&year=2023", 1200)], indirect=True
)
def test_by_the_keyboard_alone_territories_are_found_compared_and_opened(visit: Visit) -> None:
    """From the address to the profile; the year before the break of the nomenclature says so."""
    page = visit.page
    assert "2024" in page.locator("#break-told").inner_text()
    listed = httpx.get(f"{visit.address}/territories?level=ti&limit=3&f=json").json()["territories"]
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    for found in listed[:2]:
        while page.evaluate("() => document.activeElement.id") != "search":
            page.keyboard.press("Tab")
        page.keyboard.type(found["code"])
        page.keyboard.press("Enter")
        page.locator("#card h2").get_by_text(found["name"], exact=True).wait_for()
        settle(page)
        assert query(visit)["selected"] == found["code"]
        while page.evaluate("() => document.activeElement.textContent") != "Comparer":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("#compared").get_by_text(found["name"], exact=True).wait_for()
        page.locator("body").press("Shift+Tab")
    assert query(visit)["compare"] == ",".join(found["code"] for found in listed[:2])
    assert page.locator("#compared tbody tr").first.locator("td").count() == 2
    assert "sur" in page.locator("#card dd small").first.inner_text()
    visit.assert_clean()
    while page.evaluate("() => document.activeElement.textContent") != "Voir le profil":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/territories/ti/*")
    assert listed[1]["name"] in page.locator("h1").inner_text()


@pytest.mark.parametrize("visit", [("?level=departement&indicator=density&show=afr", 1000)], indirect=True)
def test_the_table_says_what_the_map_shows_and_files_take_it_away(visit: Visit) -> None:
    """Sorted either way, and searched; a zoning lies over the map, hatched, with its own card."""
    page = visit.page
    visit.evaluate(NEARER)
    settle(page)
    assert visit.drawn("zoning-afr") > 0
    page.get_by_role("button", name="Voir les données en tableau").click()
    table = page.locator("#figures")
    told = httpx.get(f"{visit.address}/indicators/density?level=departement").json()
    first = table.locator("tbody tr").first
    assert table.locator("tbody tr").count() == len(told["codes"])
    best = told["codes"][told["values"].index(max(told["values"]))]
    assert best in first.inner_text()
    page.get_by_role("button", name="Valeur").click()
    expect(table.locator("th[data-column=value]")).to_have_attribute("aria-sort", "ascending")
    assert told["codes"][told["values"].index(min(told["values"]))] in first.inner_text()
    page.get_by_label("Filtrer par nom ou code").fill(best)
    first.get_by_role("button").click()
    settle(page)
    assert query(visit)["selected"] == best
    page.get_by_role("button", name="Partager").click()
    expect(page.get_by_label("Lien vers cette carte")).to_have_value(re.compile("/s/"))
    short = page.get_by_label("Lien vers cette carte").input_value()
    led = urlsplit(httpx.get(short).headers["location"]).query
    assert set(led.split("&")) == set(urlsplit(page.url).query.split("&"))
    compose = page.get_by_role("link", name="Composer une carte").get_attribute("href")
    assert str(compose).endswith(f"/embed/configure?{urlsplit(page.url).query}")
    assert "/embed?" in page.get_by_label("Code à coller").input_value()
    for name in ("CSV", "GeoJSON", "GeoParquet"):
        link = page.get_by_role("link", name=name).get_attribute("href")
        assert link is not None
        assert httpx.head(link).status_code == 200
    with page.expect_download() as taken:
        page.get_by_role("button", name="Image de la carte").click()
    picture = Path(taken.value.path()).read_bytes()
    assert picture.startswith(b"\x89PNG")
    width, height = int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])
    assert (width > 1000, height > 600) == (True, True)
    visit.assert_clean()


@pytest.mark.parametrize(
    "visit", [("?filter=population%20%3E%20200000&lang=en&theme=dark", 320)], indirect=True
)
def test_the_page_fits_320_pixels_in_the_dark_and_a_filter_dims_what_it_keeps_out(visit: Visit) -> None:
    """Nothing is wider than the screen, nothing moves while it loads, and the filter can be taken away."""
    page = visit.page
    assert sum(visit.evaluate(SHIFTS)) == 0
    page.get_by_role("button", name="Unfold the panel").click()
    assert visit.evaluate("() => document.documentElement.scrollWidth") <= 320
    assert visit.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(20, 27, 32)"
    told = httpx.get(f"{visit.address}/indicators/population?level=ti&filter=population>200000").json()
    assert f"{len(told['ids'])} territories stand out" in page.locator("#filtered").inner_text()
    dimmed = """() => { const {map, territory} = territories;
      const ids = new Set(map.queryRenderedFeatures({layers: ["choropleth"]}).map(({id}) => id));
      return [...ids].filter(id => map.getFeatureState(
        {source: territory.id, sourceLayer: territory.id, id}).dim); }"""
    assert set(visit.evaluate(dimmed)).isdisjoint(told["ids"])
    assert visit.evaluate(dimmed)
    page.get_by_role("button", name="Take the filter away").click()
    settle(page)
    assert visit.evaluate(dimmed) == []
    visit.assert_clean()


@pytest.mark.parametrize(
    "visit",
    [
        ("?level=departement&indicator=tax_households&show=friches,zrr", 1000),
        ("?level=epci&indicator=unemployment_rate&lang=en&theme=dark&compare=200000000", 1000),
    ],
    indirect=True,
)
def test_axe_finds_nothing_to_say_against_the_page(visit: Visit) -> None:
    """In both languages, light and dark; at rest, with a card and a list open, and in both dialogues."""
    page = visit.page
    page.evaluate(AXE.read_text(encoding="utf-8"))
    x, y, _ = visit.evaluate(LARGEST)
    page.mouse.click(x, y)
    page.locator("#card").wait_for()
    page.locator(".look summary").click()
    page.get_by_role("combobox").last.click()
    assert page.evaluate(VIOLATIONS, TAGS) == []
    page.keyboard.press("Escape")
    for opens in ("#open-table", "#open-share"):
        page.locator(opens).click()
        assert page.evaluate(VIOLATIONS, TAGS) == []
        page.keyboard.press("Escape")


def test_the_page_is_small(visit: Visit) -> None:
    """Less than 450 KB with MapLibre and its worker, as browsers get it; and nothing moves while it loads."""
    built = Path(__file__).resolve().parents[3] / "tileserver" / "web" / "page" / "built"
    assert sum(path.stat().st_size for path in built.rglob("*.br")) < 450_000
    assert sum(visit.evaluate(SHIFTS)) == 0
    scripts = visit.evaluate(
        "() => performance.getEntriesByType('resource').filter(({name}) => name.includes('/static/'))"
        ".map(({encodedBodySize}) => encodedBodySize)"
    )
    assert 0 < sum(scripts) < 450_000
