"""Exact clipping of a polygon to the buffered tile, without rounding: vertex by vertex.

`tileserver.kernel.runs` is the faster way of most polygons; this one does all.

The build puts a vertex wherever an edge crosses a line on which some tile's buffered box can end
(`preprocess.coverage`). So no edge crosses the box here: each lies inside it, on it or outside it,
and clipping only selects and joins edges that are there. Nothing is rounded, nothing moves, and two
tiles draw the same line where they overlap.

How: the rings are cut into *chains*, the runs of edges inside the box. A chain begins and ends on the
box, or at a *node*, a vertex that several rings of the polygon share. With the interior on the left,
the boundary of the clipped polygon goes on from the end of a chain along the box, or at a node round
the corner, to the first chain that begins there. That walk gives closed loops; where one touches
itself it is split, so that every ring left is simple: exterior rings of positive signed area in
grid units (MVT 2.1 §4.3.4.4), holes negative.

`box` is (minimum x, minimum y, maximum x, maximum y), and square. Scratch memory is a
`ClipWork`; ``state`` counts chain points, chains, output points, output rings,
and keeps the mask of the node table.
"""

import numpy as np

from tileserver.kernel.jit import inlined
from tileserver.kernel.loops import append_ring, keep_ring, split_loop
from tileserver.kernel.nodes import is_node, mark_nodes
from tileserver.kernel.predicates import (
    clockwise_first,
    contains_point,
    perimeter,
    same_side,
    side,
)

OUTSIDE, ON_BOX, INSIDE = 0, 1, 2
NOWHERE, IN_CHAINS, STRICTLY_INSIDE = 0, 1, 2
POINTS, CHAINS, OUT_POINTS, OUT_RINGS = 0, 1, 2, 3
FIRST, LAST, START_T, END_T, NEXT, SEEN, END_RANK, START_RANK = 0, 1, 2, 3, 4, 5, 6, 7
NOT_ON_BOX = -1
CORNERS = 4


@inlined
def clip_polygon(arrays, polygon, box, work):
    """Clip one polygon to `box`; return the number of rings in the output.

    Rings are rows of ``work.out_rings`` (first, last, 1 for an exterior ring or -1 for a hole),
    vertices in ``work.out_xy``, grid units as the input.
    """
    state = work.state
    for i in range(len(state)):
        state[i] = 0
    first_ring = arrays.ring_offsets[polygon]
    last_ring = arrays.ring_offsets[polygon + 1]
    rings = last_ring - first_ring
    nodes = mark_nodes(arrays, (first_ring, last_ring), box, work) if rings > 1 else 0
    covers = 0
    for ring in range(first_ring, last_ring):
        span = (np.int64(arrays.vertex_offsets[ring]), np.int64(arrays.vertex_offsets[ring + 1]))
        met = _cut_ring(arrays.xy, span, box, nodes, work)
        if met == STRICTLY_INSIDE:
            append_ring(arrays.xy, span, 1 if ring == first_ring else -1, work)
        elif met == NOWHERE:
            covers += contains_point(arrays.xy, span, box[0] + 1, box[1] + 1)
    on_box, touching = _connect_along_box(work)
    if nodes > 0:
        _connect_at_nodes(work)
    if state[CHAINS] > 0:
        _trace(box, touching or nodes > 0, work)
    if on_box == 0 and covers % 2 == 1:
        _append_box(box, work)
    return state[OUT_RINGS]


@inlined
def _cut_ring(xy, span, box, nodes, work):
    """Cut a ring into chains; return how it met the box.

    NOWHERE: no edge of it is inside; STRICTLY_INSIDE: it has no vertex on or out of the box, and no
    node, so there is nothing to cut; IN_CHAINS otherwise.
    """
    first, last = span
    begin = -1
    begin_side = INSIDE
    for i in range(first, last):
        begin_side = side(xy[i, 0], xy[i, 1], box)
        if begin_side != INSIDE or (nodes > 0 and is_node(xy, i, work)):
            begin = i
            break
    if begin < 0:
        return STRICTLY_INSIDE
    # Counters and arrays are local: the loop runs over every vertex of every feature that is cut.
    chain_xy = work.chain_xy
    chains = work.chains
    points = work.state[POINTS]
    chain = work.state[CHAINS]
    before = chain
    a = begin
    a_side = begin_side
    a_breaks = True
    for step in range(begin + 1, last + begin - first + 1):
        b = step if step < last else step - last + first
        b_side = side(xy[b, 0], xy[b, 1], box)
        b_breaks = b_side != INSIDE or (nodes > 0 and is_node(xy, b, work))
        if (
            a_side != OUTSIDE
            and b_side != OUTSIDE
            and not (a_side == ON_BOX and b_side == ON_BOX and same_side(xy, a, b, box))
        ):
            if a_breaks:
                chains[chain, FIRST] = points
                chains[chain, START_T] = perimeter(xy[a, 0], xy[a, 1], box)
                chains[chain, NEXT] = -1
                chains[chain, SEEN] = 0
                chain_xy[points, 0] = xy[a, 0]
                chain_xy[points, 1] = xy[a, 1]
                points += 1
            chain_xy[points, 0] = xy[b, 0]
            chain_xy[points, 1] = xy[b, 1]
            points += 1
            if b_breaks:
                chains[chain, LAST] = points - 1
                chains[chain, END_T] = perimeter(xy[b, 0], xy[b, 1], box)
                chain += 1
        a = b
        a_side = b_side
        a_breaks = b_breaks
    work.state[POINTS] = points
    work.state[CHAINS] = chain
    return IN_CHAINS if chain > before else NOWHERE


