"""The survey of recruitment projects in an open store: figures found by binary search in mapped files."""

import mmap
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import NotFoundError
from tileserver.store import labour_format as formats
from tileserver.store.manifest import LabourEntry
from tileserver.store.mapped import column, map_table, view

Kind = Literal["total", "family", "trade"]
Ints = NDArray[np.int64]

SHOWN = 20


class Trade(NamedTuple):
    """A trade, a family of trades, or all of them."""

    nomenclature: str
    kind: Kind
    code: str
    name: str
    family: str


class Territory(NamedTuple):
    """A territory of the long table."""

    level: str
    code: str
    name: str


class Atom(NamedTuple):
    """What a zone has in one place (département): people, and communes (none where the list knows none)."""

    zone: str
    name: str
    place: str
    population: float
    communes: int


class Figures(NamedTuple):
    """Rows of the long table, (n) each: numbers of territory, trade and year, and the columns by name."""

    territory: Ints
    trade: Ints
    year: Ints
    columns: dict[str, NDArray[Any]]


class LabourStore:
    """The long table, the cells it is made of, and what their numbers stand for.

    Nothing of the large files is read before it is asked for; safe to share between threads.
    """

    def __init__(self, directory: Path, entry: LabourEntry) -> None:
        self._maps: list[mmap.mmap] = []
        self._tables = {
            name: map_table(directory / name, entry.files[name], self._maps, schema)
            for name, schema in formats.FILES.items()
        }
        self.entry = entry
        self.years = tuple(year.year for year in entry.years)
        self._key = view(column(self._tables[formats.FIGURE_FILE], "key"), np.int64)

    @cached_property
    def trades(self) -> tuple[Trade, ...]:
        """The trades by number."""
        return tuple(Trade(*row) for row in self._rows(formats.TRADE_FILE))

    @cached_property
    def territories(self) -> tuple[Territory, ...]:
        """The territories by number, those of a level one after the other."""
        return tuple(Territory(*row) for row in self._rows(formats.TERRITORY_FILE))

    @cached_property
    def atoms(self) -> tuple[Atom, ...]:
        """The atoms by number."""
        return tuple(Atom(*row) for row in self._rows(formats.ATOM_FILE))

    @cached_property
    def _territory_numbers(self) -> dict[tuple[str, str], int]:
        return {(each.level, each.code): number for number, each in enumerate(self.territories)}

    @cached_property
    def _trade_numbers(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for number, trade in enumerate(self.trades):
            found[trade.code] = (*found.get(trade.code, ()), number)
        return found

    def level(self, level: str) -> range:
        """Return the numbers of the territories of a level; raise `NotFoundError` naming those there are."""
        if level not in self.entry.levels:
            there = ", ".join(self.entry.levels)
            raise NotFoundError(f"the labour market is not told at level {level[:SHOWN]!r}; it is at {there}")
        numbers = [number for (of, _), number in self._territory_numbers.items() if of == level]
        return range(min(numbers), max(numbers) + 1) if numbers else range(0)

    def territory(self, level: str, code: str) -> int:
        """Return the number of a territory; raise `NotFoundError` where there is none."""
        self.level(level)
        found = self._territory_numbers.get((level, code))
        if found is None:
            raise NotFoundError(f"there is no {level} {code[:SHOWN]!r} in the labour market")
        return found

    def trade(self, code: str) -> tuple[int, ...]:
        """Return the numbers of the trades of a code, one a nomenclature; raise `NotFoundError`."""
        found = self._trade_numbers.get(code)
        if found is None:
            raise NotFoundError(f"there is no trade {code[:SHOWN]!r}; /labour/trades lists them")
        return found

    def year(self, year: str) -> int:
        """Return the number of a year; raise `NotFoundError` naming those that there are."""
        if year not in self.years:
            raise NotFoundError(f"there is no year {year[:SHOWN]!r} here; there are {', '.join(self.years)}")
        return self.years.index(year)

    def of_territory(self, territory: int) -> Figures:
        """Return all rows of a territory, in the order of trades, then years."""
        first, last = np.searchsorted(self._key, [self._at(territory, 0, 0), self._at(territory + 1, 0, 0)])
        return self._figures(np.arange(first, last))

    def of_trades(self, territories: Sequence[int], trades: Iterable[int], years: Iterable[int]) -> Figures:
        """Return the rows that there are of some territories, trades and years, in that order."""
        of, trade, year = np.meshgrid(
            np.array(territories, np.int64), np.array([*trades]), np.array([*years]), indexing="ij"
        )
        wanted = self._at(of.ravel(), trade.ravel(), year.ravel())
        rows = np.searchsorted(self._key, wanted)
        there = rows < len(self._key)
        there[there] = self._key[rows[there]] == wanted[there]
        return self._figures(rows[there])

    def members(self, trade: int) -> tuple[int, ...]:
        """Return the numbers of the trades that a trade, a family or a total is made of."""
        whole = self.trades[trade]
        if whole.kind == "trade":
            return (trade,)
        return tuple(
            number
            for number, each in enumerate(self.trades)
            if each.kind == "trade"
            and each.nomenclature == whole.nomenclature
            and (whole.kind == "total" or each.family == whole.code)
        )

    def shares(self, territory: int) -> dict[str, NDArray[Any]]:
        """Return the atoms of a territory: ``atom``, ``share``, ``population``, ``communes``, (n) each."""
        table = self._tables[formats.SHARE_FILE]
        of = view(column(table, "territory"), np.int32)
        first, last = np.searchsorted(of, [territory, territory + 1])
        return {
            each.name: view(column(table, each.name), each.type.to_pandas_dtype())[first:last]
            for each in formats.SHARES
        }

    def cells(self, atoms: Ints, trades: Ints, year: int) -> tuple[Ints, dict[str, Any]]:
        """Find the rows of the files of some atoms and trades, (n) each.

        Returns the place of each among the rows found, -1 where there is none, and the columns of these.
        """
        table = self._tables[formats.CELL_FILE]
        keys = view(column(table, "key"), np.int64)
        wanted = self._at(atoms, trades, year)
        rows = np.searchsorted(keys, wanted)
        there = rows < len(keys)
        there[there] = keys[rows[there]] == wanted[there]
        found = rows[there]
        place = np.where(there, np.cumsum(there) - 1, -1)
        columns: dict[str, Any] = {
            each.name: view(column(table, each.name), each.type.to_pandas_dtype())[found]
            for each in formats.CELLS
            if each.name not in ("key", "written")
        }
        written = column(table, "written")
        columns["written"] = [written[int(row)].as_py() for row in found]
        return place, columns

    def release(self) -> None:
        """Hand the pages of the mapped files back; the page cache keeps them."""
        for mapped in self._maps:
            mapped.madvise(mmap.MADV_DONTNEED)

    def _at(self, of: Any, trade: Any, year: Any) -> Any:
        return formats.key(of, len(self.trades), trade, len(self.years), year)

    def _figures(self, rows: Ints) -> Figures:
        table = self._tables[formats.FIGURE_FILE]
        key = self._key[rows]
        rest, year = np.divmod(key, len(self.years))
        territory, trade = np.divmod(rest, len(self.trades))
        columns = {
            each.name: view(column(table, each.name), each.type.to_pandas_dtype())[rows]
            for each in formats.TABLE
            if each.name != "key"
        }
        return Figures(territory, trade, year, columns)

    def _rows(self, name: str) -> list[tuple[Any, ...]]:
        table = self._tables[name]
        return list(zip(*(each.to_pylist() for each in table.columns), strict=True))
