"""Opens a published store by memory map, and refuses a damaged one by name.

Opening checks the manifest's magic, format and digest and every file's size, then (unless told not
to) every file's digest, and every table's schema and row count. No geometry is read into memory.
"""

import contextlib
import copy
import mmap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tileserver.errors import NotFoundError, StoreError
from tileserver.store import format as formats
from tileserver.store import rtree
from tileserver.store.exact import ExactStore
from tileserver.store.integrity import REBUILD, check_files, current_digest, read_manifest
from tileserver.store.labour import LabourStore
from tileserver.store.manifest import Geometry, LayerEntry, Manifest
from tileserver.store.mapped import column, fixed, map_table, view
from tileserver.store.members import MembersStore
from tileserver.store.zonings import ZoningStore

POPULATED_BYTES = 8 << 20
"""Largest file that is mapped at once: what all tiles need, and the levels of the low zooms."""

MADV_POPULATE_READ = 22
"""Linux 5.14's; Python has no name for it."""


@dataclass(frozen=True, slots=True)
class PolygonLevel:
    """Geometry of a layer of territories or zonings at one zoom; all arrays are views of the mapped file.

    ``bbox`` int32 (n, 4); ``polygon_offsets`` int32 (n + 1) feature → polygons; ``ring_offsets``
    int32 polygon → rings; ``vertex_offsets`` int32 ring → vertices; ``xy`` int32 (v, 2), grid units
    of the zoom; ``start`` int32 (n, 2) and ``commands`` uint8, sliced by ``command_offsets`` int32
    (n + 1): the encoded feature, see `formats.POLYGON_LEVEL`; ``stop_offsets`` int32 ring → ``stops``
    int32 (s, 2), and ``tangled`` uint8 (rings), see `formats.RING_LEVEL`; ``index`` int32 (nodes, 4),
    see `tileserver.store.rtree`. ``max_vertices`` is the number of vertices of the polygon that has
    most, which bounds the clipper's memory.
    """

    bbox: NDArray[np.int32]
    polygon_offsets: NDArray[np.int32]
    ring_offsets: NDArray[np.int32]
    vertex_offsets: NDArray[np.int32]
    xy: NDArray[np.int32]
    start: NDArray[np.int32]
    command_offsets: NDArray[np.int32]
    commands: NDArray[np.uint8]
    stop_offsets: NDArray[np.int32]
    stops: NDArray[np.int32]
    tangled: NDArray[np.uint8]
    index: NDArray[np.int32]
    max_vertices: int


@dataclass(frozen=True, slots=True)
class LineLevel:
    """Geometry of a line layer at one zoom; all arrays are views of the mapped file.

    ``bbox`` int32 (n, 4); ``part_offsets`` int32 (n + 1) feature → lines; ``vertex_offsets`` int32 line →
    vertices; ``xy`` int32 (v, 2), grid units of the zoom; ``index`` int32 (nodes, 4).
    """

    bbox: NDArray[np.int32]
    part_offsets: NDArray[np.int32]
    vertex_offsets: NDArray[np.int32]
    xy: NDArray[np.int32]
    index: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class PointLevel:
    """Positions of a point layer: ``xy`` int32 (n, 2) on the grid of zoom ``zoom``.

    They are those of the rows ``first`` to ``first + n`` of the layer.
    """

    xy: NDArray[np.int32]
    index: NDArray[np.int32]
    zoom: int
    first: int

    @property
    def rows(self) -> slice:
        """Which rows of the layer's tables, and of a mask over it, are here."""
        return slice(self.first, self.first + len(self.xy))


