"""The demo country as prepared, and a store of it that is quick to build again."""

import shutil
from pathlib import Path

import pytest

from layers.catalog import load_catalog
from preprocess.build import build
from preprocess.prepare import prepare
from preprocess.prepared import Prepared
from preprocess.progress import Silent
from tests.conftest import made_once
from tests.preprocess.shallow import shallow_catalog


@pytest.fixture(scope="session")
def demo_prepared(demo_sources: Path) -> Prepared:
    """Give the prepared tables of the demo country; not to be written to."""
    return prepare(load_catalog(), demo_sources, Silent())


@pytest.fixture(scope="session")
def shallow_store(demo_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the root of a store of the demo country by `shallow_catalog`; not to be written to."""

    def make(root: Path) -> None:
        build(demo_sources, root, catalog=shallow_catalog())

    return made_once(tmp_path_factory, "shallow-store", make)


@pytest.fixture
def shallow_copy(demo_sources: Path, shallow_store: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Give copies of the demo's files and of their shallow store, with its cache: both may be written to."""
    sources, store = tmp_path / "sources", tmp_path / "store"
    return Path(shutil.copytree(demo_sources, sources)), Path(shutil.copytree(shallow_store, store))
