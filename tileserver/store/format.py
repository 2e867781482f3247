"""The files of a store, defined once: names, schemas, and how many rows each must have.

A store version is a directory named by its digest::

    store/
    ├── CURRENT                     text: the digest of the version in use
    └── <digest>/
        ├── manifest.json           see `tileserver.store.manifest`
        ├── communes.attributes.arrow   a typed row a feature: id, code, name, properties, indicators
        ├── communes.tags.arrow         a row a feature, a column a field: the number of its value there
        ├── communes.values.arrow       every distinct value of every field, as MVT wants it
        ├── communes.05.arrow           geometry of zoom 5, a row a feature
        ├── communes.05.rings.arrow     a row a ring of it: where it may be cut
        └── communes.05.index.arrow     the upper levels of its R-tree

All are Arrow IPC *files* of one uncompressed record batch, so that opening is mapping. Rows of all
files of a layer follow one order, the Hilbert order of the features; it makes the R-tree implicit
(`tileserver.store.rtree`). Geometry is int32 in the grid of its zoom: the world is a square of
``4096 * 2**zoom`` units, x to the east, y to the south, origin at the north-west corner
(EPSG:3857 shifted and scaled).
"""

from collections.abc import Sequence

import pyarrow as pa

from tileserver.store.manifest import Field

XY = pa.list_(pa.field("value", pa.int32(), nullable=False), 2)
BBOX = pa.list_(pa.field("value", pa.int32(), nullable=False), 4)


def _ragged(item: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("item", item, nullable=False))


RINGS = _ragged(_ragged(XY))
POLYGONS = _ragged(RINGS)

POLYGON_LEVEL = pa.schema(
    [
        pa.field("bbox", BBOX, nullable=False),
        pa.field("start", XY, nullable=False),
        pa.field("commands", pa.binary(), nullable=False),
        pa.field("polygons", POLYGONS, nullable=False),
    ]
)
"""A feature is a list of polygons, a polygon a list of rings (exterior first, its signed area
positive; then holes, negative: MVT 2.1 §4.3.4.4), a ring a list of vertices without the closing one.
``bbox`` is west, north, east, south: minimum x, minimum y, maximum x, maximum y. ``start`` is the
first vertex, and ``commands`` the encoded geometry (§4.3) of the whole feature after the MoveTo that
leads there: all of it but that MoveTo is the same in every tile, so a feature that lies wholly in a
tile is copied, not encoded."""

STOPS = _ragged(XY)

RING_LEVEL = pa.schema(
    [
        pa.field("stops", STOPS, nullable=False),
        pa.field("tangled", pa.uint8(), nullable=False),
    ]
)
"""A row a ring of a polygon level. ``stops``: its first vertex, its vertices on tile lines, and its end,
each with the place in the level's commands at which the parameters of the edge after it begin;
``tangled``: 1 where two rings of the polygon share a vertex. See `tileserver.kernel.runs`."""

LINES = _ragged(_ragged(XY))

LINE_LEVEL = pa.schema([pa.field("bbox", BBOX, nullable=False), pa.field("lines", LINES, nullable=False)])
"""A feature is a list of lines, at least one; a line a list of vertices, at least two, no two neighbours
of them the same, with one wherever it crosses a tile line (`tileserver.kernel.features`)."""

POINT_LEVEL = pa.schema([pa.field("xy", XY, nullable=False)])
INDEX = pa.schema([pa.field("bbox", BBOX, nullable=False)])
VALUES = pa.schema([pa.field("value", pa.binary(), nullable=False)])
"""An encoded ``values`` field of an MVT layer (tag, length, Value message), ready to be copied."""


def tags_schema(fields: Sequence[Field]) -> pa.Schema:
    """Give the schema of the tag table: a column a field, value numbers, -1 for no value.

    Columns of coarse numbers (`Field.coarse`) follow, ``~`` before the name of the field.
    """
    names = [field.id for field in fields]
    coarse = sorted((field.coarse, f"~{field.id}") for field in fields if field.coarse is not None)
    return pa.schema(
        [pa.field(name, pa.int32(), nullable=False) for name in (*names, *dict(coarse).values())]
    )


def level_name(layer: str, zoom: int) -> str:
    """File name of a layer's geometry at `zoom`."""
    return f"{layer}.{zoom:02d}.arrow"


def coarser_name(layer: str) -> str:
    """Name the coarser outlines of a layer, as a layer in the names of its geometry files."""
    return f"{layer}~"


def rings_name(layer: str, zoom: int) -> str:
    """File name of the stops of a layer's rings at `zoom`."""
    return f"{layer}.{zoom:02d}.rings.arrow"


def index_name(layer: str, zoom: int) -> str:
    """File name of the index of a layer's geometry at `zoom`."""
    return f"{layer}.{zoom:02d}.index.arrow"
