"""MVT 2.1 §4.3 geometry commands: absolute integer vertices to zigzag deltas.

`cursor` is int64 (2), the pen of the feature being written: (0, 0) when it begins, and left where
the last vertex was, since ClosePath does not move it.
"""

from tileserver.kernel.jit import kernel
from tileserver.kernel.wire import write_varint, zigzag

MOVE_TO_ONE = 9
LINE_TO = 2
CLOSE_PATH = 15

RING_OVERHEAD = 27
"""Bytes of a ring besides its LineTo parameters, at most: MoveTo 1 + 2 × 10, LineTo 5, ClosePath 1."""

VERTEX_BYTES = 10
"""Bytes of a vertex at most: two varints of a 32-bit difference, five bytes each."""


@kernel
def write_move(out, at, x, y, cursor):
    """Begin a path at (x, y)."""
    at = write_varint(out, at, MOVE_TO_ONE)
    at = write_varint(out, at, zigzag(x - cursor[0]))
    at = write_varint(out, at, zigzag(y - cursor[1]))
    cursor[0] = x
    cursor[1] = y
    return at


@kernel
def write_first_move(out, x, y):
    """Begin a feature at (x, y), from ``out[0]``."""
    out[0] = MOVE_TO_ONE
    return write_varint(out, write_varint(out, 1, zigzag(x)), zigzag(y))


@kernel
def write_path(out, at, xy, span, origin, cursor):
    """Write the vertices ``span[0]:span[1]`` of `xy` (int32 or int64 (v, 2)), less `origin`, open."""
    first = span[0]
    last = span[1]
    at = write_move(out, at, xy[first, 0] - origin[0], xy[first, 1] - origin[1], cursor)
    at = write_varint(out, at, ((last - first - 1) << 3) | LINE_TO)
    # Deltas do not depend on the origin: difference of absolute coordinates.
    px = xy[first, 0]
    py = xy[first, 1]
    for i in range(first + 1, last):
        x = xy[i, 0]
        y = xy[i, 1]
        at = write_varint(out, at, zigzag(x - px))
        at = write_varint(out, at, zigzag(y - py))
        px = x
        py = y
    cursor[0] = px - origin[0]
    cursor[1] = py - origin[1]
    return at


@kernel
def write_ring(out, at, xy, span, origin, cursor):
    """Write a ring whose closing vertex is not stored."""
    at = write_path(out, at, xy, span, origin, cursor)
    out[at] = CLOSE_PATH
    return at + 1
