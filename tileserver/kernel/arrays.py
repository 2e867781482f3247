"""The groups of flat arrays that kernels take; `tileserver.kernel.handle` hands them over by address.

Arrays of the store are read-only views of mapped files. A workspace belongs to one thread.
"""

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from tileserver.kernel.search import CURSORS, NODE_SIZE

T = TypeVar("T", bound=np.generic)

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]


class PolygonArrays(NamedTuple):
    """One zoom of a polygon layer; shapes as in `tileserver.store.reader.PolygonLevel`."""

    bbox: I32
    polygon_offsets: I32
    ring_offsets: I32
    vertex_offsets: I32
    xy: I32
    start: I32
    command_offsets: I32
    commands: U8
    stop_offsets: I32
    stops: I32
    tangled: U8
    tree: I32


class LineArrays(NamedTuple):
    """One zoom of a line layer: feature → parts → vertices, ragged like polygons."""

    bbox: I32
    part_offsets: I32
    vertex_offsets: I32
    xy: I32
    tree: I32


class PointArrays(NamedTuple):
    """Positions of a point layer, int32 (n, 2), and their tree, both on one grid for all zooms."""

    xy: I32
    tree: I32


class FieldArrays(NamedTuple):
    """Ids and chosen attribute values of a layer's features.

    ``ids`` uint64 (n). ``columns``: a tuple of int32 (n), one a chosen field, a value number or -1 (for
    a kernel: their addresses). ``value_offsets`` int32 and ``value_bytes`` uint8 hold value number v
    at ``value_offsets[v]:value_offsets[v + 1]``, as an encoded ``values`` field of a layer message.
    ``key_bytes`` uint8: the encoded ``keys`` fields that name the columns.
    """

    ids: NDArray[np.uint64]
    columns: tuple[I32, ...]
    value_offsets: I32
    value_bytes: U8
    key_bytes: U8


class ClipWork(NamedTuple):
    """Scratch memory of the two polygon clippers, `clip` and `runs`, sized by `clip_work`."""

    chain_xy: I32
    chains: I64
    events: I64
    loop_xy: I32
    stack_xy: I32
    out_xy: I32
    out_rings: I64
    slots: I64
    state: I64
    holes: I64


class Workspace(NamedTuple):
    """One thread's memory, for layers of at most n rows and v values and selections of k columns.

    ``nodes`` int32 (lowest index nodes) and ``cursors`` int64 (`search.CURSORS`) for the search; ``rows``
    int32 (n), the features found, ``spans`` int32 (n, 2), where in ``geometry`` uint8 each one's geometry
    is, ``moves`` int64 (n), its first MoveTo where it is copied, ``sizes`` and ``tag_sizes`` int32 (n),
    bytes of its geometry and tags; ``tags`` int64 (k n), see `layer.TAG_SHIFT`, 0 for no value; ``local``
    int64 (v), the tag of each value, all zero between tiles, and ``used`` int32 (v), the values in the
    order of their numbers; ``out`` uint8.
    """

    nodes: I32
    cursors: I64
    rows: I32
    spans: I32
    moves: I64
    sizes: I32
    tag_sizes: I32
    geometry: U8
    tags: I64
    local: I64
    used: I32
    out: U8


def workspace(rows: int, values: int, tags: int, size: int) -> Workspace:
    """Allocate for layers of `rows` rows, `values` values and `tags` tags, and for `size` bytes.

    Memory is written to at once: a page that a kernel is the first to touch would cost it a microsecond.
    """

    def room(shape: int | tuple[int, int], dtype: type[T]) -> NDArray[T]:
        return np.full(shape, 0, dtype)

    return Workspace(
        nodes=room(-(-rows // NODE_SIZE), np.int32),
        cursors=room(CURSORS, np.int64),
        rows=room(rows, np.int32),
        spans=room((rows, 2), np.int32),
        moves=room(rows, np.int64),
        sizes=room(rows, np.int32),
        tag_sizes=room(rows, np.int32),
        geometry=room(size, np.uint8),
        tags=room(tags, np.int64),
        local=room(values, np.int64),
        used=room(values, np.int32),
        out=room(size, np.uint8),
    )


def clip_work(vertices: int) -> ClipWork:
    """Allocate for polygons of at most `vertices` vertices.

    A chain repeats at most its two end vertices and every vertex ends at most two chains, hence
    twice the vertices; a loop adds at most four corners for each chain it joins.
    """
    chains = vertices + 2
    points = 2 * vertices + 4
    loop = points + 4 * chains + 8
    slots = 1 << int(np.ceil(np.log2(2 * loop)))
    return ClipWork(
        chain_xy=np.zeros((points, 2), np.int32),
        chains=np.zeros((chains, 8), np.int64),
        events=np.zeros((2 * chains, 5), np.int64),
        loop_xy=np.zeros((loop, 2), np.int32),
        stack_xy=np.zeros((loop, 2), np.int32),
        out_xy=np.zeros((2 * loop, 2), np.int32),
        out_rings=np.zeros((loop, 3), np.int64),
        slots=np.zeros((slots, 3), np.int64),
        state=np.zeros(5, np.int64),
        holes=np.zeros(vertices, np.int64),
    )
