"""Levels of detail of a lines layer: simplified line by line, cut at the tile lines, on the integer grid.

Lines are no coverage: each is simplified on its own, and two that share a path need not share it any
longer. Nothing is left out. A line too short for the grid vanishes only where another of its feature is
left; a feature of which nothing would be left gets the shortest line there is, between two neighbouring
places of the grid.

The tiles' clipper relies on a vertex wherever a line crosses a tile line (`tileserver.kernel.features`).
Lines are therefore cut first and rounded then. Rounding to whole numbers keeps the order of numbers, and
tile lines are whole numbers: what lies on one side of a tile line, or on it, still does. (The other way
round it would not hold: a place cut out of a rounded edge is not whole, and rounding it bends the edge.)
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from layers.spec import Layer
from preprocess.detail import TOLERANCE
from preprocess.grid import F64, crosses_tile_lines, cut_at_tile_lines, to_grid, world_size
from preprocess.pack import index_table
from preprocess.rings import MAX_OFFSET
from tileserver.errors import StoreError, TileserverError
from tileserver.store import format as formats

Shapes = NDArray[np.object_]
I64 = NDArray[np.int64]


class Lines(NamedTuple):
    """Lines on the grid of a zoom, flat: the feature and the line of each vertex, and where it is.

    ``feature`` int64 (v), from 0, in order; ``line`` int64 (v), any number for each line, its vertices
    together; ``xy`` int64 (v, 2).
    """

    feature: I64
    line: I64
    xy: I64


class LineTables(NamedTuple):
    """The tables of a level of detail, and its number of vertices."""

    level: pa.Table
    index: pa.Table
    vertices: int


def levels(name: str, layer: Layer, shapes: Shapes) -> Iterator[tuple[int, LineTables]]:
    """Make every zoom's level of the lines `shapes` (EPSG:4326); all detail is kept at the deepest.

    Raises `TileserverError` where a level is not what it has to be.
    """
    for zoom in range(layer.zoom.min, layer.zoom.max + 1):
        tolerance = 0.0 if zoom == layer.zoom.max else TOLERANCE
        drawn = draw(shapes, zoom, tolerance, layer.buffer)
        prove(drawn, len(shapes), layer.buffer, f"layer {name} at zoom {zoom}")
        yield zoom, pack(drawn, len(shapes))


def draw(shapes: Shapes, zoom: int, tolerance: float, buffer: int) -> Lines:
    """Draw lines (EPSG:4326), object (n), on the grid of `zoom`; `tolerance` and `buffer` in its units."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    grid = shapely.transform(parts, lambda lonlat: to_grid(lonlat, zoom))
    simple = shapely.simplify(grid, tolerance, preserve_topology=False) if tolerance else grid
    xy, part = shapely.get_coordinates(simple, return_index=True)
    edge = np.flatnonzero(part[:-1] == part[1:])
    segment, cut = cut_at_tile_lines(np.hstack([xy[edge], xy[edge + 1]]), buffer)
    line = part[edge][segment]
    rounded = np.rint(cut).astype(np.int64)
    moved = np.ones(len(line), np.bool_)
    moved[1:] = (line[1:] != line[:-1]) | (rounded[1:] != rounded[:-1]).any(axis=1)
    line, rounded = line[moved], rounded[moved]
    drawn = np.bincount(line, minlength=len(parts))[line] > 1
    line, rounded = line[drawn], rounded[drawn]
    gone = np.setdiff1d(np.arange(len(shapes)), owner[line])
    if not len(gone):
        return Lines(owner[line], line, rounded)
    feature = np.concatenate([owner[line], np.repeat(gone, 2)])
    order = np.argsort(feature, kind="stable")
    line = np.concatenate([line, np.repeat(len(parts) + gone, 2)])
    places = np.concatenate([rounded, _shortest(grid, owner, gone, zoom)])
    return Lines(feature[order], line[order], places[order])


def _shortest(grid: Shapes, owner: I64, gone: I64, zoom: int) -> I64:
    """Give the ends, int64 (2 g, 2), of an edge of one unit in place of each feature of `gone`.

    It lies on the middle of the feature's longest line, along the way in which that reaches farther.
    """
    length = shapely.length(grid)
    order = np.lexsort((length, owner))
    last = np.searchsorted(owner[order], gone, side="right") - 1
    box: F64 = shapely.bounds(grid[order[last]])
    low, high = box[:, :2], box[:, 2:]
    middle, reach = (low + high) / 2, high - low
    along = np.arange(2) == (reach[:, 1] > reach[:, 0]).astype(np.int64)[:, None]
    start = np.where(along, np.floor(middle), np.rint(middle)).astype(np.int64)
    start = np.clip(start, 0, world_size(zoom) - along.astype(np.int64))  # both ends stay in the world
    return np.stack([start, start + along], axis=1).reshape(-1, 2)


def prove(drawn: Lines, count: int, buffer: int, what: str) -> None:
    """Raise `TileserverError` unless all `count` features are there, in edges that cross no tile line."""
    same = drawn.line[:-1] == drawn.line[1:]
    edges = np.hstack([drawn.xy[:-1][same], drawn.xy[1:][same]]).astype(np.float64)
    missing = count - len(np.unique(drawn.feature))
    crossing = int(crosses_tile_lines(edges, buffer).sum())
    still = int((edges[:, :2] == edges[:, 2:]).all(axis=1).sum())
    single = int((np.unique(drawn.line, return_counts=True)[1] < 2).sum())
    if missing or crossing or still or single:
        raise TileserverError(
            f"{what} lacks {missing} of {count} features, and has {crossing} edges that cross a tile line, "
            f"{still} without length and {single} lines of one vertex; nothing was published. "
            "This is a fault of the program: please report it with the source files"
        )


def pack(drawn: Lines, count: int) -> LineTables:
    """Lay out lines for the store, a row for each of `count` features, each with one line at least."""
    size = len(drawn.xy)
    if size > MAX_OFFSET:
        raise StoreError(f"{size} vertices; a level of detail holds at most {MAX_OFFSET}")
    first = np.flatnonzero(np.diff(drawn.line, prepend=-1))  # the vertex with which each line begins
    parts = np.searchsorted(drawn.feature[first], np.arange(count + 1)).astype(np.int32)
    xy = drawn.xy.astype(np.int32)
    start = np.searchsorted(drawn.feature, np.arange(count))
    bbox = np.zeros((0, 4), np.int32)
    if count:
        bbox = np.hstack([np.minimum.reduceat(xy, start), np.maximum.reduceat(xy, start)])
    vertices = pa.FixedSizeListArray.from_arrays(pa.array(xy.ravel()), type=formats.XY)
    nested = pa.ListArray.from_arrays(
        pa.array(np.append(first, size).astype(np.int32)), vertices, type=formats.LINES.value_type
    )
    nested = pa.ListArray.from_arrays(pa.array(parts), nested, type=formats.LINES)
    boxes = pa.FixedSizeListArray.from_arrays(pa.array(bbox.ravel()), type=formats.BBOX)
    level = pa.Table.from_arrays([boxes, nested], schema=formats.LINE_LEVEL)
    return LineTables(level, index_table(bbox), size)
