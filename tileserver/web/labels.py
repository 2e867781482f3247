"""One point a territory to write its name at, well inside its largest part.

A name that each tile placed by itself would stand once in every tile that a territory touches.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tileserver.store.manifest import EXTENT
from tileserver.web.contracts import LayerLike, LevelLike
from tileserver.web.views import latitude, longitude

_DETAIL_ZOOM: Final = 8
"""Outlines of this zoom are fine enough to place a name by: 38 m a unit at the equator."""

_SCANS: Final = (0.5, 0.4, 0.6, 0.3, 0.7)
"""Heights of the part, as shares of its box, at which a name is tried; the middle first."""

_OFF_CENTRE: Final = 0.5
"""A line off the middle counts as narrower: by 5 % for each 10 % of the part's height."""

_DECIMALS: Final = 4
"""11 m: nobody sees where a name begins any closer."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Edges:
    """Edges of the largest part of each territory, in order of `row`; from x0, y0 to x1, y1."""

    row: Ints
    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats


def label_points(layer: LayerLike) -> dict[str, Any]:
    """Give the names of a territory layer as GeoJSON points; ``rank`` 0 is the largest territory."""
    entry = layer.entry
    zoom = min(max(entry.min_zoom, _DETAIL_ZOOM), entry.max_zoom)
    x, y, areas = _places(layer.level(zoom))
    ranks = np.empty(entry.count, np.int64)
    ranks[np.argsort(-areas, kind="stable")] = np.arange(entry.count)
    side = EXTENT << zoom
    lons = [round(longitude(share), _DECIMALS) for share in (x / side).tolist()]
    lats = [round(latitude(share), _DECIMALS) for share in (y / side).tolist()]
    codes = layer.attributes.column("code").to_pylist()
    names = layer.attributes.column("name").to_pylist()
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": code, "name": name, "rank": rank},
                "geometry": {"type": "Point", "coordinates": [lon, lat]},
            }
            for lon, lat, code, name, rank in zip(lons, lats, codes, names, ranks.tolist(), strict=True)
        ],
    }


def _places(level: LevelLike) -> tuple[Floats, Floats, Floats]:
    """Give x and y (grid units) for the name of each row, and the area of its largest part."""
    edges, areas = _largest_parts(level)
    box = level.bbox.astype(np.float64)
    x, y = (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2
    rows, starts = np.unique(edges.row, return_index=True)
    if not rows.size:
        return x, y, areas
    north, height = box[:, 1].copy(), np.zeros(len(box))
    north[rows] = np.minimum.reduceat(edges.y0, starts)
    height[rows] = np.maximum.reduceat(edges.y0, starts) - north[rows]
    best = np.full(len(box), -1.0)
    for share in _SCANS:
        # Half a unit off: vertices lie on whole numbers, so that the line meets none.
        line = np.floor(north + share * height) + 0.5
        found, middle, width = _widest(edges, line)
        width = width * (1 - _OFF_CENTRE * abs(share - 0.5))
        better = width > best[found]
        chosen = found[better]
        best[chosen], x[chosen], y[chosen] = width[better], middle[better], line[chosen]
    return x, y, areas


def _widest(edges: _Edges, line: Floats) -> tuple[Ints, Floats, Floats]:
    """Find, on one horizontal line a row, the widest stretch inside: rows, middles, widths."""
    at = line[edges.row]
    across = (edges.y0 < at) != (edges.y1 < at)
    row, at = edges.row[across], at[across]
    x0, y0, x1, y1 = (values[across] for values in (edges.x0, edges.y0, edges.x1, edges.y1))
    crossing = x0 + (at - y0) / (y1 - y0) * (x1 - x0)
    order = np.lexsort((crossing, row))
    # A line leaves a closed ring as often as it enters: crossings pair up within each row.
    row, crossing = row[order][::2], crossing[order]
    left, right = crossing[::2], crossing[1::2]
    by_width = np.lexsort((left - right, row))
    rows, first = np.unique(row[by_width], return_index=True)
    widest = by_width[first]
    return rows, (left[widest] + right[widest]) / 2, right[widest] - left[widest]


def _largest_parts(level: LevelLike) -> tuple[_Edges, Floats]:
    """Take the edges of each row's polygon of the largest exterior ring, and twice that ring's area."""
    ends = level.vertex_offsets.astype(np.int64)
    xy = level.xy.astype(np.float64)
    following = np.arange(1, len(xy) + 1)
    following[ends[1:] - 1] = ends[:-1]
    x, y = xy[:, 0], xy[:, 1]
    swept = np.concatenate(([0.0], np.cumsum(x * y[following] - x[following] * y)))
    exterior = level.ring_offsets[:-1].astype(np.int64)
    area = np.abs(swept[ends[exterior + 1]] - swept[ends[exterior]])
    row_of_polygon = np.repeat(np.arange(len(level.bbox)), np.diff(level.polygon_offsets))
    by_area = np.lexsort((-area, row_of_polygon))
    rows, first = np.unique(row_of_polygon[by_area], return_index=True)
    polygons = by_area[first]
    areas = np.zeros(len(level.bbox))
    areas[rows] = area[polygons]
    # Rings, hence vertices, of a polygon lie side by side.
    starts = ends[level.ring_offsets[polygons]]
    counts = ends[level.ring_offsets[polygons + 1]] - starts
    before = np.cumsum(counts) - counts
    vertex = np.arange(int(counts.sum())) + np.repeat(starts - before, counts)
    then = following[vertex]
    return _Edges(np.repeat(rows, counts), x[vertex], y[vertex], x[then], y[then]), areas
