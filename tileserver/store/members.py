"""Who belongs to whom: the territories of every level that each commune lies in.

``members.arrow`` has a row a commune and a text column a level, the finest first; null where a commune
belongs to no territory of the level.
"""

import mmap
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from tileserver.store.manifest import MembersEntry
from tileserver.store.mapped import column, map_table

MEMBER_FILE = "members.arrow"


def schema(levels: tuple[str, ...]) -> pa.Schema:
    """Return the columns of the file."""
    return pa.schema([pa.field(level, pa.string()) for level in levels])


class Shared(NamedTuple):
    """A territory that another one shares communes with: how many, of how many that it has."""

    code: str
    shared: int
    communes: int


class MembersStore:
    """The table of members, mapped; safe to share between threads."""

    def __init__(self, directory: Path, entry: MembersEntry) -> None:
        self._maps: list[mmap.mmap] = []
        rows = entry.files[MEMBER_FILE]
        self._table = map_table(directory / MEMBER_FILE, rows, self._maps, schema(entry.levels))
        self.levels = entry.levels
        """Levels, the finest first."""

    @cached_property
    def _columns(self) -> Mapping[str, list[str | None]]:
        return {level: column(self._table, level).to_pylist() for level in self.levels}

    @cached_property
    def _rows(self) -> Mapping[str, Mapping[str, list[int]]]:
        """Level → code → the rows of its communes."""
        found: dict[str, dict[str, list[int]]] = {}
        for level, codes in self._columns.items():
            rows = found.setdefault(level, {})
            for row, code in enumerate(codes):
                if code is not None:
                    rows.setdefault(code, []).append(row)
        return found

    def shared(self, level: str, code: str) -> dict[str, list[Shared]]:
        """Give the territories of every other level that share communes with one, most first, then by code.

        A commune that the table does not know, or a level that it does not have, shares with none.
        """
        rows = self._rows.get(level, {}).get(code, [])
        found: dict[str, list[Shared]] = {}
        for other in self.levels:
            if other == level:
                continue
            column_ = self._columns[other]
            counted = Counter(of for row in rows if (of := column_[row]) is not None)
            told = [Shared(of, count, len(self._rows[other][of])) for of, count in counted.items()]
            found[other] = sorted(told, key=lambda each: (-each.shared, each.code))
        return found

    def count(self, level: str, code: str) -> int:
        """Count the communes of a territory."""
        return len(self._rows.get(level, {}).get(code, []))

    def release(self) -> None:
        """Hand the pages of the mapped file back; see `tileserver.store.reader.LayerStore.release`."""
        for mapped in self._maps:
            mapped.madvise(mmap.MADV_DONTNEED)
