"""Draw the pictures of the documentation: ``python -m tests.gallery --store STORE [NAME …]``.

STORE is one of France; without names all are drawn. QGIS draws its own (docs/qgis.md).
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode, urljoin

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.web.browser import READY, WITHOUT_WEBGL, chromium, executable, settle, watch
from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.web.app import create_app

WIDE = (1280, 800)
HARD = "level=ti&indicator=difficult_projects_share&year=2023"
HARD_TO_FIND = urlencode(
    {
        "level": "ti",
        "filter": '"labour.D*.share_difficult@2023" > 60 AND "projects.all.word.formation" = 0',
        "lang": "fr",
    }
)
SITES = urlencode(
    {
        "filter": 'area_ha >= 2 AND in_natura2000_zsc = FALSE AND "near.projects.all" <= 10',
        "sort": "-area_ha",
        "lang": "fr",
    }
)

HOST = """<!doctype html><html lang="fr"><meta charset="utf-8"><title>Observatoire</title>
<style>
  body {{ margin: 0; font: 17px/1.5 Georgia, "Noto Serif", serif; color: #222; background: #fff; }}
  header {{ padding: 18px 40px; background: #3a2a5c; color: #fff; }}
  main {{ padding: 18px 70px; }}
  h1 {{ margin: 18px 0 8px; font-size: 27px; }}
</style>
<header>Observatoire régional de l’industrie</header>
<main><h1>Recruter reste difficile dans l’industrie</h1>
<p>En 2023, les employeurs jugeaient difficile une grande part de leurs projets de recrutement.
La carte montre cette part dans chaque Territoire d’industrie.</p>
<iframe src="{frame}" title="Carte" width="100%" height="520" style="border:0"></iframe></main></html>"""
"""A page of another site, with a frame of ours."""


@dataclass(frozen=True)
class Scene:
    """A page at an address, in a window, and what is done with it before the picture is taken."""

    path: str
    size: tuple[int, int] = WIDE
    act: Callable[[Page], None] = settle
    dark: bool = False
    scripts: bool = True
    webgl: bool = True


def _at_once(_: Page) -> None:
    """Wait for nothing more than the page."""


def _still(page: Page) -> None:
    page.evaluate("() => territories.drawn")
    page.wait_for_load_state("networkidle")


def _loaded(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    for frame in page.frames[1:]:
        frame.wait_for_function(READY, timeout=60_000)
        page.wait_for_timeout(1500)  # the boxes of what lies overseas come last


def _boxes(page: Page) -> None:
    settle(page)
    page.wait_for_load_state("networkidle")


def _searched(page: Page) -> None:
    _boxes(page)
    page.get_by_role("combobox", name="Indicateur").fill("emploi")
    page.wait_for_timeout(300)


def _table(page: Page) -> None:
    _boxes(page)
    page.get_by_role("button", name="Voir les données en tableau").click()
    page.locator("#figures tbody tr").first.wait_for()
    page.mouse.move(0, 0)


def _hosted(page: Page) -> None:
    host = HOST.format(frame=page.url)
    page.route("**/portail", lambda route: route.fulfill(body=host, content_type="text/html"))
    page.goto(urljoin(page.url, "/portail"))
    _loaded(page)


def _printed(page: Page) -> None:
    page.emulate_media(media="print")


def _trades(page: Page) -> None:
    page.evaluate("() => document.getElementById('year-2023').scrollIntoView()")


def _web_page(path: str, *, size: tuple[int, int] = WIDE, act: Callable[[Page], None] = _boxes) -> Scene:
    return Scene(path, size, act)


SCENES = {
    "map-difficult-recruitment": _web_page(f"?{HARD}&compare=ti-5204,ti-5203,ti-5215"),
    "map-circles-768": _web_page("?level=ti&indicator=recruitment_projects", size=(768, 900)),
    "map-320": _web_page("?level=ti&indicator=density", size=(320, 640)),
    "map-dark": _web_page("?level=epci&indicator=unemployment_rate&theme=dark"),
    "map-dark-circles": _web_page("?level=departement&indicator=friche_area_ha&theme=dark"),
    "map-english-zonings": _web_page("?level=ti&indicator=density&show=zrr,friches&at=7/47/1.5&lang=en"),
    "map-communes-secret": _web_page("?level=commune&indicator=poverty_rate&at=8.1/47.2/-0.8"),
    "map-indicators": _web_page("?level=epci&indicator=unemployment_rate", act=_searched),
    "map-table": _web_page("?level=ti&indicator=large_establishments_share&theme=dark", act=_table),
    "map-no-script": Scene("", (1000, 860), _at_once, scripts=False),
    "map-without-webgl": Scene("?level=epci&indicator=unemployment_rate", act=_still, webgl=False),
    "embed": Scene(f"embed?{HARD}", (1000, 800), _hosted),
    "find": Scene(f"find?{HARD_TO_FIND}", (1280, 1700), _loaded),
    "find-narrow-dark": Scene(f"find?{HARD_TO_FIND}&known=50", (320, 1700), _loaded, dark=True),
    "find-sites": Scene(f"find/sites?{SITES}", (1280, 1500), _loaded),
    "profile-choletais-mauges": Scene("territories/ti/ti-5204?lang=fr", (1280, 1500), _loaded),
    "profile-2023": Scene("territories/ti/ti-5204?lang=fr", (1280, 1560), _trades),
    "profile-print": Scene("territories/ti/ti-5204?lang=fr", (700, 1500), _printed),
}
STATIC = {"picture": f"static/900x620.png?{HARD}&selected=ti-5204"}
"""Pictures that the server draws itself."""


def draw(browser: Browser, address: str, scene: Scene) -> bytes:
    """Open a page, do with it what belongs to it, and take the picture: a PNG."""
    width, height = scene.size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        locale="fr-FR",
        reduced_motion="reduce",
        color_scheme="dark" if scene.dark else "light",
        java_script_enabled=scene.scripts,
    )
    url = f"{address}/{scene.path}"
    notes = watch(page, url)
    page.goto(url)
    scene.act(page)
    shot = page.screenshot()
    for line in (*notes.complaints, *notes.elsewhere, *notes.refused):
        sys.stderr.write(f"{scene.path}: {line}\n")
    page.close()
    return shot


def save(picture: bytes, path: Path) -> None:
    """Write a picture in 256 colours, which is all that flat colours and text need."""
    small = Image.open(BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def main() -> int:
    """Draw what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join([*SCENES, *STATIC])}")
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    given = parser.parse_args()
    names = given.names or [*SCENES, *STATIC]
    unknown = [name for name in names if name not in SCENES and name not in STATIC]
    path = executable()
    if path is None or unknown:
        parser.error("no Chromium on the path" if path is None else f"no picture is named {unknown[0]}")
    address = None
    with ExitStack() as open_:
        address = open_.enter_context(serving(create_app(Settings(store=given.store))))
        for webgl in (True, False):
            mine = [name for name in names if name in SCENES and SCENES[name].webgl == webgl]
            if mine:
                with chromium(path, *(() if webgl else WITHOUT_WEBGL)) as browser:
                    for name in mine:
                        save(draw(browser, address, SCENES[name]), given.out / f"{name}.png")
        for name in (name for name in names if name in STATIC):
            answer = httpx.get(f"{address}/{STATIC[name]}", timeout=120)
            save(answer.raise_for_status().content, given.out / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
