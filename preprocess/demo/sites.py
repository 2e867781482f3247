"""Points: brownfield sites around industrial towns, and deprived quarters of the cities."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from preprocess.demo.borders import KM_PER_DEGREE
from preprocess.demo.country import Country

Floats = NDArray[np.float64]

_TOWNS = 22
_NEAR_TOWN = 0.8
_LARGEST_M2 = 74_136_046.0
_QPV_ROWS = 82

_TYPES = ("inconnu", "friche industrielle", "friche d'habitat", "mixte", "friche commerciale")
_TYPE_SHARES = (0.79, 0.09, 0.06, 0.04, 0.02)
_STATES = ("friche potentielle", "friche sans projet", "friche avec projet", "friche reconvertie")
_STATE_SHARES = (0.54, 0.31, 0.14, 0.01)
_FORMER = ("Filature", "Fonderie", "Tuilerie", "Garage", "Décharge", "Station-service", "Scierie")
_QUARTERS = ("Les Tilleuls", "Le Moulin", "La Croix Blanche", "Les Provinces", "Bellevue")


def place_brownfields(country: Country, rng: np.random.Generator) -> pd.DataFrame:
    """Place about one site for two communes.

    Columns: lon, lat (WGS 84 degrees), commune (an index, of the commune under the point, but for
    a handful of sites declared next door), surface_m2 (NaN where unknown, 1 and 74 million m² at
    the ends), kind, state, activity, owner, zone, buildings, rail_m, source (0…2).
    """
    count = len(country.ground) // 2
    lonlat, commune = _scatter(country, count, rng)
    shared = rng.choice(count, size=count // 25, replace=False)
    lonlat[shared[::2][: len(shared) // 2]] = lonlat[shared[1::2]]
    commune[shared[::2][: len(shared) // 2]] = commune[shared[1::2]]
    surface = np.round(rng.lognormal(8.3, 1.7, count), 2)
    surface[rng.random(count) < 0.004] = np.nan
    surface[[0, 1, 2]] = [_LARGEST_M2, 1.0, np.nan]
    beside = rng.choice(count, size=3, replace=False)
    neighbours = country.ground.neighbours
    commune[beside] = [(neighbours[n] or [n])[0] for n in commune[beside]]
    return pd.DataFrame(
        {
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "commune": commune,
            "surface_m2": surface,
            "kind": rng.choice(_TYPES, count, p=_TYPE_SHARES),
            "state": rng.choice(_STATES, count, p=_STATE_SHARES),
            "activity": rng.choice(_FORMER, count),
            "owner": rng.choice(["personne morale", "personne physique", "inconnu"], count),
            "zone": rng.choice(["U", "N", "A", "AUc", ""], count, p=[0.44, 0.11, 0.06, 0.02, 0.37]),
            "buildings": rng.poisson(1.3, count),
            "rail_m": np.round(rng.lognormal(6.8, 1.2, count)),
            "source": rng.choice(3, count, p=[0.54, 0.3, 0.16]),
        }
    )


def _scatter(country: Country, count: int, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Positions on land, most of them near one of the industrial towns, and their communes."""
    ground, population = country.ground, country.communes.pmun.to_numpy()
    towns = np.array(country.people.cities[:80:2][:_TOWNS])
    weight = 1 / np.arange(1, len(towns) + 1) ** 0.8
    tree = shapely.STRtree(ground.geometry)
    found, owners = [np.empty((0, 2))], [np.empty(0, dtype=np.int64)]
    missing = count
    while missing > 0:
        draw = 2 * missing
        near = rng.random(draw) < _NEAR_TOWN
        centre = np.where(
            near,
            rng.choice(towns, draw, p=weight / weight.sum()),
            rng.choice(len(ground), draw, p=population / population.sum()),
        )
        spread_km = np.where(near, rng.exponential(9, draw) + 1, 4.0)
        scale = KM_PER_DEGREE * np.array([np.cos(np.radians(46)), 1.0])
        step = rng.normal(size=(draw, 2)) * spread_km[:, None] / scale
        lonlat = np.round(ground.lonlat[centre] + step, 5)
        point, owner = tree.query(shapely.points(lonlat), predicate="within")
        point, owner = point[:missing], owner[:missing]
        found.append(lonlat[point])
        owners.append(owner)
        missing -= len(point)
    return np.concatenate(found), np.concatenate(owners)


def place_quarters(country: Country, rng: np.random.Generator) -> pd.DataFrame:
    """Name the deprived quarters of the cities, as points.

    Columns: commune (index), codes, names, lon, lat. A quarter over two communes has a row in
    each; a row may list several quarters of one commune, their codes joined by a comma.
    """
    table, ground = country.communes, country.ground
    order = np.argsort(-table.pmun.to_numpy(), kind="stable")
    counters: dict[str, int] = {}
    rows: list[tuple[int, str, str]] = []
    for commune in order[: min(_QPV_ROWS, len(order) // 4)].tolist():
        dep = table.dep[commune]
        codes, names = [], []
        for _ in range(2 if rng.random() < 0.4 else 1):
            counters[dep] = counters.get(dep, 0) + 1
            prefix = f"QN{dep}" if len(dep) == 3 else f"QN0{dep}"
            codes.append(f"{prefix}{counters[dep]:02}M")
            names.append(str(rng.choice(_QUARTERS)))
        rows.append((commune, ", ".join(codes), ", ".join(names)))
        if rng.random() < 0.09 and ground.neighbours[commune]:
            rows.append((ground.neighbours[commune][0], rows[-1][1], rows[-1][2]))
    frame = pd.DataFrame(rows, columns=["commune", "codes", "names"])
    lonlat = np.round(ground.lonlat[frame.commune] + rng.normal(0, 1e-4, (len(frame), 2)), 6)
    frame["lon"], frame["lat"] = lonlat[:, 0], lonlat[:, 1]
    return frame.sort_values(["commune", "codes"], ignore_index=True)
