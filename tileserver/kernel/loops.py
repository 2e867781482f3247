"""Turns closed loops that may touch themselves into simple rings."""

from tileserver.kernel.jit import kernel
from tileserver.kernel.nodes import EMPTY, clear_slots, hash_slot, position_key
from tileserver.kernel.predicates import double_area

OUT_POINTS, OUT_RINGS = 2, 3


@kernel
def append_ring(xy, span, work):
    """Copy the ring ``xy[span[0]:span[1]]`` to the output, unless it has no area."""
    first = span[0]
    last = span[1]
    area = double_area(xy, first, last)
    if last - first < 3 or area == 0:
        return
    at = work.state[OUT_POINTS]
    ring = work.state[OUT_RINGS]
    work.out_rings[ring, 0] = at
    work.out_rings[ring, 1] = at + last - first
    work.out_rings[ring, 2] = area
    for i in range(first, last):
        work.out_xy[at, 0] = xy[i, 0]
        work.out_xy[at, 1] = xy[i, 1]
        at += 1
    work.state[OUT_POINTS] = at
    work.state[OUT_RINGS] = ring + 1


@kernel
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
            append_ring(stack, (place, top), work)
            top = place + 1
            continue
        work.slots[at, 0] = key
        work.slots[at, 1] = top
        stack[top, 0] = x
        stack[top, 1] = y
        top += 1
    append_ring(stack, (0, top), work)
