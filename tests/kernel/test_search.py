"""The packed R-tree against looking at every box."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.shapes import frozen
from tileserver.kernel.jit import kernel
from tileserver.kernel.search import CURSORS, search_nodes
from tileserver.store import rtree


@kernel
def search(index: Any, rows: Any, box: Any, cursors: Any, out: Any) -> Any:
    return search_nodes(index, rows, box, cursors, out)


@given(st.integers(0, 5000), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_search_finds_every_node_whose_box_meets_the_window(rows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = np.sort(rng.integers(-5000, 5000, (rows, 2)), axis=0)
    bbox = np.hstack([low, low + rng.integers(0, 300, (rows, 2))]).astype(np.int32)
    corner = rng.integers(-5000, 5000, 2)
    box = tuple(int(v) for v in (*corner, *(corner + rng.integers(0, 4000, 2))))
    out = np.zeros(rows // 16 + 1, np.int32)
    found = search(frozen(rtree.build(bbox)), rows, box, np.zeros(CURSORS, np.int64), out)
    meets = (bbox[:, 0] <= box[2]) & (bbox[:, 2] >= box[0]) & (bbox[:, 1] <= box[3]) & (bbox[:, 3] >= box[1])
    wanted = set((np.flatnonzero(meets) // 16).tolist())
    got = out[:found].tolist()
    assert got == sorted(got)
    assert wanted <= set(got)
    for node in got:  # and no node that lies wholly elsewhere
        members = bbox[node * 16 : node * 16 + 16]
        assert members[:, 0].min() <= box[2]
        assert members[:, 2].max() >= box[0]
        assert members[:, 1].min() <= box[3]
        assert members[:, 3].max() >= box[1]


def test_the_levels_of_a_tree_end_in_one_root() -> None:
    assert rtree.level_sizes(1) == [1]
    assert rtree.level_sizes(16) == [1]
    assert rtree.level_sizes(17) == [2, 1]
    assert rtree.level_sizes(34_875) == [2180, 137, 9, 1]


def test_a_row_without_extent_is_never_met() -> None:
    bbox = np.array([[1, 1, 0, 0], [10, 10, 20, 20]], np.int32)
    index = rtree.build(bbox)
    assert index.tolist() == [[1, 1, 20, 20]]
