"""Manifest entries: what a store says of its layers, indicators and sources."""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.catalog import Catalog
from layers.indicators import indicator_sources
from layers.levels import outline_sources
from layers.properties import property_sources
from layers.spec import Layer
from preprocess.demo.mark import LICENCE, PRODUCER
from preprocess.field_entries import field, head_fields, title
from preprocess.figure_entries import figure_fields
from preprocess.figures.publish import FigureColumn
from preprocess.pack import coarse
from preprocess.prepared import Prepared
from tileserver.store.manifest import Field, File, Geometry, Inventory, SourceEntry, Title


def fields(
    catalog: Catalog, layer: Layer, table: pd.DataFrame, figures: Sequence[FigureColumn] = ()
) -> tuple[Field, ...]:
    """Describe the columns of a layer in their order: code, name, properties, indicators (`figures`)."""
    result = [*head_fields(table)]
    for item in layer.properties:
        described = field(
            table,
            len(result),
            item.id,
            role="property",
            kind=item.type,
            text=title(item.title),
            default=item.default,
        )
        unit = None if item.unit is None else Title(item.unit, item.unit)
        result.append(
            msgspec.structs.replace(described, unit=unit, precision=item.precision, level=item.level)
        )
    result += figure_fields(catalog, layer, table, figures, len(result))
    return _with_coarse(result, table)


def _with_coarse(fields: list[Field], table: pd.DataFrame) -> tuple[Field, ...]:
    """Give a column of coarse values to each field whose numbers rounding changes."""
    column = len(fields)
    result = []
    for item in fields:
        values = table[item.id].dropna().unique().tolist() if item.type in ("integer", "number") else []
        if any(coarse(value) != value for value in values):
            result.append(msgspec.structs.replace(item, coarse=column))
            column += 1
        else:
            result.append(item)
    return tuple(result)


def inventory(layer: Layer) -> Inventory | None:
    """Copy what a layer of points tells by territory."""
    found = layer.inventory
    if found is None:
        return None
    return Inventory(subject=found.subject, counts=found.counts, totals=found.totals)


def geometry_digest(
    layer: Layer, geometries: Mapping[str, Geometry], files: Mapping[str, File], ids: NDArray[np.uint64]
) -> str:
    """Digest what a tile of shapes and ids depends on: buffer, ids, and the digests of the geometry."""
    state = hashlib.blake2b(f"{layer.buffer}\n".encode(), digest_size=16)
    state.update(ids.astype("<u8").tobytes())
    for zoom, geometry in sorted(geometries.items()):
        for name in (geometry.file, geometry.index, geometry.rings):
            if name is not None:
                state.update(f"{zoom} {name} {files[name].digest}\n".encode())
    return state.hexdigest()


def layer_sources(catalog: Catalog, layer: Layer) -> tuple[str, ...]:
    """List the declared sources of the shapes, names, properties and indicators of a layer, its own first."""
    found: list[str] = []
    if layer.source is not None:
        found.append(layer.source)
    found += [areas.source for areas in layer.areas]
    found += [] if layer.listed is None else [layer.listed.source]
    for item in layer.properties:
        found += property_sources(item, catalog.layers)
    if layer.kind == "territory":
        outlines = outline_sources(catalog.layers)
        found += outlines
        if layer.membership is not None:
            found.append(layer.membership.source)
            found += [via.source for via in layer.membership.via]
        for key in catalog.indicators:
            found += indicator_sources(key, catalog.indicators, catalog.layers, *outlines)
    return tuple(dict.fromkeys(found))


def only_read(declared: tuple[str, ...], prepared: Prepared) -> tuple[str, ...]:
    """Leave out the sources that a build goes on without, where they were absent."""
    return tuple(key for key in declared if key in prepared.source_digests)


def sources(catalog: Catalog, prepared: Prepared, *, invented: bool) -> tuple[SourceEntry, ...]:
    """Describe every source that was read, with the digest of its bytes.

    An `invented` country is credited to nobody else: no producer answers for its figures.
    """
    entries = []
    for key, (path, size, digest) in sorted(prepared.source_digests.items()):
        source = catalog.sources[key]
        entries.append(
            SourceEntry(
                id=key,
                title=title(source.title),
                path=path,
                producer=PRODUCER if invented else source.producer,
                licence=LICENCE if invented else source.licence,
                url="" if invented else source.url,
                date="" if invented else source.date,
                bytes=size,
                digest=digest,
                note=None if source.note is None else title(source.note),
            )
        )
    return tuple(entries)


def bounds_of(boxes: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Unite float64 (n, 4) west, south, east, north in degrees; the whole world for none."""
    known = boxes[~np.isnan(boxes).any(axis=1)]
    if len(known) == 0:
        return (-180.0, -85.0, 180.0, 85.0)
    low, high = known[:, :2].min(axis=0), known[:, 2:].max(axis=0)
    west, south, east, north = (round(float(v), 6) for v in (*low, *high))
    return (west, south, east, north)


def count_findings(prepared: Prepared) -> dict[str, int]:
    """Count the findings of each rule."""
    counts: dict[str, int] = {}
    for finding in prepared.findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
    return dict(sorted(counts.items()))
