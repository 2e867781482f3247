"""The pipeline: sources folder in, published store out, as named steps.

The current version of the store is replaced only by a complete, proven one: whatever fails on the
way leaves it as it was.
"""

import os
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.catalog import Catalog, load_catalog
from layers.derived import with_derived
from layers.levels import territory_layers
from layers.spec import Layer
from preprocess import entries, lines, pack
from preprocess.areas import areas_km2
from preprocess.cluster_layer import clusters
from preprocess.coverage import Polygons, union_groups
from preprocess.demo.mark import is_demo
from preprocess.derived import write_derived
from preprocess.detail import Detail, Territories, build_details, territories
from preprocess.grid import to_grid
from preprocess.labels import label_points, labels
from preprocess.prepare import prepare
from preprocess.prepared import LayerTable, Prepared
from preprocess.progress import Progress, Silent, Step
from preprocess.quality import measure
from preprocess.report import BuildReport, write_report
from preprocess.weight import weigh
from tileserver import __version__
from tileserver.errors import DeclarationError, TileserverError
from tileserver.store import manifest as manifests
from tileserver.store.format import index_name, level_name, rings_name
from tileserver.store.manifest import Geometry, LayerEntry, Manifest, Quality
from tileserver.store.reader import LayerStore
from tileserver.store.writer import StoreWriter, new_version, publish


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A finished build: the digest of the published version, and the report that was written."""

    digest: str
    directory: Path
    report: BuildReport


@dataclass(slots=True)
class _Clock:
    """Opens named steps and remembers how long each took."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Iterator[Step]:
        begun = time.monotonic()
        with self.progress.step(title, total) as step:
            yield step
        self.seconds[title] = round(time.monotonic() - begun, 2)


