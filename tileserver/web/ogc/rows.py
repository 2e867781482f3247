"""Columns of a layer as Python values, for some of its rows."""

from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tileserver.store.mapped import column, view
from tileserver.web.contracts import LayerLike

_VIEWED: Final[dict[Any, Any]] = {pa.int64(): np.int64, pa.uint64(): np.uint64, pa.float64(): np.float64}


def numbers(rows: NDArray[np.int64]) -> pa.Array:
    """Hand numbers of rows to Arrow; `pa.array` would import pandas."""
    return pa.Array.from_buffers(pa.int64(), len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))])


def columns(layer: LayerLike, names: tuple[str, ...], rows: NDArray[np.int64]) -> list[list[Any]]:
    """Give the values of some columns, a list each, in the order of `rows`; None is no data.

    Numbers are read from the buffers: Arrow makes an object a cell, at ten times the cost.
    """
    return [_values(column(layer.attributes, name), rows) for name in names]


def _values(array: pa.Array, rows: NDArray[np.int64]) -> list[Any]:
    if array.null_count == len(array):
        return [None] * len(rows)
    if pa.types.is_string(array.type):
        return _texts(array, rows)
    dtype = _VIEWED.get(array.type)
    if dtype is None:
        return [array[row].as_py() for row in rows.tolist()]
    values: list[Any] = view(array, dtype)[rows].tolist()
    if array.null_count:
        for place in np.flatnonzero(~_known(array)[rows]).tolist():
            values[place] = None
    return values


def _texts(array: pa.Array, rows: NDArray[np.int64]) -> list[Any]:
    """Cut texts out of the buffer that holds them all, those that there are."""
    _, offsets, data = array.buffers()
    known = np.flatnonzero(_known(array)[rows]) if array.null_count else None
    wanted = rows if known is None else rows[known]
    if not len(wanted):
        return [None] * len(rows)
    ends = np.frombuffer(offsets, np.int32, len(array) + 1, array.offset * 4)
    first, last = ends[wanted], ends[wanted + 1]
    low = int(first.min())
    held = bytes(memoryview(data or b"")[low : int(last.max())])
    cut = zip((first - low).tolist(), (last - low).tolist(), strict=True)
    if held.isascii():  # most are: codes, statuses; one decoding is then enough for all
        text = held.decode("ascii")
        found = [text[start:end] for start, end in cut]
    else:
        found = [held[start:end].decode() for start, end in cut]
    if known is None:
        return found
    values: list[Any] = [None] * len(rows)
    for place, value in zip(known.tolist(), found, strict=True):
        values[place] = value
    return values


def _known(array: pa.Array) -> NDArray[np.bool_]:
    packed = np.frombuffer(array.buffers()[0], np.uint8)
    end = array.offset + len(array)
    return np.unpackbits(packed, count=end, bitorder="little")[array.offset :].view(np.bool_)
