"""The survey of recruitment projects of the invented country, with the traps of the real files.

Zones over several départements have rows in each; codes have lost their first zero; columns change places
from year to year, and trades their nomenclature; small numbers are withheld, and where there is no project
there is no row; zones are off the map, not in the list, or under a new code; the lists of zones mix editions.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from preprocess.demo import codes
from preprocess.demo.country import Country
from preprocess.demo.names import upper_plain
from preprocess.demo.trades import FAMILIES, TRADES, Trade, draw
from preprocess.demo.workbook import Cell

EPCI_A_ZONE = 2
LEAST_SHOWN = 5
WITHHELD = "*"
ISLAND, ISLAND_IN_2025 = "0103", "0116"
UNLISTED = "7549"
OFF_MAP = {"2023": ("0104",), "2024": ("0104",), "2025": ("0113", "9399")}

KEYS = ["Code métier BMO", "Nom métier BMO", "Famille_met", "Lbl_fam_met"]
PLACES = ["Dept", "NomDept", "REG", "NOM_REG"]
FIGURES = ["met", "xmet", "smet"]


@dataclass(frozen=True)
class Zones:
    """``of``: zone of each commune, by its code. ``names``: zone → name."""

    of: pd.Series
    names: dict[str, str]


def draw_zones(country: Country) -> Zones:
    """Group the EPCI of each région by two, in the order of their codes; an island is its own zone.

    A commune in no EPCI is in the first zone of its région.
    """
    table = country.communes.sort_values("code")
    zone = pd.Series(dtype="str")
    for region, group in table.groupby("reg"):
        epci = group["epci"].mask(group["epci"] == codes.NO_EPCI)
        rank = epci.map({code: n for n, code in enumerate(sorted(epci.dropna().unique()))}).fillna(0)
        told = [f"{region}{int(n) // EPCI_A_ZONE + 1:02}" for n in rank]
        zone = pd.Series(told, index=group.index).combine_first(zone)
    far = table.index[table["dep"] == codes.FAR_DEPARTEMENT]
    zone = zone.mask(zone.index.isin(far[-3:]), ISLAND)
    largest = table.assign(zone=zone).sort_values("pmun", ascending=False).drop_duplicates("zone")
    names = {each: upper_plain(name) for each, name in zip(largest["zone"], largest["name"], strict=True)}
    return Zones(zone[table.index].set_axis(table["code"]), names)


def survey_sheets(
    country: Country, zones: Zones, year: str, rng: np.random.Generator
) -> dict[str, list[list[Cell]]]:
    """Return the two sheets of the file of a year: what the variables are, then the rows."""
    short = f"BE{year[2:]}"
    zone = [short, f"NOM{short}"]
    order = [*zone, *PLACES] if year == "2023" else [*PLACES[2:], *PLACES[:2], *zone]
    header = ["annee", *KEYS, *order, *FIGURES]
    rows = [[row[name] for name in header] for row in _rows(country, zones, year, zone, rng)]
    title = "Description_des_variables" if year == "2025" else "Description des variables"
    described: list[list[Cell]] = [["", "Variables ", "Description "]]
    described += [["", name, ""] for name in header]
    return {title: described, f"BMO_{year}_open_data": [list(header), *rows]}


def _rows(
    country: Country, zones: Zones, year: str, columns: list[str], rng: np.random.Generator
) -> Iterator[dict[str, Cell]]:
    for trade in TRADES[year]:
        for zone, name, place, people in _surveyed(country, zones, year):
            met, xmet, smet = draw(trade, people, rng)
            if met == 0:
                continue
            yield {
                "annee": int(year),
                **dict(
                    zip(KEYS, [trade.code, trade.title, trade.family, FAMILIES[trade.family]], strict=True)
                ),
                **dict(zip(columns, [int(zone), name], strict=True)),
                **place,
                **{of: _shown(number) for of, number in zip(FIGURES, (met, xmet, smet), strict=True)},
            }


def _surveyed(country: Country, zones: Zones, year: str) -> list[tuple[str, str, dict[str, Cell], float]]:
    """List what has rows: zone as the file has it, its name, its place, its people."""
    table = country.communes.set_index("code").assign(zone=zones.of)
    places = table.drop_duplicates("dep").set_index("dep")
    spoken = places.reset_index()[["dep", "dep_name", "reg", "reg_name"]].to_numpy().tolist()
    told: dict[str, dict[str, Cell]] = {str(row[0]): dict(zip(PLACES, row, strict=True)) for row in spoken}
    people = table.groupby(["zone", "dep"])["pmun"].sum().reset_index()
    found = [
        (ISLAND_IN_2025 if (zone, year) == (ISLAND, "2025") else zone, zones.names[zone], told[dep], float(n))
        for zone, dep, n in people.itertuples(index=False)
    ]
    first = min(told)
    found.append((UNLISTED, "ZONE NOUVELLE", told[first], 20_000.0))
    found += [(zone, "HORS CARTE", told[first], 30_000.0) for zone in OFF_MAP[year]]
    return found


def _shown(number: int) -> str:
    return str(number) if number >= LEAST_SHOWN else WITHHELD


def zone_list_2024(country: Country, zones: Zones) -> pd.DataFrame:
    """Today's communes, and with them the arrondissements of the cities and some that are no more."""
    table = country.communes.sort_values("code")
    zone = table["code"].map(zones.of)
    rows = pd.DataFrame({"dep": table["dep"], "reg": table["reg"], "code": table["code"], "zone": zone})
    extra = [
        rows[rows["code"] == city].assign(code=str(number))
        for city, numbers in codes.ARRONDISSEMENTS.items()
        for number in numbers
    ]
    gone = rows.iloc[:: max(1, len(rows) // 12)]
    extra.append(gone.assign(code=gone["dep"] + "9" + gone["code"].str[-2:]))
    every = pd.concat([rows, *extra]).drop_duplicates("code")
    return pd.DataFrame(
        {
            "reg": every["reg"].str.lstrip("0"),
            "dep": every["dep"].str.lstrip("0"),
            "code_commune_insee": every["code"],
            "code_bassin_BMO": every["zone"].str.lstrip("0"),
            "lib_bassin_BMO": every["zone"].map(zones.names),
        }
    )


def zone_list_2019(country: Country, zones: Zones) -> pd.DataFrame:
    """List the zones of an older year: some communes in the zone next door, one not there."""
    table = country.communes.sort_values("code", ignore_index=True)
    zone = table["code"].map(zones.of)
    moved = zone.where(table.index % 97 != 5, zone.shift(1, fill_value=zone.iloc[0]))
    return pd.DataFrame(
        {
            "CODE_COMMUNE_INSEE": table["code"],
            "REG_CREDOC": "A",
            "REG": table["reg"],
            "DEP": table["dep"],
            "CCOMMUNE": table["code"],
            "NOMCOM": table["name"],
            "BE19": moved,
            "NOMBE19": moved.map(zones.names),
        }
    ).drop(index=1)


def nomenclature() -> pd.DataFrame:
    """List the trades of FAP 2021 as their official list does."""
    trades: tuple[Trade, ...] = TRADES["2024"]
    return pd.DataFrame(
        {
            "Code_FAP341": [f"{trade.code}a" for trade in trades],
            "Intitulé_FAP341": [trade.title for trade in trades],
            "Code_FAP228": [trade.code for trade in trades],
            "Intitulé_FAP228": [trade.title for trade in trades],
            "Code_FAP86": [trade.code[:3] for trade in trades],
            "Intitulé_FAP86": [FAMILIES[trade.family] for trade in trades],
            "Code_FAP22": [trade.code[:1] for trade in trades],
            "Intitulé_FAP22": [FAMILIES[trade.family] for trade in trades],
        }
    )
