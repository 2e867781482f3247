"""Which share of each zone lives in which territory."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.labour_spec import BASSIN, NATION, NATION_CODE
from preprocess.findings import Finding
from preprocess.labour.cells import finding

ATOM = ("zones", "zone", "place")


@dataclass(frozen=True, slots=True)
class Territories:
    """The territories of the long table, those of a level one after the other.

    ``table``: ``level``, ``code``, ``name`` (str), by number.
    """

    table: pd.DataFrame

    def numbers(self, level: str) -> pd.Series:
        """Return the number of each code of a level."""
        of = self.table[self.table["level"] == level]
        return pd.Series(of.index.to_numpy(), index=of["code"])


@dataclass(frozen=True, slots=True)
class Shares:
    """Territories and the *atoms* of zones: what a zone has in one place (département).

    ``atoms``: by number, ``zones`` (id of the list), ``zone``, ``name``, ``place``, ``population``
    (float64), ``communes`` (int64; 0 where the list has none of that zone in that place: its population is
    then a stand-in, the mean of the other atoms of the place). ``table``: ``territory`` and ``atom``
    (numbers), ``share`` (float64, exactly 1 where the territory has the whole atom), ``population`` (float64)
    and ``communes`` (int64) in common, sorted by territory, then atom.
    """

    atoms: pd.DataFrame
    table: pd.DataFrame


def name_territories(
    membership: pd.DataFrame, names: dict[str, dict[str, str]], zones: pd.Series, nation: str
) -> Territories:
    """Give numbers to the territories: the nation, each level of `membership` but the finest, the zones.

    `names`: level → code → name; `zones`: code of zone → name.
    """
    tables = [pd.DataFrame({"level": [NATION], "code": [NATION_CODE], "name": [nation]})]
    for level in reversed(membership.columns[1:]):
        codes = sorted(membership[level].dropna().unique())
        told = [names[level].get(code, code) for code in codes]
        tables.append(pd.DataFrame({"level": level, "code": codes, "name": told}))
    codes = sorted(zones.index)
    tables.append(pd.DataFrame({"level": BASSIN, "code": codes, "name": zones[codes].to_numpy()}))
    return Territories(pd.concat(tables, ignore_index=True).astype("str"))


def make_atoms(
    cells: pd.DataFrame, zones: dict[str, pd.Series], places: pd.Series, population: NDArray[np.float64]
) -> pd.DataFrame:
    """Give numbers to the atoms of the cells (columns `ATOM`) and of the lists of zones.

    `places` is the place of each commune, in the order of `population` and of each list in `zones`.
    """
    parts = []
    for key, zone in zones.items():
        part = pd.DataFrame({"zone": zone.to_numpy(), "place": places.to_numpy(), "population": population})
        parts.append(part.dropna(subset=["zone", "place"]).assign(zones=key, communes=1))
    parts.append(cells[list(ATOM)].drop_duplicates().assign(population=0.0, communes=0))
    together = pd.concat(parts, ignore_index=True)
    atoms = together.groupby(list(ATOM), sort=True)[["population", "communes"]].sum().reset_index()
    empty = atoms["communes"] == 0
    full = atoms[~empty]
    mean = full.groupby(["zones", "place"])["population"].mean()
    stand_in = atoms.loc[empty, ["zones", "place"]].apply(tuple, axis=1).map(mean)
    atoms.loc[empty, "population"] = stand_in.fillna(full["population"].mean() if len(full) else 1.0)
    return atoms


def share_out(
    atoms: pd.DataFrame,
    membership: pd.DataFrame,
    zones: dict[str, pd.Series],
    population: NDArray[np.float64],
    territories: Territories,
    place_level: str,
) -> pd.DataFrame:
    """Return the table of `Shares`: by population, by number of communes where nobody lives.

    An atom without communes is in its place, and in what its place is wholly in.
    """
    number = atoms.reset_index().set_index(list(ATOM))["index"]
    rows = []
    for key, zone in zones.items():
        of = pd.MultiIndex.from_arrays(
            [np.full(len(zone), key), zone.to_numpy(), membership[place_level].to_numpy()]
        )
        atom = number.reindex(of).to_numpy()
        for level in membership.columns[1:]:
            territory = membership[level].map(territories.numbers(level)).to_numpy()
            rows.append(_common(atom, territory, population))
    rows.append(_empty_atoms(atoms, membership, territories, place_level))
    every = np.arange(len(atoms))
    bassin = atoms["zone"].map(territories.numbers(BASSIN)).to_numpy()
    nation = np.full(len(atoms), float(territories.numbers(NATION)[NATION_CODE]))
    for territory in (nation, bassin):
        whole = {"territory": territory, "atom": every, "population": atoms["population"]}
        rows.append(pd.DataFrame(whole | {"communes": atoms["communes"]}).dropna())
    table = pd.concat(rows, ignore_index=True)
    table = table.astype({"territory": np.int64, "atom": np.int64, "communes": np.int64})
    return _with_shares(table, atoms).sort_values(["territory", "atom"], ignore_index=True)


def _common(
    atom: NDArray[np.float64], territory: NDArray[np.float64], population: NDArray[np.float64]
) -> pd.DataFrame:
    parts = pd.DataFrame(
        {"territory": territory, "atom": atom, "population": population, "communes": 1}
    ).dropna(subset=["territory", "atom"])
    return parts.groupby(["territory", "atom"], sort=True)[["population", "communes"]].sum().reset_index()


def _empty_atoms(
    atoms: pd.DataFrame, membership: pd.DataFrame, territories: Territories, place_level: str
) -> pd.DataFrame:
    """Place the atoms without communes at the levels of which their place is a part."""
    empty = atoms.index[atoms["communes"] == 0]
    rows = []
    for level in membership.columns[1:]:
        pairs = pd.DataFrame({"place": membership[place_level], "above": membership[level]}).drop_duplicates()
        pairs = pairs[~pairs["place"].duplicated(keep=False)].dropna()
        above = dict(zip(pairs["place"], pairs["above"], strict=True))
        territory = atoms.loc[empty, "place"].map(above).map(territories.numbers(level))
        rows.append(
            pd.DataFrame(
                {
                    "territory": territory,
                    "atom": empty,
                    "population": atoms.loc[empty, "population"],
                    "communes": 0,
                }
            ).dropna()
        )
    return pd.concat(rows, ignore_index=True)


def _with_shares(table: pd.DataFrame, atoms: pd.DataFrame) -> pd.DataFrame:
    of = table["atom"].to_numpy()
    people, communes = atoms["population"].to_numpy()[of], atoms["communes"].to_numpy()[of]
    by_people = np.divide(table["population"], people, out=np.zeros(len(table)), where=people > 0)
    by_number = np.divide(table["communes"], communes, out=np.zeros(len(table)), where=communes > 0)
    whole = table["communes"].to_numpy() == communes
    return table.assign(share=np.where(whole, 1.0, np.where(people > 0, by_people, by_number)))


def about_empty_atoms(atoms: pd.DataFrame, cells: pd.DataFrame, sources: list[str]) -> list[Finding]:
    """Name the zones whose communes nothing tells, and the projects that reach no finer level."""
    empty = cells[cells["atom"].isin(atoms.index[atoms["communes"] == 0])]
    findings = []
    for (year, zone, place), group in empty.groupby(["year", "zone", "place"], sort=True):
        text = (
            f"{zone} ({group['zone_name'].iloc[0]}) has {len(group)} rows in {place}, where the list of "
            f"zones has no commune of it; their {group['met'].sum():.12g} known projects count in {place} "
            "and above only."
        )
        findings.append(finding("labour-zone-unplaced", sources[int(str(year))], str(zone), text))
    return findings
