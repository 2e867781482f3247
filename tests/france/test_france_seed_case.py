"""The question that the observatory began with, asked in a browser: which trades are hard to recruit for."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browser import settle
from tests.web.conftest import browser
from tests.web.page.conftest import france

__all__ = ["browser", "france"]

pytestmark = pytest.mark.france

BOILER_MAKING = "#trade-2023-D2Z40"


class Clicks:
    """A page, and how often it was clicked."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.count += 1


@pytest.mark.parametrize(
    ("written", "name", "rank"),
    [("choletais", "Choletais-Mauges", "1ᵉʳ ex æquo"), ("lacq", "Lacq – Pau – Tarbes", None)],
)
def test_from_the_map_to_the_trades_of_a_territory_in_three_clicks(
    browser: Browser, france: str, written: str, name: str, rank: str | None
) -> None:
    """Boiler-making is hardest in Choletais-Mauges in 2023, among others that stand at 100 % too."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="fr-FR", reduced_motion="reduce")
    page.goto(france)
    settle(page)
    clicks = Clicks(page)
    page.get_by_role("combobox", name="Chercher un territoire").fill(written)
    clicks.click(f"[role=option]:has-text('{name}')")
    clicks.click("#card a:has-text('Voir le profil')")
    page.wait_for_url("**/territories/ti/*")
    expect(page.locator("h1")).to_have_text(name)
    clicks.click("a[href='#year-2023']")
    assert clicks.count <= 5
    if rank is None:
        expect(page.locator("[id^='trade-2023-']").first).to_be_visible()
        return
    told = page.locator(BOILER_MAKING)
    expect(told).to_be_visible()
    expect(told).to_contain_text(rank)
    expect(told).to_contain_text("100 %")
    expect(told).to_contain_text("estimé")  # two labour areas, one of them shared out
    page.close()
