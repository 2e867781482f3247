"""Finds the vertices that several rings of one polygon share, by a hash of their positions."""

from tileserver.kernel.jit import inlined
from tileserver.kernel.predicates import side

INSIDE = 2
EMPTY = -1


@inlined
def position_key(x, y):
    """One 64-bit key for a pair of 32-bit coordinates."""
    return (int(x) << 32) ^ (int(y) & 0xFFFFFFFF)


@inlined
def hash_slot(slots, mask, key):
    """Find the slot that holds `key`, or the empty one where it belongs (linear probing)."""
    # Multiplicative hashing of both halves: spreads neighbouring coordinates, stays inside 63 bits.
    mixed = (key & 0x7FFFFFFF) * 0x45D9F3B + ((key >> 31) & 0x7FFFFFFF) * 0x2C1B3C7
    at = (mixed ^ (mixed >> 29)) & mask
    while slots[at, 1] != EMPTY and slots[at, 0] != key:
        at = (at + 1) & mask
    return at


@inlined
def clear_slots(slots, entries):
    """Empty the smallest table that stays at most half full with `entries`; return its mask."""
    size = 16
    while size < 2 * entries:
        size *= 2
    slots[:size, 1] = EMPTY
    return size - 1


@inlined
def mark_nodes(arrays, rings, box, work):
    """Hash the vertices strictly inside `box` of the rings ``rings[0]:rings[1]``; count the shared.

    Column 1 of the table is the number of times that a position occurs; its mask is kept in
    ``work.state``.
    """
    first = arrays.vertex_offsets[rings[0]]
    last = arrays.vertex_offsets[rings[1]]
    inside = 0
    for i in range(first, last):
        if side(arrays.xy[i, 0], arrays.xy[i, 1], box) == INSIDE:
            inside += 1
    mask = clear_slots(work.slots, inside)
    shared = 0
    for i in range(first, last):
        x = arrays.xy[i, 0]
        y = arrays.xy[i, 1]
        if side(x, y, box) != INSIDE:
            continue
        key = position_key(x, y)
        at = hash_slot(work.slots, mask, key)
        if work.slots[at, 1] == EMPTY:
            work.slots[at, 0] = key
            work.slots[at, 1] = 1
        else:
            work.slots[at, 1] += 1
            shared += 1
    work.state[4] = mask
    return shared


@inlined
def is_node(xy, i, work):
    """Tell whether vertex `i` is shared, after `mark_nodes` of its polygon."""
    at = hash_slot(work.slots, work.state[4], position_key(xy[i, 0], xy[i, 1]))
    return work.slots[at, 1] > 1
