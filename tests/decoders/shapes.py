"""Shapely geometries of the features of a tile, built in bulk."""

import numpy as np
import shapely
from numpy.typing import NDArray

from tests.decoders.structure import Feature

Shapes = NDArray[np.object_]


def multipolygons(features: list[Feature]) -> Shapes:
    """Build a MultiPolygon of each polygon feature, object (n), in tile units.

    A ring of positive area begins a polygon, the rings of negative area after it are its holes (MVT 2.1
    §4.3.4.4). The features must have come through `structure.read` without errors.
    """
    lines = [ring for feature in features for ring in feature.parts]
    if not lines:
        return np.zeros(0, object)
    xy = np.array([position for ring in lines for position in ring], np.float64)
    sizes = np.array([len(ring) for ring in lines])
    rings = shapely.linearrings(xy, indices=np.repeat(np.arange(len(lines)), sizes))
    exterior = _twice_areas(xy, sizes) > 0
    polygon = np.cumsum(exterior) - 1
    owner = np.repeat(np.arange(len(features)), [len(feature.parts) for feature in features])
    shapes: Shapes = shapely.multipolygons(shapely.polygons(rings, indices=polygon), indices=owner[exterior])
    return shapes


def _twice_areas(xy: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Twice the area of each ring by the surveyor's formula; exact, as positions are small integers.

    Not `shapely.is_ccw`, which looks at one corner: in a ring that crosses itself they may differ.
    """
    ends = np.cumsum(sizes)
    following = np.arange(1, len(xy) + 1)
    following[ends - 1] = ends - sizes
    cross: NDArray[np.float64] = xy[:, 0] * xy[following, 1] - xy[following, 0] * xy[:, 1]
    return np.add.reduceat(cross, ends - sizes)
