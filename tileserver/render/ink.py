"""The colours of a picture beside those of its data, by light and by dark; the map page has the same."""

from dataclasses import dataclass
from typing import Final

from styles.lines import BORDER
from styles.maplibre import GROUND, LAND, WATER
from styles.palettes import NO_DATA
from styles.statuses import INK


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of paper and texts, and of the map below and above its classes.

    ``ground`` is a territory whose value is told by a circle, ``pattern`` the hatching on ``no_data``.
    ``frame``: the borders of régions, None for those of light maps, which darken with the zoom.
    """

    paper: str
    text: str
    quiet: str
    water: str
    land: str
    ground: str
    no_data: str
    border: str
    frame: str | None
    halo: str
    pattern: str


LIGHT: Final = Ink(
    "#ffffff", "#26323b", "#5a6670", WATER, LAND, GROUND, NO_DATA, BORDER, None, "#ffffff", INK
)
DARK: Final = Ink(
    "#1b242a", "#f1f4f5", "#a9b4bd", "#141b20", "#222c33", "#2f3a42", "#3a444b", "#141b20", "#93a1aa",
    "#141b20", "#8b979f",
)  # fmt: skip
