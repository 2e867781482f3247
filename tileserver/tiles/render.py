"""One layer of a tile, from the mapped store to the bytes of an MVT 2.1 message."""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import NotFoundError
from tileserver.kernel.arrays import (
    ClipWork,
    PointArrays,
    PolygonArrays,
    Selection,
    TagArrays,
    Workspace,
    clip_work,
)
from tileserver.kernel.layer import point_layer, polygon_layer
from tileserver.store.manifest import EXTENT
from tileserver.store.reader import LayerStore
from tileserver.store.rtree import NODE_SIZE
from tileserver.store.varint import varint

T = TypeVar("T", bound=np.generic)
K = TypeVar("K")
V = TypeVar("V")

FIRST_BUFFER = 1 << 23
"""Bytes of each buffer of a thread to begin with; pages that no tile has reached cost nothing."""

MOST_KEPT = 4096
"""Selections and zooms kept a layer."""

VERSION_FIELD = b"\x78\x02"
NAME_FIELD, KEY_FIELD, LAYER_FIELD = b"\x0a", b"\x1a", b"\x1a"


class _Memory(threading.local):
    """The buffers of one thread, for whatever layer it renders next."""

    def __init__(self) -> None:
        self.space = _workspace(0, 0, FIRST_BUFFER)
        self.clip = clip_work(1)
        self.vertices = 1

    def fit(self, layer: LayerStore, vertices: int) -> tuple[Workspace, ClipWork]:
        """Grow to the rows and values of `layer` and to polygons of `vertices` vertices."""
        nodes = -(-len(layer.ids) // NODE_SIZE)
        values = len(layer.value_offsets) - 1
        if nodes > len(self.space.nodes) or values > len(self.space.local):
            self.space = _workspace(
                max(nodes, len(self.space.nodes)),
                max(values, len(self.space.local)),
                len(self.space.out),
            )
        if vertices > self.vertices:
            self.clip = clip_work(vertices)
            self.vertices = vertices
        return self.space, self.clip

    def grow(self, size: int) -> Workspace:
        """Make room for `size` bytes, and as much again."""
        self.space = _workspace(len(self.space.nodes), len(self.space.local), 2 * size)
        return self.space


def _workspace(nodes: int, values: int, size: int) -> Workspace:
    return Workspace(
        nodes=np.zeros(nodes, np.int32),
        geometry=np.empty(size, np.uint8),
        out=np.empty(size, np.uint8),
        local=np.zeros(values, np.int32),
        used=np.zeros(values, np.int64),
    )


_memory = _Memory()


def render(layer: LayerStore, z: int, x: int, y: int, columns: tuple[int, ...]) -> bytes:
    """Encode tile z/x/y of `layer` with the fields whose column numbers are `columns`.

    Returns an MVT 2.1 message of one layer, uncompressed, or no bytes where the tile has no feature.
    Raises `NotFoundError` outside the layer's zooms. Safe to call from several threads; the GIL is
    free while the kernel runs.
    """
    entry = layer.entry
    if not entry.min_zoom <= z <= entry.max_zoom:
        raise NotFoundError(
            f"layer {entry.id!r} has tiles from zoom {entry.min_zoom} to {entry.max_zoom}, not at {z}"
        )
    tags = _keep(layer, "tags", _tags)
    selection = _keep(layer, columns, _selection)
    window = _window(x, y, entry.buffer)
    if entry.kind == "territory":
        level = layer.level(z)
        arrays = _keep(layer, z, _polygons)
        space, clip = _memory.fit(layer, level.max_vertices)
        while (size := polygon_layer(arrays, tags, selection, window, (space, clip))) < 0:
            space = _memory.grow(-size)
    else:
        points = PointArrays(layer.points.xy, layer.points.index)
        shift = layer.points.zoom - z
        space, _ = _memory.fit(layer, 1)
        while (size := point_layer(points, tags, selection, window, (space, shift))) < 0:
            space = _memory.grow(-size)
    return _message(entry.id, space, size) if size else b""


def _keep(layer: LayerStore, key: K, make: Callable[[LayerStore, K], V]) -> V:
    """Make what a kernel wants of a layer once: on a small tile it costs as much as the kernel."""
    kept: V | None = layer.kept.get(key)
    if kept is None:
        if len(layer.kept) >= MOST_KEPT:  # selections come from clients: their number is not ours
            layer.kept.clear()
        kept = layer.kept[key] = make(layer, key)
    return kept


def _tags(layer: LayerStore, _: str) -> TagArrays:
    return TagArrays(layer.ids, layer.tags, layer.value_offsets, layer.value_bytes)


def _selection(layer: LayerStore, columns: tuple[int, ...]) -> Selection:
    names = [layer.entry.fields[column].id.encode() for column in columns]
    keys = b"".join(KEY_FIELD + varint(len(name)) + name for name in names)
    return Selection(_frozen(np.array(columns, np.int32)), np.frombuffer(keys, np.uint8))


def _polygons(layer: LayerStore, zoom: int) -> PolygonArrays:
    level = layer.level(zoom)
    return PolygonArrays(
        level.bbox,
        level.polygon_offsets,
        level.ring_offsets,
        level.vertex_offsets,
        level.xy,
        level.start,
        level.command_offsets,
        level.commands,
        level.index,
    )


def warm() -> None:
    """Load the compiled kernels (compile them where no cache has them), by rendering nothing."""
    window = _window(0, 0, 0)
    flat, pairs, boxes = (_frozen(np.zeros(shape, np.int32)) for shape in (1, (0, 2), (0, 4)))
    tags = TagArrays(
        _frozen(np.zeros(0, np.uint64)),
        _frozen(np.zeros((0, 1), np.int32)),
        _frozen(np.zeros(1, np.int64)),
        _frozen(np.zeros(0, np.uint8)),
    )
    selection = Selection(_frozen(np.zeros(0, np.int32)), np.frombuffer(b"", np.uint8))
    polygons = PolygonArrays(boxes, flat, flat, flat, pairs, pairs, flat, tags.value_bytes, boxes)
    polygon_layer(polygons, tags, selection, window, (_memory.space, _memory.clip))
    point_layer(PointArrays(pairs, boxes), tags, selection, window, (_memory.space, 0))


def _frozen(array: NDArray[T]) -> NDArray[T]:
    array.setflags(write=False)
    return array


def _window(x: int, y: int, buffer: int) -> tuple[tuple[int, int, int, int], tuple[int, int]]:
    left, top = x * EXTENT, y * EXTENT
    box = (left - buffer, top - buffer, left + EXTENT + buffer, top + EXTENT + buffer)
    return box, (left, top)


def _message(name: str, space: Workspace, size: int) -> bytes:
    head = _head(name)
    return b"".join((LAYER_FIELD, varint(len(head) + size), head, space.out[:size].data))  # one copy


@lru_cache
def _head(name: str) -> bytes:
    text = name.encode()
    return VERSION_FIELD + NAME_FIELD + varint(len(text)) + text
