"""Hatching: drawn as described, and going on from one tile to the next."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from styles.statuses import PATTERNS
from tileserver.render.hatching import pattern
from tileserver.render.raster import rasterise

SIDE = 64


def drawn(status: str, left: float, top: float, width: int) -> NDArray[np.int16]:
    """Draw a piece of the plane, from a place of the world on, in units of an eighth of a pixel."""
    units = 8
    define = pattern("p", PATTERNS[status], units, None, (left, top))
    size = f'width="{width}" height="{SIDE}"'
    filled = f'<rect width="{width * units}" height="{SIDE * units}" fill="url(#p)"/>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect {size} fill="#fff"/>'
        f'<g transform="scale({1 / units})">{define}{filled}</g></svg>'
    )
    with Image.open(BytesIO(rasterise(svg, with_text=False))) as image:
        return np.asarray(image.convert("L")).astype(np.int16)


@pytest.mark.parametrize("status", PATTERNS)
def test_a_pattern_goes_on_from_one_tile_to_the_next(status: str) -> None:
    """Two neighbours side by side are what one picture of both is; and there is something to see."""
    both = drawn(status, 1000, 300, 2 * SIDE)
    west, east = drawn(status, 1000, 300, SIDE), drawn(status, 1000 + SIDE, 300, SIDE)
    assert np.abs(np.hstack([west, east]) - both).max() <= 24
    assert both.min() < 200 < both.max()


def test_statuses_are_told_apart_by_their_patterns() -> None:
    pieces = [drawn(status, 0, 0, SIDE) for status in PATTERNS]
    for number, one in enumerate(pieces):
        assert all(np.abs(one - other).mean() > 3 for other in pieces[number + 1 :])
