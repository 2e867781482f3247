"""Names on a map: from which zoom, how large, in which colours."""

from dataclasses import dataclass
from typing import Final

INK: Final = "#26323b"
HALO: Final = "#ffffff"

_SIZE: Final = {"region": 13.0, "departement": 12.0, "ti": 11.5, "epci": 11.0, "commune": 11.0}
_FROM: Final = {"region": 5, "departement": 7, "ti": 6, "epci": 8, "commune": 10}
_OTHER_SIZE: Final = 11.0
_OTHER_FROM: Final = 8


@dataclass(frozen=True, slots=True)
class Labels:
    """Names: the property that has them, the first zoom of 256-pixel tiles, the size in CSS pixels."""

    field: str
    from_zoom: int
    size: float


def labels_of(level: str) -> Labels:
    """Say how the territories of a level are named on a map."""
    return Labels("name", _FROM.get(level, _OTHER_FROM), _SIZE.get(level, _OTHER_SIZE))
