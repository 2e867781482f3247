"""Levels of detail: for each zoom, every territory layer as a coverage, nested in each other.

At each zoom only the *atoms* are simplified: the sets of communes that no layer shown at that zoom
divides. Where communes are shown, they are the atoms; below, an atom is what communes of the same
EPCI, TI, département and région make together. Every territory is then a union of atoms, so a TI's
border is its communes' border, vertex by vertex, and nested levels agree at every zoom.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.spec import Layer
from preprocess.coverage import Polygons, Snapped, simplify, simplify_inside, snap, union_groups
from preprocess.grid import to_grid

TOLERANCE = 4.0
"""Half a screen pixel where a tile of 4096 units is drawn on 512: smaller changes can't be seen."""

COARSER = 16.0
"""Two screen pixels: what the finest borders of a zoom are simplified to where its tiles hold too many."""


@dataclass(frozen=True, slots=True)
class Territories:
    """A territory layer: its id, declaration, and the row of each commune's territory (-1: none)."""

    id: str
    layer: Layer
    row: NDArray[np.int64]
    count: int


def finest_of(layers: Iterable[Territories]) -> Territories:
    """Return the layer with outlines of its own; without it, the one with most territories."""
    return max(layers, key=lambda t: (t.layer.source is not None, t.count))


@dataclass(frozen=True, slots=True)
class Detail:
    """All territory layers at one zoom: layer id → its territories' polygons, in row order.

    ``restored`` layer id → rows that had collapsed and were given their smallest valid shape.
    """

    zoom: int
    polygons: dict[str, Polygons]
    restored: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Atoms:
    """Sets of communes that no shown layer divides: their outlines, and their row in each layer."""

    outlines: Polygons
    rows: dict[str, NDArray[np.int64]]


def territories(
    layers: Mapping[str, Layer], membership: pd.DataFrame, codes: Mapping[str, pd.Series]
) -> list[Territories]:
    """Give the number of the territory of each commune (a row of `membership`) in each layer.

    `codes` gives the official codes of each layer's rows, in row order.
    """
    result = []
    for name, layer in layers.items():
        if layer.kind == "territory":
            index = pd.Index(codes[name])
            row = index.get_indexer(membership[layer.level]).astype(np.int64)
            result.append(Territories(name, layer, row, len(index)))
    return result


def build_details(
    outlines: Polygons,
    layers: list[Territories],
    *,
    workers: int,
    done: Callable[[int], None] = lambda _: None,
) -> list[Detail]:
    """Make every zoom's level of detail of the communes `outlines` (EPSG:4326, a valid coverage).

    Zooms are independent and GEOS releases the GIL, so `workers` threads share them; the deepest,
    which take longest, go first. `done` is told each finished zoom.
    """
    zooms = sorted({z for t in layers for z in range(t.layer.zoom.min, t.layer.zoom.max + 1)}, reverse=True)
    shown = {z: tuple(t for t in layers if t.layer.zoom.min <= z <= t.layer.zoom.max) for z in zooms}
    atoms = {}
    for zoom in zooms:
        key = tuple(t.id for t in shown[zoom])
        if key not in atoms:
            atoms[key] = make_atoms(outlines, shown[zoom])

    def build(zoom: int) -> Detail:
        chosen = shown[zoom]
        tolerance = 0.0 if zoom == zooms[0] else TOLERANCE
        detail = build_detail(atoms[tuple(t.id for t in chosen)], chosen, zoom, tolerance)
        done(zoom)
        return detail

    with ThreadPoolExecutor(workers) as pool:
        return sorted(pool.map(build, zooms), key=lambda detail: detail.zoom)


def build_coarser(
    outlines: Polygons, layers: list[Territories], finest: Territories, zooms: list[int], *, workers: int
) -> list[Detail]:
    """Make coarser outlines of the `finest` layer at some zooms at which it is shown.

    Only its borders inside a territory of every other layer are coarser: what other layers draw stays where
    it is, but for the grid unit by which rounding may move a vertex.
    """

    def build(zoom: int) -> Detail:
        shown = [t for t in layers if t.layer.zoom.min <= zoom <= t.layer.zoom.max]
        detail = build_detail(make_atoms(outlines, shown), shown, zoom, TOLERANCE, COARSER)
        kept = finest.id
        return Detail(zoom, {kept: detail.polygons[kept]}, {kept: detail.restored[kept]})

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(build, zooms))


def make_atoms(outlines: Polygons, shown: Iterable[Territories]) -> Atoms:
    """Union the communes that belong to the same territory of every shown layer."""
    layers = list(shown)
    keys = np.column_stack([t.row for t in layers])
    unique, atom = np.unique(keys, axis=0, return_inverse=True)
    rows = {t.id: unique[:, i] for i, t in enumerate(layers)}
    if len(unique) == len(outlines):
        order = np.argsort(atom.ravel())
        return Atoms(outlines[order], rows)
    return Atoms(union_groups(outlines, atom.ravel().astype(np.int64), len(unique)), rows)


def build_detail(
    atoms: Atoms, shown: Iterable[Territories], zoom: int, tolerance: float, inside: float = 0.0
) -> Detail:
    """Simplify and snap the atoms at `zoom`, and unite them into the territories of each layer.

    `inside`, where it is not 0, is a further tolerance for borders of the layer with most territories that
    are no border of another.
    """
    layers = list(shown)
    size = np.sqrt(shapely.area(atoms.outlines))

    def lost(present: NDArray[np.bool_]) -> set[int]:
        """Of each territory without a face, the largest atom."""
        found: set[int] = set()
        for t in layers:
            row = atoms.rows[t.id]
            gone = np.ones(t.count, np.bool_)
            gone[row[(row >= 0) & present]] = False
            for territory in np.flatnonzero(gone):
                members = np.flatnonzero(row == territory)
                if len(members):
                    found.add(int(members[np.argmax(size[members])]))
        return found

    grid = shapely.transform(atoms.outlines, lambda lonlat: to_grid(lonlat, zoom))
    simplified = simplify(grid, tolerance)
    if inside:
        finest = finest_of(layers)
        simplified = simplify_inside(simplified, _groups(atoms, layers, finest), inside)
    snapped = snap(simplified, layers[0].layer.buffer, lost)
    polygons, restored = {}, {}
    for t in layers:
        row = atoms.rows[t.id]
        united = union_groups(snapped.polygons, row, t.count)
        # The interior on the left in grid axes: exterior rings of positive area (MVT 2.1 §4.3.4.4).
        polygons[t.id] = shapely.orient_polygons(united, exterior_cw=False)
        restored[t.id] = _restored(row, snapped)
    return Detail(zoom, polygons, restored)


def _groups(atoms: Atoms, shown: Iterable[Territories], finest: Territories) -> NDArray[np.int64]:
    """Give each atom the number of its set that no layer but the `finest` divides, int64 (n)."""
    keys = [atoms.rows[t.id] for t in shown if t.id != finest.id]
    if not keys:
        return np.zeros(len(atoms.outlines), np.int64)
    return np.unique(np.column_stack(keys), axis=0, return_inverse=True)[1].ravel().astype(np.int64)


def _restored(row: NDArray[np.int64], snapped: Snapped) -> tuple[int, ...]:
    """List the territories of which nothing is left but atoms that were given a shape."""
    given = np.zeros(len(row), np.bool_)
    given[list(snapped.restored)] = True
    kept = ~given & ~shapely.is_empty(snapped.polygons)
    return tuple(sorted({int(r) for r in row[given] if r >= 0} - {int(r) for r in row[kept]}))
