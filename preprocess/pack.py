"""Packs tables and levels of detail into the arrays of the store.

Rows are put in the order of a Hilbert curve through the features, once for all zooms, so that the
features of a tile lie close together in every file and the R-tree needs no pointers.
"""

import struct
from collections.abc import Sequence

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from preprocess.coverage import Polygons
from preprocess.grid import to_grid
from tileserver.errors import StoreError
from tileserver.kernel.arrays import PolygonArrays
from tileserver.kernel.features import whole_geometry
from tileserver.store import format as formats
from tileserver.store import rtree
from tileserver.store.manifest import Field
from tileserver.store.varint import varint

MAX_OFFSET = 2**31 - 1
VALUES_TAG = 0x22
FIRST_MOVE = 3
"""Bytes of a MoveTo of (0, 0)."""

ARROW_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}


def hilbert_order(where: NDArray[np.object_]) -> NDArray[np.int64]:
    """Order geometries (EPSG:4326) along a Hilbert curve; int64 (n), equal places in input order."""
    if len(where) == 0:
        return np.zeros(0, np.int64)
    distance = geopandas.GeoSeries(where, crs=4326).hilbert_distance(level=16)
    return np.argsort(distance.to_numpy(), kind="stable").astype(np.int64)


def attributes_table(table: pd.DataFrame, fields: Sequence[Field]) -> pa.Table:
    """Type the columns ``id`` and each field's for the store; nulls stay nulls."""
    columns = {"id": pa.array(table["id"].to_numpy(np.uint64))}
    for field in fields:
        values = table[field.id]
        listed = values.astype(object).where(values.notna(), None).tolist()
        columns[field.id] = pa.array(listed, ARROW_TYPES[field.type])
    return pa.table(columns)


def tag_tables(attributes: pa.Table, fields: Sequence[Field]) -> tuple[pa.Table, pa.Table]:
    """Give numbers to the distinct values of all fields; return the tag table and the value table.

    Values are numbered field after field, in order of first appearance. An integer stays an integer
    and a float a float (MVT 2.1 §4.4): numbers are distinct by field, so `1` and `1.0` never merge.
    """
    tags = np.full((attributes.num_rows, len(fields)), -1, np.int32)
    encoded: list[bytes] = []
    for field in fields:
        numbered = pa.concat_arrays(attributes.column(field.id).chunks).dictionary_encode()
        number = numbered.indices.fill_null(-1 - len(encoded)).to_numpy(zero_copy_only=False)
        tags[:, field.column] = number + len(encoded)
        encoded += [encode_value(value) for value in numbered.dictionary.to_pylist()]
    if len(encoded) > MAX_OFFSET:
        raise StoreError(f"{len(encoded)} distinct values; a layer holds at most {MAX_OFFSET}")
    return (
        _fixed_table(formats.tags_schema(len(fields)), {"tags": tags}),
        pa.table({"value": pa.array(encoded, pa.large_binary())}, schema=formats.VALUES),
    )


def encode_value(value: str | float | bool) -> bytes:
    """Encode a value as a whole ``values`` field of an MVT layer: tag, length, Value (§4.1, §4.4)."""
    if isinstance(value, bool):
        message = bytes((0x38, value))
    elif isinstance(value, str):
        text = value.encode()
        message = b"\x0a" + varint(len(text)) + text
    elif isinstance(value, int):
        message = b"\x28" + varint(value) if value >= 0 else b"\x30" + varint(-2 * value - 1)
    else:
        message = b"\x19" + struct.pack("<d", value)
    return bytes((VALUES_TAG,)) + varint(len(message)) + message


