"""One server over the demo country for all tests of the OGC API, and a client of it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.store.reader import Store, open_store
from tileserver.web.app import create_app


@pytest.fixture(scope="package")
def store(demo_store: Path) -> Store:
    return open_store(demo_store)


@pytest.fixture(scope="package")
def address(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("page")
    with serving(create_app(Settings(store=demo_store, page=folder))) as found:
        yield found


@pytest.fixture(scope="package")
def ogc(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{address}/ogc", timeout=60) as client:
        yield client
