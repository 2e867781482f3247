"""Fixtures that all tests share: the demo country, the real one, and their stores."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

DEMO_COMMUNES = 400

# No test asserts seconds: a busy machine is no fault.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.hookimpl(trylast=True)  # what is not chosen is gone then
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the modules so that no test process waits for another, at the beginning or at the end.

    The first module has the demo country made; those that do without it come next, for the other processes.
    Then come the slow ones, and last the many short ones, so that all processes end together.
    """
    demo, slow = set[Path](), set[Path]()
    for item in items:
        if {"demo_sources", "demo_store"} & set(getattr(item, "fixturenames", ())):
            demo.add(item.path)
        if item.get_closest_marker("slow"):
            slow.add(item.path)
    first = next((item.path for item in items if item.path in demo), None)
    items.sort(
        key=lambda item: (item.path != first, item.path in demo, item.path not in slow)
    )  # stable: otherwise as found


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Give a folder that the first of the test processes to come fills, and the others find.

    `make` fills the folder that it is given; where it fails, the next process tries again.
    """
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not folder.exists():
            begun = shared / f"{name}.begun"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            make(begun)
            begun.rename(folder)
    return folder


@pytest.fixture(scope="session")
def demo_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the files of a small synthetic country, named and laid out as the real ones."""
    from preprocess.demo import write_demo

    return made_once(tmp_path_factory, "demo-sources", lambda at: write_demo(at, communes=DEMO_COMMUNES))


@pytest.fixture(scope="session")
def demo_store(demo_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the root of a published store, built once from the demo country; not to be written to."""
    from preprocess.build import build

    def make(root: Path) -> None:
        build(demo_sources, root)

    return made_once(tmp_path_factory, "demo-store", make)


@pytest.fixture(scope="session")
def roads_store(demo_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the root of a store with a layer of lines, ``roads``, drawn over the demo country."""
    import numpy as np

    from preprocess.build import build
    from tests.lines import roads_catalog, shapes, write_roads

    def make(folder: Path) -> None:
        shutil.copytree(demo_sources, folder / "sources")
        write_roads(folder / "sources", shapes(np.random.default_rng(20), 60))
        build(folder / "sources", folder / "store", catalog=roads_catalog(folder / "declared"))

    return made_once(tmp_path_factory, "roads", make) / "store"


@pytest.fixture(scope="session")
def france_sources() -> Path:
    """Give the folder of the real open data; skip where there is none."""
    folder = Path(os.environ.get("TERRITORY_SOURCES") or ROOT.parent / "shared" / "data")
    if not (folder / "communes").is_dir():
        pytest.skip("no real open data: set TERRITORY_SOURCES to their folder")
    return folder.resolve()


@pytest.fixture(scope="session")
def france_store() -> Path:
    """Give the root of a store of the real France; skip where there is none."""
    root = Path(os.environ.get("TERRITORY_STORE") or ROOT / "var" / "france")
    if not (root / "CURRENT").is_file():
        pytest.skip("no store of the real France: run `make france`, or set TERRITORY_STORE")
    return root.resolve()
