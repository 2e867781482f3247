"""Tile addresses: from the text of a URL to layers and numbers that are valid by construction.

The bounds of the input, checked here and nowhere else: at most `MAX_LAYERS` layers, each once; a tile of the
world (0 ≤ x, y < 2^z); one that some layer asked for can have, by its zooms and its bounds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import asinh, floor, pi, radians, tan
from typing import Final

from layers.spec import MAX_ZOOM
from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import EXTENT, LayerEntry

MAX_LAYERS: Final = 16
"""Layers of one tile."""

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,6}", re.ASCII)
"""At most seven digits: 2^18 - 1, the last column of the deepest zoom, has six. Without the bound a
number of thousands of digits would cost time, or raise inside `int`. No leading zero, so that a tile
has one address."""

_SHOWN: Final = 24
"""Characters of a client's text that a message repeats."""

_SLACK: Final = 16
"""Units of the grid by which a layer may reach over its bounds: coordinates are rounded to the grid, and the
smallest of shapes are given a unit."""


@dataclass(frozen=True, slots=True)
class TileAddress:
    """A tile of the world: zoom, column from the west, row from the north (XYZ)."""

    z: int
    x: int
    y: int


def parse(z: str, x: str, y: str) -> TileAddress:
    """Read a tile address.

    Raises `RequestError` for text that is no number, `NotFoundError` for a tile outside the world.
    """
    address = TileAddress(_number("z", z), _number("x", x), _number("y", y))
    if address.z > MAX_ZOOM:
        raise NotFoundError(f"zoom {address.z} is deeper than any layer here; the deepest zoom is {MAX_ZOOM}")
    last = (1 << address.z) - 1
    if max(address.x, address.y) > last:
        raise NotFoundError(
            f"tile {address.z}/{address.x}/{address.y} is outside the world; "
            f"at zoom {address.z}, x and y run from 0 to {last}"
        )
    return address


def parse_layers(text: str) -> tuple[str, ...]:
    """Read the names of the layers of a tile, comma-separated; raise `RequestError`.

    Their order is kept: it is that of the layers in the tile.
    """
    names = tuple(text.split(",", MAX_LAYERS))
    if len(names) > MAX_LAYERS:
        raise RequestError(f"a tile holds at most {MAX_LAYERS} layers; this address names more")
    if len(names) > 1 and "" in names:
        raise RequestError(f"{shown(text)} holds an empty name; layers are written as in communes,epci")
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise RequestError(f"layer {shown(repeated)} is named more than once; name it once")
    return names


def layers_at(
    entries: Sequence[LayerEntry], address: TileAddress, *, everywhere: bool = False
) -> tuple[int, ...]:
    """Give the places in `entries` of the layers that can have something in this tile.

    Raises `NotFoundError` where none can: no zoom of theirs, or a tile outside of their bounds; with
    `everywhere`, which is for clients that know of no bounds, such a tile is one without layers.
    """
    zoomed = [place for place, entry in enumerate(entries) if entry.min_zoom <= address.z <= entry.max_zoom]
    if not zoomed:
        told = "; ".join(f"layer {e.id} has zooms {e.min_zoom} to {e.max_zoom}" for e in entries)
        raise NotFoundError(f"there are no tiles at zoom {address.z}: {told}")
    inside = tuple(place for place in zoomed if _touches(entries[place], address))
    if not inside and not everywhere:
        told = "; ".join(f"layer {e.id} lies within {', '.join(map(str, e.bounds))}" for e in entries)
        raise NotFoundError(f"tile {address.z}/{address.x}/{address.y} is outside: {told} (degrees)")
    return inside


def _touches(entry: LayerEntry, address: TileAddress) -> bool:
    """Whether the buffered box of the tile meets the bounds of the layer, give or take `_SLACK`."""
    left, top, right, bottom = _reach(entry, address.z)
    x, y = address.x * EXTENT, address.y * EXTENT
    return left <= x + EXTENT and x <= right and top <= y + EXTENT and y <= bottom


def _reach(entry: LayerEntry, z: int) -> tuple[int, int, int, int]:
    """Give left, top, right, bottom of what a layer can draw, in units of the grid of zoom `z`."""
    west, south, east, north = entry.bounds
    side = EXTENT << z
    reach = entry.buffer + _SLACK
    left, right = floor((west + 180) / 360 * side) - reach, floor((east + 180) / 360 * side) + reach
    top, bottom = floor(_south(north) * side) - reach, floor(_south(south) * side) + reach
    return left, top, right, bottom


def span(entry: LayerEntry, z: int) -> tuple[int, int, int, int]:
    """Give the first column and row, and the last, of the tiles that a layer has at a zoom of its own."""
    left, top, right, bottom = _reach(entry, z)
    last = (1 << z) - 1
    first_x, first_y = (max(0, -((EXTENT - low) // EXTENT)) for low in (left, top))
    return first_x, first_y, min(last, right // EXTENT), min(last, bottom // EXTENT)


def _south(latitude: float) -> float:
    """Turn degrees into a share of the height of the Mercator square, southwards."""
    return (1 - asinh(tan(radians(max(-89.9, min(89.9, latitude))))) / pi) / 2


def shown(text: str) -> str:
    """Quote a client's text for a message: short, and without control characters."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise RequestError(
            f"{name} is {shown(text)}; a tile address is /{{z}}/{{x}}/{{y}}.mvt in whole decimal numbers"
        )
    return int(text)
