"""The rows of a layer, written into a store version and described for its manifest."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.catalog import Catalog
from layers.spec import Layer
from preprocess import entries, pack
from preprocess.field_entries import title
from preprocess.prepared import LayerTable
from preprocess.weight import weigh, weigh_bare
from tileserver.store.manifest import Coarser, Exact, Geometry, LayerEntry, Quality
from tileserver.store.reader import LayerStore
from tileserver.store.writer import StoreWriter


@dataclass(frozen=True, slots=True)
class Shapes:
    """The packed geometry of a layer: its files are in the version that is being written.

    ``order``: int64 (n), the rows of the layer's table in the order in which they are stored. ``bounds``:
    west, south, east, north in degrees. ``geometries``, ``quality`` and ``coarser`` are keyed by zoom as
    text. ``exact``: the geometry as the sources give it.
    """

    order: NDArray[np.int64]
    bounds: tuple[float, float, float, float]
    geometries: dict[str, Geometry]
    exact: Exact
    quality: dict[str, Quality] = field(default_factory=dict)
    coarser: dict[str, Coarser] = field(default_factory=dict)


def write_entry(catalog: Catalog, table: LayerTable, shapes: Shapes, writer: StoreWriter) -> LayerEntry:
    """Write the attribute, tag and value tables of a layer whose `shapes` are written, and describe it."""
    name = table.layer
    layer: Layer = catalog.layers[name]
    rows = table.table.iloc[shapes.order].reset_index(drop=True)
    fields = entries.fields(catalog, layer, rows, table.figures)
    attributes = pack.attributes_table(rows, fields)
    tags, values = pack.tag_tables(attributes, fields)
    ids: NDArray[Any] = rows["id"].to_numpy(np.uint64)
    entry = LayerEntry(
        id=name,
        title=title(layer.title),
        description=title(layer.description),
        kind=layer.kind,
        level=layer.level,
        min_zoom=layer.zoom.min,
        max_zoom=layer.zoom.max,
        buffer=layer.buffer,
        order=layer.order,
        count=len(rows),
        bounds=shapes.bounds,
        fields=fields,
        geometries=shapes.geometries,
        attributes=writer.write_table(f"{name}.attributes.arrow", attributes),
        tags=writer.write_table(f"{name}.tags.arrow", tags),
        values=writer.write_table(f"{name}.values.arrow", values),
        geometry_digest=entries.geometry_digest(layer, _all_geometries(shapes), writer.files, ids),
        sources=entries.layer_sources(catalog, layer),
        quality=shapes.quality,
        coarser=shapes.coarser,
        inventory=entries.inventory(layer),
        exact=shapes.exact,
    )
    store = LayerStore(writer.directory, entry)
    coarser = {
        zoom: replace(item, bytes=weigh_bare(store.coarser, int(zoom)))
        for zoom, item in entry.coarser.items()
    }
    return replace(entry, heaviest=weigh(store), coarser=coarser)


def _all_geometries(shapes: Shapes) -> dict[str, Geometry]:
    return shapes.geometries | {f"{zoom} coarser": item.geometry for zoom, item in shapes.coarser.items()}
