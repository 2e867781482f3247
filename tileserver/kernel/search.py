"""Search of the packed R-tree of `tileserver.store.rtree`."""

from tileserver.kernel.jit import inlined

NODE_SIZE = 16
MAX_LEVELS = 16
"""Enough for 16**16 rows."""

CURSORS = 4 * MAX_LEVELS
"""Numbers that a search keeps: for each level its start, its size, the node visited, its last sibling."""


@inlined
def search_nodes(index, rows, box, cursors, out):
    """Find the nodes of sixteen rows whose box meets `box`, in ascending order.

    `index` int32 (nodes, 4) as `rtree.build` packs it for `rows` rows; `box` (minimum x, minimum y,
    maximum x, maximum y), closed, in the units of the index; `cursors` int64 (CURSORS) is scratch.
    Writes the numbers of the lowest nodes (node i covers rows 16 i to 16 i + 15) to `out` int32 (≥ number
    of lowest nodes) and returns how many.
    """
    if rows == 0:
        return 0
    starts = cursors[:MAX_LEVELS]
    sizes = cursors[MAX_LEVELS : 2 * MAX_LEVELS]
    cursor = cursors[2 * MAX_LEVELS : 3 * MAX_LEVELS]
    end = cursors[3 * MAX_LEVELS :]
    levels = 0
    size = rows
    start = 0
    while size > 1 or levels == 0:
        size = (size + NODE_SIZE - 1) // NODE_SIZE
        starts[levels] = start
        sizes[levels] = size
        start += size
        levels += 1
    level = levels - 1
    cursor[level] = 0
    end[level] = 1
    found = 0
    while level < levels:
        node = cursor[level]
        if node == end[level]:
            level += 1
            continue
        cursor[level] = node + 1
        at = starts[level] + node
        if index[at, 0] > box[2] or index[at, 2] < box[0] or index[at, 1] > box[3] or index[at, 3] < box[1]:
            continue
        if level == 0:
            out[found] = node
            found += 1
        else:
            level -= 1
            cursor[level] = node * NODE_SIZE
            end[level] = min(node * NODE_SIZE + NODE_SIZE, sizes[level])
    return found
