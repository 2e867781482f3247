"""Départements, régions and EPCI, grown among the communes; EPT inside the metropolis."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preprocess.demo.graph import Neighbours, grow, neighbours_of, spread_seeds
from preprocess.demo.ground import LAGOON, MAINLAND, OVERSEAS, Ground
from preprocess.demo.people import People

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE = -1
_SMALLEST_EPCI = 4
_COMMUNES_A_EPT = 7
_MOST_COMMUNES = 800


@dataclass(frozen=True)
class Hierarchy:
    """Labels by commune, all counted from 0; `epci` and `ept` are NONE outside any.

    `region` is by département. Labels of the far département and of the lagoon are the last two.
    `metropolis` is the EPCI that the EPT divide.
    """

    departement: Ints
    region: Ints
    epci: Ints
    ept: Ints
    metropolis: int

    @property
    def commune_region(self) -> Ints:
        """Région of each commune."""
        return self.region[self.departement]


def organise(ground: Ground, people: People, rng: np.random.Generator) -> Hierarchy:
    """Group the communes; every level exists in every box."""
    mainland = np.flatnonzero(ground.box == MAINLAND)
    departements = int(np.clip(len(ground) // 100, 7, 80))
    departement = _grow_around(ground, _spread(ground, mainland, departements, rng), rng)
    departements = _split_crowded(ground, departement, mainland, rng)
    departement[ground.box == OVERSEAS] = departements
    departement[ground.box == LAGOON] = departements + 1
    region = _regions(ground, departement, departements, rng)
    epci = _epci(ground, departement, rng)
    metropolis = _merge_metropolis(ground, epci, people.cities[0])
    _cross_borders(ground, (departement, region), epci, metropolis, rng)
    epci[ground.special["lone_island"]] = NONE
    epci = _renumber(epci)
    metropolis = int(epci[people.cities[0]])
    ept = _ept(ground, np.flatnonzero(epci == metropolis), people.cities[0], rng)
    return Hierarchy(departement, region, epci, ept, metropolis)


def _spread(ground: Ground, among: Ints, count: int, rng: np.random.Generator) -> list[int]:
    chosen = spread_seeds(ground.km[among], count, np.ones(len(among)), rng)
    return [int(among[each]) for each in chosen]


def _grow_around(
    ground: Ground,
    seeds: Collection[int],
    rng: np.random.Generator,
    walls: Ints | None = None,
) -> Ints:
    """Grow a region from each seed, not over `walls` (communes,); then the islands join."""
    factor = rng.uniform(0.7, 1.5, len(ground))

    def cost(a: int, b: int) -> float:
        if walls is not None and walls[a] != walls[b]:
            return np.inf
        return float(np.hypot(*(ground.km[a] - ground.km[b])) * factor[b])

    label = grow(ground.neighbours, {seed: n for n, seed in enumerate(seeds)}, cost)
    reached = np.flatnonzero(label >= 0)
    for commune in np.flatnonzero(label < 0):
        away = np.hypot(*(ground.km[reached] - ground.km[commune]).T)
        if walls is not None:
            away[walls[reached] != walls[commune]] += 1e6
        label[commune] = label[reached[away.argmin()]]
    return label


def _split_crowded(ground: Ground, departement: Ints, mainland: Ints, rng: np.random.Generator) -> int:
    """Halve every département that three digits could hardly number; return how many there are."""
    while True:
        sizes = np.bincount(departement[mainland])
        largest = int(sizes.argmax())
        if sizes[largest] <= _MOST_COMMUNES:
            return len(sizes)
        members = mainland[departement[mainland] == largest]
        walls = np.full(len(ground), NONE)
        walls[members] = 0
        halves = _grow_around(ground, _spread(ground, members, 2, rng), rng, walls=walls)
        departement[members[halves[members] == 1]] = len(sizes)


def _regions(ground: Ground, departement: Ints, mainland: int, rng: np.random.Generator) -> Ints:
    """Group the mainland's départements by threes or so; each one overseas is a région itself."""
    middle = np.array([ground.km[departement == each].mean(axis=0) for each in range(mainland)])
    count = int(np.clip(round(mainland / 3.4), 3, 11))
    seeds = spread_seeds(middle, count, np.ones(mainland), rng)
    near = label_neighbours(ground.neighbours, departement)[:mainland]
    region = grow(
        [[n for n in each if n < mainland] for each in near],
        {seed: n for n, seed in enumerate(seeds)},
        lambda a, b: float(np.hypot(*(middle[a] - middle[b]))),
    )
    reached = np.flatnonzero(region >= 0)
    for island in np.flatnonzero(region < 0):
        region[island] = region[reached[np.hypot(*(middle[reached] - middle[island]).T).argmin()]]
    return np.concatenate([region, [count, count + 1]])


