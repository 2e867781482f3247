"""Proportional circles."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from styles.circles import OPACITY, OUTLINE_WIDTH, STROKE, STROKE_SHARE, STROKE_WIDTH, Circles, growth
from tileserver.render.frame import Frame
from tileserver.render.paths import dot_path
from tileserver.render.shown import Shown

_SPECK: Final = 0.75
"""Pixels of radius below which a circle has no rim."""


def draw_circles(shown: Shown, scale: Circles, frame: Frame) -> str:
    """Draw the circles, large ones first."""
    if shown.places is None or not scale.maximum:
        return ""
    centres = frame.pixels(shown.places, shown.places_zoom)
    radii = np.nan_to_num(scale.radius_of(1, frame.zoom) * np.sqrt(np.abs(shown.values)))
    rows = np.flatnonzero(frame.sees(centres, radii) & (radii > 0))
    large = rows[radii[rows] >= _SPECK]
    drawn = [
        _circle(
            centres[row].tolist(), float(radii[row]), scale, growth(frame.zoom), below=shown.values[row] < 0
        )
        for row in large[np.argsort(-radii[large], kind="stable")].tolist()
    ]
    look = f'fill="{scale.colour}" fill-opacity="{OPACITY}" stroke="{STROKE}" stroke-width="{STROKE_WIDTH}"'
    return f"<g {look}>{''.join(drawn)}</g>" + _specks(centres, radii, rows[radii[rows] < _SPECK], scale)


def _circle(centre: tuple[float, float], radius: float, scale: Circles, grown: float, *, below: bool) -> str:
    """Draw a circle; one of a value below zero is an outline."""
    look = ""
    rim = STROKE_SHARE * radius / grown
    if below:
        look = f' fill="none" stroke="{scale.colour}" stroke-width="{OUTLINE_WIDTH}"'
    elif rim < STROKE_WIDTH:
        look = f' stroke-width="{rim:.2f}"'
    return f'<circle{look} cx="{centre[0]:.1f}" cy="{centre[1]:.1f}" r="{radius:.2f}"/>'


def _specks(
    centres: NDArray[np.float64], radii: NDArray[np.float64], rows: NDArray[np.intp], scale: Circles
) -> str:
    """Draw circles of less than a pixel together, by tenths of a pixel: there are tens of thousands."""
    tenths = np.maximum(np.rint(radii[rows] * 10), 1).astype(np.int64)
    places = np.rint(centres[rows] * 10).astype(np.int64)
    look = f'fill="none" stroke-linecap="round" stroke="{scale.colour}" stroke-opacity="{OPACITY}"'
    drawn = [
        f'<path d="{dot_path(places[tenths == size])}" {look} stroke-width="{2 * size}"/>'
        for size in np.unique(tenths)[::-1].tolist()
    ]
    return f'<g transform="scale(0.1)">{"".join(drawn)}</g>' if drawn else ""
