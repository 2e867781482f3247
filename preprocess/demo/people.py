"""How many live where: cities of rank and size, towns around them, thin country between."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preprocess.demo.ground import LAGOON, MAINLAND, OVERSEAS, Ground
from preprocess.demo.noise import fractal_noise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_RURAL_PER_KM2 = {MAINLAND: 14.0, OVERSEAS: 60.0, LAGOON: 150.0}
_CAPITAL = 1_900_000
_CITY_SHARE = 0.4
_EMPTY = 2


@dataclass(frozen=True)
class People:
    """`municipal` and `apart` population by commune (PMUN, PCAP); `cities`, the largest first."""

    municipal: Ints
    apart: Ints
    cities: list[int]


def settle_people(ground: Ground, rng: np.random.Generator) -> People:
    """Populate the communes; a few have nobody, the tiny one has eleven."""
    cities = _found_cities(ground, rng)
    size = _CAPITAL * min(1.0, len(ground) / 3000) ** 0.6 * np.arange(1, len(cities) + 1) ** -0.95
    relief = fractal_noise(ground.km, scale_km=160, octaves=4, rng=rng)
    density = np.array([_RURAL_PER_KM2[int(each)] for each in ground.box]) * np.exp(1.1 * relief)
    for city, people in zip(cities, size, strict=True):
        reach_km = 5 + 22 * (people / _CAPITAL) ** 0.4
        away = np.hypot(*(ground.km - ground.km[city]).T)
        falloff = np.exp(-away / reach_km)
        falloff[ground.box != ground.box[city]] = 0
        density += (1 - _CITY_SHARE) * people * falloff / (falloff @ ground.area_km2)
    expected = density * ground.area_km2 * rng.lognormal(-0.2, 0.65, len(ground))
    expected[cities] += _CITY_SHARE * size
    municipal = np.maximum(np.round(expected), 3).astype(np.int64)
    municipal[ground.special["tiny"]] = 11
    quiet = np.argsort(municipal, kind="stable")
    plain = [int(each) for each in quiet if each not in ground.special.values()]
    municipal[plain[:_EMPTY]] = 0
    apart = np.round(municipal * rng.uniform(0.005, 0.03, len(ground))).astype(np.int64)
    return People(municipal, apart, cities)


def _found_cities(ground: Ground, rng: np.random.Generator) -> list[int]:
    """Choose the communes of cities, the first ones far apart; one in each box overseas."""
    awkward = set(ground.special.values())
    mainland = [int(n) for n in np.flatnonzero(ground.box == MAINLAND) if n not in awkward]
    count = int(np.clip(len(ground) // 25, 12, 160))
    middle = ground.km[mainland].mean(axis=0) + np.array([-30.0, 90.0])
    chosen = [mainland[int(np.hypot(*(ground.km[mainland] - middle).T).argmin())]]
    order = rng.permutation(mainland).tolist()
    spacing = 190.0
    while len(chosen) < count:
        for commune in order:
            if np.hypot(*(ground.km[chosen] - ground.km[commune]).T).min() > spacing:
                chosen.append(commune)
                break
        else:
            spacing *= 0.8
        spacing *= 0.97
    for box in (OVERSEAS, LAGOON):
        local = np.flatnonzero(ground.box == box)
        chosen.insert(9, int(local[ground.area_km2[local].argmax()]))
    return chosen
