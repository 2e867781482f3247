"""Clipping by runs: whole stretches of a feature's stored commands are copied, not encoded again.

No edge crosses a tile line (`preprocess.grid`): it has a vertex there. So a ring enters or leaves a
tile's box only in a vertex on such a line, one of its *stops*, and what lies between two stops
is inside the box or outside as a whole; one vertex tells which. The bytes of a run do not depend on
the tile, so a *chain*, the runs from where a ring enters the box to where it leaves, is one copy. What
is encoded at tile time is the way from one chain to the next along the box.

This is the way of nearly all features. Where rings of the polygon touch each other, or two chains meet on
the box, or holes have to be shared out among several pieces, it gives up (`TANGLED`), and
`tileserver.kernel.clip`, which works on vertices, does it.

A stop is a row of ``stops``: the vertex, and where the commands of the edge after it begin. The first
stop of a ring is its first vertex (a stop proper where the ring has any), the last one, past the end,
stands for the first vertex again: it is reached by the edge that ClosePath draws.
"""

import numpy as np

from tileserver.kernel.geometry import CLOSE_PATH, LINE_TO, RING_OVERHEAD, write_move
from tileserver.kernel.jit import inlined
from tileserver.kernel.predicates import contains_point, perimeter, same_side, side
from tileserver.kernel.wire import copy_run, write_small, write_varint, zigzag

OUTSIDE, ON_BOX, INSIDE = 0, 1, 2
VERTEX, PLACE = 0, 1
FROM, TO, START, END, START_T, END_T, NEXT, SEEN = 0, 1, 2, 3, 4, 5, 6, 7
FRESH, COUNTED, WRITTEN = 0, 1, 2
NOT_ON_BOX = -1
CORNERS = 4
LINK_BYTES = 64
"""Bytes of the way along the box from one chain to the next, at most: five vertices, and a ring's head."""
TANGLED = -1
"""In place of a position: nothing was written."""


@inlined
def write_runs(arrays, polygon, window, cursor, target, work):
    """Write one polygon clipped to the box; return the new (position, cursor).

    `target` is (bytes, position). The position is `TANGLED` where this way does not do, and below that
    where the bytes are too few: `TANGLED` minus how many are sure to do.
    """
    box, origin = window
    out, at = target
    first_ring = arrays.ring_offsets[polygon]
    last_ring = arrays.ring_offsets[polygon + 1]
    if arrays.tangled[first_ring] != 0:
        return TANGLED, cursor
    chains = 0
    holes = 0
    for ring in range(first_ring, last_ring):
        before = chains
        chains = _cut(arrays, ring, box, chains, work)
        if chains < before:  # it lies strictly inside
            chains = before
            if ring == first_ring:
                holes = last_ring - first_ring
                break
            work.holes[holes] = ring
            holes += 1
    size = _size(arrays, first_ring, last_ring) + LINK_BYTES * (chains + 1)
    if at + size > len(out):
        return TANGLED - (at + size), cursor
    if chains == 0 and holes == last_ring - first_ring:
        for ring in range(first_ring, last_ring):
            at, cursor = _write_whole(arrays, ring, origin, cursor, (out, at))
        return at, cursor
    exteriors = 0
    if chains == 0:
        if _covers(arrays, first_ring, last_ring, box):
            at, cursor = _write_box(window, cursor, (out, at))
            exteriors = 1
    elif not _link(chains, work):
        return TANGLED, cursor
    else:
        for chain in range(chains):
            if work.chains[chain, SEEN] == FRESH and work.chains[chain, START_T] != NOT_ON_BOX:
                exteriors += 1
                if exteriors > 1 and holes > 0:
                    return TANGLED, cursor
                at, cursor = _write_loop(arrays, chain, window, cursor, (out, at), work)
    for hole in range(holes if exteriors > 0 else 0):
        at, cursor = _write_whole(arrays, work.holes[hole], origin, cursor, (out, at))
    return at, cursor


@inlined
def _size(arrays, first_ring, last_ring):
    """Bound the bytes of the polygon's rings, were they all written whole."""
    last_stop = arrays.stop_offsets[last_ring] - 1
    size = arrays.stops[last_stop, PLACE] - arrays.stops[arrays.stop_offsets[first_ring], PLACE]
    return size + RING_OVERHEAD * (last_ring - first_ring + 1)


