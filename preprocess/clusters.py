"""Groups of the points of a layer, zoom by zoom, each a union of groups of the next deeper zoom.

From the deepest zoom up: the place with most points around it takes all groups within the radius that
are still free, then the place with most of what is left, and so on; the new group lies at the mean of its
members' positions, rounded to the zoom's grid. Everything is whole numbers, and what is equal is decided by
feature ids, so equal points give equal groups.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess.derived import in_world

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]


class Grouping(NamedTuple):
    """The groups of one zoom: ``xy`` int32 (groups, 2) on its grid, ``group`` int64 (points) of each point.

    ``id`` uint64 (groups) is the smallest id of the members, ``members`` int64 (groups) how many they are.
    ``expansion`` int64 (groups) is the lowest zoom at which the members are in several groups, or the
    zoom after the deepest one grouped.
    """

    zoom: int
    xy: I32
    group: I64
    id: U64
    members: I64
    expansion: I64


def group_points(xy: I32, ids: U64, grid: int, *, deepest: int, radius: int) -> list[Grouping]:
    """Group points zoom by zoom, from 0 to `deepest`.

    `xy` int32 (n, 2) on the grid of zoom `grid` ≥ `deepest`, `ids` uint64 (n) distinct; `radius` in units of
    each zoom's own grid.
    """
    group, position = np.arange(len(xy)), xy.astype(np.int64)
    smallest, count = ids, np.ones(len(xy), np.int64)
    expansion = np.full(len(xy), deepest + 1)
    found = []
    for zoom in range(deepest, -1, -1):
        joined = _gather(_mean(position, count, grid - zoom), count, smallest, radius)
        groups = int(joined.max(initial=-1)) + 1
        lasting = np.zeros(groups, np.int64)
        lasting[joined] = expansion  # of one member its own; of several, overwritten
        apart = np.bincount(joined, minlength=groups) > 1
        expansion = np.where(apart, zoom + 1, lasting)
        group = joined[group]
        position, count = totals(position, joined, groups), totals(count, joined, groups)
        least = np.full(groups, np.iinfo(np.uint64).max, np.uint64)
        np.minimum.at(least, joined, smallest)
        smallest = least
        place = in_world(_mean(position, count, grid - zoom), zoom)
        found.append(Grouping(zoom, place, group, smallest, count, expansion))
    return found[::-1]


def totals(values: I64, group: I64, groups: int) -> I64:
    """Add int64 (n) or (n, k) up by group, exactly; int64 (groups) or (groups, k)."""
    result = np.zeros((groups, *values.shape[1:]), np.int64)
    np.add.at(result, group, values)
    return result


def _mean(position: I64, count: I64, shift: int) -> I64:
    """Divide sums of positions, and take them `shift` zooms up; to the nearest unit, halves up."""
    divisor = (count << shift)[:, None]
    mean: I64 = (2 * position + divisor) // (2 * divisor)
    return mean


def _gather(place: I64, count: I64, ids: U64, radius: int) -> I64:
    """Join places to groups; the number of each one's group, int64 (n), from 0 on."""
    joined = np.full(len(place), -1, np.int64)
    if len(place) == 0:
        return joined
    points = shapely.points(place.astype(np.float64))
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=radius)
    near = other[np.argsort(one, kind="stable")]
    ends = np.cumsum(np.bincount(one, minlength=len(place)))
    weight = totals(count[other], one, len(place))
    groups = 0
    for seed in np.lexsort((ids, -weight)).tolist():
        if joined[seed] >= 0:
            continue
        around = near[ends[seed - 1] if seed else 0 : ends[seed]]
        joined[around[joined[around] < 0]] = groups
        groups += 1
    return joined