def label_neighbours(neighbours: Neighbours, label: Ints) -> Neighbours:
    """List the labels that each label touches; nodes labelled NONE are left out."""
    pairs = [(label[a], label[b]) for a, near in enumerate(neighbours) for b in near if label[a] < label[b]]
    kept = [pair for pair in pairs if pair[0] >= 0]
    return neighbours_of(int(label.max()) + 1, np.array(kept, dtype=np.int64).reshape(-1, 2))


def _epci(ground: Ground, departement: Ints, rng: np.random.Generator) -> Ints:
    """Grow about one EPCI for twenty communes, none over a département's border as yet."""
    seeds: list[int] = []
    for each in range(int(departement.max()) + 1):
        members = np.flatnonzero(departement == each)
        seeds += _spread(ground, members, max(2, round(len(members) / 19)), rng)
    return _grow_around(ground, seeds, rng, walls=departement)


def _merge_metropolis(ground: Ground, epci: Ints, capital: int) -> int:
    """Merge the capital's EPCI with near ones, at most three; return its label."""
    metropolis = int(epci[capital])
    near = label_neighbours(ground.neighbours, epci)[metropolis]
    middle = {each: ground.km[epci == each].mean(axis=0) for each in near}
    near.sort(key=lambda each: float(np.hypot(*(middle[each] - ground.km[capital]))))
    wanted = int(np.clip(len(ground) // 50, 32, 130))
    for each in near[:3]:
        if (epci == metropolis).sum() >= wanted:
            break
        epci[epci == each] = metropolis
    return metropolis


def _cross_borders(
    ground: Ground,
    levels: tuple[Ints, Ints],
    epci: Ints,
    metropolis: int,
    rng: np.random.Generator,
) -> None:
    """Move border communes into the EPCI across: first over a région's border, then a few more."""
    departement, region = levels
    pairs = np.array([(a, b) for a, near in enumerate(ground.neighbours) for b in near])
    pairs = pairs[departement[pairs[:, 0]] != departement[pairs[:, 1]]]
    pairs = rng.permutation(pairs)
    other_region = np.diff(region[departement[pairs]], axis=1).ravel() != 0
    taken = {metropolis}
    _move(ground, pairs[other_region], epci, taken, max(1, len(ground) // 800))
    _move(ground, pairs[~other_region], epci, taken, max(2, len(ground) // 250))


def _move(ground: Ground, pairs: Ints, epci: Ints, taken: set[int], count: int) -> None:
    """Let the EPCI of a pair's first commune take its second and some of that one's company."""
    for commune, moved in pairs.tolist():
        if count == 0:
            return
        here, there = int(epci[commune]), int(epci[moved])
        size = int((epci == there).sum())
        if {here, there} & taken or size < _SMALLEST_EPCI + 1:
            continue
        company = [n for n in ground.neighbours[moved] if epci[n] == there]
        epci[[moved, *company[: max(0, min(2, size - _SMALLEST_EPCI - 1))]]] = here
        taken |= {here, there}
        count -= 1


def _renumber(label: Ints) -> Ints:
    """Close the gaps in labels from 0 on; NONE stays."""
    kept = np.unique(label[label >= 0])
    return np.where(label >= 0, np.searchsorted(kept, label), NONE)


def _ept(ground: Ground, members: Ints, capital: int, rng: np.random.Generator) -> Ints:
    """Divide the metropolis but for the capital into EPT, at least four."""
    suburbs = members[members != capital]
    count = int(np.clip(len(suburbs) // _COMMUNES_A_EPT, 4, 11))
    walls = np.full(len(ground), NONE)
    walls[suburbs] = 0
    label = _grow_around(ground, _spread(ground, suburbs, count, rng), rng, walls=walls)
    return np.where(walls == 0, label, NONE)
