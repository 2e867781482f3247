"""Levels of detail of a zoning: areas that may overlap, each valid on the integer grid of a zoom.

Zonings are no coverage: nothing is united, and each area keeps what it shares with another. Only where the
areas of a layer happen to be a valid coverage are they simplified together, so that neighbours leave no gap.

As in `preprocess.lines`, edges are cut at the tile lines first and rounded then, which leaves none across a
tile line. Rounding makes a few areas invalid, and some vanish: those go one by one through the noder that
territories go through (`preprocess.coverage.snap`), which leaves valid faces or, of nothing, a unit square.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.spec import Layer
from preprocess.coverage import Polygons, simplify, snap
from preprocess.detail import TOLERANCE
from preprocess.grid import F64, crosses_tile_lines, cut_at_tile_lines, to_grid
from tileserver.errors import TileserverError

SMALLEST_RING = 4
"""Vertices of a triangle, the first repeated at the end."""


def levels(name: str, layer: Layer, shapes: Polygons) -> Iterator[tuple[int, Polygons]]:
    """Draw the areas `shapes` (EPSG:4326, valid) at every zoom; all detail is kept at the deepest.

    Raises `TileserverError` where a level is not what it has to be.
    """
    together = bool(shapely.coverage_is_valid(shapes))
    for zoom in range(layer.zoom.min, layer.zoom.max + 1):
        tolerance = 0.0 if zoom == layer.zoom.max else TOLERANCE
        drawn = draw(shapes, zoom, tolerance, layer.buffer, together=together)
        prove(drawn, layer.buffer, f"layer {name} at zoom {zoom}")
        yield zoom, drawn


def draw(shapes: Polygons, zoom: int, tolerance: float, buffer: int, *, together: bool = False) -> Polygons:
    """Draw valid areas (EPSG:4326), object (n), on the grid of `zoom`; `tolerance` and `buffer` in its units.

    With `together` they are a valid coverage, and are simplified as one. Rings are turned so that exteriors
    have a positive area (MVT 2.1 §4.3.4.4).
    """
    grid: Polygons = shapely.transform(shapes, lambda lonlat: to_grid(lonlat, zoom))
    if together:
        simple = simplify(grid, tolerance)
    else:
        simple = shapely.simplify(grid, tolerance, preserve_topology=True) if tolerance else grid
    drawn = _rounded(simple, buffer)
    for row in np.flatnonzero(~shapely.is_valid(drawn) | shapely.is_empty(drawn)):
        drawn[row] = _noded(simple[row], grid[row], buffer)
    oriented: Polygons = shapely.orient_polygons(drawn, exterior_cw=False)
    return oriented


def prove(drawn: Polygons, buffer: int, what: str) -> None:
    """Raise `TileserverError` unless every area is there, valid, and in edges that cross no tile line."""
    missing = int(shapely.is_empty(drawn).sum())
    invalid = int((~shapely.is_valid(drawn)).sum())
    crossing = int(crosses_tile_lines(_edges(drawn), buffer).sum())
    if missing or invalid or crossing:
        raise TileserverError(
            f"{what} lacks {missing} of {len(drawn)} areas, and has {invalid} that are not valid and "
            f"{crossing} edges that cross a tile line; nothing was published. "
            "This is a fault of the program: please report it with the source files"
        )


def _rounded(simple: Polygons, buffer: int) -> Polygons:
    """Cut the edges at the tile lines and round them; rings and parts without area on the grid go."""
    parts, owner = shapely.get_parts(simple, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero(ring[:-1] == ring[1:])
    segment, cut = cut_at_tile_lines(np.hstack([xy[edge], xy[edge + 1]]), buffer)
    number = ring[edge][segment]
    whole = np.rint(cut)
    moved = np.ones(len(number), np.bool_)
    moved[1:] = (number[1:] != number[:-1]) | (whole[1:] != whole[:-1]).any(axis=1)
    number, whole = number[moved], whole[moved]
    large = np.bincount(number, minlength=len(rings)) >= SMALLEST_RING
    exterior = np.diff(part, prepend=-1) > 0
    large &= np.repeat(
        large[exterior], np.bincount(part, minlength=len(parts))
    )  # no hole without its polygon
    kept = large[number]
    result = np.full(len(simple), shapely.MultiPolygon(), object)
    if not kept.any():
        return result
    drawn = shapely.linearrings(whole[kept], indices=(np.cumsum(large) - 1)[number[kept]])
    alive = np.unique(part[large])
    polygons = shapely.polygons(drawn, indices=np.searchsorted(alive, part[large]))
    shapely.multipolygons(polygons, indices=owner[alive], out=result)
    return result


def _noded(simple: shapely.Geometry, full: shapely.Geometry, buffer: int) -> shapely.Geometry:
    """Round one area by noding its outline; the unit square at its place where nothing is left."""
    valid = shapely.make_valid(simple, method="structure", keep_collapsed=False)
    areal = np.array([full if shapely.is_empty(valid) else valid], object)
    return snap(areal, buffer, lambda present: np.flatnonzero(~present).tolist()).polygons[0]


def _edges(drawn: Polygons) -> F64:
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(drawn)), return_index=True)
    edge: NDArray[np.int64] = np.flatnonzero(ring[:-1] == ring[1:])
    edges: F64 = np.hstack([xy[edge], xy[edge + 1]])
    return edges
