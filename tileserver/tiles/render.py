"""One layer of a tile, from the mapped store to the bytes of an MVT 2.1 message."""

import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import NotFoundError
from tileserver.kernel.arrays import (
    FieldArrays,
    LineArrays,
    PointArrays,
    PolygonArrays,
    clip_work,
    workspace,
)
from tileserver.kernel.handle import handle
from tileserver.kernel.layer import line_layer, point_layer, polygon_layer
from tileserver.kernel.wire import OVERSHOOT
from tileserver.store.manifest import EXTENT, Heaviest
from tileserver.store.reader import LayerStore
from tileserver.store.varint import varint
from tileserver.tiles.selection import select

FIRST_BUFFER = 1 << 22
"""Bytes of a tile that a thread has room for to begin with; it grows to the largest that it made."""

MOST_KEPT = 4096
"""Zooms and selections kept a layer."""

_NO_MASK: Final = np.zeros(0, np.uint8)
_NO_MASK.setflags(write=False)

VERSION_FIELD = b"\x78\x02"
NAME_FIELD, KEY_FIELD, LAYER_FIELD = b"\x0a", b"\x1a", b"\x1a"


class _Memory(threading.local):
    """The buffers of one thread, for whatever layer it renders next."""

    def __init__(self) -> None:
        self.rows = self.values = self.tags = 0
        self.vertices = 1
        self._lay_out(0)  # until the first layer: new pages cost up to 6 µs each on a virtual machine
        self.clip = handle(clip_work(1))

    def fit(self, work: "_Work") -> None:
        """Grow to a layer's rows, values and chosen columns, and to its largest polygon."""
        if work.rows > self.rows or work.values > self.values or work.tags > self.tags:
            self.rows = max(work.rows, self.rows)
            self.values = max(work.values, self.values)
            self.tags = max(work.tags, self.tags)
            self._lay_out(max(len(self.out), FIRST_BUFFER))
        if work.vertices > self.vertices:
            self.vertices = work.vertices
            self.clip = handle(clip_work(work.vertices))

    def grow(self, size: int) -> None:
        """Make room for `size` bytes, and as much again."""
        self._lay_out(2 * size)

    def _lay_out(self, size: int) -> None:
        space = workspace(self.rows, self.values, self.tags, size)
        self.out: NDArray[np.uint8] = space.out
        self.space = handle(space)
        # A tile is a new object each time. glibc takes the memory of a large one from the system, page by
        # page as it is written, until one of that size has been freed; from the second on it keeps it.
        for _ in range(2):
            bytearray(b"x") * size


_memory = _Memory()


def render(
    layer: LayerStore, z: int, x: int, y: int, columns: tuple[int, ...], mask: NDArray[np.uint8] | None = None
) -> bytes:
    """Encode tile z/x/y of `layer` with the fields whose column numbers are `columns`.

    Columns past the layer's fields are those of coarse values (`Field.coarse`). `mask`, uint8 (rows of the
    layer), read-only, leaves out every feature whose entry is 0. Returns an MVT 2.1
    message of one layer, uncompressed, or no bytes where the tile has no feature. Raises
    `NotFoundError` outside the layer's zooms. Safe to call from several threads; the GIL is free while
    the kernel runs.
    """
    work = layer.kept.get((z, columns)) or _prepare(layer, z, columns)
    memory = _memory
    memory.fit(work)
    chosen = _NO_MASK if mask is None else mask
    while (size := work.run(memory, chosen, x * EXTENT, y * EXTENT)) < 0:
        memory.grow(-size)
    return _message(work.head, memory.out, size) if size else b""


