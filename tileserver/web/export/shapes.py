"""Exact geometry written as WKB and as the coordinates of GeoJSON, row by row."""

import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np

from tileserver.store.exact import Ragged

_POINT, _LINE, _POLYGON, _MULTI_LINE, _MULTI_POLYGON = 1, 2, 3, 5, 6

TYPES: Final = {
    "points": ("Point", "Point"),
    "lines": ("LineString", "MultiLineString"),
    "areas": ("Polygon", "MultiPolygon"),
}
"""Types of geometry by kind: of a row with one part, with several."""

DECIMALS: Final = 7
"""Of degrees in GeoJSON: a centimetre."""


def wkb(shapes: Ragged) -> Iterator[bytes]:
    """Write each row as well-known binary (OGC 06-103r4, little-endian), coordinates as they are stored."""
    xy = np.ascontiguousarray(shapes.xy, "<f8")
    if shapes.kind == "points":
        head = struct.pack("<BI", 1, _POINT)
        for row in xy:
            yield head + row.tobytes()
        return
    one, many = (_LINE, _MULTI_LINE) if shapes.kind == "lines" else (_POLYGON, _MULTI_POLYGON)
    outer = shapes.offsets[-1].tolist()
    inner = [offsets.tolist() for offsets in shapes.offsets[:-1]]
    for first, last in pairwise(outer):
        parts = [_part(xy, inner, at, one) for at in range(first, last)]
        yield parts[0] if len(parts) == 1 else struct.pack("<BII", 1, many, len(parts)) + b"".join(parts)


def _part(xy: Any, inner: list[list[int]], at: int, kind: int) -> bytes:
    """Write a line, or a polygon ring by ring."""
    vertices = inner[0]
    if kind == _LINE:
        start, end = vertices[at], vertices[at + 1]
        return struct.pack("<BII", 1, _LINE, end - start) + bytes(xy[start:end].tobytes())
    first, last = inner[1][at], inner[1][at + 1]
    rings = [
        struct.pack("<I", vertices[ring + 1] - vertices[ring])
        + bytes(xy[vertices[ring] : vertices[ring + 1]].tobytes())
        for ring in range(first, last)
    ]
    return struct.pack("<BII", 1, _POLYGON, len(rings)) + b"".join(rings)


def geojson(shapes: Ragged) -> Iterator[dict[str, Any]]:
    """Write each row as a geometry of GeoJSON (RFC 7946), to the centimetre."""
    xy = np.round(shapes.xy, DECIMALS)
    single, several = TYPES[shapes.kind]
    if shapes.kind == "points":
        for place in xy.tolist():
            yield {"type": single, "coordinates": place}
        return
    outer = shapes.offsets[-1].tolist()
    inner = [offsets.tolist() for offsets in shapes.offsets[:-1]]
    for first, last in pairwise(outer):
        parts = [_coordinates(xy, inner, at) for at in range(first, last)]
        if len(parts) == 1:
            yield {"type": single, "coordinates": parts[0]}
        else:
            yield {"type": several, "coordinates": parts}


def _coordinates(xy: Any, inner: list[list[int]], at: int) -> list[Any]:
    vertices = inner[0]
    if len(inner) == 1:
        return list(xy[vertices[at] : vertices[at + 1]].tolist())
    rings = range(inner[1][at], inner[1][at + 1])
    return [xy[vertices[ring] : vertices[ring + 1]].tolist() for ring in rings]


def types_of(shapes: Ragged) -> list[str]:
    """Name the types of geometry that the rows are of."""
    single, several = TYPES[shapes.kind]
    if shapes.kind == "points":
        return [single]
    counts = np.diff(shapes.offsets[-1])
    return [name for name, there in ((single, counts == 1), (several, counts != 1)) if there.any()]