def build(
    sources: Path,
    store: Path,
    *,
    catalog: Catalog | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> BuildResult:
    """Build the store at `store` from the files under `sources`, and publish it.

    `workers` threads share the zooms (default: one a core). The report is written beside the
    version, in ``store/reports/<digest>/``. Raises a `TileserverError` naming what is wrong; the
    version published before then stays current.
    """
    catalog = catalog or load_catalog()
    _check_buffers(catalog)
    clock = _Clock(progress or Silent())
    with new_version(store) as writer:
        prepared = prepare(catalog, sources, clock)
        layers = _build_territories(catalog, prepared, writer, clock, workers or os.cpu_count() or 1)
        with clock.step("Packing the points"):
            for name, layer in catalog.layers.items():
                if layer.kind == "points":
                    layers |= _pack_points(catalog, prepared.tables[name], writer)
        with clock.step("Packing the lines"):
            for name, layer in catalog.layers.items():
                if layer.kind == "lines":
                    layers[name] = _pack_lines(catalog, prepared.tables[name], writer)
        with clock.step("Publishing"):
            ordered = [layers[name] for name in with_derived(catalog.layers)]
            manifest = _manifest(catalog, prepared, ordered, writer, invented=is_demo(sources))
            digest = publish(writer, store, manifest)
    report = BuildReport(
        store_digest=digest,
        manifest=manifest,
        findings=prepared.findings,
        seconds=clock.seconds,
        peak_rss_mb=_peak_rss_mb(),
    )
    directory = store / "reports" / digest
    write_report(directory, report)
    return BuildResult(digest, directory, report)


def _check_buffers(catalog: Catalog) -> None:
    """Nested levels share vertices, the ones on the tile lines too: one buffer for them all."""
    buffers = {name: layer.buffer for name, layer in territory_layers(catalog.layers).items()}
    if len(set(buffers.values())) > 1:
        told = ", ".join(f"{name} {buffer}" for name, buffer in buffers.items())
        raise DeclarationError(
            f"layers/*.toml: buffer differs between territory layers ({told}); "
            "they share their borders, so give them all the same"
        )


def _build_territories(
    catalog: Catalog, prepared: Prepared, writer: StoreWriter, clock: _Clock, workers: int
) -> dict[str, LayerEntry]:
    outlines = prepared.outlines.geometry.to_numpy()
    codes = {name: table.table["code"] for name, table in prepared.tables.items()}
    layers = territories(catalog.layers, prepared.membership, codes)
    zooms = {z for t in layers for z in range(t.layer.zoom.min, t.layer.zoom.max + 1)}
    with clock.step("Simplifying the levels of detail", len(zooms)) as step:
        details = build_details(outlines, layers, workers=workers, done=lambda _: step.advance())
    areas = areas_km2(outlines)
    packed = {}
    total = sum(len(d.polygons) for d in details)
    with clock.step("Proving and packing", total) as step, ThreadPoolExecutor(workers) as pool:
        for t in layers:
            full = union_groups(outlines, t.row, t.count)
            target = (prepared.tables[t.id], writer, step)
            packed[t.id] = _pack_territories(catalog, t, full, details, target, pool)
            labelled = _pack_labels(t, packed[t.id], details, areas, target)
            packed[labelled.id] = labelled
    return packed


def _pack_labels(
    t: Territories,
    entry: LayerEntry,
    details: list[Detail],
    areas: NDArray[np.float64],
    target: tuple[LayerTable, StoreWriter, Step],
) -> LayerEntry:
    """Place the names of a layer on its deepest outlines; `areas` are those of the communes."""
    table, writer, _ = target
    deepest = next(detail for detail in details if detail.zoom == t.layer.zoom.max)
    within = t.row >= 0
    area = np.bincount(t.row[within], areas[within], t.count).astype(np.float64)
    xy = label_points(deepest.polygons[t.id], deepest.zoom)
    return write_derived(entry, t.layer, labels(entry, t.layer, table.table, xy, area), writer)


def _pack_territories(
    catalog: Catalog,
    territory: Territories,
    full: Polygons,
    details: list[Detail],
    target: tuple[LayerTable, StoreWriter, Step],
    pool: ThreadPoolExecutor,
) -> LayerEntry:
    """Prove every level of a layer in the threads of `pool`, and write each as soon as it is proven."""
    table, writer, step = target
    order = pack.hilbert_order(full)
    geometries: dict[str, Geometry] = {}
    quality: dict[str, Quality] = {}
    levels = [detail for detail in details if territory.id in detail.polygons]
    proofs = pool.map(lambda detail: _prove(territory, full, detail), levels)
    for detail, proof in zip(levels, proofs, strict=True):
        zoom, snapped = detail.zoom, detail.polygons[territory.id]
        quality[str(zoom)] = proof
        packed = pack.polygon_tables(snapped[order], territory.layer.buffer)
        geometries[str(zoom)] = Geometry(
            file=writer.write_table(level_name(territory.id, zoom), packed.level),
            rings=writer.write_table(rings_name(territory.id, zoom), packed.rings),
            index=writer.write_table(index_name(territory.id, zoom), packed.index),
            count=territory.count,
            vertices=packed.vertices,
        )
        step.advance()
    boxes = shapely.bounds(full)
    return _entry(catalog, table, order, boxes, (geometries, quality, writer))


def _prove(territory: Territories, full: Polygons, detail: Detail) -> Quality:
    """Measure a level, and refuse to publish one that is not the coverage it promises to be."""
    zoom, name = detail.zoom, territory.id
    proof = measure(
        detail.polygons[name],
        shapely.transform(full, lambda lonlat: to_grid(lonlat, zoom)),
        zoom=zoom,
        buffer=territory.layer.buffer,
        restored=len(detail.restored[name]),
    )
    if proof.ids < proof.expected or proof.invalid or proof.invalid_edges or proof.crossing_edges:
        raise TileserverError(
            f"layer {name} at zoom {zoom} is no valid coverage ({proof}); nothing was published. "
            "This is a fault of the program: please report it with the source files"
        )
    return proof


def _pack_points(catalog: Catalog, table: LayerTable, writer: StoreWriter) -> dict[str, LayerEntry]:
    layer = catalog.layers[table.layer]
    lonlat = table.lonlat
    if lonlat is None:
        raise TileserverError(f"layer {table.layer}: a points layer came without positions")
    order = pack.hilbert_order(shapely.points(lonlat))
    zoom = layer.zoom.max
    level, index = pack.point_tables(lonlat[order], zoom)
    geometry = Geometry(
        file=writer.write_table(level_name(table.layer, zoom), level),
        index=writer.write_table(index_name(table.layer, zoom), index),
        count=len(lonlat),
        vertices=len(lonlat),
    )
    boxes = np.hstack([lonlat, lonlat])
    entry = _entry(catalog, table, order, boxes, ({str(zoom): geometry}, {}, writer))
    if layer.clusters is None:
        return {entry.id: entry}
    grouped = clusters(entry, layer, table.table, pack.grid_points(lonlat, zoom), layer.clusters)
    made = write_derived(entry, layer, grouped, writer)
    return {entry.id: entry, made.id: made}


def _pack_lines(catalog: Catalog, table: LayerTable, writer: StoreWriter) -> LayerEntry:
    if table.shapes is None:
        raise TileserverError(f"layer {table.layer}: a lines layer came without lines")
    order = pack.hilbert_order(table.shapes)
    geometries = {}
    for zoom, packed in lines.levels(table.layer, catalog.layers[table.layer], table.shapes[order]):
        geometries[str(zoom)] = Geometry(
            file=writer.write_table(level_name(table.layer, zoom), packed.level),
            index=writer.write_table(index_name(table.layer, zoom), packed.index),
            count=len(order),
            vertices=packed.vertices,
        )
    return _entry(catalog, table, order, shapely.bounds(table.shapes), (geometries, {}, writer))


def _entry(
    catalog: Catalog,
    table: LayerTable,
    order: np.ndarray,
    boxes: np.ndarray,
    parts: tuple[dict[str, Geometry], dict[str, Quality], StoreWriter],
) -> LayerEntry:
    """Write the attribute, tag and value tables of a layer and describe it."""
    geometries, quality, writer = parts
    name = table.layer
    layer: Layer = catalog.layers[name]
    rows = table.table.iloc[order].reset_index(drop=True)
    fields = entries.fields(catalog, layer, rows)
    attributes = pack.attributes_table(rows, fields)
    tags, values = pack.tag_tables(attributes, fields)
    entry = LayerEntry(
        id=name,
        title=entries.title(layer.title),
        description=entries.title(layer.description),
        kind=layer.kind,
        level=layer.level,
        min_zoom=layer.zoom.min,
        max_zoom=layer.zoom.max,
        buffer=layer.buffer,
        order=layer.order,
        count=len(rows),
        bounds=entries.bounds_of(boxes),
        fields=fields,
        geometries=geometries,
        attributes=writer.write_table(f"{name}.attributes.arrow", attributes),
        tags=writer.write_table(f"{name}.tags.arrow", tags),
        values=writer.write_table(f"{name}.values.arrow", values),
        geometry_digest=entries.geometry_digest(
            layer, geometries, writer.files, rows["id"].to_numpy(np.uint64)
        ),
        sources=entries.layer_sources(catalog, layer),
        quality=quality,
    )
    return replace(entry, heaviest=weigh(LayerStore(writer.directory, entry)))


def _manifest(
    catalog: Catalog,
    prepared: Prepared,
    layers: list[LayerEntry],
    writer: StoreWriter,
    *,
    invented: bool,
) -> Manifest:
    return Manifest(
        magic=manifests.MAGIC,
        format=manifests.FORMAT,
        generator=f"tileserver {__version__}",
        bounds=entries.bounds_of(np.array([entry.bounds for entry in layers])),
        layers=tuple(replace(entry, sources=entries.only_read(entry.sources, prepared)) for entry in layers),
        indicators=entries.indicators(catalog, prepared),
        sources=entries.sources(catalog, prepared, invented=invented),
        files=dict(sorted(writer.files.items())),
        findings=entries.count_findings(prepared),
    )


def _peak_rss_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
