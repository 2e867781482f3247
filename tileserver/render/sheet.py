"""From the grid of a layer to the pixels of a window."""

from dataclasses import dataclass
from math import floor

from tileserver.render.frame import Frame
from tileserver.store.reader import LayerStore


@dataclass(frozen=True, slots=True)
class Sheet:
    """The grid on which a layer is drawn in a window: group coordinates are units from ``origin``."""

    frame: Frame
    zoom: int
    origin: tuple[int, int]
    units: float

    @property
    def corner(self) -> tuple[float, float]:
        """Where the origin lies in the world, in pixels."""
        return self.origin[0] / self.units, self.origin[1] / self.units

    def group(self, content: str) -> str:
        """Put drawings in grid units into the window."""
        if not content:
            return ""
        shift = (self.origin[0] / self.units - self.frame.x, self.origin[1] / self.units - self.frame.y)
        placed = f"translate({shift[0]:.3f} {shift[1]:.3f}) scale({1 / self.units:.8g})"
        return f'<g transform="{placed}">{content}</g>'

    def px(self, pixels: float) -> str:
        """Write a length of so many pixels in units."""
        return f"{pixels * self.units:.3g}"


def sheet_of(layer: LayerStore, frame: Frame) -> Sheet:
    """Choose the grid of the tiles that MapLibre would show: of the zoom's whole part."""
    entry = layer.entry
    zoom = min(max(floor(frame.zoom + 1e-9), entry.min_zoom), entry.max_zoom)
    west, north, _, _ = frame.box(zoom)
    return Sheet(frame, zoom, (floor(west), floor(north)), frame.units(zoom))
