"""A packed R-tree without pointers: rows are in Hilbert order, sixteen to a node.

Because the rows of a layer are already sorted along a Hilbert curve, the tree is a plain
concatenation of levels: the boxes of every 16 rows, then of every 16 of those, up to one root.
The positions follow from the number of rows alone, so nothing else is stored. The search is in
`tileserver.kernel.search`.
"""

import numpy as np
from numpy.typing import NDArray

NODE_SIZE = 16


def level_sizes(rows: int) -> list[int]:
    """Count the nodes of each level, from the one above the rows up to the root."""
    sizes: list[int] = []
    while rows > 1 or not sizes:
        rows = -(-rows // NODE_SIZE)
        sizes.append(rows)
    return sizes


def build(bbox: NDArray[np.int32]) -> NDArray[np.int32]:
    """Pack the boxes above the rows.

    `bbox` is int32 (n, 4), minimum x, minimum y, maximum x, maximum y, n ≥ 1; the result is int32
    (nodes, 4), level after level as `level_sizes` counts them. A row without extent (minimum >
    maximum) does not widen its node.
    """
    levels = []
    below = bbox
    for _ in level_sizes(len(bbox)):
        starts = np.arange(0, len(below), NODE_SIZE)
        below = np.column_stack(
            [
                np.minimum.reduceat(below[:, 0], starts),
                np.minimum.reduceat(below[:, 1], starts),
                np.maximum.reduceat(below[:, 2], starts),
                np.maximum.reduceat(below[:, 3], starts),
            ]
        )
        levels.append(below)
    return np.ascontiguousarray(np.concatenate(levels), dtype=np.int32)
