"""Borders: widths, colours and opacities by zoom, the same for maps of tiles and for pictures."""

from collections.abc import Sequence
from typing import Any, Final

Stops = tuple[tuple[float, float], ...]

BORDER: Final = "#ffffff"
BORDER_WIDTH: Final[Stops] = ((4, 0.25), (8, 0.6), (12, 1.2))

_OPACITY: Final[Stops] = ((4, 0.5), (8, 0.85))
_SMALL_OPACITY: Final[Stops] = ((5.5, 0), (8, 0.85))
_SMALL: Final = ("commune",)

FRAME_WIDTH: Final[Stops] = ((4, 0.5), (9, 1.2), (12, 1.6))
FRAME_OPACITY: Final = 0.8
FRAME_COLOURS: Final = ((4, "#a3a9ad"), (9, "#6f7780"))


def border_opacity(level: str) -> Stops:
    """Give how borders fade in with the zoom: between thousands of territories they would be the map."""
    return _SMALL_OPACITY if level in _SMALL else _OPACITY


def by_zoom(stops: Sequence[tuple[float, object]]) -> list[Any]:
    """Write stops as an expression of MapLibre."""
    return ["interpolate", ["linear"], ["zoom"], *(part for stop in stops for part in stop)]


def at_zoom(stops: Stops, zoom: float) -> float:
    """Give the value that MapLibre draws at a zoom."""
    below = [stop for stop in stops if stop[0] <= zoom]
    above = [stop for stop in stops if stop[0] > zoom]
    if not below or not above:
        return (below[-1] if below else above[0])[1]
    (start, first), (end, last) = below[-1], above[0]
    return first + (last - first) * (zoom - start) / (end - start)


def frame_colour(zoom: float) -> str:
    """Give the colour of the borders of régions that MapLibre draws at a zoom."""
    (start, first), (end, last) = FRAME_COLOURS
    share = min(max((zoom - start) / (end - start), 0), 1)
    pairs = ((int(first[at : at + 2], 16), int(last[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(one * (1 - share) + other * share):02x}" for one, other in pairs)
