"""The plain Python way: a shapely tree, `clip_by_rect`, and `mapbox_vector_tile.encode`."""

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray

from tests.benchmarks.shapes import EXTENT, Features, tile_bounds_m


class PlainPython:
    """Tiles of one layer at one zoom, from the same pre-simplified shapes."""

    name = "mapbox-vector-tile"

    def __init__(self, features: Features, layer: str, buffer: int) -> None:
        self._features = features
        self._layer = layer
        self._buffer = buffer
        self._tree = shapely.STRtree(features.shapes)

    def tile(self, zoom: int, x: int, y: int) -> bytes:
        """Search, clip and encode; the geometry is quantised by the encoder."""
        window = tile_bounds_m(zoom, x, y, self._buffer)
        found = self._tree.query(shapely.box(*window))
        clipped = _clip(self._features.shapes[found], window)
        features = [
            {
                "id": int(self._features.ids[row]),
                "geometry": shape,
                "properties": self._features.rows[row],
            }
            for row, shape in zip(found, clipped, strict=True)
            if not shape.is_empty
        ]
        options = {"quantize_bounds": tile_bounds_m(zoom, x, y), "extents": EXTENT}
        data: bytes = mapbox_vector_tile.encode(
            {"name": self._layer, "features": features}, default_options=options
        )
        return data


def _clip(shapes: NDArray[np.object_], window: tuple[float, float, float, float]) -> NDArray[np.object_]:
    """Clip to a rectangle, all at once; one by one where GEOS refuses to (a triangle at the edge)."""
    try:
        return np.asarray(shapely.clip_by_rect(shapes, *window), dtype=object)
    except shapely.GEOSException:
        return np.array([_clip_one(shape, window) for shape in shapes], dtype=object)


def _clip_one(shape: shapely.Geometry, window: tuple[float, float, float, float]) -> shapely.Geometry:
    try:
        return shapely.clip_by_rect(shape, *window)
    except shapely.GEOSException:
        parts = shapely.get_parts(shapely.intersection(shape, shapely.box(*window)))
        return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
