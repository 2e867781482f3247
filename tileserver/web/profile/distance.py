"""Distances on the ground: on the ellipsoid of WGS 84, by Lambert's formula for long lines."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEMI_MAJOR_KM: Final = 6378.137
FLATTENING: Final = 1 / 298.257223563


def distances_km(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    """Measure from a place to each of (n) others, all in degrees; within 10 m in a thousand kilometres."""
    here, there = (np.arctan((1 - FLATTENING) * np.tan(np.radians(x))) for x in (np.float64(lat), lats))
    half = np.radians(lons - lon) / 2
    haversine = np.sin((there - here) / 2) ** 2 + np.cos(here) * np.cos(there) * np.sin(half) ** 2
    angle = 2 * np.arcsin(np.sqrt(np.clip(haversine, 0, 1)))
    middle, difference = (here + there) / 2, (there - here) / 2
    # Both quotients tend to zero with the angle; the denominators must not get there.
    near, far = (np.maximum(term, 1e-30) for term in (np.sin(angle / 2) ** 2, np.cos(angle / 2) ** 2))
    x = (angle - np.sin(angle)) * (np.sin(middle) * np.cos(difference)) ** 2 / far
    y = (angle + np.sin(angle)) * (np.cos(middle) * np.sin(difference)) ** 2 / near
    measured: Floats = SEMI_MAJOR_KM * (angle - FLATTENING / 2 * (x + y))
    return measured
