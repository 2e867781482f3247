"""The commune of each point: the one under it on the full outlines, else the nearest one close by."""

from dataclasses import dataclass
from functools import cached_property

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from preprocess.areas import ELLIPSOID

KM_PER_DEGREE = 110.5
"""A little less than the shortest degree of latitude: a box of degrees made with it is never too small."""


@dataclass(frozen=True)
class Ground:
    """The communes to place points in.

    ``outlines``: GeoDataFrame, EPSG:4326, columns ``code`` and ``name``, not simplified. ``membership``: the
    codes of each commune's territories, in the same order, a column a level, the communes' own first.
    """

    outlines: geopandas.GeoDataFrame
    membership: pd.DataFrame

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The outlines, to be searched."""
        return shapely.STRtree(self.outlines.geometry.to_numpy())


@dataclass(frozen=True, slots=True)
class Placed:
    """``row``: int64 (n), the commune's row, -1 for none. ``km``: float64 (n), to its ground; 0 in it."""

    row: NDArray[np.int64]
    km: NDArray[np.float64]


def place_points(lonlat: NDArray[np.float64], ground: Ground, reach_km: float) -> Placed:
    """Find the commune of each point, float64 (n, 2) in degrees.

    A point on a border belongs to the first of its communes in the order of the outlines. One that is in
    none goes to the nearest at most `reach_km` away on the ellipsoid, if there is any.
    """
    points = shapely.points(lonlat)
    row = np.full(len(points), len(ground.outlines), np.int64)
    found, under = ground.tree.query(points, predicate="intersects")
    np.minimum.at(row, found, under)
    km = np.zeros(len(points))
    outside = row == len(ground.outlines)
    row[outside] = -1
    km[outside] = np.nan
    for number in np.flatnonzero(outside):
        row[number], km[number] = _nearest(points[number], ground, reach_km)
    return Placed(row, km)


def _nearest(point: shapely.Point, ground: Ground, reach_km: float) -> tuple[int, float]:
    """Return the row of the nearest commune in reach and its distance, or -1 and NaN."""
    shrink = np.cos(np.radians(min(abs(point.y) + reach_km / KM_PER_DEGREE, 89.9)))
    degrees = reach_km / KM_PER_DEGREE / shrink
    near = np.sort(ground.tree.query(point, predicate="dwithin", distance=degrees))
    shapes = ground.outlines.geometry.to_numpy()[near]
    best, nearest = -1, reach_km
    for candidate, shape in zip(near.tolist(), shapes, strict=True):
        km = _distance_km(point, shape)
        if km <= nearest and (best < 0 or km < nearest):
            best, nearest = candidate, km
    return (best, nearest) if best >= 0 else (-1, np.nan)


def _distance_km(point: shapely.Point, shape: shapely.Geometry) -> float:
    """Measure from a point to the border of a shape close by, on the ellipsoid.

    The nearest place is sought on a plane whose degrees are equally long there; within the few
    kilometres that matter here it is the nearest on the ground to the metre.
    """
    shrink = np.array([np.cos(np.radians(point.y)), 1.0])
    flat = shapely.transform(shape, lambda xy: xy * shrink)
    line = shapely.shortest_line(flat, shapely.Point(point.x * shrink[0], point.y))
    (lon, lat), _ = shapely.get_coordinates(line) / shrink
    return float(ELLIPSOID.inv(point.x, point.y, lon, lat)[2]) / 1000
