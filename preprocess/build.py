"""The pipeline: sources folder in, published store out, as named steps.

The current version of the store is replaced only by a complete, proven one: whatever fails on the
way leaves it as it was.
"""

import dataclasses
import os
import resource
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from layers.catalog import Catalog, load_catalog
from layers.derived import with_derived
from layers.levels import territory_layers
from preprocess import entries
from preprocess.by_source import facts_by_source
from preprocess.cache.folder import Folder
from preprocess.cache.kept import Kept
from preprocess.changes import compare, version_before
from preprocess.clock import Clock
from preprocess.demo.mark import is_demo
from preprocess.derived import write_derived
from preprocess.detail import territories
from preprocess.figure_entries import indicators
from preprocess.labels import labels
from preprocess.labour.entry import write_labour
from preprocess.layer_entry import write_entry
from preprocess.member_entry import write_members
from preprocess.partners.take import take_partners
from preprocess.prepare import prepare
from preprocess.prepared import Prepared
from preprocess.progress import Progress, Silent
from preprocess.report import BuildReport, write_report
from preprocess.row_layers import write_lines, write_points, write_zoning
from preprocess.territory_shapes import depends_on, write_shapes
from preprocess.zoning_entry import write_zonings
from tileserver import __version__
from tileserver.errors import DeclarationError
from tileserver.store import manifest as manifests
from tileserver.store.manifest import LayerEntry, Manifest
from tileserver.store.writer import StoreWriter, new_version, publish

CACHE = "cache"
"""Folder of a store that holds what builds keep for the next one."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A finished build: the digest of the published version, and the report that was written."""

    digest: str
    directory: Path
    report: BuildReport


@dataclass(frozen=True, slots=True)
class Target:
    """What a build works with: its clock, what earlier ones kept, and how many threads it may use."""

    clock: Clock
    kept: Kept
    workers: int


def build(  # noqa: PLR0913 - what is optional is named
    sources: Path,
    store: Path,
    *,
    catalog: Catalog | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
    cache: bool = True,
    partners: Path | None = None,
) -> BuildResult:
    """Build the store at `store` from the files under `sources`, and publish it.

    `workers` threads share the zooms (default: one a core). Steps whose inputs are those of an earlier
    build are taken from ``store/cache/``, unless `cache` is false. `partners` is a folder of tables that
    are checked, and become indicators (`preprocess.partners`). The report is written beside the
    version, in ``store/reports/<digest>/``. Raises a `TileserverError` naming what is wrong; the
    version published before then stays current.
    """
    catalog = catalog or load_catalog()
    _check_buffers(catalog)
    clock = Clock(progress or Silent())
    before = version_before(store)
    kept = Kept(Folder(store / CACHE) if cache else None)
    target = Target(clock, kept, workers or os.cpu_count() or 1)
    with clock.step("Checking the tables of partners"):
        taken = take_partners(catalog, partners, sources, kept)
        catalog = taken.catalog
    with new_version(store) as writer:
        prepared = prepare(catalog, sources, clock, kept, taken.given)
        prepared = dataclasses.replace(prepared, findings=taken.findings + prepared.findings)
        layers = _write_territories(catalog, prepared, writer, target)
        layers |= _write_rows(catalog, prepared, writer, target)
        with clock.step("Publishing"):
            ordered = [layers[name] for name in with_derived(catalog.layers)]
            manifest = _manifest(catalog, prepared, ordered, writer, invented=is_demo(sources))
            digest = publish(writer, store, manifest)
    kept.trim()
    report = BuildReport(
        store_digest=digest,
        manifest=manifest,
        findings=prepared.findings,
        seconds=clock.seconds,
        peak_rss_mb=_peak_rss_mb(),
        outcomes=tuple(kept.outcomes),
        changes=compare(store, before, digest, manifest, prepared.findings),
        by_source=facts_by_source(
            manifest.sources,
            catalog.sources,
            prepared.source_rows,
            prepared.findings,
            datetime.now(UTC).date(),
        ),
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


def _write_rows(
    catalog: Catalog, prepared: Prepared, writer: StoreWriter, target: Target
) -> dict[str, LayerEntry]:
    """Write each layer that has rows of its own, and what is made from it."""
    # They are given no more of the catalogue than their key says.
    declared = dataclasses.replace(catalog, sources={}, indicators={}, labour=None)
    packed: dict[str, LayerEntry] = {}
    others = {"points": write_points, "lines": write_lines, "zoning": write_zoning}
    for kind, write in others.items():
        with target.clock.step(f"Packing the {kind}" if kind != "zoning" else "Packing the zonings"):
            for name, layer in catalog.layers.items():
                if layer.kind == kind:
                    table = prepared.tables[name]
                    packed |= target.kept.files((declared, table), writer, write, declared, table, writer)
    return packed


def _write_territories(
    catalog: Catalog, prepared: Prepared, writer: StoreWriter, target: Target
) -> dict[str, LayerEntry]:
    """Write each territory layer, and its layer of names."""
    codes = {name: table.table["code"] for name, table in prepared.tables.items()}
    members = territories(catalog.layers, prepared.membership, codes)
    outlines = prepared.outlines.geometry.to_numpy()
    drawn = target.kept.files(
        depends_on(outlines, members),
        writer,
        write_shapes,
        outlines,
        members,
        writer,
        target.clock,
        target.workers,
    )
    packed: dict[str, LayerEntry] = {}
    with target.clock.step("Packing the values of the territories", len(drawn)) as step:
        for name, found in drawn.items():
            layer, table = catalog.layers[name], prepared.tables[name]
            entry = write_entry(catalog, table, found.shapes, writer)
            named = labels(entry, layer, table.table, found.label_xy, found.area_km2)
            written = write_derived(entry, layer, named, writer)
            packed |= {name: entry, written.id: written}
            step.advance()
    return packed


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
        indicators=indicators(catalog, prepared),
        sources=entries.sources(catalog, prepared, invented=invented),
        labour=write_labour(catalog, prepared.labour, writer),
        zonings=write_zonings(catalog, prepared.zonings, writer),
        members=write_members(prepared.membership, writer),
        files=dict(sorted(writer.files.items())),
        findings=entries.count_findings(prepared),
    )


def _peak_rss_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
