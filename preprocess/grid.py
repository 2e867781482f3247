"""The integer grid of a zoom, and the lines on which tiles' buffered boxes end.

The grid of zoom z is Web Mercator (EPSG:3857) shifted and scaled so that the world is a square of
``4096 * 2**z`` units, x to the east, y to the south, (0, 0) at its north-west corner.
"""

import numpy as np
from numpy.typing import NDArray

from tileserver.store.manifest import EXTENT

F64 = NDArray[np.float64]

EARTH_RADIUS_M = 6_378_137.0
MAX_LATITUDE = 85.0511287798066


def world_size(zoom: int) -> int:
    """Units of the grid of `zoom` along a side of the world."""
    return EXTENT << zoom


def to_grid(lonlat: F64, zoom: int) -> F64:
    """Project float64 (n, 2) longitude, latitude (degrees, EPSG:4326) to the grid, unrounded."""
    size = world_size(zoom)
    latitude = np.radians(np.clip(lonlat[:, 1], -MAX_LATITUDE, MAX_LATITUDE))
    return np.column_stack(
        [
            (lonlat[:, 0] / 360.0 + 0.5) * size,
            (0.5 - np.arcsinh(np.tan(latitude)) / (2 * np.pi)) * size,
        ]
    )


def to_lonlat(xy_grid: F64, zoom: int) -> F64:
    """Project grid positions back to longitude and latitude in degrees."""
    size = world_size(zoom)
    return np.column_stack(
        [
            (xy_grid[:, 0] / size - 0.5) * 360.0,
            np.degrees(np.arctan(np.sinh((0.5 - xy_grid[:, 1] / size) * 2 * np.pi))),
        ]
    )


def ground_km2(area_grid: F64, y_grid: F64, zoom: int) -> F64:
    """Turn areas in square grid units, around `y_grid`, into km² on the ground.

    Web Mercator stretches both ways by 1 / cos(latitude); the sphere's radius is the equator's, so
    the result is good to a few parts in a thousand.
    """
    unit_m = 2 * np.pi * EARTH_RADIUS_M / world_size(zoom)
    stretch = np.cosh((0.5 - y_grid / world_size(zoom)) * 2 * np.pi)
    return area_grid * (unit_m / stretch) ** 2 / 1e6


def cut_at_tile_lines(segments: F64, buffer: int) -> tuple[NDArray[np.int64], F64]:
    """Add a vertex wherever a segment crosses a line on which some tile's buffered box can end.

    Those are the lines x = k · 4096 ± `buffer`, and the same for y. `segments` is float64 (n, 4),
    x0, y0, x1, y1 in grid units. Returns the number of the segment of each vertex, int64 (m), in
    order, and the vertices from its start to its end, float64 (m, 2); a crossing lies exactly on
    its line in the line's own coordinate.
    """
    count = len(segments)
    every = np.arange(count)
    nothing = np.full(count, np.nan)
    owners, places = [every, every], [np.zeros(count), np.ones(count)]
    fixed: list[list[F64]] = [[nothing, nothing], [nothing, nothing]]
    for axis in (0, 1):
        for offset in sorted({-buffer, buffer}):
            owner, line = _crossings(segments, axis, offset)
            start, end = segments[owner, axis], segments[owner, axis + 2]
            owners.append(owner)
            places.append((line - start) / (end - start))
            fixed[axis].append(line)
            fixed[1 - axis].append(np.full(len(owner), np.nan))
    owner, place = np.concatenate(owners), np.concatenate(places)
    xy = np.empty((len(owner), 2))
    for axis in (0, 1):
        start, end = segments[owner, axis], segments[owner, axis + 2]
        exact = np.concatenate(fixed[axis])
        along = np.where(place == 1.0, end, start + place * (end - start))
        xy[:, axis] = np.where(np.isnan(exact), along, exact)
    order = np.lexsort((place, owner))
    return owner[order], xy[order]


def _crossings(segments: F64, axis: int, offset: int) -> tuple[NDArray[np.int64], F64]:
    """Pair each segment with each line ``k * 4096 + offset`` strictly between its ends."""
    low = np.minimum(segments[:, axis], segments[:, axis + 2])
    high = np.maximum(segments[:, axis], segments[:, axis + 2])
    first = np.floor((low - offset) / EXTENT) + 1
    last = np.ceil((high - offset) / EXTENT) - 1
    counts = np.maximum(0, last - first + 1).astype(np.int64)
    owner = np.repeat(np.arange(len(segments)), counts)
    rank = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, (first[owner] + rank) * EXTENT + offset


def crosses_tile_lines(segments: F64, buffer: int) -> NDArray[np.bool_]:
    """Tell which segments, float64 (n, 4), cross a tile line between their ends; bool (n)."""
    crossing = np.zeros(len(segments), np.bool_)
    for axis in (0, 1):
        for offset in (-buffer, buffer):
            crossing[_crossings(segments, axis, offset)[0]] = True
    return crossing


def on_tile_line(xy_grid: NDArray[np.int32], buffer: int) -> NDArray[np.bool_]:
    """Tell which vertices, int32 (n, 2), lie on a tile line; bool (n)."""
    found = np.zeros(len(xy_grid), np.bool_)
    for offset in {-buffer, buffer}:
        found |= ((xy_grid - offset) % EXTENT == 0).any(axis=1)
    return found
