"""The country as one would speak of it: names and codes given to what was modelled."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from preprocess.demo import codes
from preprocess.demo.ground import LAGOON, Ground, make_ground
from preprocess.demo.hierarchy import Hierarchy, organise
from preprocess.demo.industry import Territory, industrialise
from preprocess.demo.names import Names, of
from preprocess.demo.people import People, settle_people
from preprocess.progress import Step

Ints = NDArray[np.int64]

_EPT_FIRST = 20005800
_AGGLOMERATION, _URBAN = 60_000, 250_000


@dataclass(frozen=True)
class Country:
    """Everything that the files tell.

    `communes`, by the order of `ground`: code, name, dep, dep_name, reg, reg_name, epci,
    epci_name, ept, ept_name, siren, pmun, pcap, arr, can. `epci`: code, name, nature, deps, regs,
    seat. `members`: id_ti, lib_ti, siren_epci, nom_epci, the file of the TI row by row.
    """

    ground: Ground
    people: People
    rivers: list[str]
    communes: pd.DataFrame
    epci: pd.DataFrame
    members: pd.DataFrame


def invent(communes: int, rng: np.random.Generator, step: Step) -> Country:
    """Invent a country of exactly `communes` communes; advances `step` by four."""
    ground = make_ground(communes, rng)
    step.advance()
    people = settle_people(ground, rng)
    hierarchy = organise(ground, people, rng)
    territories = industrialise(ground, hierarchy, rng)
    step.advance()
    names = Names(rng)
    rivers = [names.river() for _ in range(max(40, communes // 25))]
    table = _name_communes(hierarchy, people, names, rivers)
    epci = _name_epci(table, hierarchy, names)
    _join_epci(table, epci, hierarchy, names)
    _number_cantons(table, ground)
    step.advance()
    members = _name_territories(table, epci, territories, names)
    step.advance()
    return Country(ground, people, rivers, table, epci, members)


def _name_communes(hierarchy: Hierarchy, people: People, names: Names, rivers: list[str]) -> pd.DataFrame:
    """Name départements, régions and communes, and number them as INSEE does."""
    departement, region = _departements(hierarchy, people), _regions(hierarchy, people)
    count = len(hierarchy.departement)
    table = pd.DataFrame(
        {
            "name": [names.place(rivers) for _ in range(count)],
            "dep": [departement[each] for each in hierarchy.departement],
            "reg": [region[each] for each in hierarchy.commune_region],
            "pmun": people.municipal,
            "pcap": people.apart,
        }
    )
    spoken = {code: _departement_name(names) for code in sorted(set(table.dep))}
    table["dep_name"] = table.dep.map(spoken)
    table["reg_name"] = table.reg.map({code: names.river() for code in sorted(set(table.reg))})
    table["code"] = _commune_codes(table, people, names.rng)
    table["siren"] = table.code.map(codes.commune_siren)
    return table


def _departement_name(names: Names) -> str:
    """Name a département after one river or two."""
    river = names.river()
    form = names.rng.integers(4)
    if form == 0:
        return f"{river}-et-{names.river()}"
    return (river, f"Haute-{river}", f"Côtes-{of(river).replace(' ', '-')}")[form - 1]


def _city_departements(hierarchy: Hierarchy, people: People) -> dict[int, int]:
    """Map the département of the three first cities to each city; three different ones."""
    found: dict[int, int] = {}
    overseas = int(hierarchy.departement.max()) - 1
    for city in sorted(people.cities, key=lambda each: (-int(people.municipal[each]), each)):
        departement = int(hierarchy.departement[city])
        if departement < overseas and len(found) < len(codes.ARRONDISSEMENTS):
            found.setdefault(departement, city)
    return found


def _departements(hierarchy: Hierarchy, people: People) -> list[str]:
    """Code of each département; those of the first three cities come first."""
    mainland = int(hierarchy.departement.max()) - 1
    cities = list(_city_departements(hierarchy, people))
    order = cities + [each for each in range(mainland) if each not in cities]
    given = dict(zip(order, codes.departement_codes(mainland), strict=True))
    return [
        *(given[each] for each in range(mainland)),
        codes.FAR_DEPARTEMENT,
        codes.LAGOON_DEPARTEMENT,
    ]


def _regions(hierarchy: Hierarchy, people: People) -> list[str]:
    """Code of each région; the capital's is 11."""
    mainland = int(hierarchy.region.max()) - 1
    capital = int(hierarchy.region[next(iter(_city_departements(hierarchy, people)))])
    order = [capital] + [each for each in range(mainland) if each != capital]
    given = dict(zip(order, codes.REGIONS, strict=False))
    return [*(given[each] for each in range(mainland)), codes.FAR_REGION, codes.LAGOON_REGION]


