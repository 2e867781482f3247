"""The store's integer levels of detail, as shapely polygons: what the other contenders start from."""

import math
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from tileserver.store.reader import PolygonLevel

EXTENT = 4096
"""Units a tile side."""

WORLD_M = 2 * math.pi * 6378137.0
"""Side of the EPSG:3857 square, in metres."""

PROPERTIES = ("code", "name", "population", "density")
"""What every contender puts on a feature."""


class Features(NamedTuple):
    """A layer at one zoom: row for row, geometry in EPSG:3857 and the benchmark's properties."""

    zoom: int
    ids: NDArray[np.uint64]
    shapes: NDArray[np.object_]
    rows: list[dict[str, Any]]


def to_mercator(xy_grid: NDArray[np.int32], zoom: int) -> NDArray[np.float64]:
    """Give the EPSG:3857 metres of grid coordinates of `zoom`, (n, 2) int32 → (n, 2) float64."""
    unit = WORLD_M / (EXTENT << zoom)
    xy_m = xy_grid.astype(np.float64) * unit
    xy_m[:, 0] -= WORLD_M / 2
    xy_m[:, 1] = WORLD_M / 2 - xy_m[:, 1]
    return xy_m


def close_rings(
    xy: NDArray[np.int32], vertex_offsets: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Repeat each ring's first vertex at its end: the closed vertices and their ring offsets."""
    rings = len(vertex_offsets) - 1
    starts = vertex_offsets[:-1].astype(np.int64)
    offsets = vertex_offsets.astype(np.int64) + np.arange(rings + 1)
    take = np.arange(offsets[-1]) - np.repeat(np.arange(rings), np.diff(offsets))
    take[offsets[1:] - 1] = starts
    return xy[take], offsets


def polygons(level: PolygonLevel, zoom: int) -> NDArray[np.object_]:
    """Give a level's features as multipolygons in EPSG:3857, one a feature."""
    xy, rings = close_rings(np.asarray(level.xy).reshape(-1, 2), np.asarray(level.vertex_offsets))
    shapes = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON,
        to_mercator(xy, zoom),
        (rings, np.asarray(level.ring_offsets, np.int64), np.asarray(level.polygon_offsets, np.int64)),
    )
    return np.asarray(shapes, dtype=object)


def rows_of(attributes: pa.Table) -> list[dict[str, Any]]:
    """Give the benchmark's properties as plain Python values, nulls left out."""
    table = attributes.select(PROPERTIES).to_pylist()
    return [{key: value for key, value in row.items() if value is not None} for row in table]


def tile_bounds_m(zoom: int, x: int, y: int, buffer: int = 0) -> tuple[float, float, float, float]:
    """Give the EPSG:3857 bounds of a tile, `buffer` grid units wider on each side."""
    side = WORLD_M / (1 << zoom)
    margin = side * buffer / EXTENT
    west = x * side - WORLD_M / 2
    north = WORLD_M / 2 - y * side
    return west - margin, north - side - margin, west + side + margin, north + margin
