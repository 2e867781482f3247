"""Class breaks: from the values of a map to a few ranges with readable ends.

A break belongs to the class above it: the classes are [minimum, b1), [b1, b2), … [bk, maximum], so
every value is in exactly one. Breaks are moved to the roundest number that keeps each class close to
what the method asks for; the counts are those of the breaks that are shown, never of the raw ones.
"""

from dataclasses import dataclass
from math import ceil, floor
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Method = Literal["quantile", "equal", "jenks", "fixed"]

Units = NDArray[np.int32] | NDArray[np.int64]
"""Values as whole numbers of their last digit."""

_QUANTILE_SLACK: Final = 0.2
"""Share of a class by which a quantile's break may move to become round."""

_EQUAL_SLACK: Final = 0.1
"""Share of a class's width by which a break of equal classes may move."""

_JENKS_SAMPLE: Final = 1500
"""Fisher and Jenks's search is quadratic in the values: longer lists are thinned to this many ranks."""


@dataclass(frozen=True, slots=True)
class Classification:
    """Ranges of a list of values.

    ``breaks`` are the inner limits, rising; ``counts`` the values of each class (one more than the
    breaks; none at all when there is neither value nor break). ``missing`` counts the absent values.
    """

    breaks: tuple[float, ...]
    counts: tuple[int, ...]
    minimum: float | None
    maximum: float | None
    missing: int


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a break may lie, in units of the last digit: from `low` to `high`, best at `near`."""

    low: int
    near: int
    high: int


def classify(
    values: NDArray[np.float64], classes: int, precision: int, method: Method = "quantile"
) -> Classification:
    """Split `values` (NaN = no data) into at most `classes` ranges; see `find_breaks`."""
    return count_classes(values, find_breaks(values, classes, precision, method), precision)


def find_breaks(
    values: NDArray[np.float64], classes: int, precision: int, method: Method = "quantile"
) -> tuple[float, ...]:
    """Give the inner limits, rising, of at most `classes` ranges of `values` (NaN = no data).

    `precision` is the number of decimals that the values carry, and that a break may carry. There
    are fewer classes than asked for when there are fewer distinct values, or when ties would leave a
    class empty. Fixed limits are declared, not found: `method` may not be ``fixed``.
    """
    units = _rising(values, precision)
    if not units.size:
        return ()
    scale = 10**precision
    distinct = 1 + int(np.count_nonzero(units[1:] != units[:-1]))  # they are sorted
    wanted = min(classes, distinct)
    inner = [_roundest(slot) for slot in _slots(units, wanted, method)]
    return tuple(unit / scale for unit in _separating(units, inner))


def count_classes(values: NDArray[np.float64], breaks: tuple[float, ...], precision: int) -> Classification:
    """Count the values (NaN = no data) of each class that `breaks` make; a class may be empty."""
    units = _rising(values, precision)
    missing = int(values.size - units.size)
    if not units.size:
        return Classification(breaks, (0,) * (len(breaks) + 1) if breaks else (), None, None, missing)
    scale = 10**precision
    present = np.isfinite(values)
    limits = np.rint(np.asarray(breaks, np.float64) * scale)
    edges = np.searchsorted(units, limits.astype(np.int64), side="left")
    counts = np.diff(np.concatenate(([0], edges, [units.size])))
    return Classification(
        breaks=breaks,
        counts=tuple(int(count) for count in counts),
        minimum=float(values.min(where=present, initial=np.inf)),
        maximum=float(values.max(where=present, initial=-np.inf)),
        missing=missing,
    )


def _rising(values: NDArray[np.float64], precision: int) -> Units:
    """Give the values that are there, rising, in units of the last digit.

    Of 27 quarters of all communes there are a million: no copy is made that can be spared, and half as wide
    they are sorted in a third of the time.
    """
    present = values[np.isfinite(values)]
    present *= 10**precision
    np.rint(present, out=present)
    narrow = present.size > 0 and max(present.max(), -present.min()) < np.iinfo(np.int32).max
    units: Units = present.astype(np.int32) if narrow else present.astype(np.int64)
    units.sort()
    return units


def _first_from(units: Units, least: int) -> int:
    """Find the place of the first of rising units that is not below one; NumPy would widen them all."""
    return int(np.searchsorted(units, units.dtype.type(least), side="left"))


def _slots(units: Units, classes: int, method: Method) -> list[_Slot]:
    if classes < 2:
        return []
    if method == "fixed":
        raise ValueError("fixed limits are declared, not found in values")
    if method == "equal":
        return _equal(units, classes)
    return _jenks(units, classes) if method == "jenks" else _quantile(units, classes)


def _quantile(units: Units, classes: int) -> list[_Slot]:
    """Give every class as many values as the others.

    Class by class, from what the classes below have left: a value that fills more than a class (zeros,
    mostly) becomes a class of its own, and the others share the rest evenly.
    """
    slots: list[_Slot] = []
    start, count = 0, units.size
    for left in range(classes, 1, -1):
        size = (count - start) / left
        rank = start + round(size)
        lowest = int(units[start]) + 1
        if rank >= count or int(units[-1]) < lowest:
            break
        near = int(units[rank])
        if near < lowest:
            near = int(units[_first_from(units, lowest)])
            slots.append(_Slot(lowest, near, near))
        else:
            slack = max(round(_QUANTILE_SLACK * size), 0)
            # Any limit above the value before gives the same classes as one at the value itself.
            low = max(int(units[max(rank - slack - 1, start)]) + 1, lowest)
            slots.append(_Slot(low, near, max(int(units[min(rank + slack, count - 1)]), near)))
        start = _first_from(units, near)
    return slots


def _equal(units: Units, classes: int) -> list[_Slot]:
    """Give every class the same width."""
    first = int(units[0])
    width = (int(units[-1]) - first) / classes
    slack = _EQUAL_SLACK * width
    slots = []
    for near in (first + width * index for index in range(1, classes)):
        middle = round(near)
        slots.append(_Slot(min(ceil(near - slack), middle), middle, max(floor(near + slack), middle)))
    return slots


def _jenks(units: Units, classes: int) -> list[_Slot]:
    """Make the classes as unlike as possible (Fisher and Jenks); a break lies in the gap between two."""
    # It loads pandas, SciPy and scikit-learn: a second that no process pays which does not ask for it.
    import mapclassify

    ranks = np.linspace(0, units.size - 1, min(units.size, _JENKS_SAMPLE)).round().astype(np.int64)
    found: Any = mapclassify.FisherJenks(units[ranks].astype(np.float64), k=classes)
    uppers = np.rint(found.bins[:-1]).astype(np.int64)
    places = np.searchsorted(units, uppers, side="right")
    return [
        _Slot(int(upper) + 1, int(units[place]), int(units[place]))
        for upper, place in zip(uppers, places, strict=True)
        if place < units.size
    ]


def _roundest(slot: _Slot) -> int:
    """Give the multiple of the largest possible 1, 2 or 5 × 10ⁿ in the slot, nearest to its middle."""
    digits = len(str(max(abs(slot.low), abs(slot.high))))
    for power in (int(10**exponent) for exponent in range(digits, -1, -1)):
        for step in (5 * power, 2 * power, power):
            first, last = -(-slot.low // step), slot.high // step
            if first <= last:
                nearest = (2 * slot.near + step) // (2 * step)
                return int(min(max(nearest, first), last)) * step
    return slot.near


def _separating(units: Units, breaks: list[int]) -> list[int]:
    """Keep the breaks that have a value in the class below them and one above."""
    kept: list[int] = []
    below = 0
    for wanted in sorted(breaks):
        place = _first_from(units, wanted)
        if below < place < units.size:
            kept.append(wanted)
            below = place
    return kept
