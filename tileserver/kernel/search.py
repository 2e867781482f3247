"""Search of the packed R-tree of `tileserver.store.rtree`."""

import numpy as np

from tileserver.kernel.jit import kernel

NODE_SIZE = 16
MAX_LEVELS = 16
"""Enough for 16**16 rows."""


@kernel
def search_nodes(index, rows, box, out):
    """Find the nodes of sixteen rows whose box meets `box`, in ascending order.

    `index` int32 (nodes, 4) as `rtree.build` packs it for `rows` rows; `box` (minimum x, minimum y,
    maximum x, maximum y), closed, in the units of the index. Writes the numbers of the
    lowest nodes (node i covers rows 16 i to 16 i + 15) to `out` int32 (≥ number of lowest nodes)
    and returns how many.
    """
    if rows == 0:
        return 0
    starts = np.zeros(MAX_LEVELS, np.int64)
    sizes = np.zeros(MAX_LEVELS, np.int64)
    levels = 0
    size = rows
    start = 0
    while size > 1 or levels == 0:
        size = (size + NODE_SIZE - 1) // NODE_SIZE
        starts[levels] = start
        sizes[levels] = size
        start += size
        levels += 1
    # One cursor a level: the node being visited, and the end of its siblings.
    cursor = np.zeros(MAX_LEVELS, np.int64)
    end = np.zeros(MAX_LEVELS, np.int64)
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
