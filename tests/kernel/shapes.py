"""Polygons for the clipper: a zoo of awkward ones, and random ones, on the grid and cut at the tile lines."""

from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess import rings
from preprocess.grid import cut_at_tile_lines
from tileserver.kernel.arrays import PolygonArrays
from tileserver.kernel.wire import OVERSHOOT
from tileserver.store import rtree

T = TypeVar("T", bound=np.generic)

BUFFER = 64
BOX = (-64, -64, 4160, 4160)
"""The buffered box of tile 0/0 at any zoom; shapes are drawn around it."""

ZOO = {
    "whole": "POLYGON ((100 100, 900 120, 800 700, 100 100))",
    "covers the tile": "POLYGON ((-900 -900, 9000 -900, 9000 9000, -900 9000, -900 -900))",
    "covers it, hole inside": "POLYGON ((-900 -900, 9000 -900, 9000 9000, -900 9000, -900 -900),"
    " (500 500, 900 800, 700 1200, 500 500))",
    "covers it, hole covers it too": "POLYGON ((-900 -900, 9000 -900, 9000 9000, -900 9000, -900 -900),"
    " (-500 -500, -500 8000, 8000 8000, 8000 -500, -500 -500))",
    "comb cut twelve times": "POLYGON ((-500 0, 900 0, 900 100, -400 100, -400 200, 900 200, 900 300,"
    " -400 300, -400 400, 900 400, 900 500, -500 500, -500 0))",
    "corner only": "POLYGON ((4100 4300, 4300 4100, 4400 4400, 4100 4300))",
    "edge along the box": "POLYGON ((-64 100, 900 100, 900 900, -64 900, -64 100))",
    "edge along the box from outside": "POLYGON ((-64 100, -64 900, -900 900, -900 100, -64 100))",
    "touches the box in a vertex": "POLYGON ((-900 100, -64 500, -900 900, -900 100))",
    "touches the box from inside": "POLYGON ((-64 500, 900 100, 900 900, -64 500))",
    "the box itself": "POLYGON ((-64 -64, 4160 -64, 4160 4160, -64 4160, -64 -64))",
    "hole over the edge": "POLYGON ((-900 0, 3000 0, 3000 3000, -900 3000, -900 0),"
    " (-500 500, -500 2500, 1000 1500, -500 500))",
    "hole touching the box": "POLYGON ((-900 0, 3000 0, 3000 3000, -900 3000, -900 0),"
    " (-64 1500, 900 2500, 1000 1500, -64 1500))",
    "hole touching its ring": "POLYGON ((-900 0, 3000 0, 3000 3000, -900 3000, -900 0),"
    " (3000 1500, 900 1000, 1000 2500, 3000 1500))",
    "hole touching its ring at the cut": "POLYGON ((-900 0, -64 500, 3000 0, 3000 3000, -900 3000, -900 0),"
    " (-64 500, 900 2500, 1000 1500, -64 500))",
    "two holes touching, one cut": "POLYGON ((-900 -900, 4000 -900, 4000 4000, -900 4000, -900 -900),"
    " (-500 1000, 1000 2000, 500 500, -500 1000), (1000 2000, 2000 3000, 2500 1500, 1000 2000))",
    "hole that parts the tile": "POLYGON ((-900 -900, 3000 -900, 2000 1500, 3000 4000, -900 4000, -900 -900),"
    " (-500 1000, -500 2000, 1000 1500, -500 1000), (1000 1500, 1500 2000, 2000 1500, 1500 1000, 1000 1500))",
    "narrow neck outside": "POLYGON ((100 100, 900 100, 900 -500, 1100 -500, 1100 100, 2000 100, 2000 -900,"
    " 100 -900, 100 100))",
    "island group": "MULTIPOLYGON (((100 100, 300 100, 200 300, 100 100)), ((-300 100, 50 200, -300 300,"
    " -300 100)), ((9000 9000, 9100 9000, 9100 9100, 9000 9000)))",
    "spike to the corner": "POLYGON ((4160 4160, 3000 100, 3100 100, 4160 4160))",
    "outside": "POLYGON ((5000 5000, 6000 5000, 6000 6000, 5000 5000))",
}


