"""The pages of profiles in a real browser: wide and narrow, by keyboard, on paper; nothing from elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.web.browser import Notes, watch
from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import Store, open_store
from tileserver.web.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"

WIDER = """width => [...document.querySelectorAll("main *")].filter(element =>
  !element.closest(".wide, .unseen, thead, svg") && element.getBoundingClientRect().right > width + 0.5
).map(element => element.outerHTML.slice(0, 120))"""
"""What sticks out of a page that is so wide."""

CONTRASTS = """() => {
  const channel = part => part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = text => text.match(/[0-9.]+/g).map(Number);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest("svg") || !element.checkVisibility()) continue;
    const pair = [luminance(colour(getComputedStyle(element).color)), luminance(behind(element))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 100)}`);
  }
  return low;
}"""
"""Texts whose contrast is below that of WCAG 2.2, 1.4.3."""


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store)


@pytest.fixture(scope="module")
def address(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(create_app(Settings(store=demo_store, page=tmp_path_factory.mktemp("page")))) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    width = getattr(request, "param", 1280)
    found = browser.new_page(viewport={"width": width, "height": 800}, locale="fr-FR", base_url=address)
    yield found
    found.close()


def code_of(store: Store, layer: str, row: int = 0) -> str:
    return str(store.layer(layer).attributes.column("code")[row].as_py())


def paths(store: Store) -> list[str]:
    return [
        f"/territories/ti/{code_of(store, 'ti')}",
        f"/territories/region/{code_of(store, 'regions')}",
        "/territories/departement/60?lang=en",
        f"/territories/commune/{code_of(store, 'communes', 9)}",
        "/territories?q=a",
        "/territories",
        "/at?lon=2.1&lat=47.5",
        "/find",
        "/find?level=epci&lang=en&filter=%22labour.all.share_difficult@2023%22+%3E+40+AND+projects.all+%3C+9",
        "/find/sites?filter=area_ha+%3E+1+AND+in_natura2000_zsc+%3D+FALSE+AND+near.projects.all+%3C+90",
        "/territories/ti/nowhere",
        "/qgis",
        "/ogc?f=html",
        "/ogc/api?f=html",
        "/ogc/collections?f=html&lang=en",
        "/ogc/collections/ti?f=html",
        "/ogc/collections/ti/items?f=html&limit=5",
    ]


def violations(page: Page) -> list[str]:
    """Name what axe-core finds wrong with a page; contrasts, which take it longest, `CONTRASTS` has."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found["violations"]]


@pytest.mark.parametrize("page", [1280, 320], indirect=True)
def test_every_page_fits_is_readable_and_asks_nobody_else(page: Page, address: str, store: Store) -> None:
    for path in paths(store):
        notes = watch(page, address)
        page.goto(path)
        width = page.viewport_size["width"] if page.viewport_size else 0
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, path
        page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert page.evaluate(WIDER, width) == [], path
        assert page.evaluate(CONTRASTS) == [], path
        if width > 1000 and "/region/" not in path and "/departement/" not in path:
            assert violations(page) == [], path
        expected = Notes() if "nowhere" not in path else notes
        assert notes == expected, path
        assert not notes.elsewhere


def test_a_reader_finds_a_territory_and_its_trades_by_keyboard(page: Page, store: Store) -> None:
    name = str(store.layer("ti").attributes.column("name")[0].as_py())
    page.goto("/territories")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.get_by_label("Chercher un territoire").focus()
    page.keyboard.type(name.upper())
    page.keyboard.press("Enter")
    page.wait_for_url("**/territories?q=*")
    page.get_by_role("link", name=name, exact=True).first.focus()
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/territories/ti/{code_of(store, 'ti')}")
    assert page.locator("h1").inner_text() == name
    page.get_by_role("link", name="Métiers en tension").press("Enter")
    assert page.url.endswith("#labour")
    most = page.locator("#year-2023").locator("xpath=..").locator("details.most")
    summary, table = most.locator("summary"), most.locator("table")
    assert not table.is_visible()
    summary.press("Enter")
    assert table.is_visible()


def test_no_line_is_drawn_across_the_change_of_nomenclature(page: Page, store: Store) -> None:
    page.goto(f"/territories/ti/{code_of(store, 'ti')}")
    chart = page.locator("svg.columns")
    assert chart.locator("path.break").count() == 1
    assert chart.locator("path.line").count() == 0
    assert [text for text in chart.locator("text").all_text_contents() if text.startswith("20")] == [
        "2023", "2024", "2025",
    ]  # fmt: skip


def test_the_switch_of_language_stays_on_the_page(page: Page, store: Store) -> None:
    path = f"/territories/ti/{code_of(store, 'ti')}"
    page.goto(path)
    page.get_by_role("link", name="English").click()
    page.wait_for_url(f"**{path}?lang=en")
    assert page.locator("#labour").inner_text() == "Trades in tension"
    link = page.locator("#parts").locator("xpath=..").get_by_role("link").first
    assert str(link.get_attribute("href")).endswith("?lang=en")


def test_it_prints_on_a4(page: Page, store: Store) -> None:
    page.goto(f"/territories/ti/{code_of(store, 'ti')}")
    page.emulate_media(media="print")
    assert page.locator("form.search").is_hidden()
    assert page.locator("#labour").is_visible()
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed
