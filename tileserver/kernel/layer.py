"""One layer of a tile: features found, values numbered, then all of it written.

The body is everything of the ``layer`` message but its version and name: ``keys``, ``values``,
``features``, ``extent`` (MVT 2.1 §4.1; field order is free in a protocol buffer). It is made in three
steps, so that each runs over one kind of memory: which features there are, with the geometry of
those that are cut; column after column, a number for each value that they have; the bytes. Values of a
column stand together, which also compresses better.

Each kernel takes

* the handles (`tileserver.kernel.handle`) of its geometry, of the fields, and of the thread's memory:
  `Workspace`, for polygons also `ClipWork`;
* `mask`, uint8: a feature whose entry is 0 is left out; of no length: none is;
* the tile's origin `x`, `y` (int64, grid units), and `low` and `high`: the box reaches from ``x - low``
  and ``y - low`` to ``x + high`` and ``y + high``, all four included.

The body is in ``space.out`` from 0. Each returns its length, 0 for a layer without features; or, where
a buffer may be too small, minus the size that will do.
"""

import numpy as np

from tileserver.kernel.features import line_geometry, point_geometry, polygon_geometry
from tileserver.kernel.geometry import near_move
from tileserver.kernel.handle import (
    open_clip,
    open_column,
    open_fields,
    open_lines,
    open_points,
    open_polygons,
    open_space,
)
from tileserver.kernel.jit import inlined, kernel
from tileserver.kernel.search import NODE_SIZE, search_nodes
from tileserver.kernel.wire import (
    SMALL,
    copy_run,
    small_size,
    small_word,
    varint_size,
    write_headed,
    write_varint,
    write_word,
)

FEATURE, EXTENT = 0x12, 0x28
ID, TAGS, TYPE, GEOMETRY = 0x08, 0x12, 0x18, 0x22
POINT, LINESTRING, POLYGON = 1, 2, 3
UNITS = 4096
FEATURE_BYTES = 28
"""Bytes of a feature besides tags and geometry, at most: five field numbers and the kind (1 each), three
lengths (4 each) and the id (8), rounded up."""
LAYER_BYTES = 64
"""Bytes of the layer's end, and what a copy may overshoot: well over what is needed."""
TAG_SHIFT = 56
"""A tag (field, value) or a first MoveTo is kept as a word: its seven bytes at most (a field takes one, from
the 128th on two, from the 16,384th three; a value four at most), and above them how many they are."""
VALUE_MASK = (1 << TAG_SHIFT) - 1
COPIED = -1
"""In place of a span: the feature lies wholly in the box, and its stored commands are copied."""


@kernel
def polygon_layer(geometry, fields, memory, clip, mask, x, y, low, high):
    """Write a layer of polygons; see the module."""
    arrays = open_polygons(geometry)
    fields = open_fields(fields)
    space = open_space(memory)
    work = open_clip(clip)
    box = (x - low, y - low, x + high, y + high)
    rows = len(fields.ids)
    nodes = search_nodes(arrays.tree, rows, box, space.cursors, space.nodes)
    count = 0
    at = 0
    for k in range(nodes):
        first = space.nodes[k] * NODE_SIZE
        last = min(first + NODE_SIZE, rows)
        if len(mask) == 0 and _is_inside(arrays.tree, space.nodes[k], box):
            for row in range(first, last):
                if arrays.command_offsets[row + 1] > arrays.command_offsets[row]:
                    count = _keep(space, count, row, (COPIED, COPIED))
            continue
        for row in range(first, last):
            if len(mask) > 0 and mask[row] == 0:
                continue
            if not _meets(arrays.bbox, row, box):
                continue
            if _is_inside(arrays.bbox, row, box):
                count = _keep(space, count, row, (COPIED, COPIED))
                continue
            end = polygon_geometry(arrays, row, (box, (x, y)), work, (space.geometry, at))
            if end < 0:
                return end
            if end > at:
                count = _keep(space, count, row, (at, end))
                at = end
    if count == 0:
        return 0
    for i in range(count):
        row = space.rows[i]
        if space.spans[i, 0] == COPIED:
            # Wholly inside: only the first MoveTo depends on the tile.
            word, size = near_move(arrays.start[row, 0] - x, arrays.start[row, 1] - y)
            space.moves[i] = word | (size << TAG_SHIFT)
            space.sizes[i] = size + arrays.command_offsets[row + 1] - arrays.command_offsets[row]
        else:
            space.sizes[i] = space.spans[i, 1] - space.spans[i, 0]
    at = _begin_layer(fields, count, space)
    if at < 0:
        return at
    out = space.out
    for i in range(count):
        row = space.rows[i]
        end, here = _begin_feature(fields, (i, count), POLYGON, at, space)
        if space.spans[i, 0] == COPIED:
            here = write_word(out, here, space.moves[i], space.moves[i] >> TAG_SHIFT)
            start = arrays.command_offsets[row]
            copy_run(out, here, arrays.commands, start, arrays.command_offsets[row + 1])
        else:
            copy_run(out, here, space.geometry, space.spans[i, 0], space.spans[i, 1])
        at = end
    return _end_layer(at, out)


