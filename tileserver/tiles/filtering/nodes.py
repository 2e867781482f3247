"""What a filter is made of once it has been read: a small tree, valid in form, not yet in its names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LonLat = tuple[float, float]
"""Longitude, latitude in degrees (EPSG:4326)."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text or a truth value."""

    value: float | str | bool


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the layer, by name; `geometry` and `geom` are the outline or the position."""

    name: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry in degrees: points, lines, and the rings of polygons (exterior first), any of them empty."""

    points: tuple[LonLat, ...] = ()
    lines: tuple[tuple[LonLat, ...], ...] = ()
    polygons: tuple[tuple[tuple[LonLat, ...], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """An operation on nodes. The list of an ``in`` stands as its second and further operands."""

    op: str
    args: "tuple[Node, ...]"


Node = Literal | Property | Shape | Call

GEOMETRY_NAMES: Final = frozenset({"geometry", "geom"})

COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "%", "^", "div"})
SPATIAL: Final = frozenset({"s_intersects", "s_disjoint", "s_within"})
COSTLY: Final = SPATIAL | {"casei", "accenti"}

OPERANDS: Final[Mapping[str, tuple[int, int | None]]] = {
    **dict.fromkeys(COMPARISONS, (2, 2)),
    **dict.fromkeys(("+", "-", "*", "/", "%", "and", "or", "in"), (2, None)),
    **dict.fromkeys(("^", "div", "like"), (2, 2)),
    **dict.fromkeys(SPATIAL, (2, 2)),
    "between": (3, 3),
    "not": (1, 1),
    "isNull": (1, 1),
    "casei": (1, 1),
    "accenti": (1, 1),
}
"""Every supported operation, with its least and its greatest number of operands, None for no greatest."""