def _commune_codes(table: pd.DataFrame, people: People, rng: np.random.Generator) -> list[str]:
    """Give the communes of a département rising codes by name, the three cities codes of their own."""
    given: dict[int, str] = {}
    for city_code in codes.ARRONDISSEMENTS:
        local = [each for each in people.cities if table.dep[each] == city_code[:2]]
        given[max(local, key=lambda each: int(people.municipal[each]))] = city_code
    for departement, group in table.groupby("dep"):
        rest = [n for n in group.sort_values("name").index if n not in given]
        numbers = codes.commune_codes(str(departement), len(rest), rng)
        given.update(zip(rest, numbers, strict=True))
    return [given[n] for n in table.index]


def _name_epci(table: pd.DataFrame, hierarchy: Hierarchy, names: Names) -> pd.DataFrame:
    """Name the EPCI after their largest commune or a valley; largest département first."""
    rows = []
    for label in range(int(hierarchy.epci.max()) + 1):
        group = table[hierarchy.epci == label]
        seat = group.loc[group.pmun.idxmax()]
        population = int(group.pmun.sum())
        nature = "CC" if population < _AGGLOMERATION else "CA" if population < _URBAN else "CU"
        name = (
            f"{nature} {of(seat['name'])}"
            if nature != "CC" or names.rng.random() < 0.3
            else f"CC {_landscape(names)}"
        )
        if label == hierarchy.metropolis:
            nature, name = "ME", f"Métropole du Grand {seat['name']}"
        deps, regs = (group[level].value_counts(sort=True).index for level in ("dep", "reg"))
        rows.append((name, nature, ",".join(deps), ",".join(regs), seat.dep))
    epci = pd.DataFrame(rows, columns=["name", "nature", "deps", "regs", "seat"])
    epci.insert(0, "code", codes.epci_sirens(list(epci.seat)))
    return epci


def _landscape(names: Names) -> str:
    """Name a stretch of country: de la Vallée d'Orvenne."""
    forms = ("de la Vallée", "du Pays", "des Monts", "du Val", "des Rives", "du Plateau")
    return f"{forms[int(names.rng.integers(len(forms)))]} {of(names.river())}"


def _join_epci(table: pd.DataFrame, epci: pd.DataFrame, hierarchy: Hierarchy, names: Names) -> None:
    """Write the EPCI and the EPT of each commune into the table."""
    code = np.append(epci.code.to_numpy(dtype=object), codes.NO_EPCI)
    name = np.append(epci["name"].to_numpy(dtype=object), codes.NO_EPCI_NAME)
    table["epci"], table["epci_name"] = code[hierarchy.epci], name[hierarchy.epci]
    count = int(hierarchy.ept.max()) + 1
    ept = [codes.siren(str(_EPT_FIRST + n)) for n in range(count)] + [codes.NO_EPCI]
    spoken = [f"Plaine {of(names.river())}" for _ in range(count)] + [codes.NO_EPCI_NAME]
    table["ept"] = [ept[each] for each in hierarchy.ept]
    table["ept_name"] = [spoken[each] for each in hierarchy.ept]


def _number_cantons(table: pd.DataFrame, ground: Ground) -> None:
    """Cut each département into arrondissements and cantons by stripes; the lagoon has none."""
    x, y = (pd.Series(ground.km[:, axis]).groupby(table.dep) for axis in (0, 1))
    band = (y.rank(pct=True).mul(3).clip(upper=2.99)).astype(int)
    strip = (x.rank(pct=True).mul(5).clip(upper=4.99)).astype(int)
    table["arr"] = table.dep + (band + 1).astype(str)
    table["can"] = table.dep + (band * 5 + strip + 1).astype(str).str.zfill(2)
    table.loc[ground.box == LAGOON, "arr"] = ""


def _name_territories(
    table: pd.DataFrame, epci: pd.DataFrame, territories: list[Territory], names: Names
) -> pd.DataFrame:
    """Write the members of the TI row by row, numbered within the région of the first."""
    by_number = sorted(set(table.ept) - {codes.NO_EPCI})
    ept_name = dict(zip(table.ept, table.ept_name, strict=True))
    counters: dict[str, int] = {}
    rows = []
    for each in territories:
        members = [(epci.code[n], epci["name"][n]) for n in each.epci]
        members += [(by_number[n], f"EPT {ept_name[by_number[n]]}") for n in each.ept]
        members += [(table.siren[n], table["name"][n]) for n in each.communes]
        region = epci.regs[each.epci[0]].split(",")[0] if each.epci else codes.REGIONS[0]
        counters[region] = counters.get(region, 0) + 1
        title = f"{_landscape(names)} Industrie".removeprefix("de la ").removeprefix("du ")
        title = title.removeprefix("des ")
        code = f"ti-{region}{counters[region]:02}"
        rows += [(code, title, member, name) for member, name in members]
    columns = ["id_ti", "lib_ti", "siren_epci", "nom_epci"]
    return pd.DataFrame(rows, columns=columns).sort_values(["id_ti", "siren_epci"])
