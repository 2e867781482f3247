"""Distances on the ground: on the ellipsoid of WGS 84, by Lambert's formula for long lines."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEMI_MAJOR_KM: Final = 6378.137
FLATTENING: Final = 1 / 298.257223563

_CANDIDATES: Final = 8


def distances_km(lon: float | Floats, lat: float | Floats, lons: Floats, lats: Floats) -> Floats:
    """Measure from a place, or from each of (n), to (n) others, in degrees: to 10 m in 1,000 km."""
    here, there = (np.arctan((1 - FLATTENING) * np.tan(np.radians(x))) for x in (np.asarray(lat), lats))
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


def nearest_km(lonlat: Floats, others: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Measure from each place, (n, 2) in degrees, to the nearest of `others`, (m, 2): km and its row.

    The nearest few by the straight line through the Earth, which a tree finds, are measured on the ellipsoid:
    over a hundred kilometres the two orders differ by metres at most.
    """
    # Here, because starting the server should not wait for it.
    from scipy.spatial import KDTree

    if not len(others):
        return np.full(len(lonlat), np.inf), np.full(len(lonlat), -1, np.int64)
    _, rows = KDTree(_geocentric(others)).query(_geocentric(lonlat), k=min(_CANDIDATES, len(others)))
    rows = np.asarray(rows, np.int64).reshape(len(lonlat), -1)
    lons, lats = (np.repeat(lonlat[:, axis], rows.shape[1]) for axis in (0, 1))
    km = distances_km(lons, lats, *others[rows.ravel()].T).reshape(rows.shape)
    best = km.argmin(axis=1)
    every = np.arange(len(lonlat))
    return km[every, best], rows[every, best]


def _geocentric(lonlat: Floats) -> Floats:
    """Place degrees on the ellipsoid: km from the middle of the Earth, (n, 3)."""
    lon, lat = np.radians(lonlat.T)
    squared = FLATTENING * (2 - FLATTENING)
    radius = SEMI_MAJOR_KM / np.sqrt(1 - squared * np.sin(lat) ** 2)
    return np.column_stack(
        [
            radius * np.cos(lat) * np.cos(lon),
            radius * np.cos(lat) * np.sin(lon),
            radius * (1 - squared) * np.sin(lat),
        ]
    )
