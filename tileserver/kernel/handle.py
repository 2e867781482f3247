"""Arrays handed to a kernel by address: one flat array of numbers in place of thirty of arrays.

numba unwraps every array of an argument at each call, 0.3 µs apiece, and counts a reference for about
every use of one; on a small tile both cost more than the work. So a group of arrays that stays the
same from call to call is turned once into a *handle*, int64 (2 × arrays): address and length of each.
Inside, `PolygonArrays` and the other groups are opened from it again, owned by nobody. Whoever keeps a
handle keeps the arrays too: `Handle` does.

Interpreted (NUMBA_DISABLE_JIT), a handle's numbers are the group itself, and opening gives it back.
"""

from typing import Any, NamedTuple

import numpy as np
from numba.core import types
from numba.core.extending import intrinsic
from numba.np.arrayobj import populate_array

from tileserver.kernel.arrays import (
    ClipWork,
    FieldArrays,
    LineArrays,
    PointArrays,
    PolygonArrays,
    Workspace,
)
from tileserver.kernel.jit import INTERPRETED, inlined


class Handle(NamedTuple):
    """A group of arrays, and its address and length numbers for a kernel."""

    numbers: Any
    arrays: Any


def handle(group: Any) -> Handle:
    """Make the handle of a group: a named tuple of contiguous arrays (or a tuple of such columns)."""
    if INTERPRETED:
        return Handle(group, group)
    numbers: list[int] = []
    kept: list[Any] = []
    for member in group:
        array = member
        if isinstance(member, tuple):  # columns of one length: a table of their addresses
            array = np.array([column.ctypes.data for column in member], np.int64)
        if not array.flags.c_contiguous:
            raise ValueError("a kernel takes contiguous arrays only")
        kept.append(array)
        numbers += [array.ctypes.data, len(array)]
    return Handle(np.array(numbers, np.int64), (group, kept))


def _viewer(item: Any, width: int) -> Any:
    """Make the intrinsic that views `count` rows at an address: 1-D, or of `width` items each."""

    def view(typing: Any, address: Any, count: Any) -> Any:
        del typing, address, count
        array = types.Array(item, 2 if width else 1, "C")

        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            del signature
            result = context.make_array(array)(context, builder)
            number = context.get_value_type(types.intp)
            size = context.get_abi_sizeof(context.get_data_type(item))
            shape, strides = [args[1]], [number(size * max(width, 1))]
            if width:
                shape.append(number(width))
                strides.append(number(size))
            populate_array(
                result,
                data=builder.inttoptr(args[0], result.data.type),
                shape=shape,
                strides=strides,
                itemsize=number(size),
                meminfo=None,
            )
            return result._getvalue()  # noqa: SLF001 - numba's way to read a struct as a value

        return array(types.intp, types.intp), generate

    return intrinsic(view)


_bytes = _viewer(types.uint8, 0)
_ints = _viewer(types.int32, 0)
_longs = _viewer(types.int64, 0)
_ids = _viewer(types.uint64, 0)
_pairs = _viewer(types.int32, 2)
_boxes = _viewer(types.int32, 4)
_triples = _viewer(types.int64, 3)
_events = _viewer(types.int64, 5)
_chains = _viewer(types.int64, 8)


@inlined
def _open_polygons(h):
    return PolygonArrays(
        _boxes(h[0], h[1]),
        _ints(h[2], h[3]),
        _ints(h[4], h[5]),
        _ints(h[6], h[7]),
        _pairs(h[8], h[9]),
        _pairs(h[10], h[11]),
        _ints(h[12], h[13]),
        _bytes(h[14], h[15]),
        _ints(h[16], h[17]),
        _pairs(h[18], h[19]),
        _bytes(h[20], h[21]),
        _boxes(h[22], h[23]),
    )


@inlined
def _open_lines(h):
    return LineArrays(
        _boxes(h[0], h[1]), _ints(h[2], h[3]), _ints(h[4], h[5]), _pairs(h[6], h[7]), _boxes(h[8], h[9])
    )


@inlined
def _open_points(h):
    return PointArrays(_pairs(h[0], h[1]), _boxes(h[2], h[3]))


@inlined
def _open_fields(h):
    return FieldArrays(
        _ids(h[0], h[1]),
        _longs(h[2], h[3]),
        _ints(h[4], h[5]),
        _bytes(h[6], h[7]),
        _bytes(h[8], h[9]),
    )


@inlined
def _open_column(fields, k):
    return _ints(fields.columns[k], len(fields.ids))


@inlined
def _open_space(h):
    return Workspace(
        _ints(h[0], h[1]),
        _longs(h[2], h[3]),
        _ints(h[4], h[5]),
        _pairs(h[6], h[7]),
        _longs(h[8], h[9]),
        _ints(h[10], h[11]),
        _ints(h[12], h[13]),
        _bytes(h[14], h[15]),
        _longs(h[16], h[17]),
        _longs(h[18], h[19]),
        _ints(h[20], h[21]),
        _bytes(h[22], h[23]),
    )


@inlined
def _open_clip(h):
    return ClipWork(
        _pairs(h[0], h[1]),
        _chains(h[2], h[3]),
        _events(h[4], h[5]),
        _pairs(h[6], h[7]),
        _pairs(h[8], h[9]),
        _pairs(h[10], h[11]),
        _triples(h[12], h[13]),
        _triples(h[14], h[15]),
        _longs(h[16], h[17]),
        _longs(h[18], h[19]),
    )


def _itself(group: Any) -> Any:
    return group


def _column(fields: Any, k: int) -> Any:
    return fields.columns[k]


open_polygons: Any = _itself if INTERPRETED else _open_polygons
open_lines: Any = _itself if INTERPRETED else _open_lines
open_points: Any = _itself if INTERPRETED else _open_points
open_fields: Any = _itself if INTERPRETED else _open_fields
open_space: Any = _itself if INTERPRETED else _open_space
open_clip: Any = _itself if INTERPRETED else _open_clip
open_column: Any = _column if INTERPRETED else _open_column
