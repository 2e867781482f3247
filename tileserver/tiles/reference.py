"""The slow, obvious renderer: shapely clips, mapbox-vector-tile encodes, mercantile places.

It exists to be compared with: nothing here is shared with the kernels but the store itself. It takes
the level of detail of the store, cuts every feature with shapely's overlay, and leaves the writing
of bytes to mapbox-vector-tile. Tests hold the fast path to it; the server never imports it.
"""

import mapbox_vector_tile
import mercantile
import numpy as np
import shapely
from numpy.typing import NDArray

from tileserver.store.manifest import EXTENT
from tileserver.store.reader import LayerStore, LineLevel, PolygonLevel

WORLD_M = 40_075_016.68557849


def polygons(level: PolygonLevel) -> NDArray[np.object_]:
    """Build shapely geometries of a level, object (n): MultiPolygons in grid units."""
    rings = np.repeat(np.arange(len(level.vertex_offsets) - 1), np.diff(level.vertex_offsets))
    open_rings = shapely.linearrings(level.xy.astype(np.float64), indices=rings)
    first = level.ring_offsets[:-1]
    holes = np.ones(len(open_rings), np.bool_)
    holes[first] = False
    owner = np.repeat(np.arange(len(first)), np.diff(level.ring_offsets))
    bodies = shapely.polygons(open_rings[first])
    if holes.any():
        with_holes = np.unique(owner[holes])
        for body in with_holes:
            inner = open_rings[first[body] + 1 : level.ring_offsets[body + 1]]
            bodies[body] = shapely.polygons(open_rings[first[body]], holes=inner)
    feature = np.repeat(np.arange(len(level.polygon_offsets) - 1), np.diff(level.polygon_offsets))
    result: NDArray[np.object_] = shapely.multipolygons(bodies, indices=feature)
    return result


def lines(level: LineLevel) -> NDArray[np.object_]:
    """Build shapely geometries of a level, object (n): MultiLineStrings in grid units."""
    line = np.repeat(np.arange(len(level.vertex_offsets) - 1), np.diff(level.vertex_offsets))
    parts = shapely.linestrings(level.xy.astype(np.float64), indices=line)
    feature = np.repeat(np.arange(len(level.part_offsets) - 1), np.diff(level.part_offsets))
    result: NDArray[np.object_] = shapely.multilinestrings(parts, indices=feature)
    return result


def window(z: int, x: int, y: int, buffer: int) -> tuple[float, float, float, float]:
    """Give the buffered box of a tile in grid units, by way of mercantile's bounds in metres."""
    bounds = mercantile.xy_bounds(x, y, z)
    unit_m = WORLD_M / (EXTENT << z)
    left, right = ((edge + WORLD_M / 2) / unit_m for edge in (bounds.left, bounds.right))
    top, bottom = ((WORLD_M / 2 - edge) / unit_m for edge in (bounds.top, bounds.bottom))
    return (
        round(left) - buffer,
        round(top) - buffer,
        round(right) + buffer,
        round(bottom) + buffer,
    )


def clip(shapes: NDArray[np.object_], box: tuple[float, float, float, float]) -> NDArray[np.object_]:
    """Cut shapes to `box`, keeping only parts of the dimension that they had; object (n)."""
    dimension = shapely.get_dimensions(shapes)
    cut = shapely.intersection(shapes, shapely.box(*box))
    result = np.full(len(cut), None, object)
    for i, geometry in enumerate(cut):
        parts = [
            part
            for part in shapely.get_parts(geometry)
            if not part.is_empty and shapely.get_dimensions(part) == dimension[i]
        ]
        if parts:
            result[i] = shapely.union_all(parts)
    return result


def features(layer: LayerStore, z: int, x: int, y: int) -> list[tuple[int, shapely.Geometry]]:
    """List (row, geometry in tile units) of the features of a tile, in row order."""
    box = window(z, x, y, layer.entry.buffer)
    if layer.entry.kind != "points":
        level = layer.lines(z) if layer.entry.kind == "lines" else layer.level(z)
        meets = np.flatnonzero(
            (level.bbox[:, 0] <= box[2])
            & (level.bbox[:, 2] >= box[0])
            & (level.bbox[:, 1] <= box[3])
            & (level.bbox[:, 3] >= box[1])
        )
        shapes = (lines(level) if isinstance(level, LineLevel) else polygons(level))[meets]
    else:
        points = layer.points_at(z)
        scale = float(1 << (points.zoom - z))
        near = np.floor(points.xy / scale + 0.5)
        shapes = shapely.points(near)
        meets = np.arange(points.first, points.first + len(shapes))
        if layer.entry.buffer == 0:  # on the east or south edge: that is the neighbour's
            box = (*box[:2], box[2] - 1, box[3] - 1)
    cut = clip(shapes, box)
    move = np.array([x * EXTENT, y * EXTENT], np.float64)
    return [
        (int(row), shapely.transform(geometry, lambda xy: xy - move))
        for row, geometry in zip(meets, cut, strict=True)
        if geometry is not None
    ]


def render(layer: LayerStore, z: int, x: int, y: int, columns: tuple[int, ...]) -> bytes:
    """Encode a tile as `tileserver.tiles.render.render` does, slowly."""
    names = [layer.entry.fields[column].id for column in columns]
    table = layer.attributes
    encoded = [
        {
            "geometry": geometry,
            "id": int(layer.ids[row]),
            "properties": {
                name: value for name in names if (value := table.column(name)[row].as_py()) is not None
            },
        }
        for row, geometry in features(layer, z, x, y)
    ]
    if not encoded:
        return b""
    data: bytes = mapbox_vector_tile.encode(
        {"name": layer.entry.id, "features": encoded},
        default_options={"y_coord_down": True, "extents": EXTENT},
    )
    return data