def polygon_tables(polygons: Polygons) -> tuple[pa.Table, pa.Table, int]:
    """Pack valid, oriented polygons on the integer grid; return level, index and vertex count.

    An empty polygon (a territory not shown) gets an inverted box, which no search meets.
    """
    multi = np.full(len(polygons), shapely.MultiPolygon(), object)
    members, owner = shapely.get_parts(polygons, return_index=True)
    shapely.multipolygons(members, indices=owner, out=multi)
    _, xy, (rings, parts, features) = shapely.to_ragged_array(multi)
    if len(xy) > MAX_OFFSET:
        raise StoreError(f"{len(xy)} vertices; a level of detail holds at most {MAX_OFFSET}")
    open_ring = np.ones(len(xy), np.bool_)
    open_ring[rings[1:] - 1] = False  # the closing vertex of each ring is implied
    vertices = rings - np.arange(len(rings))
    bbox = np.array([1, 1, 0, 0], np.int32) * np.ones((len(polygons), 1), np.int32)
    shown = ~shapely.is_empty(polygons)
    bbox[shown] = shapely.bounds(polygons[shown]).astype(np.int32)
    grid = _integers(xy[open_ring])
    nested = _fixed(formats.XY, grid)
    for kind, offsets in (
        (formats.RINGS.value_type, vertices),
        (formats.RINGS, parts),
        (formats.POLYGONS, features),
    ):
        nested = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), nested, type=kind)
    start, commands = _encode_whole(grid, vertices, parts, features)
    level = pa.Table.from_arrays(
        [_fixed(formats.BBOX, bbox), _fixed(formats.XY, start), commands, nested],
        schema=formats.POLYGON_LEVEL,
    )
    return level, index_table(bbox), len(grid)


def _encode_whole(grid: NDArray[np.int32], *offsets: NDArray[np.int64]) -> tuple[NDArray[np.int32], pa.Array]:
    """Encode each feature from its first vertex on; return the first vertices and the commands."""
    vertices, parts, features = (part.astype(np.int32) for part in offsets)
    count = len(features) - 1
    nothing = np.zeros((0, 4), np.int32)
    arrays = PolygonArrays(
        nothing, features, parts, vertices, grid, grid, vertices, np.zeros(0, np.uint8), nothing
    )
    start = np.zeros((count, 2), np.int32)
    commands = []
    room = np.zeros(1 << 16, np.uint8)
    for feature in range(count):
        while (size := whole_geometry(arrays, feature, room)) < 0:
            room = np.zeros(-2 * size, np.uint8)
        commands.append(room[FIRST_MOVE:size].tobytes())
        if size:
            start[feature] = grid[vertices[parts[features[feature]]]]
    return start, pa.array(commands, pa.binary())


def point_tables(lonlat: NDArray[np.float64], zoom: int) -> tuple[pa.Table, pa.Table]:
    """Pack points (degrees, EPSG:4326) on the grid of `zoom`; return level and index."""
    xy = np.rint(to_grid(lonlat, zoom)).astype(np.int32)
    return (
        _fixed_table(formats.POINT_LEVEL, {"xy": xy}),
        index_table(np.hstack([xy, xy])),
    )


def index_table(bbox: NDArray[np.int32]) -> pa.Table:
    """Pack the R-tree over int32 (n, 4) boxes in row order."""
    return _fixed_table(formats.INDEX, {"bbox": rtree.build(bbox)})


def _integers(xy: NDArray[np.float64]) -> NDArray[np.int32]:
    whole = xy.astype(np.int32)
    if not np.array_equal(whole, xy):
        raise StoreError("a polygon has a vertex off the integer grid; the level was not snapped")
    return whole


def _flat(values: NDArray[np.int32]) -> pa.Array:
    return pa.array(np.ascontiguousarray(values, np.int32).ravel())


def _fixed(kind: pa.DataType, rows: NDArray[np.int32]) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(_flat(rows), type=kind)


def _fixed_table(schema: pa.Schema, columns: dict[str, NDArray[np.int32]]) -> pa.Table:
    arrays = [_fixed(schema.field(name).type, rows) for name, rows in columns.items()]
    return pa.Table.from_arrays(arrays, schema=schema)
