"""Packs tables and levels of detail into the arrays of the store.

Rows are put in the order of a Hilbert curve through the features, once for all zooms, so that the
features of a tile lie close together in every file and the R-tree needs no pointers.
"""

import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from preprocess.coverage import Polygons
from preprocess.grid import to_grid
from preprocess.rings import MAX_OFFSET, encode, lay_out
from tileserver.errors import StoreError
from tileserver.store import format as formats
from tileserver.store import rtree
from tileserver.store.manifest import Field
from tileserver.store.varint import varint

VALUES_TAG = 0x22

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
    and a float a float (MVT 2.1 §4.4): values are told apart as they are encoded, so `1` and `1.0`
    never merge, and what two fields share is there once. Coarse numbers (`Field.coarse`) come last.
    """
    tags: list[NDArray[np.int32]] = []
    numbers: dict[bytes, int] = {}

    def number(listed: pa.DictionaryArray, change: Callable[[Any], Any] = lambda value: value) -> None:
        values = [change(value) for value in listed.dictionary.to_pylist()]
        known = [numbers.setdefault(encode_value(value), len(numbers)) for value in values]
        rows = listed.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        tags.append(np.array([*known, -1], np.int32)[rows])  # -1 takes the last: no value

    columns = {
        field.id: pa.concat_arrays(attributes.column(field.id).chunks).dictionary_encode() for field in fields
    }
    for field in fields:
        number(columns[field.id])
    for field in sorted((f for f in fields if f.coarse is not None), key=lambda f: f.coarse or 0):
        number(columns[field.id], coarse)
    if len(numbers) > MAX_OFFSET:
        raise StoreError(f"{len(numbers)} distinct values; a layer holds at most {MAX_OFFSET}")
    return (
        pa.Table.from_arrays([pa.array(column) for column in tags], schema=formats.tags_schema(fields)),
        pa.table({"value": pa.array(list(numbers), pa.binary())}, schema=formats.VALUES),
    )


def coarse(value: float) -> float:
    """Round a number to three significant digits; an integer stays one."""
    rounded = float(f"{value:.3g}")
    return int(rounded) if isinstance(value, int) else rounded


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


class PolygonTables(NamedTuple):
    """The tables of a level of detail, and its number of vertices."""

    level: pa.Table
    rings: pa.Table
    index: pa.Table
    vertices: int


def polygon_tables(polygons: Polygons, buffer: int) -> PolygonTables:
    """Pack valid, oriented polygons on the integer grid, with vertices on the tile lines of `buffer`.

    An empty polygon (a territory not shown) gets an inverted box, which no search meets.
    """
    bbox = np.array([1, 1, 0, 0], np.int32) * np.ones((len(polygons), 1), np.int32)
    shown = ~shapely.is_empty(polygons)
    bbox[shown] = shapely.bounds(polygons[shown]).astype(np.int32)
    flat = lay_out(polygons, buffer)
    nested = _fixed(formats.XY, flat.xy)
    for kind, offsets in (
        (formats.RINGS.value_type, flat.rings),
        (formats.RINGS, flat.polygons),
        (formats.POLYGONS, flat.features),
    ):
        nested = pa.ListArray.from_arrays(pa.array(offsets), nested, type=kind)
    encoded = encode(flat, buffer)
    ends = np.concatenate([np.zeros(1, np.int32), encoded.ends])
    commands = pa.Array.from_buffers(
        pa.binary(), len(polygons), [None, pa.py_buffer(ends), pa.py_buffer(encoded.commands)]
    )
    level = pa.Table.from_arrays(
        [_fixed(formats.BBOX, bbox), _fixed(formats.XY, encoded.start), commands, nested],
        schema=formats.POLYGON_LEVEL,
    )
    stops = pa.ListArray.from_arrays(
        pa.array(encoded.stop_offsets), _fixed(formats.XY, encoded.stops), type=formats.STOPS
    )
    rings = pa.Table.from_arrays([stops, pa.array(encoded.tangled)], schema=formats.RING_LEVEL)
    return PolygonTables(level, rings, index_table(bbox), len(flat.xy))


def point_tables(lonlat: NDArray[np.float64], zoom: int) -> tuple[pa.Table, pa.Table]:
    """Pack points (degrees, EPSG:4326) on the grid of `zoom`; return level and index."""
    xy = grid_points(lonlat, zoom)
    return position_table(xy), index_table(np.hstack([xy, xy]))


def grid_points(lonlat: NDArray[np.float64], zoom: int) -> NDArray[np.int32]:
    """Put points (degrees, EPSG:4326) on the grid of `zoom`; int32 (n, 2)."""
    return np.rint(to_grid(lonlat, zoom)).astype(np.int32)


def position_table(xy: NDArray[np.int32]) -> pa.Table:
    """Pack positions that are on the grid, int32 (n, 2)."""
    return _fixed_table(formats.POINT_LEVEL, {"xy": xy})


def index_table(bbox: NDArray[np.int32]) -> pa.Table:
    """Pack the R-tree over int32 (n, 4) boxes in row order."""
    return _fixed_table(formats.INDEX, {"bbox": rtree.build(bbox)})


def _flat(values: NDArray[np.int32]) -> pa.Array:
    return pa.array(np.ascontiguousarray(values, np.int32).ravel())


def _fixed(kind: pa.DataType, rows: NDArray[np.int32]) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(_flat(rows), type=kind)


def _fixed_table(schema: pa.Schema, columns: dict[str, NDArray[np.int32]]) -> pa.Table:
    arrays = [_fixed(schema.field(name).type, rows) for name, rows in columns.items()]
    return pa.Table.from_arrays(arrays, schema=schema)
