"""What a browser without WebGL shows: a picture in place of the map, and all that stands around it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browser import WITHOUT_WEBGL, Notes, chromium, executable, watch

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PICTURE = "#map > #first img"


@pytest.fixture(scope="module")
def bare_browser() -> Iterator[Browser]:
    """Give a browser that draws no WebGL."""
    path = executable()
    if path is None:
        pytest.skip("no Chromium on the path, so nothing is looked at in a browser")
    with chromium(path, *WITHOUT_WEBGL) as found:
        yield found


def opened(browser: Browser, address: str, path: str) -> tuple[Page, Notes]:
    page = browser.new_page(viewport={"width": 1200, "height": 640}, locale="fr-FR")
    notes = watch(page, address)
    page.goto(f"{address}/{path}")
    page.locator(PICTURE).wait_for()
    return page, notes


def shows(page: Page, *words: str) -> None:
    """Wait until the picture is one whose address has all of some words, and is drawn."""
    page.wait_for_function(
        "([picture, words]) => { const image = document.querySelector(picture);"
        "return words.every(word => image.src.includes(word)) && image.complete && image.naturalWidth > 0; }",
        arg=[PICTURE, list(words)],
    )


def test_the_picture_stays_in_place_of_the_map_and_follows_what_is_chosen(
    bare_browser: Browser, address: str
) -> None:
    """Legend, search, card, table and downloads are there; one sentence says why nothing moves."""
    page, notes = opened(bare_browser, address, "?level=departement&indicator=density")
    assert "WebGL" in page.locator("#hint").inner_text()
    assert page.locator(PICTURE).get_attribute("alt") == "Carte\u00a0: Densité de population"
    page.get_by_label("Régions", exact=True).check(force=True)
    shows(page, "level=region", "indicator=density")
    assert "level=region" in page.url
    assert page.locator("#legend .count").count() > 2
    [found] = httpx.get(f"{address}/territories?level=departement&limit=1&f=json").json()["territories"]
    page.get_by_role("combobox", name="Chercher").fill(found["code"])
    page.get_by_role("option", name=found["name"]).first.click()
    shows(page, "level=departement", f"selected={found['code']}", "at=")
    card = page.locator("#card")
    assert card.locator("h2").inner_text() == found["name"]
    assert card.get_by_role("link", name="Voir le profil").is_visible()
    page.go_back()
    shows(page, "level=region")
    assert "at=" not in str(page.locator(PICTURE).get_attribute("src"))
    page.locator("#insets button").first.click()
    shows(page, "at=")
    expect(page.locator("#insets button").first).to_be_hidden()
    page.get_by_role("button", name="Métropole").click()
    expect(page.locator("#insets button").first).to_be_visible()
    page.get_by_role("button", name="Voir les données en tableau").click()
    expect(page.locator("#figures tbody tr")).not_to_have_count(0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Partager").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Image de la carte").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"\x89PNG")
    assert taken.value.suggested_filename == "density-region.png"
    assert notes == Notes()
    page.close()


def test_a_frame_and_a_level_that_is_seen_from_near_have_their_picture_too(
    bare_browser: Browser, address: str
) -> None:
    """In English, under the map, and over nothing of it."""
    page, notes = opened(bare_browser, address, "embed?level=commune&indicator=density&lang=en")
    shows(page, "level=commune")
    hint = page.locator("#hint")
    assert "lacks WebGL" in hint.inner_text()
    boxes = [page.locator(each).bounding_box() for each in ("#hint", "#credits", PICTURE)]
    over, under, picture = boxes
    assert over is not None
    assert under is not None
    assert picture is not None
    assert picture["y"] + picture["height"] <= over["y"] + 1
    assert over["y"] + over["height"] <= under["y"] + 1
    assert notes == Notes()
    page.close()
