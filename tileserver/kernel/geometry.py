"""MVT 2.1 §4.3 geometry commands: absolute integer vertices to zigzag deltas.

`cursor` is the pen of the feature being written, a pair (x, y) in tile units: (0, 0) when it begins,
and left where the last vertex was, since ClosePath does not move it. Writers return the next
position in `out` and the new cursor.
"""

import numpy as np

from tileserver.kernel.jit import inlined
from tileserver.kernel.wire import write_small, write_varint, zigzag

MOVE_TO_ONE = 9
LINE_TO = 2
CLOSE_PATH = 15

RING_OVERHEAD = 32
"""Bytes of a ring besides its LineTo parameters, at most: MoveTo 1 + 2 × 10, LineTo 5, ClosePath 1,
and what the last vertex overshoots."""

VERTEX_BYTES = 10
"""Bytes of a vertex at most: two varints of a 32-bit difference, five bytes each."""


@inlined
def write_move(out, at, x, y, cursor):
    """Begin a path at (x, y)."""
    out[at] = MOVE_TO_ONE
    at = write_varint(out, at + 1, zigzag(x - cursor[0]))
    return write_varint(out, at, zigzag(y - cursor[1]))


@inlined
def near_move(x, y):
    """Give the bytes of a feature's first MoveTo to (x, y) in the buffered tile, as (word, size).

    Such a number is below 2^14 once folded: two bytes at most.
    """
    across = zigzag(x)
    down = zigzag(y)
    wide = int(across > 0x7F)
    tall = int(down > 0x7F)
    word = MOVE_TO_ONE | (_two_bytes(across, wide) << 8) | (_two_bytes(down, tall) << (16 + 8 * wide))
    return word, 3 + wide + tall


@inlined
def _two_bytes(value, more):
    return (value & 0x7F) | (more << 7) | ((value >> 7) << 8)


@inlined
def write_path(out, at, xy, span, origin, cursor):
    """Write the vertices ``span[0]:span[1]`` of `xy` (int32 (v, 2)), less `origin`, as an open path."""
    first, last = span
    px = np.int64(xy[first, 0])
    py = np.int64(xy[first, 1])
    at = write_move(out, at, px - origin[0], py - origin[1], cursor)
    at = write_varint(out, at, ((last - first - 1) << 3) | LINE_TO)
    # Deltas do not depend on the origin: they are differences of absolute coordinates. They are small,
    # because no edge is longer than the buffered tile is wide.
    for i in range(first + 1, last):
        x = np.int64(xy[i, 0])
        y = np.int64(xy[i, 1])
        at = write_small(out, at, zigzag(x - px))
        at = write_small(out, at, zigzag(y - py))
        px = x
        py = y
    return at, (px - origin[0], py - origin[1])


@inlined
def write_ring(out, at, xy, span, origin, cursor):
    """Write a ring whose closing vertex is not stored."""
    at, cursor = write_path(out, at, xy, span, origin, cursor)
    out[at] = CLOSE_PATH
    return at + 1, cursor