def cut(polygon: shapely.Geometry) -> shapely.Geometry:
    """Snap to the integer grid, with a vertex wherever an edge crosses a tile line; interior left."""
    outlines = shapely.get_rings(shapely.get_parts([polygon]))
    xy, ring = shapely.get_coordinates(outlines, return_index=True)
    same = ring[:-1] == ring[1:]
    owner, points = cut_at_tile_lines(np.hstack([xy[:-1][same], xy[1:][same]]), BUFFER)
    noded = shapely.union_all(shapely.linestrings(points, indices=owner), grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize([noded]))
    inner = shapely.point_on_surface(faces)
    kept = faces[shapely.intersects(polygon, inner)]
    joined = shapely.coverage_union_all(kept) if len(kept) else shapely.Polygon()
    return shapely.orient_polygons(joined, exterior_cw=False)


def pack(polygons: list[shapely.Geometry], buffer: int = BUFFER) -> PolygonArrays:
    """Lay out polygons as the build does, read-only as mapped files are."""
    shapes = np.array(polygons, object)
    bbox = np.array([1, 1, 0, 0], np.int32) * np.ones((len(shapes), 1), np.int32)
    shown = ~shapely.is_empty(shapes)
    bbox[shown] = shapely.bounds(shapes[shown]).astype(np.int32)
    flat = rings.lay_out(shapes, buffer)
    encoded = rings.encode(flat, buffer)
    return PolygonArrays(
        bbox=frozen(bbox),
        polygon_offsets=frozen(flat.features),
        ring_offsets=frozen(flat.polygons),
        vertex_offsets=frozen(flat.rings),
        xy=frozen(flat.xy),
        start=frozen(encoded.start),
        command_offsets=frozen(np.concatenate([np.zeros(1, np.int32), encoded.ends])),
        commands=padded(encoded.commands),
        stop_offsets=frozen(encoded.stop_offsets),
        stops=frozen(encoded.stops),
        tangled=frozen(encoded.tangled),
        tree=frozen(rtree.build(bbox)),
    )


def padded(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Copy bytes to where as many may be read past their end as `wire.copy_run` does."""
    room = np.zeros(len(data) + OVERSHOOT, np.uint8)
    room[: len(data)] = data
    return frozen(room)[: len(data)]


def frozen(array: NDArray[T]) -> NDArray[T]:
    """Make an array read-only and contiguous."""
    result = np.ascontiguousarray(array)
    result.setflags(write=False)
    return result


def random_polygon(seed: int) -> shapely.Geometry:
    """Draw a valid polygon on a coarse lattice around the tile, with holes, touching itself often."""
    rng = np.random.default_rng(seed)
    # Few lattice positions, several of them on the outline of the box: coincidences are the point.
    places = np.array([-700, -64, 0, 64, 500, 1000, 4032, 4096, 4160, 4900], np.float64)
    size = int(rng.integers(3, 14))
    blobs = []
    for _ in range(int(rng.integers(1, 6))):
        points = rng.choice(places, (size, 2)) + rng.integers(-1, 2, (size, 2)) * rng.integers(0, 2)
        blobs.append(shapely.convex_hull(shapely.multipoints(points[: rng.integers(3, size + 1)])))
    result = shapely.union_all([b for b in blobs if b.area > 0] or [shapely.box(0, 0, 9, 9)])
    for _ in range(int(rng.integers(0, 5))):
        points = rng.choice(places, (3, 2)) + rng.integers(-1, 2, (3, 2)) * rng.integers(0, 2)
        result = shapely.difference(result, shapely.convex_hull(shapely.multipoints(points)))
    parts = [p for p in shapely.get_parts(shapely.set_precision(result, 1.0)) if p.area > 0]
    return cut(shapely.union_all(parts)) if parts else shapely.Polygon()
