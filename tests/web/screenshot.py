"""Take a picture of a page: ``python -m tests.web.screenshot URL FILE.png [--size 1280x800]``."""

import argparse
import sys
from pathlib import Path

from tests.web.browser import chromium, executable, settle, watch


def main() -> int:
    """Open the page, wait for its map, write the picture, tell what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("file", type=Path)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--click", help="x,y to click first, then hover a little further")
    given = parser.parse_args()
    path = executable()
    if path is None:
        parser.error("no Chromium on the path")
    width, height = map(int, given.size.split("x"))
    with chromium(path) as browser:
        page = browser.new_page(viewport={"width": width, "height": height})
        notes = watch(page, given.url)
        page.goto(given.url)
        settle(page)
        if given.click:
            x, y = map(int, given.click.split(","))
            page.mouse.click(x, y)
            page.mouse.move(x + 3, y + 3)
            page.wait_for_timeout(400)
        page.screenshot(path=given.file)
    for line in (*notes.complaints, *notes.elsewhere, *notes.refused):
        sys.stderr.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
