"""Every TI and EPCI of France has the colour of its figure in the page's map, in pictures and in QGIS."""

from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import Page

from tests.web.browser import chromium, executable
from tests.web.page.conftest import BUILT
from tests.web.qgis.beside import Feature, Pixels, View, by_maplibre, by_qgis, open_map, pixels
from tests.web.qgis.conftest import Site, asking, noted, python_of_qgis
from tests.web.qgis.test_qgis import SIZE, get

pytestmark = pytest.mark.france

MIDDLE: Final = View(5.6, 46.6, 2.4)
CLOSE: Final = ((7.0, 0, 0), (9.0, 0, 0), (11.0, 0.004, 0.004), (11.0, 0.004, -0.004))
"""Zooms at which a territory is looked at that had no 25 pixels of one colour farther away, and degrees
beside the place of its name: through an EPCI of two régions goes the border between them."""

Seen = dict[int, tuple[Feature, str]]
"""By feature id, where a territory was looked at and its colour."""


def of_legend(site: Site, level: str, indicator: str) -> dict[int, str]:
    """Give the colour that the figure of each territory has in the legend, by feature id."""
    legend = get(site, f"styles/choropleth/{level}/{indicator}.json?form=fill")["metadata"]["legend"]
    told = get(site, f"indicators/{indicator}?level={level}&keys=id")
    classes = [item["colour"] for item in legend["classes"]]
    return {
        key: legend["no_data"]["colour"]
        if value is None
        else classes[sum(value >= at for at in legend["breaks"])]
        for key, value in zip(told["ids"], told["values"], strict=True)
    }


def by_server(site: Site, state: str, view: View) -> Pixels:
    at = f"{view.zoom}/{view.latitude}/{view.longitude}"
    answer = httpx.get(f"{site.address}/view/{SIZE[0]}x{SIZE[1]}.png?{state}&at={at}", timeout=60)
    return pixels(answer.content)


def looked_at(page: Page, site: Site, state: str, places: list[Feature]) -> list[tuple[View, Seen]]:
    """Look at every territory by the page and the server, which agree: by view, what was seen first in it."""
    left = {feature["id"]: feature for feature in places}
    done: list[tuple[View, Seen]] = []

    def look(view: View) -> None:
        ours, theirs = by_maplibre(page, view), by_server(site, state, view)
        seen: Seen = {}
        for key, feature in list(left.items()):
            one, other = (view.colour(picture, feature) for picture in (ours, theirs))
            if one and other:
                assert one == other, (view, feature)
                seen[key] = feature, one
                del left[key]
        done.append((view, seen))

    look(MIDDLE)
    while left:
        key, feature = next(iter(left.items()))
        longitude, latitude = feature["geometry"]["coordinates"]
        for zoom, east, north in CLOSE:
            if key in left:
                moved = [longitude + east, latitude + north]
                left[key] = {**feature, "geometry": {"type": "Point", "coordinates": moved}}
                look(View(zoom, latitude, longitude))
        assert key not in left, f"no 25 pixels of one colour: {feature}"
    return done


@pytest.mark.parametrize(("level", "indicator"), [("ti", "difficult_projects_share"), ("epci", "density")])
def test_no_territory_has_another_colour_elsewhere(
    france_store: Path, tmp_path: Path, level: str, indicator: str
) -> None:
    found = executable()
    if found is None or not (BUILT / "index.html").is_file():
        pytest.skip("no Chromium, or the map page is not built: run make page")
    qgis = python_of_qgis()
    state = f"level={level}&indicator={indicator}&form=fill&theme=light"
    with noted(france_store) as site, chromium(found) as browser:
        places = get(site, f"layers/{level}/labels")["features"]
        page = browser.new_page(
            viewport={"width": SIZE[0], "height": SIZE[1]}, reduced_motion="reduce", bypass_csp=True
        )
        open_map(page, f"{site.address}/embed?{state}")
        done = looked_at(page, site, state, places)
        views = [view for view, _ in done]
        drawn = by_qgis(
            asking(qgis, site, tmp_path), f"qgis/{level}.qlr?indicator={indicator}", views, tmp_path
        )
        wanted = of_legend(site, level, indicator)
    assert {key: colour for _, seen in done for key, (_, colour) in seen.items()} == wanted
    for (view, seen), picture in zip(done, drawn, strict=True):
        for feature, colour in seen.values():
            # Of most pixels: its borders, smoothed otherwise, reach into the 25 of a few.
            assert view.colour(picture, feature, 0.6) == colour, (view, feature)
