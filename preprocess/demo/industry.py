"""Territoires d'industrie: groups of EPCI, and the members that are no EPCI."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from preprocess.demo.graph import Neighbours
from preprocess.demo.ground import Ground
from preprocess.demo.hierarchy import Hierarchy, label_neighbours

Ints = NDArray[np.int64]

_LARGEST = 6
_SINGLE_COMMUNES = 11
_EPT_MEMBERS = 3


@dataclass
class Territory:
    """One TI: labels of its EPCI and EPT, indices of communes that joined by themselves."""

    epci: list[int] = field(default_factory=list)
    ept: list[int] = field(default_factory=list)
    communes: list[int] = field(default_factory=list)


def industrialise(ground: Ground, hierarchy: Hierarchy, rng: np.random.Generator) -> list[Territory]:
    """Draw the TI: about one for a hundred communes, more than a third of the EPCI in none.

    The first lies in two régions; three have an EPT; one has a single commune besides its EPCI,
    one has several; the last two are overseas.
    """
    near = label_neighbours(ground.neighbours, hierarchy.epci)
    region = _region_of(hierarchy)
    last = int(hierarchy.region.max())
    local = [int(each) for each in np.flatnonzero(region < last - 1)]
    free = set(local) - {hierarchy.metropolis}
    count = max(9, len(ground) // 100)
    territories = [_over_two_regions(near, region, free)]
    quota = min(5.0, 0.6 * len(free) / (count - 2 - _EPT_MEMBERS))
    for size in rng.normal(quota, 1.2, count - 3 - _EPT_MEMBERS):
        if free:
            territories += [_gather(near, free, rng, max(1, round(size)))]
    suburbs = np.unique(hierarchy.ept[hierarchy.ept >= 0])
    territories += [Territory(ept=[int(each)]) for each in suburbs[:_EPT_MEMBERS]]
    _join_single_communes(ground, hierarchy, territories, free)
    far = np.flatnonzero(region == last - 1)
    territories.append(Territory(epci=[int(far[0])]))
    territories.append(Territory(epci=[int(each) for each in np.flatnonzero(region == last)]))
    return territories


def _region_of(hierarchy: Hierarchy) -> Ints:
    """Région in which most communes of each EPCI lie."""
    regions = hierarchy.commune_region
    return np.array(
        [
            np.bincount(regions[hierarchy.epci == each]).argmax()
            for each in range(int(hierarchy.epci.max()) + 1)
        ]
    )


def _over_two_regions(near: Neighbours, region: Ints, free: set[int]) -> Territory:
    """Join two neighbouring EPCI of different régions."""
    pair = next([a, b] for a in sorted(free) for b in near[a] if b in free and region[a] != region[b])
    free.difference_update(pair)
    return Territory(epci=pair)


def _gather(near: Neighbours, free: set[int], rng: np.random.Generator, size: int) -> Territory:
    """Take a free EPCI and free neighbours of it until there are `size` or none is left."""
    members = [int(rng.choice(sorted(free)))]
    free.discard(members[0])
    while len(members) < min(size, _LARGEST):
        rim = sorted({n for each in members for n in near[each]} & free)
        if not rim:
            break
        members.append(int(rng.choice(rim)))
        free.discard(members[-1])
    return Territory(epci=sorted(members))


def _join_single_communes(
    ground: Ground, hierarchy: Hierarchy, territories: list[Territory], free: set[int]
) -> None:
    """Let one commune join one TI and several join another, out of EPCI in no TI."""
    wanted = [1, _SINGLE_COMMUNES]
    for territory in [each for each in territories[1:] if each.epci]:
        if not wanted:
            return
        inside = np.isin(hierarchy.epci, territory.epci)
        touching = {n for a in np.flatnonzero(inside) for n in ground.neighbours[a]}
        for other in sorted(free):
            members = np.flatnonzero(hierarchy.epci == other).tolist()
            first = [each for each in members if each in touching]
            if first:
                rest = [each for each in members if each not in first]
                territory.communes = sorted((first + rest)[: wanted.pop(0)])
                free.discard(other)
                break
