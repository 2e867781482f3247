"""Rows as files: CSV for tables, GeoParquet and FlatGeobuf for a GIS, with the geometry to the last bit."""

import csv
import io
import json
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tileserver.store.exact import Ragged
from tileserver.web.contracts import LayerLike
from tileserver.web.ogc import shapes
from tileserver.web.ogc.crs import DEFAULT, System, projjson
from tileserver.web.ogc.rows import columns, numbers

Rows = NDArray[np.int64]

_NAMES: Final = {"areas": "MultiPolygon", "lines": "MultiLineString", "points": "Point"}


def write_csv(layer: LayerLike, fields: tuple[str, ...], rows: Rows, geometry: Ragged | None) -> bytes:
    """Write a row a feature (RFC 4180): its id, its fields; of points the coordinates, x and y.

    Outlines are left out: a cell of a spreadsheet does not hold one.
    """
    names = ["id", *fields]
    listed: list[list[Any]] = columns(layer, ("id", *fields), rows)
    if geometry is not None and geometry.kind == "points":
        names += ["x", "y"]
        listed += geometry.xy.T.tolist()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows(zip(*listed, strict=True))
    return text.getvalue().encode()


def write_parquet(
    layer: LayerLike, fields: tuple[str, ...], rows: Rows, geometry: Ragged | None, system: System
) -> bytes:
    """Write GeoParquet 1.1: WKB, in the system's x and y whatever its order of axes, as the format wants."""
    import pyarrow.parquet as pq

    table = _table(layer, fields, rows, geometry, system)
    if geometry is not None:
        described: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": [_NAMES[geometry.kind]],
            "edges": "planar",
            "orientation": "counterclockwise",
        }
        if len(geometry.xy):
            xy = _x_first(geometry, system).xy
            described["bbox"] = [*xy.min(axis=0).tolist(), *xy.max(axis=0).tolist()]
        if system.uri != DEFAULT.uri:
            described["crs"] = projjson(system)
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": described}}
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def write_flatgeobuf(
    layer: LayerLike, fields: tuple[str, ...], rows: Rows, geometry: Ragged, system: System
) -> bytes:
    """Write FlatGeobuf, with its spatial index, which puts the rows in an order of its own."""
    import pyogrio

    sink = io.BytesIO()
    pyogrio.write_arrow(
        _table(layer, fields, rows, geometry, system),
        sink,
        layer=layer.entry.id,
        driver="FlatGeobuf",
        geometry_name="geometry",
        geometry_type=_NAMES[geometry.kind],
        crs=system.authority,
    )
    return sink.getvalue()


def _table(
    layer: LayerLike, fields: tuple[str, ...], rows: Rows, geometry: Ragged | None, system: System
) -> pa.Table:
    names = ["id", *fields]
    table = layer.attributes.select(names).take(numbers(rows))
    # A signed integer, because no GIS knows the other; ids are below 2^53.
    table = table.set_column(0, "id", table.column("id").cast(pa.int64()))
    if geometry is None:
        return table
    wkb = pa.array(shapes.to_wkb(_x_first(geometry, system)), pa.binary())
    return table.append_column("geometry", wkb)


def _x_first(geometry: Ragged, system: System) -> Ragged:
    return geometry._replace(xy=geometry.xy[:, ::-1]) if system.northing_first else geometry