class LayerStore:
    """One layer of an open store."""

    def __init__(self, directory: Path, entry: LayerEntry) -> None:
        self._directory = directory
        self._maps: list[mmap.mmap] = []
        self.entry = entry
        self.kept: dict[object, Any] = {}
        """What others work out from this layer once; it goes when the layer goes."""
        self.attributes: pa.Table = map_table(directory / entry.attributes, entry.count, self._maps)
        """Typed rows: id (uint64), code, name, then every declared field; nulls are *no data*."""
        self.ids: NDArray[np.uint64] = view(column(self.attributes, "id"), np.uint64)
        self.tags: tuple[NDArray[np.int32], ...] = self._tags()
        """The columns of the tag table, int32 (n) each: value numbers, -1 for no value."""
        self.value_offsets, self.value_bytes = self._values()
        readers: Mapping[str, Callable[[int, Geometry], PolygonLevel | PointLevel | LineLevel]] = {
            "territory": self._polygons,
            "points": self._points,
            "lines": self._lines,
            "zoning": self._polygons,
        }
        read = readers[entry.kind]
        self._levels = {int(zoom): read(int(zoom), geometry) for zoom, geometry in entry.geometries.items()}
        self.coarser = self._with_coarser()
        """The same rows, at some zooms in coarser outlines (`LayerEntry.coarser`); itself without any."""

    def _with_coarser(self) -> "LayerStore":
        if not self.entry.coarser:
            return self
        other = copy.copy(self)
        coarser = {
            int(zoom): self._polygons(int(zoom), item.geometry) for zoom, item in self.entry.coarser.items()
        }
        vars(other).update(coarser=other, kept={}, _levels=self._levels | coarser)
        return other

    def level(self, zoom: int) -> PolygonLevel:
        """Return the polygons of `zoom`; raise `NotFoundError` where the layer has none."""
        level = self._levels.get(zoom)
        if not isinstance(level, PolygonLevel):
            raise NotFoundError(f"layer {self.entry.id!r} has no polygons at zoom {zoom}")
        return level

    def lines(self, zoom: int) -> LineLevel:
        """Return the lines of `zoom`; raise `NotFoundError` where the layer has none."""
        level = self._levels.get(zoom)
        if not isinstance(level, LineLevel):
            raise NotFoundError(f"layer {self.entry.id!r} has no lines at zoom {zoom}")
        return level

    @cached_property
    def point_levels(self) -> tuple[PointLevel, ...]:
        """Return the positions of a point layer: once for all zooms, or a level a zoom, from the lowest.

        Raises `NotFoundError` for a layer of territories.
        """
        levels = tuple(level for level in self._levels.values() if isinstance(level, PointLevel))
        if not levels:
            raise NotFoundError(f"layer {self.entry.id!r} is not a point layer")
        return tuple(sorted(levels, key=lambda level: level.zoom))

    @property
    def points(self) -> PointLevel:
        """Return the positions of all rows of a point layer; raise `NotFoundError` if they differ by zoom."""
        levels = self.point_levels
        if len(levels) > 1:
            raise NotFoundError(f"layer {self.entry.id!r} has other points at each zoom")
        return levels[0]

    def points_at(self, zoom: int) -> PointLevel:
        """Return the positions that a point layer has at `zoom`: its own, else those of the deepest grid."""
        levels = self.point_levels
        return next((level for level in levels if level.zoom == zoom), levels[-1])

    def release(self) -> None:
        """Hand the pages of the mapped files back; the page cache keeps them, and they map again."""
        for mapped in self._maps:
            mapped.madvise(mmap.MADV_DONTNEED)

    def populate(self) -> None:
        """Map the pages of all files but the large ones, so that no tile waits for them one by one."""
        for mapped in self._maps:
            if len(mapped) <= POPULATED_BYTES:
                with contextlib.suppress(OSError, ValueError):  # an older kernel: pages come as they are read
                    mapped.madvise(MADV_POPULATE_READ)

    def _tags(self) -> tuple[NDArray[np.int32], ...]:
        path = self._directory / self.entry.tags
        schema = formats.tags_schema(self.entry.fields)
        table = map_table(path, self.entry.count, self._maps, schema)
        return tuple(view(column(table, name), np.int32) for name in schema.names)

    def _values(self) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        path = self._directory / self.entry.values
        encoded = column(map_table(path, None, self._maps, formats.VALUES), "value")
        _, offsets, data = encoded.buffers()
        return (
            np.frombuffer(offsets, np.int32, len(encoded) + 1),
            np.frombuffer(data or b"", np.uint8),
        )

    def _index(self, geometry: Geometry) -> NDArray[np.int32]:
        path = self._directory / geometry.index
        rows = sum(rtree.level_sizes(geometry.count))
        return fixed(column(map_table(path, rows, self._maps, formats.INDEX), "bbox"), 4)

    def _polygons(self, zoom: int, geometry: Geometry) -> PolygonLevel:
        del zoom  # only points keep theirs
        path = self._directory / geometry.file
        table = map_table(path, self.entry.count, self._maps, formats.POLYGON_LEVEL)
        polygons = column(table, "polygons")
        rings = polygons.values
        vertices = rings.values
        ring_offsets = view(rings.offsets, np.int32)
        vertex_offsets = view(vertices.offsets, np.int32)
        _, offsets, commands = column(table, "commands").buffers()
        stops, tangled = self._rings(geometry, len(vertex_offsets) - 1)
        return PolygonLevel(
            bbox=fixed(column(table, "bbox"), 4),
            polygon_offsets=view(polygons.offsets, np.int32),
            ring_offsets=ring_offsets,
            vertex_offsets=vertex_offsets,
            xy=fixed(vertices.values, 2),
            start=fixed(column(table, "start"), 2),
            command_offsets=np.frombuffer(offsets, np.int32, len(polygons) + 1),
            commands=np.frombuffer(commands or b"", np.uint8),
            stop_offsets=view(stops.offsets, np.int32),
            stops=fixed(stops.values, 2),
            tangled=view(tangled, np.uint8),
            index=self._index(geometry),
            max_vertices=int(np.diff(vertex_offsets[ring_offsets]).max(initial=0)),
        )

    def _rings(self, geometry: Geometry, rows: int) -> tuple[pa.Array, pa.Array]:
        path = self._directory / str(geometry.rings)
        table = map_table(path, rows, self._maps, formats.RING_LEVEL)
        return column(table, "stops"), column(table, "tangled")

    def _lines(self, zoom: int, geometry: Geometry) -> LineLevel:
        del zoom
        path = self._directory / geometry.file
        table = map_table(path, self.entry.count, self._maps, formats.LINE_LEVEL)
        parts = column(table, "lines")
        return LineLevel(
            bbox=fixed(column(table, "bbox"), 4),
            part_offsets=view(parts.offsets, np.int32),
            vertex_offsets=view(parts.values.offsets, np.int32),
            xy=fixed(parts.values.values, 2),
            index=self._index(geometry),
        )

    def _points(self, zoom: int, geometry: Geometry) -> PointLevel:
        table = map_table(self._directory / geometry.file, geometry.count, self._maps, formats.POINT_LEVEL)
        if geometry.first + geometry.count > self.entry.count:
            raise StoreError(f"{geometry.file}: its rows end after those of the layer; {REBUILD}")
        return PointLevel(fixed(column(table, "xy"), 2), self._index(geometry), zoom, geometry.first)