@inlined
def _cut(arrays, ring, box, chains, work):
    """Add the chains of a ring to `chains`; return their new number, or -1: it lies strictly inside."""
    xy = arrays.xy
    stops = arrays.stops
    table = work.chains
    first = arrays.stop_offsets[ring]
    end = arrays.stop_offsets[ring + 1] - 1
    start = np.int64(stops[first, VERTEX])
    start_side = side(xy[start, 0], xy[start, 1], box)
    begin = chains
    is_open = False
    a = start
    a_side = start_side
    for stop in range(first, end):
        after = np.int64(stops[stop + 1, VERTEX])
        b = start if stop + 1 == end else after
        b_side = side(xy[b, 0], xy[b, 1], box)
        if after - a > 1:  # the vertex between lies on no tile line
            inside = side(xy[a + 1, 0], xy[a + 1, 1], box) != OUTSIDE
        else:
            inside = (
                a_side != OUTSIDE
                and b_side != OUTSIDE
                and not (a_side == ON_BOX and b_side == ON_BOX and same_side(xy, a, b, box))
            )
        if inside:
            if not is_open:
                table[chains, FROM] = stop
                table[chains, START] = a
                table[chains, START_T] = perimeter(xy[a, 0], xy[a, 1], box)
                table[chains, NEXT] = -1
                table[chains, SEEN] = FRESH
                is_open = True
            if b_side == ON_BOX or stop + 1 == end:
                table[chains, TO] = stop + 1
                table[chains, END] = b
                table[chains, END_T] = perimeter(xy[b, 0], xy[b, 1], box)
                chains += 1
                is_open = False
        a = after
        a_side = b_side
    if start_side == INSIDE:
        if chains == begin + 1 and table[begin, FROM] == first and table[begin, TO] == end:
            return -1
        table[chains - 1, NEXT] = begin  # it goes on through the first vertex
    return chains


@inlined
def _link(chains, work):
    """Join each chain that ends on the box to the next that begins on it; False where two meet there.

    An event is a row: position along the box, chain, 1 for an end.
    """
    table = work.chains
    events = work.events
    count = 0
    for chain in range(chains):
        for column in (START_T, END_T):
            position = table[chain, column]
            if position == NOT_ON_BOX:
                continue
            # Insertion sort: there are two events in most tiles.
            i = count
            while i > 0 and events[i - 1, 0] >= position:
                if events[i - 1, 0] == position:
                    return False
                events[i, 0] = events[i - 1, 0]
                events[i, 1] = events[i - 1, 1]
                events[i, 2] = events[i - 1, 2]
                i -= 1
            events[i, 0] = position
            events[i, 1] = chain
            events[i, 2] = 1 if column == END_T else 0
            count += 1
    for i in range(count):
        if events[i, 2] == 0:
            continue
        after = i + 1 if i + 1 < count else 0
        if events[after, 2] != 0:
            return False
        table[events[i, 1], NEXT] = events[after, 1]
    return True


