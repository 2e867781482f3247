"""From labelled cells to polygons: every border jagged, and every border drawn once.

An edge between two cells may wander only inside the two triangles that it forms with the sites on
its left and right. Those triangles never overlap, so no border can meet another, and the polygons
are a valid coverage without having to be checked.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess.demo.cells import Mesh

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KM_PER_DEGREE = 111.32

_COAST_DEPTH = 3
_INLAND_DEPTH = 1
_WITHIN_TRIANGLE = 0.8
_WITHIN_LENGTH = 0.34
_DECIMALS = 7


@dataclass(frozen=True)
class Projection:
    """Where a box lies: its middle in degrees; kilometres are scaled at that latitude."""

    lon: float
    lat: float

    def to_lonlat(self, points_km: Floats) -> Floats:
        """Turn kilometres from the middle into WGS 84 degrees, 7 decimals, (points, 2)."""
        scale = KM_PER_DEGREE * np.array([np.cos(np.radians(self.lat)), 1.0])
        return np.asarray(np.round(points_km / scale + [self.lon, self.lat], _DECIMALS))


def draw_polygons(mesh: Mesh, label: Ints, projection: Projection, rng: np.random.Generator) -> NDArray[Any]:
    """Draw one MultiPolygon for each label 0…n-1 of the cells, EPSG:4326, (labels,).

    `label` (cells,), -1 for the sea. Together the polygons are a valid coverage.
    """
    depth = _depths(mesh, label)
    inner_km, first, count = _wander(mesh, depth, rng)
    coordinates, ring = _rings(mesh, (inner_km, first, count))
    polygons = shapely.polygons(shapely.linearrings(projection.to_lonlat(coordinates), indices=ring))
    return np.array([_multi(shapely.coverage_union_all(polygons[cells])) for cells in _members(label)])


def _members(label: Ints) -> list[Ints]:
    """List the cells of each label from 0 on."""
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(label.max() + 2))
    return [order[a:b] for a, b in pairwise(starts)]


def _multi(shape: Any) -> shapely.MultiPolygon:
    """Return the union as a MultiPolygon, exterior rings clockwise as in the real file."""
    parts = shapely.orient_polygons(shapely.get_parts(shape), exterior_cw=True)
    return shapely.MultiPolygon(list(parts))


def _depths(mesh: Mesh, label: Ints) -> Ints:
    """How often each edge is halved: never inside a commune, most along the sea, (edges,)."""
    left, right = label[mesh.edge_cells].T
    left = np.where(mesh.edge_cells[:, 0] < 0, -1, left)
    right = np.where(mesh.edge_cells[:, 1] < 0, -1, right)
    depth = np.where((left < 0) | (right < 0), _COAST_DEPTH, _INLAND_DEPTH)
    depth[left == right] = 0
    return depth.astype(np.int64)


def _wander(mesh: Mesh, depth: Ints, rng: np.random.Generator) -> tuple[Floats, Ints, Ints]:
    """Points between the ends of every edge: (points, 2) in km, first and count by edge."""
    count = (1 << depth) - 1
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    points = np.zeros((int(count.sum()), 2))
    for level in np.unique(depth[depth > 0]):
        edges = np.flatnonzero(depth == level)
        inner = _displace(mesh, edges, int(level), rng)
        slots = first[edges][:, None] + np.arange(inner.shape[1])
        points[slots] = inner
    return points, first, count


def _displace(mesh: Mesh, edges: Ints, level: int, rng: np.random.Generator) -> Floats:
    """Displace the inner points of `edges` by a midpoint fractal, (edges, points, 2) in km."""
    start, end = (mesh.corners_km[mesh.edge_corners[edges, side]] for side in (0, 1))
    along = end - start
    length = np.hypot(*along.T)[:, None]
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / length
    steps = 1 << level
    t = np.arange(1, steps) / steps
    t = t + rng.uniform(-0.3, 0.3, (len(edges), steps - 1)) / steps
    swing = _fractal(len(edges), level, rng)[:, 1:-1]
    room = [
        np.minimum(
            _room(mesh.sites_km[mesh.edge_cells[edges, side]] - start, along, normal, t),
            _WITHIN_LENGTH * length,
        )
        for side in (0, 1)
    ]
    offset = swing * np.where(swing > 0, room[0], room[1])
    return np.asarray(start[:, None] + t[..., None] * along[:, None] + offset[..., None] * normal[:, None])


def _room(apex: Floats, along: Floats, normal: Floats, t: Floats) -> Floats:
    """Width of the triangle edge–apex at the fraction `t` of the edge, (edges, points) in km."""
    foot = ((apex * along).sum(axis=1) / (along * along).sum(axis=1))[:, None]
    height = np.abs((apex * normal).sum(axis=1))[:, None]
    rising = np.where(foot > 0, t / np.where(foot > 0, foot, 1), np.inf)
    falling = np.where(foot < 1, (1 - t) / np.where(foot < 1, 1 - foot, 1), np.inf)
    return np.asarray(height * np.minimum(rising, falling) * _WITHIN_TRIANGLE)


def _fractal(rows: int, level: int, rng: np.random.Generator) -> Floats:
    """Midpoint displacement in -1…1 of `rows` lines, (rows, 2**level + 1), ends at 0."""
    steps = 1 << level
    line = np.zeros((rows, steps + 1))
    line[:, steps // 2] = rng.uniform(0.35, 1, rows) * rng.choice([-1, 1], rows)
    stride, roughness = steps // 2, 0.8
    while stride > 1:
        half = stride // 2
        middle = (line[:, 0:-1:stride] + line[:, stride::stride]) / 2
        line[:, half::stride] = middle + rng.uniform(-roughness, roughness, middle.shape)
        stride, roughness = half, roughness * 0.7
    return np.clip(line, -1, 1)


def _rings(mesh: Mesh, inner: tuple[Floats, Ints, Ints]) -> tuple[Floats, Ints]:
    """Chain corners and wandering points into one ring for each cell, closed by the caller.

    Returns the coordinates (points, 2) in km and the cell of each.
    """
    points, first, count = inner
    edge, forward = mesh.half_edge_edge, mesh.half_edge_forward
    corner = mesh.edge_corners[edge, np.where(forward, 0, 1)]
    lengths = 1 + count[edge]
    half_edge = np.repeat(np.arange(len(edge)), lengths)
    place = np.arange(len(half_edge)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    e, ahead = edge[half_edge], forward[half_edge]
    slot = first[e] + np.where(ahead, place - 1, count[e] - place)
    at_corner = place == 0
    coordinates = np.where(
        at_corner[:, None],
        mesh.corners_km[corner[half_edge]],
        points[np.clip(slot, 0, max(len(points) - 1, 0))],
    )
    return coordinates, mesh.half_edge_cell[half_edge]
