"""QGIS and MapLibre draw the same view of the same map in the same colours."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.web.browser import chromium, executable, settle
from tests.web.page.conftest import BUILT
from tests.web.qgis.conftest import Ask, Site
from tests.web.qgis.test_qgis import HALF, SIZE, get, ground, metres, pixel
from tests.web.visit import HIDE_NAMES

ZOOM = 7.0
LEGEND = 320
"""CSS pixels on the left over which the legend of a frame may lie."""


def shot(page: Page, address: str, path: Path) -> None:
    page.goto(address)
    settle(page)
    page.evaluate(HIDE_NAMES)
    page.wait_for_timeout(300)
    page.screenshot(path=str(path))


def test_both_draw_communes_by_density_in_the_same_colours(ask: Ask, site: Site, tmp_path: Path) -> None:
    found = executable()
    if found is None or not (BUILT / "index.html").is_file():
        pytest.skip("no Chromium, or the map page is not built: run make page")
    places = get(site, "layers/communes/labels")["features"]
    largest = min(places, key=lambda feature: feature["properties"]["rank"])
    longitude, latitude = largest["geometry"]["coordinates"]
    with chromium(found) as browser:
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, reduced_motion="reduce")
        state = f"level=commune&indicator=density&at={ZOOM}/{latitude}/{longitude}&theme=light"
        shot(page, f"{site.address}/embed?{state}", tmp_path / "maplibre.png")
    x, y = metres(longitude, latitude)
    side = 2 * HALF / (512 * 2**ZOOM)  # metres a pixel, of MapLibre's tiles of 512 pixels
    extent = [x - side * SIZE[0] / 2, y - side * SIZE[1] / 2, x + side * SIZE[0] / 2, y + side * SIZE[1] / 2]
    view = {"size": SIZE, "extent": extent, "png": str(tmp_path / "qgis.png"), "labels": False}
    assert ask("qgis/communes.qlr?indicator=density", {"views": [view]})["errors"] == []
    ours, theirs = (
        np.asarray(Image.open(tmp_path / name).convert("RGB")) for name in ("maplibre.png", "qgis.png")
    )
    compared = 0
    for feature in places:
        column, row = pixel(extent, *feature["geometry"]["coordinates"])
        if not (LEGEND < column < SIZE[0] - 60 and 0 <= row < SIZE[1] - 60):
            continue
        one, other = (ground(picture, column, row, 1.0) for picture in (ours, theirs))
        if one and other:
            assert one == other, feature
            compared += 1
    assert compared >= 20, compared
