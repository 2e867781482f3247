"""Exact integer predicates: where a vertex lies, which way an edge turns."""

from tileserver.kernel.jit import inlined


@inlined
def side(x, y, box):
    """Tell where (x, y) lies: 0 outside `box`, 1 on its outline, 2 strictly inside."""
    if x < box[0] or x > box[2] or y < box[1] or y > box[3]:
        return 0
    if x == box[0] or x == box[2] or y == box[1] or y == box[3]:
        return 1
    return 2


@inlined
def same_side(xy, a, b, box):
    """Tell whether vertices `a` and `b`, both on the outline of `box`, share one of its sides."""
    ax = xy[a, 0]
    ay = xy[a, 1]
    return (ax == xy[b, 0] and (ax == box[0] or ax == box[2])) or (
        ay == xy[b, 1] and (ay == box[1] or ay == box[3])
    )


@inlined
def perimeter(x, y, box):
    """Place (x, y) along the outline of a square `box`, interior on the left; -1 if it is not on it.

    0 at (minimum x, minimum y), then towards maximum x, maximum y, and back.
    """
    length = box[2] - box[0]
    if side(x, y, box) != 1:
        return -1
    if y == box[1]:
        return x - box[0]
    if x == box[2]:
        return length + y - box[1]
    if y == box[3]:
        return 2 * length + box[2] - x
    return 3 * length + box[3] - y


@inlined
def _turn(ax, ay, bx, by):
    """Class of the clockwise angle from a to b: 0 under 180°, 1 at 180°, 2 over it, 3 at 360°."""
    cross = ax * by - ay * bx
    if cross < 0:
        return 0
    if cross > 0:
        return 2
    return 1 if ax * bx + ay * by < 0 else 3


@inlined
def clockwise_first(xy, node, b, c):
    """Tell whether, turning clockwise at `node` from the vertex before it, `b` is met before `c`."""
    rx = int(xy[node - 1, 0]) - xy[node, 0]
    ry = int(xy[node - 1, 1]) - xy[node, 1]
    bx = int(xy[b, 0]) - xy[node, 0]
    by = int(xy[b, 1]) - xy[node, 1]
    cx = int(xy[c, 0]) - xy[node, 0]
    cy = int(xy[c, 1]) - xy[node, 1]
    b_turn = _turn(rx, ry, bx, by)
    c_turn = _turn(rx, ry, cx, cy)
    if b_turn != c_turn:
        return b_turn < c_turn
    return bx * cy - by * cx < 0


@inlined
def double_area(xy, first, last):
    """Twice the signed area of the ring ``xy[first:last]`` (surveyor's formula, exact)."""
    total = 0
    # Relative to the first vertex, so that the products stay far inside 64 bits.
    ox = int(xy[first, 0])
    oy = int(xy[first, 1])
    for i in range(first + 1, last - 1):
        total += (xy[i, 0] - ox) * (xy[i + 1, 1] - oy) - (xy[i + 1, 0] - ox) * (xy[i, 1] - oy)
    return total


@inlined
def contains_point(xy, span, x, y):
    """1 if (x, y), not on the ring ``xy[span[0]:span[1]]``, is inside it, else 0."""
    return 1 if ring_side(xy, span, 2 * x, 2 * y) > 0 else 0


@inlined
def ring_side(xy, span, x2, y2):
    """Place the point (x2 / 2, y2 / 2): 1 inside the ring, 0 on it, -1 outside; exact."""
    inside = False
    j = span[1] - 1
    for i in range(span[0], span[1]):
        ax = 2 * int(xy[j, 0]) - x2
        ay = 2 * int(xy[j, 1]) - y2
        bx = 2 * int(xy[i, 0]) - x2
        by = 2 * int(xy[i, 1]) - y2
        cross = ax * by - ay * bx
        if cross == 0 and ax * bx + ay * by <= 0:
            return 0
        if (ay > 0) != (by > 0) and (cross > 0) == (by > ay):
            inside = not inside
        j = i
    return 1 if inside else -1