@inlined
def _before(events, i, j):
    """Tell whether event i comes before event j: along the box, then from back to front."""
    if events[i, 0] != events[j, 0]:
        return events[i, 0] < events[j, 0]
    # The larger angle to the way forward first: it is met first when turning from the way back.
    return events[i, 1] * events[j, 2] - events[i, 2] * events[j, 1] < 0


@inlined
def _sort_events(events, count):
    """Shell sort: events are few, nearly always under a hundred."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap >= 1:
        for i in range(gap, count):
            j = i
            while j >= gap and _before(events, j, j - gap):
                for k in range(5):
                    held = events[j, k]
                    events[j, k] = events[j - gap, k]
                    events[j - gap, k] = held
                j -= gap
        gap //= 3


@inlined
def _connect_along_box(work):
    """Join each chain that ends on the box to the next that begins on it.

    An event is a row: position along the box, direction (2) into the box, chain, 1 for an end.
    Returns how many events there are, and whether two of them share a position.
    """
    events = work.events
    chains = work.chains
    chain_xy = work.chain_xy
    count = 0
    for chain in range(work.state[CHAINS]):
        first = chains[chain, FIRST]
        last = chains[chain, LAST]
        if chains[chain, START_T] != NOT_ON_BOX:
            events[count, 0] = chains[chain, START_T]
            events[count, 1] = chain_xy[first + 1, 0] - chain_xy[first, 0]
            events[count, 2] = chain_xy[first + 1, 1] - chain_xy[first, 1]
            events[count, 3] = chain
            events[count, 4] = 0
            count += 1
        if chains[chain, END_T] != NOT_ON_BOX:
            events[count, 0] = chains[chain, END_T]
            events[count, 1] = chain_xy[last - 1, 0] - chain_xy[last, 0]
            events[count, 2] = chain_xy[last - 1, 1] - chain_xy[last, 1]
            events[count, 3] = chain
            events[count, 4] = 1
            count += 1
    _sort_events(events, count)
    touching = False
    for i in range(count):
        chain = events[i, 3]
        touching = touching or (i > 0 and events[i, 0] == events[i - 1, 0])
        if events[i, 4] == 0:
            chains[chain, START_RANK] = i
            continue
        chains[chain, END_RANK] = i
        # In a valid polygon the very next event is a start; the loop only guards against others.
        for ahead in range(1, count + 1):
            j = i + ahead if i + ahead < count else i + ahead - count
            if events[j, 4] == 0:
                chains[chain, NEXT] = events[j, 3]
                break
    return count, touching


@inlined
def _connect_at_nodes(work):
    """Join each chain that ends at a node to the first that begins there, turning clockwise."""
    for chain in range(work.state[CHAINS]):
        if work.chains[chain, END_T] != NOT_ON_BOX:
            continue
        last = work.chains[chain, LAST]
        best = -1
        for other in range(work.state[CHAINS]):
            first = work.chains[other, FIRST]
            if (
                work.chains[other, START_T] != NOT_ON_BOX
                or work.chain_xy[first, 0] != work.chain_xy[last, 0]
                or work.chain_xy[first, 1] != work.chain_xy[last, 1]
            ):
                continue
            if best < 0 or clockwise_first(work.chain_xy, last, first + 1, work.chains[best, FIRST] + 1):
                best = other
        work.chains[chain, NEXT] = best


@inlined
def _append_corners(chains, pair, box, loop_xy, at):
    """Append the corners of the box passed from the end of one chain to the start of the next."""
    chain, follower = pair
    start = chains[chain, END_T]
    stop = chains[follower, START_T]
    length = box[2] - box[0]
    if chains[follower, START_RANK] < chains[chain, END_RANK]:
        stop += CORNERS * length
    for corner in range(1, 2 * CORNERS):
        position = corner * length
        if start < position < stop:
            turn = corner % CORNERS
            loop_xy[at, 0] = box[2] if turn == 1 or turn == 2 else box[0]
            loop_xy[at, 1] = box[3] if turn == 2 or turn == 3 else box[1]
            at += 1
    return at


@inlined
def _trace(box, touching, work):
    """Walk from chain to chain until each is in one loop, and put the loops out as rings.

    Where nothing touches, a loop is a simple ring already, and an exterior one: it runs along the
    box, with which the interior lies on the same side.
    """
    chains = work.chains
    chain_xy = work.chain_xy
    loop_xy = work.loop_xy if touching else work.out_xy
    for begin in range(work.state[CHAINS]):
        chain = begin
        first = 0 if touching else work.state[OUT_POINTS]
        at = first
        while chain >= 0 and chains[chain, SEEN] == 0:
            chains[chain, SEEN] = 1
            for i in range(chains[chain, FIRST], chains[chain, LAST] + 1):
                loop_xy[at, 0] = chain_xy[i, 0]
                loop_xy[at, 1] = chain_xy[i, 1]
                at += 1
            follower = chains[chain, NEXT]
            if follower >= 0 and chains[chain, END_T] != NOT_ON_BOX:
                at = _append_corners(chains, (chain, follower), box, loop_xy, at)
            chain = follower
        if at == first:
            continue
        if touching:
            split_loop(at, work)
        else:
            keep_ring((first, at), 1, work)


@inlined
def _append_box(box, work):
    for corner in range(CORNERS):
        work.loop_xy[corner, 0] = box[2] if corner == 1 or corner == 2 else box[0]
        work.loop_xy[corner, 1] = box[3] if corner == 2 or corner == 3 else box[1]
    append_ring(work.loop_xy, (0, CORNERS), 1, work)
