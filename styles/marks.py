"""What a map draws, in the words of no program: fills, hatching, borders, lines, points; in CSS pixels."""

from dataclasses import dataclass
from typing import Literal

from styles.circles import Circles
from styles.statuses import Pattern

Shape = Literal["circle", "diamond", "square", "triangle"]
Kind = Literal["fill", "line", "marker"]


@dataclass(frozen=True, slots=True)
class Fill:
    """An area in one colour, without a border: neighbours would each draw their side of it."""

    colour: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Outline:
    """The border of an area and nothing else."""

    colour: str
    width: float
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line."""

    colour: str
    width: float
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Sized:
    """The area of a circle is proportional to the property ``field``; ``decimals`` of its values are told."""

    field: str
    scale: Circles
    decimals: int


@dataclass(frozen=True, slots=True)
class Point:
    """A symbol at a point; where ``sized`` is given, ``diameter`` is that of the largest value."""

    shape: Shape
    colour: str
    diameter: float
    opacity: float = 1.0
    rim: str = "#ffffff"
    rim_width: float = 0.8
    sized: Sized | None = None


Mark = Fill | Pattern | Outline | Stroke | Point


def kind_of(marks: tuple[Mark, ...]) -> Kind:
    """Tell what geometry some marks are for: areas, lines or points."""
    if any(isinstance(mark, Point) for mark in marks):
        return "marker"
    return "line" if any(isinstance(mark, Stroke) for mark in marks) else "fill"
