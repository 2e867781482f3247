"""The geometry of the territory layers: every level of detail made, proven, packed; names placed.

It depends on the outlines of the communes, on which territory each belongs to, and on the zooms and the
buffer of the layers; on no value of any table.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess import entries, pack
from preprocess.areas import areas_km2
from preprocess.coverage import Polygons, union_groups
from preprocess.detail import Detail, Territories, build_coarser, build_details, finest_of
from preprocess.exact import write_exact
from preprocess.grid import to_grid
from preprocess.labels import label_points
from preprocess.layer_entry import Shapes
from preprocess.progress import Progress, Step
from preprocess.quality import measure
from preprocess.weight import expect_heaviest
from tileserver.errors import TileserverError
from tileserver.store.format import coarser_name, index_name, level_name, rings_name
from tileserver.store.manifest import Coarser, Geometry, Quality
from tileserver.store.writer import StoreWriter
from tileserver.tiles.budget import DEFAULT_BYTES


@dataclass(frozen=True, slots=True)
class TerritoryShapes:
    """The geometry of a territory layer.

    In the order of the layer's table, not of ``shapes.order``: ``label_xy``, int32 (n, 2), where the names
    stand on the grid of `preprocess.labels.LABEL_GRID`, and ``area_km2``, float64 (n).
    """

    shapes: Shapes
    label_xy: NDArray[np.int32]
    area_km2: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Ground:
    """A layer whose levels are to be written: its full-precision shapes, and the order of its rows."""

    territories: Territories
    full: Polygons
    order: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Level:
    """A level that was written; ``expected`` are the bytes of its heaviest tile, roughly."""

    geometry: Geometry
    quality: Quality
    expected: float


@dataclass(frozen=True, slots=True)
class _Target:
    """Where levels go, and the threads that prove them."""

    writer: StoreWriter
    step: Step
    pool: ThreadPoolExecutor


def depends_on(outlines: Polygons, layers: list[Territories], budget_bytes: int = DEFAULT_BYTES) -> object:
    """Return all that the result of `write_shapes` depends on."""
    return outlines, budget_bytes, [(t.id, t.layer.zoom, t.layer.buffer, t.row, t.count) for t in layers]


def write_shapes(
    outlines: Polygons,
    layers: list[Territories],
    writer: StoreWriter,
    progress: Progress,
    workers: int,
    budget_bytes: int = DEFAULT_BYTES,
) -> dict[str, TerritoryShapes]:
    """Write the levels of detail of `layers`, keyed by layer; `outlines` (EPSG:4326) are a valid coverage.

    The finest layer also gets coarser outlines at the zooms whose heaviest tile seems to be
    over `budget_bytes`. Raises `TileserverError` for a level that is not the coverage that it promises to be.
    """
    zooms = {z for t in layers for z in range(t.layer.zoom.min, t.layer.zoom.max + 1)}
    with progress.step("Simplifying the levels of detail", len(zooms)) as step:
        details = build_details(outlines, layers, workers=workers, done=lambda _: step.advance())
    areas = areas_km2(outlines)
    result = {}
    finest = finest_of(layers)
    heavy: list[int] = []
    total = sum(len(d.polygons) for d in details)
    with progress.step("Proving and packing", total) as step, ThreadPoolExecutor(workers) as pool:
        target = _Target(writer, step, pool)
        for t in layers:
            full = union_groups(outlines, t.row, t.count)
            ground = _Ground(t, full, pack.hilbert_order(full))
            levels = _write_levels(ground, [d for d in details if t.id in d.polygons], target, t.id)
            if t is finest:
                heavy = [zoom for zoom, level in levels.items() if level.expected > budget_bytes]
                outlined = ground
            deepest = next(detail for detail in details if detail.zoom == t.layer.zoom.max)
            within = t.row >= 0
            result[t.id] = TerritoryShapes(
                shapes=Shapes(
                    order=ground.order,
                    bounds=entries.bounds_of(shapely.bounds(full)),
                    geometries={str(zoom): level.geometry for zoom, level in levels.items()},
                    exact=write_exact(t.id, full[ground.order], "areas", writer),
                    quality={str(zoom): level.quality for zoom, level in levels.items()},
                ),
                label_xy=label_points(deepest.polygons[t.id], deepest.zoom),
                area_km2=np.bincount(t.row[within], areas[within], t.count).astype(np.float64),
            )
    if heavy:
        with (
            progress.step("Coarser outlines for heavy tiles", len(heavy)) as step,
            ThreadPoolExecutor(workers) as pool,
        ):
            coarser = build_coarser(outlines, layers, finest, heavy, workers=workers)
            target = _Target(writer, step, pool)
            levels = _write_levels(outlined, coarser, target, coarser_name(finest.id))
        drawn = result[finest.id]
        more = {
            str(z): Coarser(geometry=level.geometry, quality=level.quality) for z, level in levels.items()
        }
        result[finest.id] = replace(drawn, shapes=replace(drawn.shapes, coarser=more))
    return result


def _write_levels(ground: _Ground, details: list[Detail], target: _Target, name: str) -> dict[int, _Level]:
    """Prove every level of a layer in the threads of the pool, and write each as soon as it is proven."""
    t = ground.territories
    written = {}
    proofs = target.pool.map(lambda detail: _prove(t, ground.full, detail), details)
    for detail, proof in zip(details, proofs, strict=True):
        zoom, snapped = detail.zoom, detail.polygons[t.id]
        packed = pack.polygon_tables(snapped[ground.order], t.layer.buffer)
        geometry = Geometry(
            file=target.writer.write_table(level_name(name, zoom), packed.level),
            rings=target.writer.write_table(rings_name(name, zoom), packed.rings),
            index=target.writer.write_table(index_name(name, zoom), packed.index),
            count=t.count,
            vertices=packed.vertices,
        )
        written[zoom] = _Level(geometry, proof, expect_heaviest(packed.level))
        target.step.advance()
    return written


def _prove(t: Territories, full: Polygons, detail: Detail) -> Quality:
    """Measure a level, and refuse to publish one that is not the coverage it promises to be."""
    zoom, name = detail.zoom, t.id
    proof = measure(
        detail.polygons[name],
        shapely.transform(full, lambda lonlat: to_grid(lonlat, zoom)),
        zoom=zoom,
        buffer=t.layer.buffer,
        restored=len(detail.restored[name]),
    )
    if proof.ids < proof.expected or proof.invalid or proof.invalid_edges or proof.crossing_edges:
        raise TileserverError(
            f"layer {name} at zoom {zoom} is no valid coverage ({proof}); nothing was published. "
            "This is a fault of the program: please report it with the source files"
        )
    return proof
