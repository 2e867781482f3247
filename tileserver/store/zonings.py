"""The zonings of territories in an open store: what lies in one, found without reading the rest."""

import mmap
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from tileserver.errors import NotFoundError
from tileserver.store import zoning_format as formats
from tileserver.store.manifest import ZoningsEntry
from tileserver.store.mapped import column, map_table, view

SHOWN = 20

_SUM_COLUMNS = (("inside_km2", np.float64), ("told_km2", np.float64), ("estimated", np.int32))


class Territory(NamedTuple):
    """A territory, and the number of its row."""

    level: str
    code: str
    name: str
    area_km2: float
    row: int


class Sum(NamedTuple):
    """What of a territory lies in a zoning, km²: each spot once, of the ground of which that is known."""

    inside_km2: float
    told_km2: float
    estimated: bool


class Area(NamedTuple):
    """An area of a zoning, or a point of a programme, in a territory.

    ``km2``: what of the territory it holds, None for a point and where an unknown part of it counts.
    """

    code: str
    name: str
    note: str
    partly: bool
    km2: float | None


class ZoningStore:
    """The tables of `tileserver.store.zoning_format`, mapped; safe to share between threads."""

    def __init__(self, directory: Path, entry: ZoningsEntry) -> None:
        self._maps: list[mmap.mmap] = []
        self._tables = {
            name: map_table(directory / name, entry.files[name], self._maps, schema)
            for name, schema in formats.FILES.items()
        }
        self.entry = entry
        self.layers = (*(zoning.layer for zoning in entry.zonings), *entry.points)
        """Ids of layers by their number in the tables, the zonings first."""

    @cached_property
    def _rows(self) -> dict[tuple[str, str], int]:
        table = self._tables[formats.TERRITORY_FILE]
        keys = zip(column(table, "level").to_pylist(), column(table, "code").to_pylist(), strict=True)
        return {key: row for row, key in enumerate(keys)}

    def territory(self, level: str, code: str) -> Territory:
        """Find a territory; raise `NotFoundError` naming the levels, or the code that there is not."""
        if level not in self.entry.levels:
            there = ", ".join(self.entry.levels)
            raise NotFoundError(f"zonings are not told at level {level[:SHOWN]!r}; they are at {there}")
        row = self._rows.get((level, code))
        if row is None:
            raise NotFoundError(f"there is no {level} {code[:SHOWN]!r} here")
        table = self._tables[formats.TERRITORY_FILE]
        name = column(table, "name")[row].as_py()
        return Territory(level, code, name, column(table, "area_km2")[row].as_py(), row)

    def sums(self, territory: Territory) -> dict[str, Sum]:
        """Give the sums of a territory by zoning; those of which nothing is known there are not in it."""
        table = self._within(formats.SUM_FILE, "sums", territory)
        rows = zip(*(table.column(name).to_pylist() for name in formats.SUMS.names), strict=True)
        return {self.layers[number]: Sum(inside, told, bool(rough)) for number, inside, told, rough in rows}

    def shares(self, level: str, layer: str) -> dict[str, tuple[Sum, float]]:
        """Give the sum of one zoning, and the area in km², of every territory of a level that is told of."""
        table = self._tables[formats.TERRITORY_FILE]
        codes, areas = column(table, "code").to_pylist(), column(table, "area_km2").to_pylist()
        of = np.array([each == level for each in column(table, "level").to_pylist()])
        sums = self._tables[formats.SUM_FILE]
        first = view(column(table, "sums"), np.int32)
        owner = np.repeat(np.arange(len(first)), np.diff(np.append(first, sums.num_rows)))
        here = of[owner] & (view(column(sums, "zoning"), np.int32) == self.layers.index(layer))
        columns = [view(column(sums, name), kind)[here].tolist() for name, kind in _SUM_COLUMNS]
        return {
            codes[row]: (Sum(inside, told, bool(rough)), areas[row])
            for row, inside, told, rough in zip(owner[here].tolist(), *columns, strict=True)
        }

    def areas(self, territory: Territory) -> dict[str, list[Area]]:
        """Give the areas and points in a territory by layer, the largest first, then by code."""
        table = self._within(formats.AREA_FILE, "areas", territory)
        names = self._tables[formats.NAME_FILE]
        columns = {name: column(names, name) for name in formats.NAMES.names}
        found: dict[str, list[Area]] = {}
        rows = zip(table.column("name").to_pylist(), table.column("km2").to_pylist(), strict=True)
        for number, km2 in rows:
            told = {name: values[number].as_py() for name, values in columns.items()}
            area = Area(
                code=told["code"],
                name=told["name"],
                note=told["note"],
                partly=bool(told["partly"]),
                km2=None if np.isnan(km2) else km2,
            )
            found.setdefault(self.layers[told["layer"]], []).append(area)
        return {
            layer: sorted(areas, key=lambda area: (-(area.km2 or 0.0), area.code))
            for layer, areas in found.items()
        }

    def release(self) -> None:
        """Hand the pages of the mapped files back; see `tileserver.store.reader.LayerStore.release`."""
        for mapped in self._maps:
            mapped.madvise(mmap.MADV_DONTNEED)

    def _within(self, file: str, offsets: str, territory: Territory) -> pa.Table:
        """Slice the rows of a territory: they end where those of the next one begin."""
        first = view(column(self._tables[formats.TERRITORY_FILE], offsets), np.int32)
        table = self._tables[file]
        start = int(first[territory.row])
        last = territory.row + 1 == len(first)
        end = table.num_rows if last else int(first[territory.row + 1])
        return table.slice(start, end - start)
