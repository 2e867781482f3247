"""What the build of the real France kept, so that what it read is not all read again to be looked at."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from layers.catalog import load_catalog
from preprocess.cache.folder import Folder
from preprocess.cache.kept import Kept
from preprocess.prepare import prepare
from preprocess.prepared import Prepared
from preprocess.progress import Silent


class ReadOnly(Folder):
    """What builds have kept, for one who may not change it."""

    def put(self, key: str, step: str, value: bytes, files: Mapping[str, Path]) -> None:
        """Keep nothing."""

    def drop(self, key: str) -> None:
        """Throw nothing away."""


@pytest.fixture(scope="package")
def kept(france_store: Path) -> Kept:
    """Give what the build kept, by the digests of files and program: of others nothing is taken."""
    return Kept(ReadOnly(france_store / "cache"))


@pytest.fixture(scope="package")
def france(france_sources: Path, kept: Kept) -> Prepared:
    """Give the prepared tables, from which the build has made the store; not to be written to."""
    return prepare(load_catalog(), france_sources, Silent(), kept)
