"""One point a territory to write its name at, well inside its largest part.

A name that each tile placed by itself would stand once in every tile that a territory touches.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tileserver.store.manifest import EXTENT
from tileserver.web.contracts import LayerLike, LevelLike
from tileserver.web.views import latitude, longitude

MAX_TERRITORIES: Final = 5000
"""Territories for which points are worked out: 2 ms each a hundred, and one JSON for a client."""

_DETAIL_ZOOM: Final = 8
"""Outlines of this zoom are fine enough to place a name by, 0.15 km a unit."""

_SCANS: Final = (0.5, 0.4, 0.6, 0.3, 0.7)
"""Heights of the part, as shares of its box, at which a name is tried."""

_OFF_CENTRE: Final = 0.5
"""How much a height off the middle must be wider to be preferred: 10 % of height costs 5 % of width."""

Points = NDArray[np.float64]


def label_points(layer: LayerLike) -> dict[str, Any]:
    """Give the names of a territory layer as GeoJSON points; ``rank`` 0 is the largest territory."""
    entry = layer.entry
    zoom = min(max(entry.min_zoom, _DETAIL_ZOOM), entry.max_zoom)
    level = layer.level(zoom)
    places = [_place(level, feature) for feature in range(entry.count)]
    order = np.argsort([-area for _, _, area in places], kind="stable")
    ranks = np.empty(entry.count, np.int64)
    ranks[order] = np.arange(entry.count)
    codes = layer.attributes.column("code").to_pylist()
    names = layer.attributes.column("name").to_pylist()
    side = EXTENT << zoom
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": code, "name": name, "rank": rank},
                "geometry": {"type": "Point", "coordinates": [longitude(x / side), latitude(y / side)]},
            }
            for (x, y, _), code, name, rank in zip(places, codes, names, ranks.tolist(), strict=True)
        ],
    }


def _place(level: LevelLike, feature: int) -> tuple[float, float, float]:
    """Give x and y (grid units) for the name of a territory, and the area of its largest part."""
    first, last = level.polygon_offsets[feature], level.polygon_offsets[feature + 1]
    parts = [_rings(level, polygon) for polygon in range(int(first), int(last))]
    areas = [abs(_double_area(rings[0])) for rings in parts]
    if not parts:
        west, north, east, south = level.bbox[feature].tolist()
        return (west + east) / 2, (north + south) / 2, 0.0
    largest = int(np.argmax(areas))
    x, y = _inside(parts[largest])
    return x, y, areas[largest]


def _rings(level: LevelLike, polygon: int) -> list[Points]:
    first, last = level.ring_offsets[polygon], level.ring_offsets[polygon + 1]
    offsets = level.vertex_offsets
    return [
        level.xy[int(offsets[ring]) : int(offsets[ring + 1])].astype(np.float64)
        for ring in range(int(first), int(last))
    ]


def _double_area(ring: Points) -> float:
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def _inside(rings: list[Points]) -> tuple[float, float]:
    """Find the middle of the widest stretch inside the polygon, along a few horizontal lines."""
    north, south = rings[0][:, 1].min(), rings[0][:, 1].max()
    best = (-1.0, float(rings[0][:, 0].mean()), float((north + south) / 2))
    for share in _SCANS:
        # Half a unit off: vertices lie on whole numbers, so that the line meets none.
        y = np.floor(north + share * (south - north)) + 0.5
        crossings = np.sort(np.concatenate([_crossings(ring, y) for ring in rings]))
        for left, right in zip(crossings[::2], crossings[1::2], strict=True):
            width = (right - left) * (1 - _OFF_CENTRE * abs(share - 0.5))
            best = max(best, (float(width), float((left + right) / 2), float(y)))
    return best[1], best[2]


def _crossings(ring: Points, y: float) -> Points:
    following = np.roll(ring, -1, axis=0)
    across = (ring[:, 1] < y) != (following[:, 1] < y)
    start, end = ring[across], following[across]
    crossing: Points = start[:, 0] + (y - start[:, 1]) / (end[:, 1] - start[:, 1]) * (end[:, 0] - start[:, 0])
    return crossing
