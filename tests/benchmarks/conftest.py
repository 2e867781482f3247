"""What the benchmark's own tests share: small caches to fill, because they assert no time."""

import pytest

from tests.benchmarks import measure


@pytest.fixture(autouse=True)
def small_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a cold request follow at once."""
    monkeypatch.setattr(measure, "CACHE_NUMBERS", 1)
