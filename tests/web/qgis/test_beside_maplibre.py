"""QGIS and MapLibre draw the same view of the same map in the same colours."""

from pathlib import Path

import pytest

from tests.web.browser import chromium, executable
from tests.web.page.conftest import BUILT
from tests.web.qgis.beside import View, by_maplibre, by_qgis, open_map
from tests.web.qgis.conftest import Ask, Site
from tests.web.qgis.test_qgis import SIZE, get


def test_both_draw_communes_by_density_in_the_same_colours(ask: Ask, site: Site, tmp_path: Path) -> None:
    found = executable()
    if found is None or not (BUILT / "index.html").is_file():
        pytest.skip("no Chromium, or the map page is not built: run make page")
    places = get(site, "layers/communes/labels")["features"]
    largest = min(places, key=lambda feature: feature["properties"]["rank"])
    longitude, latitude = largest["geometry"]["coordinates"]
    view = View(7.0, latitude, longitude)
    with chromium(found) as browser:
        page = browser.new_page(
            viewport={"width": SIZE[0], "height": SIZE[1]}, reduced_motion="reduce", bypass_csp=True
        )
        open_map(page, f"{site.address}/embed?level=commune&indicator=density&theme=light")
        ours = by_maplibre(page, view)
    [theirs] = by_qgis(ask, "qgis/communes.qlr?indicator=density", [view], tmp_path)
    compared = 0
    for feature in places:
        one, other = (view.colour(picture, feature) for picture in (ours, theirs))
        if one and other:
            assert one == other, feature
            compared += 1
    assert compared >= 40, compared
