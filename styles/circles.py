"""Proportional symbols: circles whose area is proportional to the value, and the values of their legend."""

from dataclasses import dataclass
from math import floor, log10, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from styles.palettes import colours
from styles.words import Words, both, decimals_needed

RADIUS: Final = {"region": 36.0, "departement": 24.0, "ti": 22.0, "epci": 16.0, "commune": 14.0}
"""Radius in CSS pixels of the largest value of a level, at zoom `FROM_ZOOM` and below."""

_OTHER_RADIUS: Final = 20.0

FROM_ZOOM: Final = 5.0
TO_ZOOM: Final = 8.0
GROWTH: Final = 1.3
"""Circles grow this many times with each zoom between the two."""

OPACITY: Final = 0.72
STROKE: Final = "#ffffff"
STROKE_WIDTH: Final = 0.8
STROKE_SHARE: Final = 0.25
"""A rim is no wider than this share of the radius, or the rims of small circles would hide the large ones."""

OUTLINE_WIDTH: Final = 1.6
"""Of circles of values below zero, which have no fill."""

_SHADES: Final = 5
_SHARES: Final = (1.0, 0.3, 0.06)
"""Where the values of the legend lie, as shares of the largest."""


@dataclass(frozen=True, slots=True)
class LegendCircle:
    """A value of the legend and its radius at `FROM_ZOOM`."""

    value: float
    radius: float
    label: Words


@dataclass(frozen=True, slots=True)
class Circles:
    """The scale of a map.

    A value has the radius ``radius · sqrt(|value| / maximum)`` CSS pixels, times the growth of the zoom.
    ``maximum`` is the largest absolute value; 0 where there is none but zeros. ``negative`` counts the values
    below zero, which are drawn as outlines without a fill; ``positive`` the values above; zero has no circle.
    """

    radius: float
    maximum: float
    colour: str
    positive: int
    zero: int
    negative: int
    legend: tuple[LegendCircle, ...]

    def radius_of(self, value: float, zoom: float = FROM_ZOOM) -> float:
        """Give the radius in CSS pixels of a value at a zoom."""
        return self.radius * sqrt(abs(value) / self.maximum) * growth(zoom) if self.maximum else 0.0


def growth(zoom: float) -> float:
    """Give how many times larger circles are at a zoom than at `FROM_ZOOM`."""
    grown: float = GROWTH ** (min(max(zoom, FROM_ZOOM), TO_ZOOM) - FROM_ZOOM)
    return grown


def circles(
    values: NDArray[np.float64], pooled: NDArray[np.float64], level: str, palette: str, precision: int
) -> Circles:
    """Scale circles for `values` (NaN = no data), by the largest of `pooled`: all that they compare with."""
    present = values[np.isfinite(values)]
    known = np.abs(pooled[np.isfinite(pooled)])
    maximum = float(known.max(initial=0.0))
    radius = RADIUS.get(level, _OTHER_RADIUS)
    chosen = _legend_values(maximum, precision)
    decimals = decimals_needed(chosen, precision)
    return Circles(
        radius=radius,
        maximum=maximum,
        colour=colours(palette, _SHADES)[-2],
        positive=int((present > 0).sum()),
        zero=int((present == 0).sum()),
        negative=int((present < 0).sum()),
        legend=tuple(
            LegendCircle(value, radius * sqrt(value / maximum), both(Words("{0}", "{0}"), decimals, value))
            for value in chosen
        ),
    )


def _legend_values(maximum: float, precision: int) -> tuple[float, ...]:
    """Choose up to three round values, falling, the first no larger than the largest."""
    least = 10.0**-precision
    found = (_round_down(maximum * share) for share in _SHARES)
    return tuple(dict.fromkeys(value for value in found if value >= least))


def _round_down(value: float) -> float:
    """Give the largest 1, 2 or 5 × 10ⁿ that is not above the value; 0 for 0."""
    if value <= 0:
        return 0.0
    exponent = floor(log10(value))
    step = next(digit for digit in (5, 2, 1, 0.5) if digit * 10.0**exponent <= value * (1 + 1e-12))
    return round(step * 10.0**exponent, 12)
