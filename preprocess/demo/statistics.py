"""Statistics of the invented country, in tables as INSEE writes them, with what makes them hard to read.

Establishments stand on the list of 2014, those of the lagoon without number of people; incomes on that of
2022; unemployment is known by zone d'emploi; small communes are withheld (``s``); three cities also come by
arrondissement; under two sheets stands the table of another survey.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from preprocess.demo import codes
from preprocess.demo.country import Country
from preprocess.demo.past import Past, on_list_of
from preprocess.demo.workbook import Cell

SIZES = ("TS0ND", "TS1", "TS6", "TS10", "TS20", "TS50", "TS100", "TS200", "TS500")
_SHARES = (0.67, 0.225, 0.045, 0.03, 0.018, 0.007, 0.003, 0.0015, 0.0005)

_AGES = tuple(f"TP60AGE{n}19" for n in range(1, 7))
FILOSOFI = (
    "CODGEO", "LIBGEO", "NBMENFISC19", "NBPERSMENFISC19", "MED19", "PIMP19", "TP6019", *_AGES, "TP60TOL119",
    "TP60TOL219", "PACT19", "PTSA19", "PCHO19", "PBEN19", "PPEN19", "PPAT19", "PPSOC19", "PPFAM19",
    "PPMINI19", "PPLOGT19", "PIMPOT19", "D119", "D919", "RD19",
)  # fmt: skip
QUARTERS = tuple(f"{year}-T{n}" for year in range(2003, 2024) for n in range(1, 5))[:-1]
CLASSES = (
    (0.02, "Grands centres urbains"),
    (0.04, "Centres urbains intermédiaires"),
    (0.07, "Petites villes"),
    (0.12, "Ceintures urbaines"),
    (0.27, "Bourgs ruraux"),
    (0.79, "Rural à habitat dispersé"),
    (1.0, "Rural à habitat très dispersé"),
)

_WITHHELD = "s"
_LEAST_HOUSEHOLDS, _LEAST_POOR = 50, 1000


def establishments(country: Country, past: Past, rng: np.random.Generator) -> pd.DataFrame:
    """Count the establishments of each commune by number of people employed, on the list of 2014."""
    table = country.communes
    counts = pd.DataFrame(
        {
            f"E14{size}": rng.poisson(table.pmun * 0.07 * share)
            for size, share in zip(SIZES, _SHARES, strict=True)
        },
        index=table.code,
    ).astype(np.int64)
    lagoon = table.dep.eq(codes.LAGOON_DEPARTEMENT).to_numpy()
    counts.loc[lagoon, "E14TS0ND"] = counts[lagoon].sum(axis=1)
    counts.loc[lagoon, [f"E14{size}" for size in SIZES[1:]]] = 0
    told = on_list_of(2014, counts, past, rng)
    told.insert(0, "E14TST", told.sum(axis=1))
    return _named(told, country, past).reset_index(names="CODGEO")


def _named(told: pd.DataFrame, country: Country, past: Past) -> pd.DataFrame:
    """Put name, région and département before the figures of communes."""
    table = country.communes
    names = pd.Series(dict(zip(table.code, table["name"], strict=True)) | past.names)
    region = dict(zip(table.dep, table.reg, strict=True))
    departement = pd.Series([code[:3] if code.startswith("97") else code[:2] for code in told.index])
    told.insert(0, "LIBGEO", names.reindex(told.index).to_numpy())
    told.insert(1, "REG", departement.map(region).to_numpy())
    told.insert(2, "DEP", departement.to_numpy())
    return told


def density_grid(country: Country) -> pd.DataFrame:
    """Name the class of each commune by its rank in density."""
    table = country.communes
    rank = (table.pmun / country.ground.area_km2).rank(ascending=False, pct=True).to_numpy()
    number = np.searchsorted([share for share, _ in CLASSES], rank)
    words = np.array([word for _, word in CLASSES])[np.minimum(number, len(CLASSES) - 1)]
    grid = pd.DataFrame({"insee_com": table.code, "lib_com": table["name"], "niveau_densite": words})
    return grid.sort_values("insee_com", ignore_index=True)


def zones(country: Country) -> pd.Series:
    """Give each commune (by row) its zone d'emploi: whole EPCI, over the borders of départements."""
    table = country.communes
    epci = table.epci.where(table.epci != codes.NO_EPCI, table.code)
    home = table["arr"].groupby(epci).agg(lambda arrondissements: arrondissements.mode().iloc[0])
    arrondissement = epci.map(home)
    region = table.reg.groupby(arrondissement).agg(lambda regions: regions.mode().iloc[0])
    several = table.reg.groupby(arrondissement).nunique() > 1
    numbers: dict[str, int] = {}
    named = {}
    for each in sorted(set(arrondissement)):
        prefix = "00" if several[each] else str(region[each])
        numbers[prefix] = numbers.get(prefix, 50) + 1
        named[each] = f"{prefix}{numbers[prefix]:02}"
    return arrondissement.map(named)