@inlined
def _write_loop(arrays, begin, window, cursor, target, work):
    """Write the ring that the chains from `begin` on make with the box; return (position, cursor)."""
    box, origin = window
    out, at = target
    xy = arrays.xy
    stops = arrays.stops
    table = work.chains
    length = box[2] - box[0]
    lines = np.int64(0)
    chain = np.int64(begin)
    while table[chain, SEEN] == FRESH:
        table[chain, SEEN] = COUNTED
        lines += stops[table[chain, TO], VERTEX] - stops[table[chain, FROM], VERTEX]
        follower = table[chain, NEXT]
        if table[chain, END_T] != NOT_ON_BOX:
            lines += _corners(table[chain, END_T], table[follower, START_T], length)
            lines += 1 if follower != begin else 0
        chain = follower
    start = table[begin, START]
    at = write_move(out, at, xy[start, 0] - origin[0], xy[start, 1] - origin[1], cursor)
    at = write_varint(out, at, (lines << 3) | LINE_TO)
    pen = cursor
    chain = np.int64(begin)
    while table[chain, SEEN] == COUNTED:
        table[chain, SEEN] = WRITTEN
        at = copy_run(
            out, at, arrays.commands, stops[table[chain, FROM], PLACE], stops[table[chain, TO], PLACE]
        )
        end = table[chain, END]
        last = stops[table[chain, TO], VERTEX]
        if last == end:
            pen = (np.int64(xy[end, 0]), np.int64(xy[end, 1]))
        else:  # by the edge that ClosePath draws, which no command of the ring does
            pen = (np.int64(xy[last - 1, 0]), np.int64(xy[last - 1, 1]))
            at, pen = _line_to(out, at, pen, xy[end, 0], xy[end, 1])
        follower = table[chain, NEXT]
        if table[chain, END_T] != NOT_ON_BOX:
            side_of_box = table[chain, END_T] // length
            corners = _corners(table[chain, END_T], table[follower, START_T], length)
            for turn in range(1, corners + 1):
                corner = (side_of_box + turn) % CORNERS
                x = box[2] if corner == 1 or corner == 2 else box[0]
                y = box[3] if corner == 2 or corner == 3 else box[1]
                at, pen = _line_to(out, at, pen, x, y)
            if follower != begin:
                start = table[follower, START]
                at, pen = _line_to(out, at, pen, xy[start, 0], xy[start, 1])
        chain = follower
    out[at] = CLOSE_PATH
    return at + 1, (pen[0] - origin[0], pen[1] - origin[1])


@inlined
def _line_to(out, at, pen, x, y):
    """Write one pair of parameters of a LineTo; return the position and the new pen, (x, y)."""
    x = np.int64(x)
    y = np.int64(y)
    at = write_small(out, at, zigzag(x - pen[0]))
    return write_small(out, at, zigzag(y - pen[1])), (x, y)


@inlined
def _corners(start, stop, length):
    """Count the corners of the box passed from position `start` to `stop`, in the direction of rings."""
    if stop < start:
        stop += CORNERS * length
    return (stop - 1) // length - start // length


@inlined
def _covers(arrays, first_ring, last_ring, box):
    """Tell whether a polygon without an edge in the box covers it."""
    inside = 0
    for ring in range(first_ring, last_ring):
        if arrays.stop_offsets[ring + 1] - arrays.stop_offsets[ring] == 2:
            continue  # at most its first vertex is on a tile line: it does not go round a box
        span = (np.int64(arrays.vertex_offsets[ring]), np.int64(arrays.vertex_offsets[ring + 1]))
        inside += contains_point(arrays.xy, span, box[0] + 1, box[1] + 1)
    return inside % 2 == 1


@inlined
def _write_whole(arrays, ring, origin, cursor, target):
    """Write a ring that lies in the box as it is."""
    out, at = target
    xy = arrays.xy
    first = arrays.stop_offsets[ring]
    end = arrays.stop_offsets[ring + 1] - 1
    start = arrays.stops[first, VERTEX]
    last = arrays.stops[end, VERTEX] - 1
    at = write_move(out, at, xy[start, 0] - origin[0], xy[start, 1] - origin[1], cursor)
    at = write_varint(out, at, (np.int64(last - start) << 3) | LINE_TO)
    at = copy_run(out, at, arrays.commands, arrays.stops[first, PLACE], arrays.stops[end, PLACE])
    out[at] = CLOSE_PATH
    return at + 1, (np.int64(xy[last, 0]) - origin[0], np.int64(xy[last, 1]) - origin[1])


@inlined
def _write_box(window, cursor, target):
    """Write the box itself as an exterior ring."""
    box, origin = window
    out, at = target
    at = write_move(out, at, box[0] - origin[0], box[1] - origin[1], cursor)
    at = write_varint(out, at, ((CORNERS - 1) << 3) | LINE_TO)
    at, pen = _line_to(out, at, (box[0], box[1]), box[2], box[1])
    at, pen = _line_to(out, at, pen, box[2], box[3])
    at, pen = _line_to(out, at, pen, box[0], box[3])
    out[at] = CLOSE_PATH
    return at + 1, (pen[0] - origin[0], pen[1] - origin[1])
