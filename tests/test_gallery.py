"""The pictures of the documentation: each is shown somewhere, and can be drawn again."""

import re
from pathlib import Path

from tests.gallery import SCENES, STATIC

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"


def test_the_documentation_shows_every_picture_and_no_other() -> None:
    """So nothing is left over that nobody looks at."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"images/([\w-]+)\.png", page.read_text("utf-8"))}
    assert shown == {path.stem for path in IMAGES.glob("*.png")}


def test_every_picture_can_be_drawn_again() -> None:
    """By the gallery; those of QGIS by that program."""
    assert {path.stem for path in IMAGES.glob("[!q]*.png")} == {*SCENES, *STATIC}
