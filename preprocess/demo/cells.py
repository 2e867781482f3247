"""A plane of small Voronoi cells, the clay from which communes and coasts are modelled.

Everything here is planar, in kilometres. A commune is a handful of neighbouring cells, so that its
outline is irregular without any outline ever having to be repaired.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess.demo.noise import fractal_noise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_COLLAPSE_KM = 0.04
_CANDIDATES = 3
_CROWDING = 0.55


@dataclass(frozen=True)
class Mesh:
    """Cells, their corners and the edges between them.

    Arrays: `sites_km` (cells, 2); `corners_km` (corners, 2); `edge_corners` (edges, 2), indices of
    corners; `edge_cells` (edges, 2), the cell on the left and on the right of the edge as it runs,
    -1 outside the box; `half_edge_*` describe the rings: cell, edge, and whether the ring runs
    along the edge (True) or against it, ordered by cell and then around it, anticlockwise.
    """

    sites_km: Floats
    corners_km: Floats
    edge_corners: Ints
    edge_cells: Ints
    half_edge_cell: Ints
    half_edge_edge: Ints
    half_edge_forward: NDArray[np.bool_]

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.sites_km)

    @cached_property
    def pairs(self) -> Ints:
        """Pairs of cells that share an edge, (pairs, 2)."""
        return self.edge_cells[(self.edge_cells >= 0).all(axis=1)]

    @cached_property
    def rim(self) -> NDArray[np.bool_]:
        """Which cells touch the end of the box, (cells,)."""
        outside = (self.edge_cells < 0).any(axis=1)
        touching = np.zeros(self.cells, dtype=bool)
        touching[self.edge_cells[outside].max(axis=1)] = True
        return touching


def make_mesh(size_km: tuple[float, float], cells: int, tiny_at: Floats, rng: np.random.Generator) -> Mesh:
    """Fill a box of width and height `size_km`, centred on the origin, with about `cells` cells.

    `tiny_at` (tiny, 2) in km: around each of these points seven more cells are squeezed in, the
    first of which, at the point itself, covers a few hectares. Those are the last cells of the
    mesh, seven for each point.
    """
    box = shapely.box(-size_km[0] / 2, -size_km[1] / 2, size_km[0] / 2, size_km[1] / 2)
    sites = _relax(_crowded_points(size_km, cells, rng), box)
    crowd = [_huddle(point) for point in tiny_at]
    if crowd:
        near = np.hypot(*(sites[:, None] - tiny_at[None]).transpose(2, 0, 1)).min(axis=1)
        sites = np.concatenate([sites[near > 0.9], *crowd])
    return _index(sites, _voronoi(sites, box))


def _crowded_points(size_km: tuple[float, float], count: int, rng: np.random.Generator) -> Floats:
    """Random points, closer together where a slow noise is high, (count, 2) in km."""
    candidates = (rng.random((count * _CANDIDATES, 2)) - 0.5) * np.asarray(size_km)
    noise = fractal_noise(candidates, scale_km=max(size_km) / 4, octaves=2, rng=rng)
    weight = np.exp(_CROWDING * noise)
    chosen = rng.choice(len(candidates), size=count, replace=False, p=weight / weight.sum())
    return np.asarray(candidates[np.sort(chosen)])


def _huddle(centre: Floats) -> Floats:
    """Seven sites, one at the centre and six on a circle of 260 m, (7, 2) in km."""
    angles = np.linspace(0, 2 * np.pi, 6, endpoint=False) + 0.2
    radius = 0.26 * (1 + 0.12 * np.sin(3.7 * angles))
    ring = np.column_stack([radius * np.cos(angles), radius * np.sin(angles)])
    return np.concatenate([centre[None], centre + ring])


def _voronoi(sites: Floats, box: shapely.Polygon) -> NDArray[Any]:
    """Return the cell of each site, clipped to the box."""
    cells = shapely.voronoi_polygons(shapely.multipoints(sites), extend_to=box, ordered=True)
    polygons = shapely.get_parts(cells)
    outside = ~shapely.contains_properly(box, polygons)
    polygons[outside] = shapely.intersection(polygons[outside], box)
    return shapely.orient_polygons(polygons)  # type: ignore[no-any-return]


def _relax(sites: Floats, box: shapely.Polygon) -> Floats:
    """Move every site to the middle of its cell (Lloyd), which evens the cells out."""
    return np.asarray(shapely.get_coordinates(shapely.centroid(_voronoi(sites, box))))


def _index(sites: Floats, polygons: NDArray[Any]) -> Mesh:
    """Find the corners and edges that the cells share."""
    points, cell = shapely.get_coordinates(polygons, return_index=True)
    _, first, corner = np.unique(
        np.round(points / 1e-6).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    corners, corner = points[first], corner.reshape(-1)
    same_ring = cell[1:] == cell[:-1]
    starts, ends, owner = corner[:-1][same_ring], corner[1:][same_ring], cell[1:][same_ring]
    merged = _collapse(corners, starts, ends)
    starts, ends = merged[starts], merged[ends]
    kept = starts != ends
    starts, ends, owner = starts[kept], ends[kept], owner[kept]

    forward = starts < ends
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    keys, edge = np.unique(low * len(corners) + high, return_inverse=True)
    edge_cells = np.full((len(keys), 2), -1, dtype=np.int64)
    edge_cells[edge[forward], 0] = owner[forward]
    edge_cells[edge[~forward], 1] = owner[~forward]
    return Mesh(
        sites_km=sites,
        corners_km=corners,
        edge_corners=np.column_stack([keys // len(corners), keys % len(corners)]),
        edge_cells=edge_cells,
        half_edge_cell=owner,
        half_edge_edge=edge,
        half_edge_forward=forward,
    )


def _collapse(corners: Floats, starts: Ints, ends: Ints) -> Ints:
    """Give corners closer together than 40 m one index, so that no edge is a hair: (corners,)."""
    merged = list(range(len(corners)))

    def root(corner: int) -> int:
        while merged[corner] != corner:
            merged[corner] = merged[merged[corner]]
            corner = merged[corner]
        return corner

    length = np.hypot(*(corners[starts] - corners[ends]).T)
    short = length < _COLLAPSE_KM
    for a, b in zip(starts[short].tolist(), ends[short].tolist(), strict=True):
        low, high = sorted((root(a), root(b)))
        merged[high] = low
    return np.array([root(corner) for corner in merged], dtype=np.int64)
