"""Rows of a layer written as CSV, GeoJSON and GeoParquet, with where they come from."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa

from tileserver.store.exact import ExactStore
from tileserver.web.export.rows import Taken
from tileserver.web.export.shapes import geojson, types_of, wkb

Writer = Callable[[Taken, ExactStore | None], bytes]

_TYPES: Final[Mapping[str, Any]] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}


def write_csv(taken: Taken, exact: ExactStore | None) -> bytes:
    """Write a row a feature, without geometry; the last column credits the sources with their licences."""
    del exact
    columns = taken.columns()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow([*columns, "sources"])
    told = credit(taken)
    writer.writerows((*row, told) for row in zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def credit(taken: Taken) -> str:
    """Name the producers of what the columns tell, with their licences, on one line."""
    ids = {source for figure in taken.figures for source in figure.sources}
    told = taken.sources if taken.fields or not ids else [each for each in taken.sources if each.id in ids]
    return " ; ".join(dict.fromkeys(f"{each.producer} ({each.licence})" for each in told))


def about(taken: Taken) -> dict[str, Any]:
    """Say what the file holds: its layer, the units of its columns, its sources; how many rows are unsure."""
    entry = taken.layer.entry
    units = {field.id: {"title": field.title, "unit": field.unit} for field in taken.fields}
    units |= {each.id: {"title": each.title, "unit": each.unit} for each in taken.figures}
    return {
        "layer": entry.id,
        "title": entry.title,
        "count": len(taken.rows),
        "unknown": taken.unknown,
        "columns": units,
        "sources": taken.sources,
        "notes": list(dict.fromkeys(note for each in taken.figures for note in each.notes)),
    }


def write_geojson(taken: Taken, exact: ExactStore | None) -> bytes:
    """Write a feature a row; what the file is stands beside them (RFC 7946 §6.1: foreign members)."""
    columns = taken.columns()
    head = msgspec.json.encode({"type": "FeatureCollection", **about(taken)})[:-1]
    ids = taken.layer.attributes.column("id").to_pylist()
    rows = zip(*columns.values(), strict=True)
    shapes = geojson(_exact(exact).take(taken.rows))
    features = (
        msgspec.json.encode(
            {
                "type": "Feature",
                "id": ids[number],
                "properties": dict(zip(columns, row, strict=True)),
                "geometry": shape,
            }
        )
        for number, row, shape in zip(taken.rows.tolist(), rows, shapes, strict=True)
    )
    return head + b',"features":[' + b",\n".join(features) + b"]}"


def write_parquet(taken: Taken, exact: ExactStore | None) -> bytes:
    """Write GeoParquet 1.1: geometry as WKB in OGC:CRS84, and titles, units and sources as metadata."""
    # Here, because no other route needs it.
    from pyarrow import parquet

    shapes = _exact(exact).take(taken.rows)
    types = {field.id: _TYPES[field.type] for field in taken.fields}
    types |= {each.id: pa.int64() for each in taken.figures if each.whole}
    told = {field.id: (field.title, field.unit) for field in taken.fields}
    told |= {each.id: (each.title, each.unit) for each in taken.figures}
    arrays, fields = [], []
    for name, values in taken.columns().items():
        kind = types.get(name) or (pa.float64() if _is_number(taken, name) else pa.string())
        title, unit = told.get(name, (None, None))
        described = {"title": title.fr if title else None, "unit": unit.fr if unit else None}
        arrays.append(pa.array(values, kind))
        fields.append(pa.field(name, kind, metadata={key: text for key, text in described.items() if text}))
    arrays.append(pa.array(list(wkb(shapes)), pa.binary()))
    fields.append(pa.field("geometry", pa.binary()))
    metadata = {"geo": msgspec.json.encode(_geo(shapes)), "about": msgspec.json.encode(about(taken))}
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata))
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    written: bytes = sink.getvalue().to_pybytes()
    return written


def _is_number(taken: Taken, name: str) -> bool:
    ids = {each.id for each in taken.figures}
    return name in ids or name.removesuffix("_known") in ids


def _geo(shapes: Any) -> dict[str, Any]:
    """Describe the geometry (GeoParquet 1.1.0); without ``crs`` it is OGC:CRS84."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": types_of(shapes), "edges": "planar"}
    if shapes.kind == "areas":
        column["orientation"] = "counterclockwise"
    if len(shapes.xy):
        column["bbox"] = [*np.min(shapes.xy, axis=0).tolist(), *np.max(shapes.xy, axis=0).tolist()]
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


def _exact(exact: ExactStore | None) -> ExactStore:
    assert exact is not None  # noqa: S101 - the route looked
    return exact


WRITERS: Final[Mapping[str, Writer]] = {
    "csv": write_csv,
    "geojson": write_geojson,
    "parquet": write_parquet,
}
