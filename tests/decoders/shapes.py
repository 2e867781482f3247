"""Shapely geometries of the features of a tile, built in bulk."""

import numpy as np
import shapely
from numpy.typing import NDArray

from tests.decoders.structure import Feature

Shapes = NDArray[np.object_]


def multipolygons(features: list[Feature]) -> Shapes:
    """Build a MultiPolygon of each polygon feature, object (n), in tile units.

    A ring of positive area begins a polygon, the rings of negative area after it are its holes (MVT 2.1
    §4.3.4.4); y points down, so positive is what shapely calls counter-clockwise. The features must
    have come through `structure.read` without errors.
    """
    lines = [ring for feature in features for ring in feature.parts]
    if not lines:
        return np.zeros(0, object)
    xy = np.array([position for ring in lines for position in ring], np.float64)
    rings = shapely.linearrings(xy, indices=np.repeat(np.arange(len(lines)), [len(ring) for ring in lines]))
    exterior = shapely.is_ccw(rings)
    polygon = np.cumsum(exterior) - 1
    owner = np.repeat(np.arange(len(features)), [len(feature.parts) for feature in features])
    shapes: Shapes = shapely.multipolygons(shapely.polygons(rings, indices=polygon), indices=owner[exterior])
    return shapes
