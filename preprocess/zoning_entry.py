"""The zonings of territories written to the store, and their entry in the manifest."""

import pyarrow as pa

from layers.catalog import Catalog
from layers.spec import Covers, Layer
from preprocess.zoning_tables import ZoningTables
from tileserver.store.manifest import CoverEntry, ZoningEntry, ZoningsEntry
from tileserver.store.writer import StoreWriter
from tileserver.store.zoning_format import FILES


def write_zonings(catalog: Catalog, made: ZoningTables | None, writer: StoreWriter) -> ZoningsEntry | None:
    """Write the tables of the zonings of territories; None where there are none."""
    if made is None:
        return None
    for name, schema in FILES.items():
        table = made.tables[name]
        columns = [pa.array(table[field.name].tolist(), field.type) for field in schema]
        writer.write_table(name, pa.Table.from_arrays(columns, schema=schema))
    return ZoningsEntry(
        levels=made.levels,
        zonings=tuple(
            ZoningEntry(layer=key, covers=_covers(catalog, catalog.layers[key])) for key in made.zonings
        ),
        points=made.points,
        files={name: len(table) for name, table in made.tables.items()},
    )


def _covers(catalog: Catalog, layer: Layer) -> tuple[CoverEntry, ...]:
    told = [(areas.source, areas.covers) for areas in layer.areas]
    if layer.listed is not None:
        told = [(layer.listed.source, Covers(level="commune"))]
    return tuple(
        CoverEntry(
            source=source,
            edition=catalog.sources[source].edition,
            level=covers.level,
            codes=covers.codes,
            but=covers.but,
            touched=covers.touched,
        )
        for source, covers in told
    )