def zone_sheets(country: Country) -> dict[str, list[list[Cell]]]:
    """Write the sheets of the zones d'emploi; the header is the sixth row."""
    table = country.communes.assign(zone=zones(country)).sort_values("code")
    label = _zone_names(table)
    title = "Zones d'emploi 2020"
    notes: list[list[Cell]] = [["Pays inventé"], ["Géographie au 01/01/2023"], ["Source : aucune"]]
    count = table.groupby("zone").size()
    members: list[list[Cell]] = [
        [code, name, zone, label[zone], "", dep, reg]
        for code, name, zone, dep, reg in table[["code", "name", "zone", "dep", "reg"]].to_numpy().tolist()
    ]
    listed: list[list[Cell]] = [[str(zone), label[str(zone)], int(n)] for zone, n in count.items()]
    spoken: list[Cell] = [
        "Code géographique communal",
        "Libellé géographique",
        title,
        "Libellé zone d'emploi 2020",
    ]
    return {
        "ZE2020": [
            [title], *notes, [title, "Libellé zone d'emploi 2020", "Nombre communes"],
            ["ZE2020", "LIBZE2020", "NB_COM"], *listed,
        ],
        "Composition_communale": [
            [title], *notes, [*spoken, "Partie régionale", "Département", "Région"],
            ["CODGEO", "LIBGEO", "ZE2020", "LIBZE2020", "ZE2020_PARTIE_REG", "DEP", "REG"], *members,
        ],
    }  # fmt: skip


def _zone_names(table: pd.DataFrame) -> dict[str, str]:
    """Name each zone after its largest commune."""
    largest = table.sort_values("pmun").groupby("zone")["name"].last()
    return {str(zone): str(name) for zone, name in largest.items()}


def unemployment_sheets(country: Country, rng: np.random.Generator) -> dict[str, list[list[Cell]]]:
    """Write unemployment by zone and quarter, %, to one decimal; the lagoon has none."""
    table = country.communes.assign(zone=zones(country))
    label = _zone_names(table)
    region = table.groupby("zone")[["reg", "reg_name"]].first()
    counted = sorted(set(table.zone[table.dep != codes.LAGOON_DEPARTEMENT]))
    trend = 8 + 1.5 * np.sin(np.arange(len(QUARTERS)) / 12)
    rows: list[list[Cell]] = []
    for zone in counted:
        own = rng.normal(0, 2) + rng.normal(0, 0.15, len(QUARTERS)).cumsum()
        rates = np.round(np.clip(trend + own, 2.5, 30), 1)
        crossing = zone.startswith("00")
        where = ("00", "INTERRÉGIONAL") if crossing else tuple(region.loc[zone])
        rows.append([zone, label[zone], *where, *(float(rate) for rate in rates)])
    title = "Taux de chômage localisés par zone d'emploi, en moyenne trimestrielle"
    spoken: list[Cell] = [
        "Code de la zone d'emploi 2020",
        "Libellé",
        "Code région 2016",
        "Libellé région 2016",
    ]
    return {
        "Documentation": [[title], ["Pays inventé"]],
        "txcho_ze": [
            [title], ["Source : aucune"], [""], [*([""] * 86), "en %"], [*spoken, *QUARTERS],
            ["ZE2020", "LIBZE2020", "REG", "LIBREG", *QUARTERS], *rows,
        ],
    }  # fmt: skip


