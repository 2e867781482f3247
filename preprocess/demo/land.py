"""Which cells are land: a fractal coast, estuaries, a lake, islands put where there is room."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from preprocess.demo.cells import Mesh
from preprocess.demo.graph import Neighbours, components, hops, neighbours_of
from preprocess.demo.noise import fractal_noise

Bools = NDArray[np.bool_]

_SMALLEST_ISLAND = 3
_MOST_ISLANDS = 14
_ESTUARIES = 5
_LAKE_CELLS = 5


@dataclass(frozen=True)
class Land:
    """A mesh with its land: `land` (cells,); named groups of cells that special communes claim."""

    mesh: Mesh
    neighbours: Neighbours
    land: Bools
    lone_island: list[int] = field(default_factory=list)
    archipelago: list[int] = field(default_factory=list)


def make_land(mesh: Mesh, *, share: float, furnished: bool, rng: np.random.Generator) -> Land:
    """Raise land over `share` of the cells of the mesh.

    `furnished` adds what the mainland needs: estuaries, a lake, an island by itself and a small
    archipelago.
    """
    neighbours = neighbours_of(mesh.cells, mesh.pairs)
    land = _raise(mesh, share, rng)
    land = _without_specks(neighbours, land)
    if not furnished:
        return Land(mesh, neighbours, land)
    for _ in range(_ESTUARIES):
        _carve_estuary(neighbours, land, rng)
    _carve_lake(mesh, neighbours, land)
    land[_smaller_pieces(neighbours, land)] = False
    lone = _put_islets(mesh, neighbours, land, [4], rng)
    group = _put_islets(mesh, neighbours, land, [3, 2, 1, 1], rng)
    return Land(mesh, neighbours, land, lone, group)


def _raise(mesh: Mesh, share: float, rng: np.random.Generator) -> Bools:
    """Land where noise less distance from the middle is highest, (cells,); the middle always is."""
    half = np.abs(mesh.sites_km).max(axis=0)
    away = np.hypot(*(mesh.sites_km / half).T)
    noise = fractal_noise(mesh.sites_km, scale_km=float(half.max()) * 0.5, octaves=6, rng=rng)
    score = 1.35 * noise - 1.5 * away**2.4
    score += 1.2 * np.exp(-((away / 0.2) ** 2))
    edge = np.power(np.abs(mesh.sites_km / half) ** 4 @ np.ones(2), 0.25)
    score -= 16 * np.clip(edge - 0.66, 0, None) ** 1.6
    score[edge > 0.95] = -np.inf
    score[mesh.rim] = -np.inf
    return np.asarray(score > np.quantile(score, 1 - share))


def _without_specks(neighbours: Neighbours, land: Bools) -> Bools:
    """Keep the mainland and the largest islands; fill ponds."""
    kept = np.zeros_like(land)
    for index, piece in enumerate(components(neighbours, land)):
        if index == 0 or (index <= _MOST_ISLANDS and len(piece) >= _SMALLEST_ISLAND):
            kept[piece] = True
    for pond in components(neighbours, ~kept)[1:]:
        kept[pond] = True
    return kept


def _smaller_pieces(neighbours: Neighbours, land: Bools) -> list[int]:
    """Cells of pieces of land too small to stay after carving."""
    pieces = components(neighbours, land)[1:]
    return [cell for piece in pieces if len(piece) < _SMALLEST_ISLAND for cell in piece]


def _carve_estuary(neighbours: Neighbours, land: Bools, rng: np.random.Generator) -> None:
    """Let the sea in from a point of the coast, inland by a wandering line of cells."""
    inland = hops(neighbours, np.flatnonzero(~land).tolist())
    coast = np.flatnonzero(land & (inland == 1))
    cell = int(rng.choice(coast))
    length = int(np.clip(np.sqrt(land.sum()) / 8, 4, 20))
    for step in range(length):
        land[cell] = False
        onward = [n for n in neighbours[cell] if land[n] and inland[n] > inland[cell]]
        onward = onward or [n for n in neighbours[cell] if land[n] and inland[n] == inland[cell]]
        if not onward:
            return
        following = int(rng.choice(onward))
        if step < length // 3:
            shared = set(neighbours[cell]) & set(neighbours[following])
            land[sorted(shared)] = False
        cell = following


def _carve_lake(mesh: Mesh, neighbours: Neighbours, land: Bools) -> None:
    """Drown a few cells well inside the country, north-east of its middle."""
    inland = hops(neighbours, np.flatnonzero(~land).tolist())
    wanted = mesh.sites_km.max(axis=0) * 0.25
    far = np.hypot(*(mesh.sites_km - wanted).T)
    far[inland < 4] = np.inf
    lake = [int(far.argmin())]
    while len(lake) < _LAKE_CELLS:
        rim = sorted({n for cell in lake for n in neighbours[cell]} - set(lake))
        lake.append(min(rim, key=lambda cell: abs(mesh.sites_km[cell, 1] - wanted[1])))
    land[lake] = False


def _put_islets(
    mesh: Mesh,
    neighbours: Neighbours,
    land: Bools,
    sizes: list[int],
    rng: np.random.Generator,
) -> list[int]:
    """Raise islets of the given numbers of cells close together offshore; return their cells."""
    offshore = hops(neighbours, np.flatnonzero(land).tolist())
    border = hops(neighbours, np.flatnonzero(mesh.rim).tolist())
    near = ~land & (offshore >= 4) & (offshore <= 8) & (border > 3)
    start = int(rng.choice(np.flatnonzero(near)))
    raised: list[int] = []
    for size in sizes:
        clear = hops(neighbours, [*np.flatnonzero(land).tolist()])
        free = np.flatnonzero(~land & (clear >= 3) & (border > 2))
        away = np.hypot(*(mesh.sites_km[free] - mesh.sites_km[start]).T)
        islet = [int(free[away.argmin()])]
        while len(islet) < size:
            rim = {n for cell in islet for n in neighbours[cell]} - set(islet)
            islet.append(min(rim, key=lambda cell: (-clear[cell], cell)))
        land[islet] = True
        raised += islet
    return raised