@kernel
def line_layer(geometry, fields, memory, mask, x, y, low, high):
    """Write a layer of lines; see the module."""
    arrays = open_lines(geometry)
    fields = open_fields(fields)
    space = open_space(memory)
    box = (x - low, y - low, x + high, y + high)
    rows = len(fields.ids)
    nodes = search_nodes(arrays.tree, rows, box, space.cursors, space.nodes)
    count = 0
    at = 0
    for k in range(nodes):
        first = space.nodes[k] * NODE_SIZE
        for row in range(first, min(first + NODE_SIZE, rows)):
            if (len(mask) > 0 and mask[row] == 0) or not _meets(arrays.bbox, row, box):
                continue
            end = line_geometry(arrays, row, (box, (x, y)), (space.geometry, at))
            if end < 0:
                return end
            if end > at:
                count = _keep(space, count, row, (at, end))
                at = end
    return _write_layer(fields, LINESTRING, count, space)


@kernel
def point_layer(geometry, fields, memory, mask, x, y, low, high, shift):
    """Write a layer of points; see the module.

    Positions are on a grid `shift` zooms deeper than the tile's: each is rounded to the nearest unit
    of the tile's grid, halves to the south-east.
    """
    arrays = open_points(geometry)
    fields = open_fields(fields)
    space = open_space(memory)
    box = (x - low, y - low, x + high, y + high)
    half = (1 << shift) >> 1
    # Widened by half a unit: a point just outside can round into the box.
    deep = (
        (box[0] << shift) - half,
        (box[1] << shift) - half,
        (box[2] << shift) + half,
        (box[3] << shift) + half,
    )
    rows = len(fields.ids)
    nodes = search_nodes(arrays.tree, rows, deep, space.cursors, space.nodes)
    count = 0
    at = 0
    for k in range(nodes):
        first = space.nodes[k] * NODE_SIZE
        for row in range(first, min(first + NODE_SIZE, rows)):
            if len(mask) > 0 and mask[row] == 0:
                continue
            px = (np.int64(arrays.xy[row, 0]) + half) >> shift
            py = (np.int64(arrays.xy[row, 1]) + half) >> shift
            end = point_geometry(px, py, (box, (x, y)), (space.geometry, at))
            if end < 0:
                return end
            if end > at:
                count = _keep(space, count, row, (at, end))
                at = end
    return _write_layer(fields, POINT, count, space)


@inlined
def _meets(bbox, row, box):
    """Tell whether the box of `row` and the closed `box` have a point in common."""
    return not (
        bbox[row, 0] > box[2] or bbox[row, 2] < box[0] or bbox[row, 1] > box[3] or bbox[row, 3] < box[1]
    )


@inlined
def _is_inside(bbox, row, box):
    """Tell whether the box of `row` lies wholly in the closed `box`."""
    return (
        bbox[row, 0] >= box[0]
        and bbox[row, 1] >= box[1]
        and bbox[row, 2] <= box[2]
        and bbox[row, 3] <= box[3]
    )


