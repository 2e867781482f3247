"""Which tiles are asked for: those of seeded places, half around large cities, half anywhere on land."""

from collections import Counter

import numpy as np
import shapely
from numpy.typing import NDArray

from tests.benchmarks.shapes import WORLD_M, Features

CITIES = 40
"""How many of the most populous communes count as large cities."""

REACH = 2
"""A dense tile lies at most that many tiles from a city's own."""

Tile = tuple[int, int, int]


def tile_at(xy_m: NDArray[np.float64], zoom: int) -> NDArray[np.int64]:
    """Give the tile (x, y) under EPSG:3857 points, (n, 2) → (n, 2)."""
    side = WORLD_M / (1 << zoom)
    columns = (xy_m[:, 0] + WORLD_M / 2) // side
    rows = (WORLD_M / 2 - xy_m[:, 1]) // side
    return np.stack([columns, rows], axis=1).astype(np.int64)


def _on_land(features: Features, points_m: NDArray[np.float64]) -> NDArray[np.float64]:
    tree = shapely.STRtree(features.shapes)
    hit: NDArray[np.int64] = np.unique(tree.query(shapely.points(points_m), predicate="intersects")[0])
    return points_m[hit]


def _anywhere(features: Features, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw points uniformly over land: a box by its area, a point in it, kept where there is land."""
    boxes = shapely.bounds(features.shapes)
    sizes = boxes[:, 2:] - boxes[:, :2]
    areas = sizes[:, 0] * sizes[:, 1]
    rows = rng.choice(len(boxes), draws, p=areas / areas.sum())
    points = boxes[rows, :2] + rng.uniform(size=(draws, 2)) * sizes[rows]
    kept: NDArray[np.float64] = points[shapely.contains_xy(features.shapes[rows], points[:, 0], points[:, 1])]
    return kept


def sample(features: Features, wanted: int, seed: int) -> dict[Tile, int]:
    """Draw `wanted` places, half around cities and half anywhere on land; the same for the same `seed`.

    Returns the distinct tiles that hold them, in random order, with the number of places in each:
    at low zooms the whole country is a few tiles, and one of them is most people's.
    """
    rng = np.random.default_rng([seed, features.zoom])
    centres = shapely.get_coordinates(shapely.point_on_surface(features.shapes))
    population = np.array([row.get("population") or 0 for row in features.rows])
    cities = centres[np.argsort(-population, kind="stable")[:CITIES]]
    around = np.repeat(cities, (2 * REACH + 1) ** 2, axis=0)
    side = WORLD_M / (1 << features.zoom)
    around = around + rng.integers(-REACH, REACH + 1, around.shape) * side

    dense = rng.permutation(_on_land(features, around))[: wanted // 2]
    land = _anywhere(features, 20 * wanted, rng)[: wanted - len(dense)]
    tiles = rng.permutation(tile_at(np.concatenate([dense, land]), features.zoom))
    return dict(Counter((features.zoom, int(x), int(y)) for x, y in tiles))
