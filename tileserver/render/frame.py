"""Windows on the Mercator plane, as MapLibre GL JS counts: the world is 512 · 2^zoom CSS pixels wide."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, log2, pi, radians, tan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tileserver.store.manifest import EXTENT

TILE_PX: Final = 512
DEEPEST: Final = 18.0

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A window of ``width`` × ``height`` CSS pixels; ``x``, ``y``: its north-west corner in the world."""

    zoom: float
    x: float
    y: float
    width: float
    height: float

    def units(self, grid_zoom: int) -> float:
        """Give how many units of the grid of a zoom a pixel has."""
        scale: float = EXTENT / TILE_PX * 2.0 ** (grid_zoom - self.zoom)
        return scale

    def box(self, grid_zoom: int, margin_px: float = 0.0) -> tuple[float, float, float, float]:
        """Give the window on the grid of a zoom: west, north, east, south."""
        units = self.units(grid_zoom)
        west, north = (self.x - margin_px) * units, (self.y - margin_px) * units
        return (
            west,
            north,
            west + (self.width + 2 * margin_px) * units,
            north + (self.height + 2 * margin_px) * units,
        )

    def pixels(self, xy: NDArray[np.int32], grid_zoom: int) -> NDArray[np.float64]:
        """Place points of the grid of a zoom, (n, 2), in the window."""
        found: NDArray[np.float64] = xy / self.units(grid_zoom) - (self.x, self.y)
        return found

    def sees(self, places: NDArray[np.float64], reach: NDArray[np.float64] | float) -> NDArray[np.bool_]:
        """Say of which places, pixels (n, 2), something is seen that reaches so far around them: bool (n)."""
        around = np.broadcast_to(reach, len(places))[:, None]
        edge = np.array([self.width, self.height])
        found: NDArray[np.bool_] = np.all((places > -around) & (places < edge + around), axis=1)
        return found


def place(longitude: float, latitude: float) -> tuple[float, float]:
    """Give a place (degrees) as shares of the world's width, eastwards, and height, southwards."""
    return (longitude + 180) / 360, (1 - log(tan(pi / 4 + radians(latitude) / 2)) / pi) / 2


def centred(zoom: float, latitude: float, longitude: float, width: float, height: float) -> Frame:
    """Make a window around a place."""
    x, y = place(longitude, latitude)
    side = TILE_PX * 2.0**zoom
    return Frame(zoom, x * side - width / 2, y * side - height / 2, width, height)


def fitting(bounds: Sequence[float], width: float, height: float, padding_px: float) -> Frame:
    """Make the window of a size that shows bounds (west, south, east, north, degrees) as large as it can."""
    west, south, east, north = bounds
    (left, bottom), (right, top) = place(west, south), place(east, north)
    room = max(width - 2 * padding_px, 1), max(height - 2 * padding_px, 1)
    scale = min(room[0] / max(right - left, 1e-9), room[1] / max(bottom - top, 1e-9))
    zoom = min(log2(scale / TILE_PX), DEEPEST)
    side = TILE_PX * 2.0**zoom
    middle = (left + right) / 2 * side, (top + bottom) / 2 * side
    return Frame(zoom, middle[0] - width / 2, middle[1] - height / 2, width, height)
