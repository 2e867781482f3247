"""Neighbourhoods: which cell, commune or EPCI touches which, and growing regions among them."""

import heapq
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping

import numpy as np
import shapely
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Neighbours = list[list[int]]


def neighbours_of(nodes: int, pairs: Ints) -> Neighbours:
    """List the neighbours of each node, sorted; `pairs` (pairs, 2) in either order."""
    lists: list[set[int]] = [set() for _ in range(nodes)]
    for a, b in pairs.tolist():
        if a != b:
            lists[a].add(b)
            lists[b].add(a)
    return [sorted(each) for each in lists]


def grow(
    neighbours: Neighbours,
    seeds: Mapping[int, int],
    cost: Callable[[int, int], float],
) -> Ints:
    """Grow regions from `seeds` (node → label) until everything in reach has the nearest label.

    `cost` of a step between two nodes must be positive; infinity is a wall. Each region is
    contiguous. Returns (nodes,), -1 where no seed reaches.
    """
    label = np.full(len(neighbours), -1, dtype=np.int64)
    queue = [(0.0, node, mark) for node, mark in seeds.items()]
    heapq.heapify(queue)
    while queue:
        distance, node, mark = heapq.heappop(queue)
        if label[node] >= 0:
            continue
        label[node] = mark
        for other in neighbours[node]:
            if label[other] < 0:
                step = cost(node, other)
                if step < np.inf:
                    heapq.heappush(queue, (distance + step, other, mark))
    return label


def components(neighbours: Neighbours, inside: NDArray[np.bool_]) -> list[list[int]]:
    """Split the nodes that are `inside` into connected components, the largest first."""
    seen = (~inside).tolist()
    found: list[list[int]] = []
    for start in range(len(neighbours)):
        if seen[start]:
            continue
        members = []
        seen[start] = True
        queue = deque([start])
        while queue:
            node = queue.popleft()
            members.append(node)
            for other in neighbours[node]:
                if not seen[other]:
                    seen[other] = True
                    queue.append(other)
        found.append(members)
    return sorted(found, key=lambda each: (-len(each), each[0]))


def hops(neighbours: Neighbours, sources: Iterable[int]) -> Ints:
    """Count the steps from the nearest source to every node, (nodes,); -1 out of reach."""
    distance = [-1] * len(neighbours)  # a list: single elements of an array are slow to reach
    queue = deque(sources)
    for node in queue:
        distance[node] = 0
    while queue:
        node = queue.popleft()
        for other in neighbours[node]:
            if distance[other] < 0:
                distance[other] = distance[node] + 1
                queue.append(other)
    return np.array(distance, dtype=np.int64)


def is_connected(neighbours: Neighbours, members: Collection[int]) -> bool:
    """Tell whether `members` hang together; no member at all does not."""
    inside = np.zeros(len(neighbours), dtype=bool)
    inside[list(members)] = True
    return len(components(neighbours, inside)) == 1


def spread_seeds(points: Floats, count: int, weight: Floats, rng: np.random.Generator) -> list[int]:
    """Choose `count` of the `points` (points, 2), evenly spread but denser where `weight` is high.

    A few rounds of moving each chosen point to the middle of those nearest to it.
    """
    count = min(count, len(points))
    chosen = np.sort(rng.choice(len(points), size=count, replace=False, p=weight / weight.sum()))
    for _ in range(2):
        owner = _nearest(points, points[chosen])
        sums = np.column_stack([np.bincount(owner, points[:, k], count) for k in (0, 1)])
        middle = sums / np.bincount(owner, minlength=count)[:, None]
        offset = np.hypot(*(points - middle[owner]).T)
        order = np.lexsort((offset, owner))
        chosen = order[np.unique(owner[order], return_index=True)[1]]
    return [int(each) for each in chosen]


def _nearest(points: Floats, targets: Floats) -> Ints:
    """Index of the target nearest to each point, (points,)."""
    tree = shapely.STRtree(shapely.points(targets))
    return np.asarray(tree.nearest(shapely.points(points)), dtype=np.int64)
