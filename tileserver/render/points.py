"""Layers of points over a map: marks, discs that follow an area, groups."""

from math import floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from styles.lines import at_zoom
from styles.overlays import (
    AREA_EDGE,
    AREA_OPACITY,
    AREA_RADIUS,
    AREA_ZOOMS,
    GROUP_OPACITY,
    GROUP_RADIUS,
    GROUP_TEXT,
    OverlayLook,
    Shape,
)
from tileserver.render.frame import Frame
from tileserver.render.ink import Ink
from tileserver.render.paths import dot_path
from tileserver.render.shown import Overlay
from tileserver.render.text import write
from tileserver.store.reader import LayerStore

_REACH: Final = 6.0
"""Pixels from the middle of a symbol to its rim."""

_BEYOND: Final = 18.0
"""Pixels beyond the window in which a symbol may stand that is seen in it: the radius of the largest disc."""

_DIGITS: Final = 0.65
"""The height of a digit, in parts of the size of its font."""

_DOT_ZOOMS: Final = ((4.0, 0.5), (11.0, 0.95))
"""Symbols are smaller on maps of the whole country: times their size, by zoom."""

_CORNERS: Final[dict[Shape, tuple[tuple[float, float], ...]]] = {
    "diamond": ((0, -1), (1, 0), (0, 1), (-1, 0)),
    "square": ((-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)),
    "triangle": ((0, -0.9), (0.95, 0.75), (-0.95, 0.75)),
}


def draw_marks(overlay: Overlay, frame: Frame, ink: Ink) -> str:
    """Draw the points of an overlay; below their zooms, what stands for them."""
    zoom = floor(frame.zoom + 1e-9)
    if overlay.groups is not None and zoom <= overlay.groups.entry.max_zoom:
        return _groups(overlay.groups, overlay.look, zoom, frame, ink)
    found = overlay.layer.points
    places = frame.pixels(found.xy, found.zoom)
    inside = frame.sees(places, _BEYOND)
    places = places[inside]
    if overlay.look.area in overlay.layer.attributes.column_names:
        areas = overlay.layer.attributes.column(overlay.look.area).to_numpy()[inside]
        return _areas(places, areas, overlay.look, frame, ink)
    # Two sites on one tenth of a pixel are one to the eye.
    tenths = np.unique(np.rint(places * 10).astype(np.int64), axis=0)
    if not len(tenths):
        return ""
    size = _REACH * at_zoom(_DOT_ZOOMS, frame.zoom)
    return f'<g transform="scale(0.1)">{marks(tenths, overlay.look, 10 * size, ink.halo)}</g>'


def _areas(
    places: NDArray[np.float64], areas: NDArray[np.floating], look: OverlayLook, frame: Frame, ink: Ink
) -> str:
    """Draw discs that follow the areas of sites, in m² (NaN: not known), the large ones below."""
    sides = np.sqrt(np.maximum(np.nan_to_num(areas.astype(np.float64)), 0))
    radii = _along(AREA_RADIUS, sides) * at_zoom(AREA_ZOOMS, frame.zoom)
    order = np.argsort(-radii, kind="stable")
    return _discs(
        places[order], radii[order], (look.colour, AREA_OPACITY), (ink.halo, at_zoom(AREA_EDGE, frame.zoom))
    )


def _groups(groups: LayerStore, look: OverlayLook, zoom: int, frame: Frame, ink: Ink) -> str:
    """Draw a disc for the points of each group, with their number, that of the most points on top."""
    found = groups.points_at(max(zoom, groups.entry.min_zoom))
    counts = groups.attributes.column("count").to_numpy()[found.rows]
    places = frame.pixels(found.xy, found.zoom)
    radii = _along(GROUP_RADIUS, np.sqrt(counts))
    rows = np.flatnonzero(frame.sees(places, radii))
    rows = rows[np.argsort(counts[rows], kind="stable")]
    drawn = _discs(places[rows], radii[rows], (look.colour, GROUP_OPACITY), (ink.halo, 1.0))
    numbers = [
        _number(count, x, y)
        for count, (x, y) in zip(counts[rows].tolist(), places[rows].tolist(), strict=True)
        if count > 1
    ]
    return drawn + "".join(numbers)


def _along(stops: tuple[tuple[float, float], ...], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Read values off a line through stops, as a style's ``interpolate`` does."""
    known = np.array(stops)
    found: NDArray[np.float64] = np.interp(values, known[:, 0], known[:, 1])
    return found


def _number(count: int, x: float, y: float) -> str:
    size = [size for least, size in GROUP_TEXT if count >= least][-1]
    return write(str(count), (x, y + _DIGITS * size / 2), size, "#ffffff", bold=True, anchor="middle")


def _discs(
    places: NDArray[np.float64], radii: NDArray[np.float64], fill: tuple[str, float], edge: tuple[str, float]
) -> str:
    """Draw discs in their order, their edge around them, as MapLibre does."""
    (colour, opacity), (halo, width) = fill, edge
    look = f'fill="{colour}" fill-opacity="{opacity}" stroke="{halo}" stroke-width="{width:.2f}"'
    drawn = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius + width / 2:.2f}"/>'
        for (x, y), radius in zip(places.tolist(), radii.tolist(), strict=True)
    ]
    return f"<g {look}>{''.join(drawn)}</g>" if drawn else ""


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
