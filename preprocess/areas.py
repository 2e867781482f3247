"""Areas on the ground, measured on the ellipsoid.

The polygon area algorithm of GeographicLib (Karney 2013, *Algorithms for geodesics*) integrates under
geodesic edges on the WGS 84 ellipsoid. It is the exact area that any equal-area projection only
approaches, it is as good in Guyane or La Réunion as in the mainland (EPSG:3035 is for Europe), and it
adds up: two neighbours traverse their common edge in opposite senses, so a union has the sum of the
areas. Against EPSG:3035 on the mainland the median difference is under one millionth, a border
being straight on the map there and geodesic here.
"""

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

ELLIPSOID = pyproj.Geod(ellps="WGS84")


def geodesic_area_m2(shape: shapely.Geometry) -> float:
    """Return the area in m² of a polygon or multipolygon in EPSG:4326, holes taken off.

    Each ring counts by its absolute area, because files do not agree on which way rings turn.
    """
    total = 0.0
    for part in shapely.get_parts(shape):
        total += _ring_area(shapely.get_exterior_ring(part))
        for index in range(int(shapely.get_num_interior_rings(part))):
            total -= _ring_area(shapely.get_interior_ring(part, index))
    return total


def areas_km2(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the areas (n,) in km² of polygons in EPSG:4326."""
    return np.array([geodesic_area_m2(shape) for shape in shapes], dtype=np.float64) / 1e6


def _ring_area(ring: shapely.Geometry) -> float:
    xy = shapely.get_coordinates(ring)
    area, _ = ELLIPSOID.polygon_area_perimeter(xy[:, 0], xy[:, 1])
    return abs(float(area))
