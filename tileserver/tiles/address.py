"""Tile addresses: from the text of a URL to numbers that are valid by construction.

Two bounds, checked here and nowhere else: the address is a tile of the world (0 ≤ x, y < 2^z), and
its zoom is one at which the layer has tiles.
"""

import re
from dataclasses import dataclass
from typing import Final

from layers.spec import MAX_ZOOM
from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import LayerEntry

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,6}", re.ASCII)
"""At most seven digits: 2^18 - 1, the last column of the deepest zoom, has six. Without the bound a
number of thousands of digits would cost time, or raise inside `int`. No leading zero, so that a tile
has one address."""

_SHOWN: Final = 24
"""Characters of a client's text that a message repeats."""


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


def check_zoom(entry: LayerEntry, z: int) -> None:
    """Raise `NotFoundError` when the layer has no tiles of its own at zoom `z`."""
    if not entry.min_zoom <= z <= entry.max_zoom:
        raise NotFoundError(
            f"layer {entry.id} has no tiles at zoom {z}; its zooms are {entry.min_zoom} to {entry.max_zoom}"
        )


def shown(text: str) -> str:
    """Quote a client's text for a message: short, and without control characters."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise RequestError(
            f"{name} is {shown(text)}; a tile address is /{{z}}/{{x}}/{{y}}.mvt in whole decimal numbers"
        )
    return int(text)
