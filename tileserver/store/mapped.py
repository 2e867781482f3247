"""Arrow files of a store as memory maps, and their columns as arrays."""

import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tileserver.errors import StoreError
from tileserver.store.integrity import REBUILD

T = TypeVar("T", bound=np.generic)


def map_table(
    path: Path, rows: int | None, maps: list[mmap.mmap], schema: pa.Schema | None = None
) -> pa.Table:
    """Map an Arrow file, and note the map in `maps`; raise `StoreError` naming a file that is not as told."""
    try:
        with path.open("rb") as stream:
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        maps.append(mapped)
        table = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped))).read_all()
    except (OSError, ValueError, pa.ArrowInvalid) as error:
        raise StoreError(f"{path}: not a readable Arrow file ({error}); {REBUILD}") from error
    if schema is not None and not table.schema.equals(schema):
        raise StoreError(f"{path}: columns {table.schema.names} are not those of the format; {REBUILD}")
    if rows is not None and table.num_rows != rows:
        raise StoreError(f"{path}: {table.num_rows} rows where {rows} belong; {REBUILD}")
    return table


def column(table: pa.Table, name: str) -> pa.Array:
    """Return a column of a table of one batch."""
    chunks = table.column(name).chunks
    return chunks[0] if chunks else pa.array([], table.schema.field(name).type)


def fixed(lists: pa.Array, width: int) -> NDArray[np.int32]:
    """View lists of `width` numbers each, int32 (n, width)."""
    # `flatten` would heed an offset, which no column of a file has, and load Arrow's compute functions.
    return view(lists.values, np.int32).reshape(-1, width)


def view(values: pa.Array, dtype: type[T]) -> NDArray[T]:
    """View the buffer of an array without nulls; pyarrow's own `to_numpy` would import pandas."""
    size = np.dtype(dtype).itemsize
    return np.frombuffer(values.buffers()[-1] or b"", dtype, len(values), values.offset * size)


def floats(values: pa.Array) -> NDArray[np.float64]:
    """Copy an array of int64 or float64 as float64, NaN where it is null."""
    size = len(values)
    kind = np.int64 if pa.types.is_integer(values.type) else np.float64
    validity, data = values.buffers()
    found = np.frombuffer(data or b"", kind, size, values.offset * 8).astype(np.float64)
    if validity is not None:
        bits = np.unpackbits(np.frombuffer(validity, np.uint8), bitorder="little")
        found[bits[values.offset : values.offset + size] == 0] = np.nan
    return found


def repeated(text: str, count: int) -> pa.Array:
    """Make an array of equal texts; given a Python value, pyarrow would load pandas to ask if it is its."""
    data = text.encode()
    offsets = np.arange(count + 1, dtype=np.int32) * len(data)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data * count))


def integers(values: Sequence[int] | NDArray[np.integer[Any]]) -> pa.Array:
    """Make an int64 array, without pandas as `repeated` does."""
    numbers = np.ascontiguousarray(values, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])
