"""Symbols: proportional circles, and the marks of layers of points."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from styles.circles import OPACITY, OUTLINE_WIDTH, STROKE, STROKE_SHARE, STROKE_WIDTH, Circles, growth
from styles.lines import at_zoom
from styles.overlays import OverlayLook, Shape
from tileserver.render.frame import Frame
from tileserver.render.ink import Ink
from tileserver.render.paths import dot_path
from tileserver.render.shown import Overlay, Shown

_REACH: Final = 6.0
"""Pixels from the middle of a symbol to its rim."""

_SPECK: Final = 0.75
"""Pixels of radius below which a circle has no rim."""

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
    centres = shown.places / frame.units(shown.places_zoom) - (frame.x, frame.y)
    radii = np.nan_to_num(scale.radius_of(1, frame.zoom) * np.sqrt(np.abs(shown.values)))
    reach = radii[:, None]
    inside = ((centres > -reach) & (centres < np.array([frame.width, frame.height]) + reach)).all(1)
    rows = np.flatnonzero(inside & (radii > 0))
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
