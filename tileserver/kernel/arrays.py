"""The groups of flat arrays that kernels take; numba sees each as one named tuple.

Arrays of the store are read-only views of mapped files. A workspace belongs to one thread.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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


class TagArrays(NamedTuple):
    """Ids and attribute values of a layer's features.

    ``ids`` uint64 (n); ``tags`` int32 (n, fields), a value number or -1; ``value_offsets`` int64
    and ``value_bytes`` uint8 hold value number v at ``value_offsets[v]:value_offsets[v + 1]``, as
    an encoded ``values`` field of a layer message.
    """

    ids: NDArray[np.uint64]
    tags: I32
    value_offsets: I64
    value_bytes: U8


class Selection(NamedTuple):
    """The chosen fields: ``columns`` int32 (k), and the encoded ``keys`` fields naming them."""

    columns: I32
    key_bytes: U8


class ClipWork(NamedTuple):
    """Scratch memory of the polygon clipper, sized by `clip_work`."""

    chain_xy: I32
    chains: I64
    events: I64
    loop_xy: I32
    stack_xy: I32
    out_xy: I32
    out_rings: I64
    slots: I64
    state: I64


class Workspace(NamedTuple):
    """One thread's memory: rows found, bytes of a geometry and of a tile, local value numbers.

    ``nodes`` int32 (lowest index nodes); ``geometry`` and ``out`` uint8; ``local`` int32 (values of
    the layer) all zero between tiles; ``used`` int64 (values of the layer).
    """

    nodes: I32
    geometry: U8
    out: U8
    local: I32
    used: I64


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
    )
