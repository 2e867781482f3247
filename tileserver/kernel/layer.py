"""One layer of a tile: the features found, each written with its tags, then keys and values.

The body is everything of the ``layer`` message but its version and name: ``features``, ``keys``,
``values``, ``extent`` (MVT 2.1 §4.1; field order is free in a protocol buffer). `space` is a
`Workspace`; the body is in ``space.out`` from 0. Each function returns its length, 0 for a layer
without features; or, where a buffer may be too small, minus the size that will do.
"""

import numpy as np

from tileserver.kernel.borrow import (
    borrow_clip,
    borrow_lines,
    borrow_points,
    borrow_polygons,
    borrow_selection,
    borrow_space,
    borrow_tags,
)
from tileserver.kernel.features import line_geometry, point_geometry, polygon_geometry
from tileserver.kernel.geometry import write_move
from tileserver.kernel.jit import inlined, kernel
from tileserver.kernel.search import NODE_SIZE, search_nodes
from tileserver.kernel.wire import varint_size, write_run, write_varint

FEATURE, EXTENT = 0x12, 0x28
ID, TAGS, TYPE, GEOMETRY = 0x08, 0x12, 0x18, 0x22
POINT, LINESTRING, POLYGON = 1, 2, 3
UNITS = 4096
FIXED_BYTES = 64
"""Bytes of a feature besides tags and geometry, or of the layer's end: well over what is needed."""
TAG_BYTES = 10
"""Bytes of a tag at most: two varints of 32 bits."""


@kernel
def polygon_layer(arrays, tags, selection, window, memory):
    """Write a layer of polygons. `memory` is (Workspace, ClipWork); see the module."""
    arrays = borrow_polygons(arrays)
    tags = borrow_tags(tags)
    selection = borrow_selection(selection)
    space = borrow_space(memory[0])
    work = borrow_clip(memory[1])
    box, origin = window
    rows = len(tags.ids)
    found = search_nodes(arrays.tree, rows, box, space.nodes)
    at = 0
    values = 0
    for k in range(found):
        first = space.nodes[k] * NODE_SIZE
        for row in range(first, min(first + NODE_SIZE, rows)):
            if (
                arrays.bbox[row, 0] > box[2]
                or arrays.bbox[row, 2] < box[0]
                or arrays.bbox[row, 1] > box[3]
                or arrays.bbox[row, 3] < box[1]
            ):
                continue
            start = end = 0
            if (
                arrays.bbox[row, 0] >= box[0]
                and arrays.bbox[row, 1] >= box[1]
                and arrays.bbox[row, 2] <= box[2]
                and arrays.bbox[row, 3] <= box[3]
            ):
                # Wholly inside: only the first MoveTo depends on the tile.
                size = write_move(
                    space.geometry,
                    0,
                    arrays.start[row, 0] - origin[0],
                    arrays.start[row, 1] - origin[1],
                    (0, 0),
                )
                start = arrays.command_offsets[row]
                end = arrays.command_offsets[row + 1]
            else:
                size = polygon_geometry(arrays, row, window, work, space.geometry)
                if size == 0:
                    continue
            feature = (row, POLYGON, size, (arrays.commands, start, end))
            at, values = _write_feature(tags, selection, feature, (at, values), space)
            if at < 0:
                return at
    return _finish(tags, selection, (at, values), space)


@kernel
def line_layer(arrays, tags, selection, window, space):
    """Write a layer of lines; see the module."""
    arrays = borrow_lines(arrays)
    tags = borrow_tags(tags)
    selection = borrow_selection(selection)
    space = borrow_space(space)
    box = window[0]
    rows = len(tags.ids)
    found = search_nodes(arrays.tree, rows, box, space.nodes)
    at = 0
    values = 0
    for k in range(found):
        first = space.nodes[k] * NODE_SIZE
        for row in range(first, min(first + NODE_SIZE, rows)):
            if (
                arrays.bbox[row, 0] > box[2]
                or arrays.bbox[row, 2] < box[0]
                or arrays.bbox[row, 1] > box[3]
                or arrays.bbox[row, 3] < box[1]
            ):
                continue
            size = line_geometry(arrays, row, window, space.geometry)
            if size == 0:
                continue
            feature = (row, LINESTRING, size, (selection.key_bytes, 0, 0))
            at, values = _write_feature(tags, selection, feature, (at, values), space)
            if at < 0:
                return at
    return _finish(tags, selection, (at, values), space)


