"""The map page of the demo country, and of the real France, in a browser that each module opens once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.web.conftest import serving
from tests.web.visit import Visit
from tileserver.config import Settings
from tileserver.web.app import create_app

BUILT = Path(__file__).resolve().parents[3] / "tileserver" / "web" / "page" / "built"


@pytest.fixture(scope="module")
def address(demo_store: Path) -> Iterator[str]:
    """Give the address of a server of the demo country."""
    if not (BUILT / "index.html").is_file():
        pytest.skip("the map page is not built: run `make page`")
    with serving(create_app(Settings(store=demo_store))) as found:
        yield found


@pytest.fixture(scope="module")
def france(france_store: Path) -> Iterator[str]:
    """Give the address of a server of the real France."""
    with serving(create_app(Settings(store=france_store))) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open the page with the query (and at the width) that a test gives as its parameter."""
    query, width = getattr(request, "param", ("?form=fill", 1200))
    # Without fading, so that a colour that is read is not one on its way to another.
    page = browser.new_page(viewport={"width": width, "height": 640}, locale="fr-FR", reduced_motion="reduce")
    yield Visit(page, address, query)
    page.close()