@inlined
def _keep(space, count, row, span):
    """Note that `row` is in the tile and its geometry at `span`; return the new count."""
    space.rows[count] = row
    space.spans[count, 0] = span[0]
    space.spans[count, 1] = span[1]
    return count + 1


@inlined
def _begin_layer(fields, count, space):
    """Write the tables, with the values numbered; return the position after, or minus a size that will do.

    ``space.sizes`` has the size of each feature's geometry.
    """
    for i in range(count):
        space.tag_sizes[i] = 0
    values = 0
    bound = np.int64(len(fields.key_bytes) + LAYER_BYTES)
    for k in range(len(fields.columns)):
        column = open_column(fields, k)
        key_size = small_size(k)
        key = small_word(k, key_size) | (key_size << TAG_SHIFT)
        shift = 8 * key_size
        for i in range(count):
            value = column[space.rows[i]]
            tag = np.int64(0)
            if value >= 0:
                tag = space.local[value]
                if tag == 0:
                    space.used[values] = value
                    size = small_size(values)
                    tag = small_word(values, size) | (size << TAG_SHIFT)
                    values += 1
                    space.local[value] = tag
                    bound += fields.value_offsets[value + 1] - fields.value_offsets[value]
                # The value after the field; their sizes, above, add up.
                tag = ((tag & VALUE_MASK) << shift) + (tag & ~VALUE_MASK) + key
                space.tag_sizes[i] += tag >> TAG_SHIFT
            space.tags[k * count + i] = tag
    for i in range(count):
        bound += FEATURE_BYTES + space.tag_sizes[i] + space.sizes[i]
    if bound > len(space.out):
        for i in range(values):
            space.local[space.used[i]] = 0
        return -bound
    out = space.out
    at = copy_run(out, 0, fields.key_bytes, 0, len(fields.key_bytes))
    for i in range(values):
        value = space.used[i]
        space.local[value] = 0
        at = copy_run(
            out, at, fields.value_bytes, fields.value_offsets[value], fields.value_offsets[value + 1]
        )
    return at


@inlined
def _begin_feature(fields, which, kind, at, space):
    """Write a feature up to its geometry; return where the feature ends, and where its geometry begins.

    `which` is (feature, of how many). The end is worked out from sizes alone: the next feature does
    not have to wait until this one is written, and the processor works on several at a time.
    """
    i, count = which
    size = np.int64(space.sizes[i])
    tag_size = np.int64(space.tag_sizes[i])
    identifier = np.int64(fields.ids[space.rows[i]])
    length = 4 + size + small_size(size)
    length += small_size(identifier) if identifier < SMALL else varint_size(identifier)
    if tag_size > 0:
        length += 1 + small_size(tag_size) + tag_size
    end = at + 1 + small_size(length) + length
    out = space.out
    at = write_headed(out, at, (FEATURE, 1), length)
    if identifier < SMALL:
        at = write_headed(out, at, (ID, 1), identifier)
    else:
        out[at] = ID
        at = write_varint(out, at + 1, identifier)
    if tag_size > 0:
        at = write_headed(out, at, (TAGS, 1), tag_size)
        for k in range(len(fields.columns)):
            tag = space.tags[k * count + i]
            at = write_word(out, at, tag, tag >> TAG_SHIFT)
    return end, write_headed(out, at, (TYPE | (kind << 8) | (GEOMETRY << 16), 3), size)


@inlined
def _write_layer(fields, kind, count, space):
    """Write a layer whose geometries are all in ``space.geometry``."""
    if count == 0:
        return 0
    for i in range(count):
        space.sizes[i] = space.spans[i, 1] - space.spans[i, 0]
    at = _begin_layer(fields, count, space)
    if at < 0:
        return at
    for i in range(count):
        end, here = _begin_feature(fields, (i, count), kind, at, space)
        copy_run(space.out, here, space.geometry, space.spans[i, 0], space.spans[i, 1])
        at = end
    return _end_layer(at, space.out)


@inlined
def _end_layer(at, out):
    """End the layer with its extent."""
    out[at] = EXTENT
    return write_varint(out, at + 1, UNITS)
