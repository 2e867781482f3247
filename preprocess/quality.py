"""Measures a level of detail against the outlines it was made from: the published proof.

Everything is measured on the snapped polygons themselves, in grid units, and told in km² on the
ground.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess.coverage import Polygons
from preprocess.grid import F64, crosses_tile_lines, ground_km2
from tileserver.store.manifest import Quality


def measure(snapped: Polygons, full: Polygons, *, zoom: int, buffer: int, restored: int) -> Quality:
    """Compare `snapped` territories with the `full` ones, both in grid units of `zoom`."""
    kept = snapped[~shapely.is_empty(snapped)]
    invalid_edges = ~shapely.is_empty(shapely.coverage_invalid_edges(kept))
    invalid = int((~shapely.is_valid(kept)).sum())
    # Without an invalid edge there is no overlap: dropping the borders that two share is a union then,
    # ten times faster. Any doubt goes the long way.
    united = shapely.union_all if invalid or invalid_edges.any() else shapely.coverage_union_all
    whole = shapely.get_parts(united(kept))
    gaps, gap_km2 = _gaps(whole, full, zoom)
    # Areas are sums of integers: without an overlap the difference is exactly zero.
    twice = shapely.area(kept).sum() - shapely.area(whole).sum()
    overlap = ground_km2(np.array([twice]), shapely.bounds(kept)[:, [1, 3]].mean(), zoom)
    lost = _ground(full, shapely.area(full) - shapely.area(shapely.intersection(full, snapped)), zoom)
    return Quality(
        vertices=int(shapely.get_num_coordinates(kept).sum()),
        ids=len(kept),
        expected=len(snapped),
        invalid=invalid,
        invalid_edges=int(invalid_edges.sum()),
        crossing_edges=int(crosses_tile_lines(_segments(kept), buffer).sum()),
        gaps=gaps,
        gap_km2=round(gap_km2, 3),
        overlap_km2=round(float(overlap[0]), 3),
        lost_km2=round(float(lost.sum()), 3),
        area_km2=round(float(_ground(full, shapely.area(full), zoom).sum()), 3),
        restored=restored,
    )


def _segments(polygons: Polygons) -> F64:
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(polygons)), return_index=True)
    same = ring[:-1] == ring[1:]
    return np.hstack([xy[:-1][same], xy[1:][same]])


def _ground(where: Polygons, area_grid: F64, zoom: int) -> F64:
    middle = shapely.bounds(where)
    return ground_km2(area_grid, (middle[:, 1] + middle[:, 3]) / 2, zoom)


def _gaps(whole: Polygons, full: Polygons, zoom: int) -> tuple[int, float]:
    """Count the holes of the whole layer that the full outlines mostly fill, and their area."""
    holes = shapely.polygons(_interior_rings(whole))
    if len(holes) == 0:
        return 0, 0.0
    hole, territory = shapely.STRtree(full).query(holes, predicate="intersects")
    filled = np.zeros(len(holes))
    np.add.at(filled, hole, shapely.area(shapely.intersection(holes[hole], full[territory])))
    wrong = filled > shapely.area(holes) / 2
    return int(wrong.sum()), float(_ground(holes[wrong], filled[wrong], zoom).sum())


def _interior_rings(polygons: Polygons) -> NDArray[np.object_]:
    rings, owner = shapely.get_rings(polygons, return_index=True)
    interior = np.ones(len(rings), np.bool_)
    interior[np.searchsorted(owner, np.arange(len(polygons)))] = False
    found: NDArray[np.object_] = rings[interior]
    return found
