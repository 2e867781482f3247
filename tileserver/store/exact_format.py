"""The file of a layer's exact geometry, ``<layer>.exact.arrow``: a row a feature, in the order of the layer.

Coordinates are longitude and latitude in degrees (EPSG:4326, x first), float64: those of the source where it
is in degrees, unrounded; where it is projected, what PROJ makes of them. A territory is the exact union of
its communes. Nothing is simplified, cut or put on a grid.

Arrow IPC of one uncompressed record batch, laid out as GeoArrow does it (interleaved coordinates), so that a
row is found without reading the others:

* areas: polygons → rings → vertices. The exterior first, counter-clockwise, then the holes, clockwise
  (RFC 7946 §3.1.6); the last vertex of a ring repeats the first.
* lines: lines → vertices.
* points: one vertex.
"""

from typing import Final, Literal

import pyarrow as pa

XY: Final = pa.list_(pa.field("value", pa.float64(), nullable=False), 2)


def _ragged(item: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("item", item, nullable=False))


GEOMETRY: Final = {
    "areas": _ragged(_ragged(_ragged(XY))),
    "lines": _ragged(_ragged(XY)),
    "points": XY,
}

Kind = Literal["areas", "lines", "points"]


def kind_of(layer_kind: str) -> Kind:
    """Tell how the geometry of a layer of some kind is laid out."""
    if layer_kind == "points":
        return "points"
    return "lines" if layer_kind == "lines" else "areas"


def schema(kind: Kind) -> pa.Schema:
    """Give the columns of the file."""
    return pa.schema([pa.field("geometry", GEOMETRY[kind], nullable=False)])


def exact_name(layer: str) -> str:
    """File name of a layer's exact geometry."""
    return f"{layer}.exact.arrow"
