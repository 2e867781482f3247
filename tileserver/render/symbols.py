"""Symbols: proportional circles, and the marks of layers of points."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from styles.circles import OPACITY, OUTLINE_WIDTH, STROKE, STROKE_WIDTH, Circles
from styles.lines import at_zoom
from styles.overlays import OverlayLook, Shape
from tileserver.render.frame import Frame
from tileserver.render.ink import Ink
from tileserver.render.paths import dot_path
from tileserver.render.shown import Overlay, Shown

_REACH: Final = 6.0
"""Pixels from the middle of a symbol to its rim."""

_DOT_ZOOMS: Final = ((4.0, 0.5), (11.0, 0.95))
"""Symbols are smaller on maps of the whole country: times their size, by zoom."""

_CORNERS: Final[dict[Shape, tuple[tuple[float, float], ...]]] = {
    "diamond": ((0, -1), (1, 0), (0, 1), (-1, 0)),
    "square": ((-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)),
    "triangle": ((0, -0.9), (0.95, 0.75), (-0.95, 0.75)),
}


def draw_circles(shown: Shown, scale: Circles, frame: Frame) -> str:
    """Draw the circles, large ones first."""
    if shown.places is None or not scale.maximum:
        return ""
    units = frame.units(shown.places_zoom)
    centres = shown.places / units - (frame.x, frame.y)
    radii = np.nan_to_num(scale.radius_of(1, frame.zoom) * np.sqrt(np.abs(shown.values)))
    inside = (
        (centres > -radii[:, None]) & (centres < np.array([frame.width, frame.height]) + radii[:, None])
    ).all(1)
    rows = np.flatnonzero(inside & (radii > 0))
    drawn = []
    for row in rows[np.argsort(-radii[rows], kind="stable")].tolist():
        (x, y), below = centres[row].tolist(), shown.values[row] < 0
        out = ' class="n"' if below else ""
        drawn.append(f'<circle{out} cx="{x:.1f}" cy="{y:.1f}" r="{radii[row]:.2f}"/>')
    look = f'fill="{scale.colour}" fill-opacity="{OPACITY}" stroke="{STROKE}" stroke-width="{STROKE_WIDTH}"'
    negative = f'fill="none" stroke="{scale.colour}" stroke-width="{OUTLINE_WIDTH}"'
    return f"<g {look}>" + "".join(drawn).replace('class="n"', negative) + "</g>"


def draw_marks(overlay: Overlay, frame: Frame, ink: Ink) -> str:
    """Draw the points of an overlay."""
    found = overlay.layer.points
    units = frame.units(found.zoom)
    west, north, east, south = frame.box(found.zoom, _REACH)
    xy = found.xy
    inside = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= north) & (xy[:, 1] <= south)
    # Two sites on one tenth of a pixel are one to the eye.
    tenths = np.unique(np.rint((xy[inside] / units - (frame.x, frame.y)) * 10).astype(np.int64), axis=0)
    if not len(tenths):
        return ""
    size = _REACH * at_zoom(_DOT_ZOOMS, frame.zoom)
    return f'<g transform="scale(0.1)">{marks(tenths, overlay.look, 10 * size, ink.halo)}</g>'


def marks(places: NDArray[np.int64], look: OverlayLook, size: float, halo: str) -> str:
    """Draw the symbol of an overlay at places, int64 (n, 2), `size` from its middle to its rim."""
    if look.shape not in _CORNERS:
        path = dot_path(places)
        around, within = f'stroke="{halo}"', f'stroke="{look.colour}"'
        shape = f'<path d="{path}" fill="none" stroke-linecap="round" stroke-width='
        return f'{shape}"{2.3 * size:.1f}" {around}/>{shape}"{1.7 * size:.1f}" {within}/>'
    corners = np.rint(np.array(_CORNERS[look.shape]) * size).astype(np.int64)
    first, steps = corners[0], np.diff(corners, axis=0).ravel().tolist()
    drawn = "l" + " ".join(map(str, steps)) + "z"
    path = "".join(f"M{x} {y}{drawn}" for x, y in (places + first).tolist())
    return f'<path d="{path}" fill="{look.colour}" stroke="{halo}" stroke-width="{0.18 * size:.2f}"/>'
