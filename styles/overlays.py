"""How layers that lie over a map are drawn: colours that no scheme of a map makes its own, and shapes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from styles.statuses import Pattern

Shape = Literal["circle", "diamond", "square", "triangle", "fill", "line"]


@dataclass(frozen=True, slots=True)
class OverlayLook:
    """The colour and shape of an overlay; ``angle``: of the hatching of areas, degrees anticlockwise.

    ``area``: of a layer of points, the field whose m² their discs follow.
    """

    colour: str
    shape: Shape
    angle: int = 45
    area: str | None = None

    @property
    def hatching(self) -> Pattern:
        """The pattern of areas: several can lie over each other, and over colours."""
        return Pattern((self.angle,), 7, 1.1, self.colour, 0.75, None)


TINT: Final = 0.16
"""Opacity of the fill of areas, below their hatching."""

EDGE_WIDTH: Final = ((5.0, 0.6), (9.0, 1.4))
EDGE_OPACITY: Final = 0.9
LINE_WIDTH: Final = 1.6

POINT_SIZE: Final = 9.0
"""Diameter of points, in CSS pixels."""

AREA_RADIUS: Final = ((0.0, 3.0), (100.0, 4.5), (1000.0, 16.0))
"""Pixels of radius of a disc that follows an area, by the side in metres of a square as large."""

AREA_ZOOMS: Final = ((6.0, 0.45), (11.0, 1.0))
"""Times that radius, by zoom."""

AREA_OPACITY: Final = 0.9
AREA_EDGE: Final = ((6.0, 0.3), (10.0, 1.0))

GROUP_RADIUS: Final = ((1.0, 4.0), (3.0, 8.0), (10.0, 12.0), (60.0, 24.0))
"""Pixels of radius of a disc that stands for points, by the square root of how many."""

GROUP_OPACITY: Final = 0.85
GROUP_TEXT: Final = ((1, 10.0), (100, 11.0), (1000, 12.0))
"""Pixels of the number on it, from how many points on."""

_LOOKS: Final[Mapping[str, OverlayLook]] = {
    "friches": OverlayLook("#c2521f", "circle", area="site_surface"),
    "france_relance": OverlayLook("#0b6e8a", "square"),
    "manuprox": OverlayLook("#8a6100", "triangle"),
    "qpv": OverlayLook("#7a2f7f", "diamond"),
    "acv": OverlayLook("#9c2c4e", "diamond"),
    "pvd": OverlayLook("#4c6b1f", "diamond"),
    "zrr": OverlayLook("#7b5ea7", "fill", 0),
    "afr": OverlayLook("#1f6f8b", "fill", 90),
    "natura2000_zsc": OverlayLook("#2f7d32", "fill", 45),
    "natura2000_zps": OverlayLook("#00695c", "fill", 135),
    "znieff1": OverlayLook("#827717", "fill", 45),
    "znieff2": OverlayLook("#9e6a1f", "fill", 135),
}
"""The page has the same, in ``map/overlays.ts``."""

_OTHERS: Final[Mapping[str, OverlayLook]] = {
    "territory": OverlayLook("#3d4450", "fill"),
    "zoning": OverlayLook("#5b4a8a", "fill"),
    "lines": OverlayLook("#3d4450", "line"),
    "points": OverlayLook("#3d4450", "circle"),
}


def overlay_look(layer: str, kind: str) -> OverlayLook:
    """Say how a layer of some kind is drawn over a map."""
    return _LOOKS.get(layer, _OTHERS[kind])
