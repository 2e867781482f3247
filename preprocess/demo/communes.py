"""Communes of cells: grown from spread seeds, with the awkward ones claimed before or after."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess.demo.graph import grow, hops, is_connected, neighbours_of, spread_seeds
from preprocess.demo.land import Land
from preprocess.demo.noise import fractal_noise

Ints = NDArray[np.int64]

_THIN_CELLS = 11


@dataclass
class Parish:
    """Cells given to communes.

    `label` (cells,): the commune of each cell, 0…communes-1, -1 for the sea; `special`: commune by
    the name of what makes it awkward.
    """

    label: Ints
    communes: int
    special: dict[str, int] = field(default_factory=dict)


@dataclass
class _Claims:
    """Cells spoken for before anything grows; the closed ones take no cell besides."""

    seeds: dict[int, int] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    special: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, cells: list[int], *, closed: bool) -> None:
        label = len(self.special)
        self.special[name] = label
        self.seeds.update(dict.fromkeys(cells, label))
        if closed:
            self.closed.update(cells)


def settle(land: Land, communes: int, rng: np.random.Generator, *, awkward: bool) -> Parish:
    """Divide the land into exactly `communes` communes.

    `awkward` claims the special ones: tiny, enclave and its host, thin, lone island, archipelago,
    and afterwards a commune with an exclave.
    """
    claims = _claim(land) if awkward else _Claims()
    mesh = land.mesh
    free = land.land.copy()
    free[list(claims.seeds)] = False
    cells = np.flatnonzero(free)
    weight = np.exp(0.9 * fractal_noise(mesh.sites_km, scale_km=_reach(land) / 3, octaves=3, rng=rng))
    wanted = communes - len(claims.special)
    seeds = cells[spread_seeds(mesh.sites_km[cells], wanted, weight[cells], rng)]
    start = len(claims.special)
    planted = claims.seeds | {int(cell): start + n for n, cell in enumerate(seeds)}
    label = grow(land.neighbours, planted, _cost(land, claims.closed, rng))
    parish = Parish(_adopt(land, label, claims.closed), start + len(seeds), claims.special)
    if awkward:
        _give_exclave(land, parish)
    return parish


def _reach(land: Land) -> float:
    """Half the wider side of the mesh in km."""
    return float(np.abs(land.mesh.sites_km).max())


class _Cost:
    """Distance between cells times a random factor; no way through closed cells or the sea."""

    def __init__(self, land: Land, closed: set[int], rng: np.random.Generator) -> None:
        self._sites = land.mesh.sites_km.tolist()
        self._open = land.land.copy()
        self._open[list(closed)] = False
        self._factor = rng.uniform(0.6, 1.8, land.mesh.cells).tolist()

    def __call__(self, a: int, b: int) -> float:
        if not (self._open[a] and self._open[b]):
            return np.inf
        (ax, ay), (bx, by) = self._sites[a], self._sites[b]
        return float(np.hypot(ax - bx, ay - by) * (self._factor[a] + self._factor[b]))


def _cost(land: Land, closed: set[int], rng: np.random.Generator) -> _Cost:
    return _Cost(land, closed, rng)


def _claim(land: Land) -> _Claims:
    """Speak for the cells of the communes that must have a given shape."""
    mesh, neighbours = land.mesh, land.neighbours
    claims = _Claims()
    tiny = mesh.cells - 7
    claims.add("tiny", [tiny], closed=True)
    claims.add("lone_island", land.lone_island, closed=True)
    claims.add("archipelago", land.archipelago, closed=True)
    inland = hops(neighbours, [*np.flatnonzero(~land.land).tolist(), *range(tiny, mesh.cells)])
    inland[list(claims.seeds)] = 0
    half = np.abs(mesh.sites_km).max(axis=0)

    core = _nearest_free(land, inland, half * [0.12, -0.22], 4)
    core_cells = [core, next(n for n in neighbours[core] if inland[n] > 2)]
    ring = sorted({n for cell in core_cells for n in neighbours[cell]} - set(core_cells))
    claims.add("enclave", core_cells, closed=True)
    claims.add("host", ring, closed=False)
    inland = np.minimum(inland, hops(neighbours, ring))

    cell = _nearest_free(land, inland, half * [-0.25, 0.05], 3)
    goal = mesh.sites_km[cell] + half
    path = [cell]
    while len(path) < _THIN_CELLS:
        onward = [n for n in neighbours[path[-1]] if inland[n] > 1 and n not in path]
        if not onward:
            break
        path.append(min(onward, key=lambda n: float(np.hypot(*(mesh.sites_km[n] - goal)))))
    claims.add("thin", path, closed=True)
    return claims


def _nearest_free(land: Land, inland: Ints, wanted_km: NDArray[np.float64], depth: int) -> int:
    """Find the cell nearest to a point and at least `depth` steps from anything special."""
    away = np.hypot(*(land.mesh.sites_km - wanted_km).T)
    away[inland < depth] = np.inf
    return int(away.argmin())


def _adopt(land: Land, label: Ints, closed: set[int]) -> Ints:
    """Give land that nothing reached, the islets, to the nearest commune: (cells,)."""
    orphan = np.flatnonzero(land.land & (label < 0))
    settled = label >= 0
    settled[list(closed)] = False
    parents = np.flatnonzero(settled)
    if len(orphan):
        points = shapely.points(land.mesh.sites_km)
        nearest = shapely.STRtree(points[parents]).nearest(points[orphan])
        label[orphan] = label[parents[nearest]]
    return np.asarray(label)


def _give_exclave(land: Land, parish: Parish) -> None:
    """Give a commune near the middle one cell beyond a neighbour, apart from its own."""
    label, neighbours = parish.label, land.neighbours
    taken = set(parish.special.values())
    away = np.hypot(*(land.mesh.sites_km - _reach(land) * np.array([0.1, 0.2])).T)
    away[~land.land] = np.inf
    for cell in np.argsort(away)[: land.mesh.cells // 3].tolist():
        owner = int(label[cell])
        around = {int(label[n]) for n in neighbours[cell]}
        if owner in taken or around & (taken | {-1}):
            continue
        beyond = {int(label[m]) for n in neighbours[cell] for m in neighbours[n]}
        far = {int(label[m]) for n in neighbours[cell] for k in neighbours[n] for m in neighbours[k]}
        rest = set(np.flatnonzero(label == owner).tolist()) - {cell}
        heirs = sorted(far - beyond - taken - {-1, owner})
        if heirs and len(rest) > 3 and is_connected(neighbours, rest):
            label[cell] = heirs[0]
            parish.special["exclave"] = heirs[0]
            return


def commune_neighbours(land: Land, parish: Parish) -> list[list[int]]:
    """List the communes that each commune touches."""
    pairs = parish.label[land.mesh.pairs]
    return neighbours_of(parish.communes, pairs[(pairs >= 0).all(axis=1)])
