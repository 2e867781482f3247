"""The exact geometry of a layer in an open store: mapped and verified on first use, read by row."""

import mmap
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tileserver.store import exact_format as formats
from tileserver.store.integrity import check_file
from tileserver.store.manifest import File, LayerEntry
from tileserver.store.mapped import column, map_table, view

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
Ints = NDArray[np.int64]


class Ragged(NamedTuple):
    """Geometry of some rows, laid out as `exact_format` says.

    ``xy`` float64 (v, 2); ``offsets`` from the innermost, int (k + 1) each: of areas vertices by ring, rings
    by polygon, polygons by row; of lines vertices by line, lines by row; of points none.
    """

    kind: formats.Kind
    xy: F64
    offsets: tuple[Ints | I32, ...]


class ExactStore:
    """The exact geometry of one layer; safe to share between threads.

    Its file is no small part of a store and most servers read it seldom: its digest is checked when it is
    first asked for, once, and what is damaged raises `StoreError` then, each time.
    """

    def __init__(self, directory: Path, entry: LayerEntry, file: File) -> None:
        assert entry.exact is not None  # noqa: S101 - the caller looked
        self._path = directory / entry.exact.file
        self._file = file
        self._maps: list[mmap.mmap] = []
        self._mapped: Ragged | None = None
        self._opening = Lock()
        self._rows = entry.count
        self.kind = formats.kind_of(entry.kind)

    def _whole(self) -> Ragged:
        with self._opening:
            if self._mapped is None:
                check_file(self._path, self._file, verify=True)
                self._mapped = self._map()
            return self._mapped

    def _map(self) -> Ragged:
        table = map_table(self._path, self._rows, self._maps, formats.schema(self.kind))
        nested = column(table, "geometry")
        offsets: list[I32] = []
        while pa.types.is_list(nested.type):
            offsets.append(view(nested.offsets, np.int32))
            nested = nested.values
        xy = view(nested.values, np.float64).reshape(-1, 2)
        return Ragged(self.kind, xy, tuple(reversed(offsets)))

    @cached_property
    def bbox(self) -> F64:
        """West, south, east, north of every row in degrees, float64 (n, 4); NaN for a row without any."""
        kind, xy, levels = self._whole()
        if kind == "points":
            return np.hstack([xy, xy])
        first = levels[-1]
        for offsets in reversed(levels[:-1]):
            first = offsets[first]
        found = np.full((self._rows, 4), np.nan)
        drawn = first[1:] > first[:-1]
        if drawn.any():
            starts = first[:-1][drawn]
            found[drawn] = np.hstack([np.minimum.reduceat(xy, starts), np.maximum.reduceat(xy, starts)])
        return found

    def take(self, rows: Ints) -> Ragged:
        """Give the geometry of some rows, int64 (k), in that order."""
        whole = self._whole()
        picked = rows
        taken: list[Ints] = []
        for offsets in reversed(whole.offsets):
            starts = offsets[picked].astype(np.int64)
            counts = offsets[picked + 1] - starts
            ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
            taken.append(ends)
            picked = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], counts)
        return Ragged(self.kind, whole.xy[picked], tuple(reversed(taken)))

    def release(self) -> None:
        """Hand the pages of the mapped file back; see `tileserver.store.reader.LayerStore.release`."""
        for mapped in self._maps:
            mapped.madvise(mmap.MADV_DONTNEED)
