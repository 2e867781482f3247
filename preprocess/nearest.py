"""How many points lie around another: exact distances on the ellipsoid, candidates by a tree."""

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess.areas import ELLIPSOID
from preprocess.place import KM_PER_DEGREE


def count_within(lonlat: NDArray[np.float64], others: NDArray[np.float64], km: float) -> NDArray[np.int64]:
    """Return for each point the number of `others` at most `km` away; all in degrees, (n, 2) and (m, 2).

    A pair is measured once its boxes of degrees meet; the boxes are a little too large, never too small.
    Across the 180th meridian nothing is found: no territory of France lies there.
    """
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
