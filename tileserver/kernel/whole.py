"""Encodes whole levels of detail, at build: what a tile copies (`tileserver.kernel.layer`, `runs`)."""

import numpy as np

from tileserver.kernel.geometry import CLOSE_PATH, LINE_TO, RING_OVERHEAD, VERTEX_BYTES, write_move
from tileserver.kernel.jit import kernel
from tileserver.kernel.wire import write_small, write_varint, zigzag


def room_for(vertices: int, rings: int) -> int:
    """Bound the bytes that `encode_polygons` writes."""
    return VERTEX_BYTES * vertices + RING_OVERHEAD * (rings + 1)


@kernel
def encode_polygons(polygon_offsets, ring_offsets, vertex_offsets, xy, out, ends, places):
    """Encode the geometry (MVT 2.1 §4.3) of every feature, but for its first MoveTo; return the bytes.

    ``polygon_offsets``, ``ring_offsets``, ``vertex_offsets`` int32 and ``xy`` int32 (v, 2) as in
    `tileserver.store.reader.PolygonLevel`; ``out`` uint8 as `room_for` says. Fills ``ends`` int32 (features),
    where in ``out`` each feature ends, and ``places`` int32 (v): where the parameters of the edge after
    each vertex begin (of the last of a ring: where they would).
    """
    at = np.int64(0)
    for feature in range(len(polygon_offsets) - 1):
        first_ring = ring_offsets[polygon_offsets[feature]]
        last_ring = ring_offsets[polygon_offsets[feature + 1]]
        cursor = (np.int64(0), np.int64(0))
        for ring in range(first_ring, last_ring):
            first = vertex_offsets[ring]
            last = vertex_offsets[ring + 1]
            px = np.int64(xy[first, 0])
            py = np.int64(xy[first, 1])
            if ring > first_ring:
                at = write_move(out, at, px, py, cursor)
            at = write_varint(out, at, (np.int64(last - first - 1) << 3) | LINE_TO)
            places[first] = at
            for i in range(first + 1, last):
                x = np.int64(xy[i, 0])
                y = np.int64(xy[i, 1])
                at = write_small(out, at, zigzag(x - px))
                at = write_small(out, at, zigzag(y - py))
                places[i] = at
                px = x
                py = y
            out[at] = CLOSE_PATH
            at += 1
            cursor = (px, py)
        ends[feature] = at
    return at
