"""QGIS over the real France: nothing that it asks for is refused."""

from pathlib import Path

import pytest

from tests.web.qgis.conftest import asking, noted, python_of_qgis
from tests.web.qgis.test_qgis import pan

pytestmark = pytest.mark.france


def test_the_log_of_panning_has_no_tile_outside_of_limits_no_error_and_no_retry(
    france_store: Path, tmp_path: Path
) -> None:
    qgis = python_of_qgis()
    with noted(france_store) as site:
        tiles = pan(asking(qgis, site, tmp_path), site, tmp_path)
        assert len(tiles) > 50
        assert {status for _, _, status in tiles} <= {200, 304}
