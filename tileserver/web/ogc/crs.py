"""Coordinate reference systems of OGC API – Features Part 2: by URI, in the axis order that each declares."""

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import RequestError
from tileserver.tiles.address import shown

F64 = NDArray[np.float64]
Box = tuple[float, float, float, float]

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"

_DEGREES: Final = 7
"""Decimals of degrees: 1 cm."""

_METRES: Final = 3

_STEPS: Final = 21
"""Points along a side of a box that is turned into another system: its sides bend."""

_MARGIN: Final = 0.05
"""Of the box in degrees, for what bends out between two points."""


class System(NamedTuple):
    """A system: ``authority`` as PROJ names it; ``decimals`` of its coordinates as text; ``place`` in French.

    ``northing_first``: latitude comes before longitude.
    """

    uri: str
    authority: str
    decimals: int
    place: str
    northing_first: bool = False

    @property
    def is_lonlat(self) -> bool:
        """Whether its coordinates are those of the store, in either order."""
        return self.decimals == _DEGREES


def _projected(code: int, place: str) -> System:
    return System(f"{_EPSG}{code}", f"EPSG:{code}", _METRES, place)


SYSTEMS: Final = {
    system.uri: system
    for system in (
        System(CRS84, "OGC:CRS84", _DEGREES, "Monde : longitude, latitude"),
        System(f"{_EPSG}4326", "EPSG:4326", _DEGREES, "Monde : latitude, longitude", northing_first=True),
        _projected(3857, "Cartes du Web"),
        _projected(2154, "Lambert-93, France hexagonale et Corse"),
        _projected(5490, "Guadeloupe et Martinique, UTM 20 N"),
        _projected(2972, "Guyane, UTM 22 N"),
        _projected(2975, "La Réunion, UTM 40 S"),
        _projected(4471, "Mayotte, UTM 38 S"),
    )
}
"""The first is the one of answers that ask for none, and of the store."""

DEFAULT: Final = SYSTEMS[CRS84]


def read_system(text: str | None, name: str) -> System:
    """Find a system by its URI; the default for None. `name` is the parameter, for the message."""
    if text is None:
        return DEFAULT
    found = SYSTEMS.get(text)
    if found is None:
        raise RequestError(f"{name} is {shown(text)}; it is one of {' '.join(SYSTEMS)}")
    return found


def from_lonlat(lonlat: F64, system: System) -> F64:
    """Turn longitude and latitude, float64 (n, 2), into a system, in its order of axes.

    Raises `RequestError` where something lies too far from the place of a projection.
    """
    if system.is_lonlat:
        return lonlat[:, ::-1] if system.northing_first else lonlat
    xy = np.column_stack(_transformer(system.authority).transform(lonlat[:, 0], lonlat[:, 1]))
    if not np.isfinite(xy).all():
        raise RequestError(
            f"crs {system.uri} is for {system.place}, and something here lies too far from there; "
            "choose by bbox or filter what is inside, or another crs"
        )
    return xy


def bounds_in_lonlat(box: Box, system: System) -> Box:
    """Give west, south, east, north in degrees of what holds a box of a projected system, a little more."""
    west, south, east, north = box
    x, y = np.meshgrid(np.linspace(west, east, _STEPS), np.linspace(south, north, _STEPS))
    found = _transformer(system.authority).transform(x.ravel(), y.ravel(), direction="INVERSE")
    lonlat = np.column_stack(found)
    if not np.isfinite(lonlat).all():
        return (-180.0, -90.0, 180.0, 90.0)  # it reaches beyond the projection: anything may lie in it
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    margin = _MARGIN * float((high - low).max())
    low, high = (low - margin).tolist(), (high + margin).tolist()
    return (low[0], low[1], high[0], high[1])


def projjson(system: System) -> dict[str, Any]:
    """Describe a system as files do that carry their own."""
    from pyproj import CRS

    found: dict[str, Any] = CRS.from_user_input(system.authority).to_json_dict()
    return found


@cache
def _transformer(authority: str) -> Any:
    # Here, because PROJ takes a tenth of a second to load, and few requests project anything.
    from pyproj import Transformer

    return Transformer.from_crs("OGC:CRS84", authority)
