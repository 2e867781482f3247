"""Turns closed loops that may touch themselves into simple rings."""

from tileserver.kernel.jit import inlined
from tileserver.kernel.nodes import EMPTY, clear_slots, hash_slot, position_key
from tileserver.kernel.predicates import double_area

OUT_POINTS, OUT_RINGS = 2, 3


@inlined
def append_ring(xy, span, sign, work):
    """Copy the ring ``xy[span[0]:span[1]]`` to the output; `sign` 1 exterior, -1 hole."""
    first = work.state[OUT_POINTS]
    at = first
    out_xy = work.out_xy
    for i in range(span[0], span[1]):
        out_xy[at, 0] = xy[i, 0]
        out_xy[at, 1] = xy[i, 1]
        at += 1
    keep_ring((first, at), sign, work)


@inlined
def keep_ring(span, sign, work):
    """Keep the points ``span[0]:span[1]``, which are in the output already, as a ring."""
    ring = work.state[OUT_RINGS]
    table = work.out_rings
    table[ring, 0], table[ring, 1] = span
    table[ring, 2] = sign
    work.state[OUT_POINTS] = span[1]
    work.state[OUT_RINGS] = ring + 1


@inlined
def _append_if_ring(xy, span, work):
    """Copy a ring to the output with the sign of its area, unless it has none."""
    if span[1] - span[0] < 3:
        return
    area = double_area(xy, span[0], span[1])
    if area != 0:
        append_ring(xy, span, 1 if area > 0 else -1, work)


@inlined
def split_loop(count, work):
    """Split the loop of the first `count` points of ``work.loop_xy`` wherever it meets itself.

    The points go on a stack; when a position comes that is on it already, the points since then are
    a ring of their own. A slot of the table is (key, place on the stack); it is stale, and reused,
    once the stack has been cut below it.
    """
    stack = work.stack_xy
    mask = clear_slots(work.slots, count)
    top = 0
    for i in range(count):
        x = work.loop_xy[i, 0]
        y = work.loop_xy[i, 1]
        key = position_key(x, y)
        at = hash_slot(work.slots, mask, key)
        place = work.slots[at, 1]
        if place != EMPTY and place < top and stack[place, 0] == x and stack[place, 1] == y:
            _append_if_ring(stack, (place, top), work)
            top = place + 1
            continue
        work.slots[at, 0] = key
        work.slots[at, 1] = top
        stack[top, 0] = x
        stack[top, 1] = y
        top += 1
    _append_if_ring(stack, (0, top), work)
