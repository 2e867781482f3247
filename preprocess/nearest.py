"""Distances on the ellipsoid: how many points lie around another, how far the nearest area is.

Candidates come from a tree in degrees, whose boxes are a little too large and never too small. What they are
then measured by is exact. Nothing is sought across the 180th meridian: no territory of France lies there.
"""

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from preprocess.areas import ELLIPSOID
from preprocess.place import KM_PER_DEGREE

Floats = NDArray[np.float64]

PIECE = 32
"""Edges of a border that are measured together."""


def count_within(lonlat: Floats, others: Floats, km: float) -> NDArray[np.int64]:
    """Return for each point the number of `others` at most `km` away; all in degrees, (n, 2) and (m, 2)."""
    counts = np.zeros(len(lonlat), np.int64)
    if len(lonlat) == 0 or len(others) == 0:
        return counts
    high = km / KM_PER_DEGREE
    wide = high / np.cos(np.radians(np.minimum(np.abs(others[:, 1]) + high, 89.0)))
    boxes = shapely.box(others[:, 0] - wide, others[:, 1] - high, others[:, 0] + wide, others[:, 1] + high)
    other, point = shapely.STRtree(shapely.points(lonlat)).query(boxes, predicate="intersects")
    _, _, metres = ELLIPSOID.inv(*lonlat[point].T, *others[other].T)
    near = point[np.asarray(metres) <= km * 1000]
    return counts + np.bincount(near, minlength=len(lonlat))


def nearest_area_km(lonlat: Floats, areas: NDArray[np.object_]) -> Floats:
    """Return the km from each point, (n, 2) in degrees, to the nearest of some polygons; 0 inside one."""
    km = nearest_border_km(lonlat, areas)
    inside, _ = shapely.STRtree(areas).query(shapely.points(lonlat), predicate="intersects")
    km[inside] = 0.0
    return km


def nearest_border_km(lonlat: Floats, areas: NDArray[np.object_]) -> Floats:
    """Return the km from each point, (n, 2) in degrees, to the nearest border of some polygons.

    Measured on the azimuthal equidistant projection about the point, in which every place is as far from it
    as on the ellipsoid. An edge is straight there, as far as that differs from straight in degrees: over
    edges of a kilometre by centimetres.
    """
    borders = _pieces(areas)
    tree = shapely.STRtree(borders)
    km = np.empty(len(lonlat))
    for number, (lon, lat) in enumerate(lonlat.tolist()):
        point = shapely.Point(lon, lat)
        projection = pyproj.Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")
        bound = _least_km(projection, borders[[tree.nearest(point)]])
        shrink = np.cos(np.radians(min(abs(lat) + bound / KM_PER_DEGREE, 89.0)))
        near = tree.query(point, predicate="dwithin", distance=bound / KM_PER_DEGREE / shrink)
        km[number] = _least_km(projection, borders[near]) if len(near) else bound
    return km


def _least_km(projection: pyproj.Proj, borders: NDArray[np.object_]) -> float:
    """Return the least distance of lines from the middle of a projection about it."""
    drawn = shapely.transform(borders, lambda xy: np.column_stack(projection(xy[:, 0], xy[:, 1])))
    return float(shapely.distance(drawn, shapely.Point(0, 0)).min()) / 1000


def _pieces(areas: NDArray[np.object_]) -> NDArray[np.object_]:
    """Cut the rings of polygons into short lines; each begins where the one before ends."""
    found = []
    for ring in shapely.get_rings(shapely.get_parts(areas)):
        xy = shapely.get_coordinates(ring)
        found += [shapely.LineString(xy[at : at + PIECE + 1]) for at in range(0, len(xy) - 1, PIECE)]
    return np.array(found, dtype=object)