class _Work:
    """A zoom and a selection of a layer, made ready for the kernels once and kept with the layer."""

    def __init__(self, layer: LayerStore, z: int, columns: tuple[int, ...]) -> None:
        entry = layer.entry
        self.slice = slice(0, entry.count)
        self.values = len(layer.value_offsets) - 1
        self.vertices = 1
        self.head = _head(entry.id)
        self.low, self.high = entry.buffer, EXTENT + entry.buffer
        self.shift = 0
        if entry.kind in ("territory", "zoning"):
            level = layer.level(z)
            self.vertices = level.max_vertices
            self.geometry = handle(_polygons(layer, z))
            self.run: Callable[..., int] = self._polygons
        elif entry.kind == "lines":
            lines = layer.lines(z)
            self.geometry = handle(
                LineArrays(lines.bbox, lines.part_offsets, lines.vertex_offsets, lines.xy, lines.index)
            )
            self.run = self._lines
        else:
            points = layer.points_at(z)
            self.slice = points.rows
            self.shift = points.zoom - z
            self.geometry = handle(PointArrays(points.xy, points.index))
            self.run = self._points
            if entry.buffer == 0:
                self.high = EXTENT - 1  # half open: what lies on an edge is in one tile, not in two
        self.rows = self.slice.stop - self.slice.start
        self.tags = self.rows * len(columns)
        self.fields = handle(_fields(layer, columns, self.slice))

    def _polygons(self, memory: _Memory, mask: NDArray[np.uint8], x: int, y: int) -> int:
        size: int = polygon_layer(
            self.geometry.numbers,
            self.fields.numbers,
            memory.space.numbers,
            memory.clip.numbers,
            mask,
            x,
            y,
            self.low,
            self.high,
        )
        return size

    def _lines(self, memory: _Memory, mask: NDArray[np.uint8], x: int, y: int) -> int:
        size: int = line_layer(
            self.geometry.numbers,
            self.fields.numbers,
            memory.space.numbers,
            mask,
            x,
            y,
            self.low,
            self.high,
        )
        return size

    def _points(self, memory: _Memory, mask: NDArray[np.uint8], x: int, y: int) -> int:
        size: int = point_layer(
            self.geometry.numbers,
            self.fields.numbers,
            memory.space.numbers,
            mask[self.slice] if self.slice.start else mask,
            x,
            y,
            self.low,
            self.high,
            self.shift,
        )
        return size


def _prepare(layer: LayerStore, z: int, columns: tuple[int, ...]) -> _Work:
    entry = layer.entry
    if not entry.min_zoom <= z <= entry.max_zoom:
        raise NotFoundError(
            f"layer {entry.id!r} has tiles from zoom {entry.min_zoom} to {entry.max_zoom}, not at {z}"
        )
    if len(layer.kept) >= MOST_KEPT:  # selections come from clients: their number is not ours
        layer.kept.clear()
    work = layer.kept[z, columns] = _Work(layer, z, columns)
    return work


def _fields(layer: LayerStore, columns: tuple[int, ...], rows: slice) -> FieldArrays:
    fields = {field.coarse: field for field in layer.entry.fields}
    fields |= {field.column: field for field in layer.entry.fields}
    chosen = [fields[column] for column in columns]
    names = [field.id.encode() for field in chosen]
    keys = b"".join(KEY_FIELD + varint(len(name)) + name for name in names)
    return FieldArrays(
        ids=layer.ids[rows],
        columns=tuple(layer.tags[column][rows] for column in columns),
        value_offsets=layer.value_offsets,
        value_bytes=layer.value_bytes,
        key_bytes=np.frombuffer(keys + bytes(OVERSHOOT), np.uint8)[: len(keys)],
    )


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
        level.stop_offsets,
        level.stops,
        level.tangled,
        level.index,
    )


def rehearse(layers: Iterable[LayerStore]) -> bytes:
    """Make the heaviest tile of all with the fields it has by default, so that this thread has its memory.

    Returns the tile; no bytes where none of the layers knows its heaviest.
    """
    found: tuple[int, LayerStore, int, Heaviest, tuple[int, ...]] | None = None
    for layer in layers:
        columns = select(layer.entry, None, None).columns
        for zoom, tile in layer.entry.heaviest.items():
            size = tile.bytes + sum(tile.columns[column] for column in columns)
            if found is None or size > found[0]:
                found = size, layer, int(zoom), tile, columns
    if found is None:
        return b""
    _, layer, z, tile, columns = found
    return render(layer, z, tile.x, tile.y, columns)


def warm() -> None:
    """Load the compiled kernels (compile them where no cache has them), by rendering nothing."""
    memory = _memory
    flat, pairs, boxes = (np.zeros(shape, np.int32) for shape in (1, (0, 2), (0, 4)))
    none = np.zeros(0, np.uint8)
    fields = handle(FieldArrays(np.zeros(0, np.uint64), (), flat, none, none))
    polygons = handle(
        PolygonArrays(boxes, flat, flat, flat, pairs, pairs, flat, none, flat, pairs, none, boxes)
    )
    lines = handle(LineArrays(boxes, flat, flat, pairs, boxes))
    points = handle(PointArrays(pairs, boxes))
    space = memory.space.numbers
    polygon_layer(polygons.numbers, fields.numbers, space, memory.clip.numbers, _NO_MASK, 0, 0, 0, 0)
    line_layer(lines.numbers, fields.numbers, space, _NO_MASK, 0, 0, 0, 0)
    point_layer(points.numbers, fields.numbers, space, _NO_MASK, 0, 0, 0, 0, 0)


def _message(head: bytes, out: NDArray[np.uint8], size: int) -> bytes:
    return b"".join((LAYER_FIELD, varint(len(head) + size), head, out[:size].data))  # one copy


@lru_cache
def _head(name: str) -> bytes:
    text = name.encode()
    return VERSION_FIELD + NAME_FIELD + varint(len(text)) + text