class Store:
    """An open store version: immutable, safe to share between threads."""

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        self.directory = directory
        self.digest = directory.name
        self.manifest = manifest
        self.layers = {entry.id: LayerStore(directory, entry) for entry in manifest.layers}
        self.exact = {
            entry.id: ExactStore(directory, entry, manifest.files[entry.exact.file])
            for entry in manifest.layers
            if entry.exact is not None
        }
        """The geometry of layers as their sources give it; mapped and verified when it is first read."""
        self.labour = None if manifest.labour is None else LabourStore(directory, manifest.labour)
        """The survey of recruitment projects, where the store has one."""
        self.zonings = None if manifest.zonings is None else ZoningStore(directory, manifest.zonings)
        """The zonings of territories, where the store has some."""
        self.members = None if manifest.members is None else MembersStore(directory, manifest.members)
        """Which territories each commune belongs to, where the store tells."""

    def release(self) -> None:
        """Bound this process's resident memory; see `LayerStore.release`. Safe while others read."""
        for layer in self.layers.values():
            layer.release()
        for exact in self.exact.values():
            exact.release()
        if self.labour is not None:
            self.labour.release()
        if self.zonings is not None:
            self.zonings.release()
        if self.members is not None:
            self.members.release()

    def populate(self) -> None:
        """Make the first tiles as quick as later ones; see `LayerStore.populate`."""
        for layer in self.layers.values():
            layer.populate()

    def layer(self, name: str) -> LayerStore:
        """Return the layer called `name`; raise `NotFoundError` naming those that there are."""
        try:
            return self.layers[name]
        except KeyError:
            known = ", ".join(self.layers)
            raise NotFoundError(f"no layer {name!r}; there are: {known}") from None


def open_store(root: Path, *, verify: bool = True) -> Store:
    """Map the current version of the store at `root`.

    With `verify` the digest of every file is checked, not only its size. Raises `StoreError` naming
    the file that is missing, cut short, altered or of another format.
    """
    return open_version(root, current_digest(root), verify=verify)


def open_version(root: Path, digest: str, *, verify: bool = True) -> Store:
    """Map a version of the store at `root` by its digest, as `open_store` does."""
    directory = root / digest
    manifest = read_manifest(directory)
    check_files(directory, manifest, verify=verify)
    return Store(directory, manifest)