@kernel
def point_layer(arrays, tags, selection, window, memory):
    """Write a layer of points. `memory` is (Workspace, shift); see the module.

    Positions are on a grid `shift` zooms deeper than the tile's: each is rounded to the nearest unit
    of the tile's grid, halves to the south-east.
    """
    arrays = borrow_points(arrays)
    tags = borrow_tags(tags)
    selection = borrow_selection(selection)
    space = borrow_space(memory[0])
    shift = memory[1]
    half = (1 << shift) >> 1
    # Widened by half a unit: a point just outside can round into the box.
    low_x, low_y, high_x, high_y = window[0]
    deep = (
        (low_x << shift) - half,
        (low_y << shift) - half,
        (high_x << shift) + half,
        (high_y << shift) + half,
    )
    rows = len(tags.ids)
    found = search_nodes(arrays.tree, rows, deep, space.nodes)
    at = 0
    values = 0
    for k in range(found):
        first = space.nodes[k] * NODE_SIZE
        for row in range(first, min(first + NODE_SIZE, rows)):
            x = (int(arrays.xy[row, 0]) + half) >> shift
            y = (int(arrays.xy[row, 1]) + half) >> shift
            size = point_geometry(x, y, window, space.geometry)
            if size == 0:
                continue
            feature = (row, POINT, size, (selection.key_bytes, 0, 0))
            at, values = _write_feature(tags, selection, feature, (at, values), space)
            if at < 0:
                return at
    return _finish(tags, selection, (at, values), space)


@inlined
def _write_feature(tags, selection, feature, progress, space):
    """Append a feature whose geometry is ready; return the new (position, local values).

    `feature` is (row, geometry type, head, (bytes, start, end)). The geometry is the first `head`
    bytes of ``space.geometry``, then ``bytes[start:end]``. A negative `head` is minus the size that
    ``space.geometry`` should have had.
    """
    row, kind, head, body = feature
    at, values = progress
    out = space.out
    if head < 0:
        return _reset(values, head, space), 0
    size = head + body[2] - body[1]
    bound = at + size + TAG_BYTES * len(selection.columns) + FIXED_BYTES
    if bound > len(out):
        return _reset(values, -bound, space), 0
    tag_size = 0
    for k in range(len(selection.columns)):
        value = tags.tags[row, selection.columns[k]]
        if value < 0:
            continue
        if space.local[value] == 0:
            space.used[values] = value
            values += 1
            space.local[value] = values
        tag_size += varint_size(k) + varint_size(space.local[value] - 1)
    identifier = np.int64(tags.ids[row])
    length = 1 + varint_size(identifier) + 2 + 1 + varint_size(size) + size
    if tag_size > 0:
        length += 1 + varint_size(tag_size) + tag_size
    out[at] = FEATURE
    at = write_varint(out, at + 1, length)
    out[at] = ID
    at = write_varint(out, at + 1, identifier)
    if tag_size > 0:
        out[at] = TAGS
        at = write_varint(out, at + 1, tag_size)
        for k in range(len(selection.columns)):
            value = tags.tags[row, selection.columns[k]]
            if value >= 0:
                at = write_varint(out, at, k)
                at = write_varint(out, at, space.local[value] - 1)
    out[at] = TYPE
    out[at + 1] = kind
    out[at + 2] = GEOMETRY
    at = write_varint(out, at + 3, size)
    at = write_run(out, at, space.geometry, 0, head)
    return write_run(out, at, body[0], body[1], body[2]), values


@inlined
def _reset(values, result, space):
    """Forget the local value numbers, for the next tile of this thread; return `result`."""
    for i in range(values):
        space.local[space.used[i]] = 0
    return result


@inlined
def _finish(tags, selection, progress, space):
    """Append keys, values and extent to the features."""
    at, values = progress
    if at == 0:
        return 0
    bound = at + len(selection.key_bytes) + FIXED_BYTES
    for i in range(values):
        value = space.used[i]
        bound += tags.value_offsets[value + 1] - tags.value_offsets[value]
    if bound > len(space.out):
        return _reset(values, -bound, space)
    out = space.out
    at = write_run(out, at, selection.key_bytes, 0, len(selection.key_bytes))
    for i in range(values):
        value = space.used[i]
        start = tags.value_offsets[value]
        at = write_run(out, at, tags.value_bytes, start, tags.value_offsets[value + 1])
    out[at] = EXTENT
    at = write_varint(out, at + 1, UNITS)
    return _reset(values, at, space)
