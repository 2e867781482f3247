"""Lays out a level of detail for the kernels: rings begun at a stop, stops listed, geometry encoded.

What a stop is, and why rings are cut up by them, is told in `tileserver.kernel.runs`.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess.coverage import Polygons
from preprocess.grid import on_tile_line
from tileserver.errors import StoreError
from tileserver.kernel.whole import encode_polygons, room_for

MAX_OFFSET = 2**31 - 1

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]


class Rings(NamedTuple):
    """Polygons as flat arrays: offsets feature → polygon → ring → vertex, rings without closing vertex.

    ``features``, ``polygons`` and ``rings`` int32 (their number + 1); ``xy`` int32 (v, 2), grid units.
    """

    features: I32
    polygons: I32
    rings: I32
    xy: I32


class Encoded(NamedTuple):
    """The encoded features of a level, and the stops of its rings.

    ``start`` int32 (features, 2), first vertices; ``commands`` uint8 and ``ends`` int32 (features), where
    each feature's end; ``stop_offsets`` int32 (rings + 1) and ``stops`` int32 (s, 2), vertex and
    place in ``commands``; ``tangled`` uint8 (rings), 1 where rings of the polygon share a vertex.
    """

    start: I32
    commands: NDArray[np.uint8]
    ends: I32
    stop_offsets: I32
    stops: I32
    tangled: NDArray[np.uint8]


def lay_out(polygons: Polygons, buffer: int) -> Rings:
    """Flatten valid, oriented polygons on the integer grid; each ring begins at a stop if it has one."""
    multi = np.full(len(polygons), shapely.MultiPolygon(), object)
    members, owner = shapely.get_parts(polygons, return_index=True)
    shapely.multipolygons(members, indices=owner, out=multi)
    _, xy, (rings, parts, features) = shapely.to_ragged_array(multi)
    if len(xy) > MAX_OFFSET:
        raise StoreError(f"{len(xy)} vertices; a level of detail holds at most {MAX_OFFSET}")
    open_ring = np.ones(len(xy), np.bool_)
    open_ring[rings[1:] - 1] = False  # the closing vertex of each ring is implied
    grid = _integers(xy[open_ring])
    offsets = rings - np.arange(len(rings))
    return Rings(
        features.astype(np.int32),
        parts.astype(np.int32),
        offsets.astype(np.int32),
        grid[_begun_at_stops(grid, offsets, buffer)],
    )


def encode(level: Rings, buffer: int) -> Encoded:
    """Encode every feature, and list where each ring may be entered and left."""
    count, rings = len(level.features) - 1, len(level.rings) - 1
    room = np.empty(room_for(len(level.xy), rings), np.uint8)
    ends, places = np.empty(count, np.int32), np.empty(len(level.xy), np.int32)
    size = encode_polygons(level.features, level.polygons, level.rings, level.xy, room, ends, places)
    if size > MAX_OFFSET:
        raise StoreError(f"{size} bytes of geometry; a level of detail holds at most {MAX_OFFSET}")
    first_ring = level.polygons[level.features[:-1]]
    shown = np.diff(level.features) > 0
    start = np.zeros((count, 2), np.int32)
    start[shown] = level.xy[level.rings[first_ring[shown]]]
    stop_offsets, stops = _stops(level, places, buffer)
    return Encoded(start, room[:size], ends, stop_offsets, stops, _tangled(level))


def _begun_at_stops(xy: I32, offsets: I64, buffer: int) -> I64:
    """Give the order of vertices in which each ring is turned to begin on a tile line."""
    if len(offsets) == 1:
        return np.zeros(0, np.int64)
    count, first = np.diff(offsets), offsets[:-1]
    place = np.where(on_tile_line(xy, buffer), np.arange(len(xy)), len(xy))
    stop = np.minimum.reduceat(place, first)
    shift = np.where(stop < offsets[1:], stop - first, 0)
    within = np.arange(len(xy)) - np.repeat(first, count)
    turned = (within + np.repeat(shift, count)) % np.repeat(count, count)
    order: I64 = np.repeat(first, count) + turned
    return order


def _stops(level: Rings, places: I32, buffer: int) -> tuple[I32, I32]:
    """List the stops of each ring: its first vertex, those on tile lines, and its end."""
    stop = on_tile_line(level.xy, buffer)
    stop[level.rings[:-1]] = True
    vertex = np.flatnonzero(stop).astype(np.int32)
    before = np.searchsorted(vertex, level.rings)  # stops before each ring
    end = np.column_stack([level.rings[1:], places[level.rings[1:] - 1]])
    listed = np.column_stack([vertex, places[vertex]])
    stops = np.insert(listed, before[1:], end, axis=0)
    return (before + np.arange(len(before))).astype(np.int32), stops.astype(np.int32)


def _tangled(level: Rings) -> NDArray[np.uint8]:
    """Find the polygons of which two rings share a vertex; uint8 (rings)."""
    in_polygon = np.diff(level.polygons)
    polygon = np.repeat(np.arange(len(in_polygon)), in_polygon)  # of each ring
    many = np.repeat(in_polygon[polygon] > 1, np.diff(level.rings))
    owner = np.repeat(polygon, np.diff(level.rings))[many]
    rows = np.column_stack([owner, level.xy[many]])
    unique, times = np.unique(rows, axis=0, return_counts=True)
    shared = np.zeros(len(in_polygon), np.uint8)
    shared[unique[times > 1, 0]] = 1
    return shared[polygon]


def _integers(xy: NDArray[np.float64]) -> I32:
    whole = xy.astype(np.int32)
    if not np.array_equal(whole, xy):
        raise StoreError("a polygon has a vertex off the integer grid; the level was not snapped")
    return whole