def income_sheets(country: Country, past: Past, rng: np.random.Generator) -> dict[str, list[list[Cell]]]:
    """Write households, persons, median and poverty of communes (2022), EPCI, départements and régions."""
    table = country.communes
    told = table.dep != codes.LAGOON_DEPARTEMENT
    people = table.pmun[told]
    households = (people / rng.uniform(1.9, 2.5, len(people))).astype(np.int64)
    counts = pd.DataFrame({"households": households.to_numpy(), "persons": people.to_numpy()})
    counts = counts.set_index(pd.Index(table.code[told]))
    rich = pd.Series(rng.normal(21500, 2500, len(counts)), index=counts.index)
    epci = _sums(counts, table.epci[told & (table.epci != codes.NO_EPCI)], table)
    sheets = {
        "COM": _income_rows(
            _with_arrondissements(on_list_of(2022, counts, past, rng), rng), rich, rng, small=True
        ),
        "EPCI": _income_rows(epci, rich, rng, small=False),
        "DEP": _income_rows(_sums(counts, table.dep[told], table), rich, rng, small=False),
        "REG": _income_rows(_sums(counts, table.reg[told], table), rich, rng, small=False),
    }
    title = "Fichier Localisé Social et Fiscal (FiLoSoFi) - Année 2019"
    head: list[list[Cell]] = [[title], ["Pays inventé"], ["Géographie au 01/01/2022"], ["Source : aucune"]]
    books: dict[str, list[list[Cell]]] = {
        name: [*head, [title], list(FILOSOFI), *rows] for name, rows in sheets.items()
    }
    for name, lagoon in (("DEP", codes.LAGOON_DEPARTEMENT), ("REG", codes.LAGOON_REGION)):
        books[name] += [[], [], ["Lagon"], ["Source : une autre enquête, 2017"], list(FILOSOFI)]
        books[name].append([int(lagoon), "Lagon", 70000, 250000, 3140, *(["ns"] * 24)])
    return books


def _sums(counts: pd.DataFrame, territory: pd.Series, table: pd.DataFrame) -> pd.DataFrame:
    return counts.loc[table.code[territory.index]].groupby(territory.to_numpy()).sum()


def _with_arrondissements(counts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add the arrondissements of three cities, which come beside the cities."""
    for city, numbers in codes.ARRONDISSEMENTS.items():
        share = rng.dirichlet(np.full(len(numbers), 6.0))
        split = {
            str(number): [int(count * part) for count in counts.loc[city]]
            for number, part in zip(numbers, share, strict=True)
        }
        parts = pd.DataFrame.from_dict(split, orient="index", columns=counts.columns)
        counts = pd.concat([counts, parts])
    return counts.sort_index()


def _income_rows(
    counts: pd.DataFrame, rich: pd.Series, rng: np.random.Generator, *, small: bool
) -> list[list[Cell]]:
    """Write rows; of `small` places the households are withheld, of less small ones the poverty."""
    median = rich.reindex(counts.index).fillna(rich.mean()).to_numpy()
    poor: NDArray[np.float64] = np.clip(rng.normal(14, 4, len(counts)), 5, 45)
    rows: list[list[Cell]] = []
    for number, (code, row) in enumerate(counts.iterrows()):
        households, persons = int(row["households"]), int(row["persons"])
        cells: list[Cell] = [households, persons, int(round(median[number], -1))]
        if small and households < _LEAST_HOUSEHOLDS:
            cells = [_WITHHELD] * 3
        withheld = small and households < _LEAST_POOR
        rate: Cell = _WITHHELD if withheld else float(np.round(poor[number], 0 if small else 1))
        rows.append([str(code), f"Lieu {code}", *cells, _WITHHELD, rate, *([_WITHHELD] * 22)])
    return rows
