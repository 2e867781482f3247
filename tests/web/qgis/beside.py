"""One view of a map drawn by MapLibre and by QGIS, and the colours where the names of territories stand."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from tests.web.browser import settle
from tests.web.qgis.conftest import Ask
from tests.web.qgis.test_qgis import HALF, SIZE, ground, metres, pixel
from tests.web.visit import HIDE_NAMES

Pixels = NDArray[np.uint8]
Feature = dict[str, Any]

ALONE = "body * { visibility: hidden !important } .maplibregl-canvas { visibility: visible !important }"
"""Shows the map without what lies over it: the shadow of a legend reaches farther than one sees."""

JUMP = "([zoom, lat, lng]) => { territories.map.jumpTo({zoom, center: [lng, lat]}); }"


@dataclass(frozen=True)
class View:
    """A place in the middle of a picture of `SIZE`, at a zoom of 512-pixel tiles."""

    zoom: float
    latitude: float
    longitude: float

    @property
    def extent(self) -> list[float]:
        """What of EPSG:3857 is seen: west, south, east, north."""
        x, y = metres(self.longitude, self.latitude)
        side = HALF / (512 * 2**self.zoom)  # half the metres of a pixel
        wide, high = side * SIZE[0], side * SIZE[1]
        return [x - wide, y - high, x + wide, y + high]

    def colour(self, picture: Pixels, feature: Feature, share: float = 1.0) -> str | None:
        """Give the colour where a territory has its name: of that share of 25 pixels, else None."""
        column, row = pixel(self.extent, *feature["geometry"]["coordinates"])
        inside = 2 <= column < SIZE[0] - 2 and 2 <= row < SIZE[1] - 2
        return ground(picture, column, row, share) if inside else None


def open_map(page: Page, address: str) -> None:
    """Open a frame with a map, and leave nothing but the map; `page` is one that bypasses policies."""
    page.goto(address)
    settle(page)
    page.evaluate(HIDE_NAMES)
    page.add_style_tag(content=ALONE)


def by_maplibre(page: Page, view: View) -> Pixels:
    """Draw a view of the map that is open."""
    page.evaluate(JUMP, [view.zoom, view.latitude, view.longitude])
    settle(page)
    return pixels(page.screenshot())


def by_qgis(ask: Ask, document: str, views: list[View], folder: Path) -> list[Pixels]:
    """Draw views of a document."""
    tasks = [
        {"size": SIZE, "extent": view.extent, "png": str(folder / f"qgis-{number}.png"), "labels": False}
        for number, view in enumerate(views)
    ]
    assert ask(document, {"views": tasks})["errors"] == []
    return [pixels(Path(str(task["png"])).read_bytes()) for task in tasks]


def pixels(file: bytes) -> Pixels:
    """Read a picture: uint8 (rows, columns, 3)."""
    return np.asarray(Image.open(BytesIO(file)).convert("RGB"))
