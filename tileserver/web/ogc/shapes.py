"""The geometry of rows as GEOS has it: for exact tests of place, and for formats that are written in WKB."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tileserver.store.exact import ExactStore, Ragged
from tileserver.tiles.filtering.nodes import Shape
from tileserver.web.ogc.crs import Box

Bools = NDArray[np.bool_]
Shapes = NDArray[np.object_]

_TYPES: Final = {"areas": "MULTIPOLYGON", "lines": "MULTILINESTRING", "points": "POINT"}


def to_shapes(geometry: Ragged) -> Shapes:
    """Make geometries of the rows: multipolygons, multilines or points, object (n)."""
    import shapely

    kind = shapely.GeometryType[_TYPES[geometry.kind]]
    made: Shapes = shapely.from_ragged_array(kind, geometry.xy, geometry.offsets or None)
    return made


def to_wkb(geometry: Ragged) -> list[bytes]:
    """Write the rows as WKB."""
    import shapely

    written: list[bytes] = shapely.to_wkb(to_shapes(geometry)).tolist()
    return written


def of_filter(shape: Shape) -> Any:
    """Make the geometry that a filter names."""
    import shapely

    if shape.points:
        return shapely.MultiPoint(shape.points)
    if shape.lines:
        return shapely.MultiLineString(shape.lines)
    polygons = [shapely.Polygon(rings[0], rings[1:]) for rings in shape.polygons]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def relate(exact: ExactStore, shape: Any, *, within: bool = False) -> Bools:
    """Tell which rows intersect `shape` (degrees), or lie within it; bool (n).

    Raises `ValueError` for a shape that GEOS can't relate: one that is not valid.
    """
    import shapely

    box = shapely.bounds(shape)
    found = touching(exact, (box[0], box[1], box[2], box[3]))
    rows = np.flatnonzero(found)
    shapely.prepare(shape)
    shapes = to_shapes(exact.take(rows))
    try:
        found[rows] = shapely.within(shapes, shape) if within else shapely.intersects(shapes, shape)
    except shapely.GEOSException as error:
        raise ValueError(str(error)) from error
    return found


def touching(exact: ExactStore, box: Box) -> Bools:
    """Tell which rows have a bounding box that meets one in degrees; bool (n)."""
    west, south, east, north = box
    own = exact.bbox
    met: Bools = (own[:, 0] <= east) & (own[:, 2] >= west) & (own[:, 1] <= north) & (own[:, 3] >= south)
    return met


def in_box(exact: ExactStore, box: Box) -> Bools:
    """Tell which rows intersect a box in degrees (a touch included); bool (n)."""
    west, south, east, north = box
    found = touching(exact, box)
    own = exact.bbox
    whole = (own[:, 0] >= west) & (own[:, 2] <= east) & (own[:, 1] >= south) & (own[:, 3] <= north)
    rows = np.flatnonzero(found & ~whole)  # what lies wholly inside needs no look at its outline
    if len(rows):
        found[rows] = meeting(exact.take(rows), box)
    return found


def meeting(geometry: Ragged, box: Box) -> Bools:
    """Tell which rows intersect a box in their own system; bool (n)."""
    import shapely

    met: Bools = shapely.intersects(to_shapes(geometry), shapely.box(*box))
    return met
