"""Geometries of a filter: read from a bbox or GeoJSON, and projected to the integer grid of a zoom.

Edges are straight on the map (Web Mercator), as they are drawn on it; those along a meridian or a parallel
are straight in degrees too, so a bbox is what it says.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import asinh, isfinite, pi, radians, tan
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import RequestError
from tileserver.store.manifest import EXTENT
from tileserver.tiles.address import shown
from tileserver.tiles.filtering.nodes import LonLat, Shape

I64 = NDArray[np.int64]

_MAX_LATITUDE: Final = 85.0511287798066
"""Where the Web Mercator square ends; what lies beyond is drawn to its edge."""

_DEPTHS: Final[Mapping[str, int]] = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""How many lists stand around a position, by type of geometry."""

_POSITIONS: Final = "longitude -180 to 180, latitude -90 to 90"


def from_bbox(raw: Sequence[Any]) -> Shape:
    """Read west, south, east, north (or with heights, which are left out) in degrees.

    West greater than east crosses the antimeridian, as in RFC 7946 §5.2. Raises `RequestError`.
    """
    if len(raw) not in {4, 6} or not all(isinstance(value, float) for value in raw):
        raise RequestError("filter has a bbox that is not four numbers: west, south, east, north in degrees")
    half = len(raw) // 2
    west, south = _position(raw[:half])
    east, north = _position(raw[half:])
    if south > north:
        raise RequestError(f"filter has a bbox whose south {south} is greater than its north {north}")
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return Shape(
        polygons=tuple(
            (((left, south), (right, south), (right, north), (left, north), (left, south)),)
            for left, right in spans
        )
    )


def from_geojson(raw: Mapping[str, Any]) -> Shape:
    """Read a geometry of GeoJSON (RFC 7946) without collections; raises `RequestError`."""
    kind = raw["type"]
    if kind not in _DEPTHS:
        raise RequestError(f"filter has a {shown(kind)}; supported geometries are {', '.join(_DEPTHS)}")
    places = _positions(raw["coordinates"], _DEPTHS[kind], kind)
    if not places:
        raise RequestError(f"filter has a {kind} without positions")
    match kind:
        case "Point":
            return Shape(points=(places,))
        case "MultiPoint":
            return Shape(points=places)
        case "LineString" | "MultiLineString":
            lines = (places,) if kind == "LineString" else places
            if any(len(line) < 2 for line in lines):
                raise RequestError(f"filter has a {kind} with a line of fewer than two positions")
            return Shape(lines=lines)
    polygons = (places,) if kind == "Polygon" else places
    for polygon in polygons:
        for ring in polygon:
            if len(ring) < 4 or ring[0] != ring[-1]:
                raise RequestError(
                    f"filter has a {kind} with a ring that is not closed; a ring has four positions or more, "
                    "the last equal to the first"
                )
    return Shape(polygons=polygons)


def _positions(raw: Any, depth: int, kind: str) -> Any:
    if depth == 0:
        return _position(raw)
    if not isinstance(raw, list):
        raise RequestError(f"filter has a {kind} whose coordinates are not those of a {kind}")
    return tuple(_positions(item, depth - 1, kind) for item in raw)


def _position(raw: Sequence[float]) -> LonLat:
    """Read longitude and latitude; a height is left out."""
    lon, lat = float(raw[0]), float(raw[1])
    if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise RequestError(f"filter has the position {lon} {lat}; positions are {_POSITIONS} (EPSG:4326)")
    return lon, lat


def to_edges(shape: Shape, zoom: int) -> tuple[I64, int]:
    """Project to the grid of `zoom`, rounded, as `tileserver.kernel.relate` takes shapes.

    Returns edges int64 (e, 4) and how many of them, the first, bound areas. A ring that rounding leaves
    without area is a line. Edges that two areas share in opposite directions are left out: together those
    areas are one.
    """
    areal: dict[tuple[int, int, int, int], int] = {}
    thin = [(*place, *place) for place in _grid(shape.points, zoom)]
    for line in shape.lines:
        thin += _chain(_grid(line, zoom))
    for polygon in shape.polygons:
        for number, ring in enumerate(polygon):
            edges = _chain(_grid(ring, zoom))
            area = sum(ax * by - ay * bx for ax, ay, bx, by in edges)
            if area == 0:
                thin += edges
            elif (area > 0) == (number == 0):
                _add(areal, edges)
            else:
                _add(areal, [(bx, by, ax, ay) for ax, ay, bx, by in edges])
    bounding = [edge for edge, count in areal.items() for _ in range(count)]
    return np.array([*bounding, *thin], np.int64).reshape(-1, 4), len(bounding)


def _grid(places: Sequence[LonLat], zoom: int) -> list[tuple[int, int]]:
    """Project to whole units of the grid: the world is 4096 · 2^zoom wide, x east, y south."""
    size = EXTENT << zoom
    projected = []
    for lon, lat in places:
        clipped = radians(min(max(lat, -_MAX_LATITUDE), _MAX_LATITUDE))
        x = (lon / 360 + 0.5) * size
        y = (0.5 - asinh(tan(clipped)) / (2 * pi)) * size
        projected.append((round(x), round(y)))
    return projected


def _chain(places: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Join places one after the other; places that coincide give one edge without length at most."""
    edges = [(*a, *b) for a, b in pairwise(places) if a != b]
    return edges or [(*places[0], *places[0])]


def _add(areal: dict[tuple[int, int, int, int], int], edges: Sequence[tuple[int, int, int, int]]) -> None:
    for ax, ay, bx, by in edges:
        back = (bx, by, ax, ay)
        if areal.get(back):
            areal[back] -= 1
        else:
            areal[ax, ay, bx, by] = areal.get((ax, ay, bx, by), 0) + 1
