"""QGIS over the real France: nothing that it asks for is refused."""

from pathlib import Path

import pytest

from tests.web.qgis.conftest import asking, noted, python_of_qgis
from tests.web.qgis.test_qgis import BEYOND, OVER, beyond_limits, pan

pytestmark = pytest.mark.france


def test_the_log_of_panning_has_no_tile_outside_of_limits_no_error_and_no_retry(
    france_store: Path, tmp_path: Path
) -> None:
    qgis = python_of_qgis()
    with noted(france_store) as site:
        ask = asking(qgis, site, tmp_path)
        over = pan(ask, site, tmp_path, OVER)
        assert len(over) > 50
        assert beyond_limits(site, over) == []
        assert {status for _, _, status in over} <= {200, 304}
        # Where a view itself leaves France: empty, and not asked for again.
        beyond = pan(ask, site, tmp_path, BEYOND)
        assert {status for _, _, status in beyond} <= {200, 304}
