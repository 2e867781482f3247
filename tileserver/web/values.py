"""Values of an indicator at a level, apart from any outline: to be joined to tiles by feature id."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import RequestError
from tileserver.store.manifest import IndicatorEntry
from tileserver.store.mapped import repeated
from tileserver.store.status import Status
from tileserver.tiles.address import shown
from tileserver.web.answer import cache_control
from tileserver.web.contracts import LayerLike
from tileserver.web.figures import column_name, columns_beside
from tileserver.web.filtering import Mask, masks, read_filter
from tileserver.web.negotiation import choose_media_type
from tileserver.web.respond import JSON, VARY_CODING, respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live

PARAMETERS: Final = ("year", "filter", "filter-lang", "f", "keys")

CSV: Final = "text/csv; charset=utf-8"
ARROW: Final = "application/vnd.apache.arrow.stream"

_FORMATS: Final[Mapping[str, str]] = {"json": JSON, "csv": CSV, "arrow": ARROW}
_OFFERED: Final[Mapping[str, str]] = {JSON: "json", "text/csv": "csv", ARROW: "arrow"}
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {"id,code": ("id", "code"), "id": ("id",)}
_BESIDE: Final = ("value", "status", "known")
_PLURALS: Final = {"status": "statuses", "known": "known"}


@dataclass(frozen=True, slots=True)
class Values:
    """One column of a layer, its rows in the order of the feature ids, with the keys asked for."""

    indicator: IndicatorEntry
    level: str
    year: str | None
    table: pa.Table
    sources: list[Any]


async def values(
    request: Request, shot: Snapshot, entry: IndicatorEntry, query: Mapping[str, str]
) -> Response:
    """Answer ``/indicators/{indicator}?level=…`` as JSON, CSV or Arrow, by ``f`` or the Accept header."""
    level = query["level"]
    layer = shot.at_level(entry, level)
    year = query.get("year")
    column = column_name(layer, entry, year)
    columns = (column, *columns_beside(layer, column))
    keys = _one_of(query.get("keys", "id,code"), "keys", _KEYS)
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    if "f" in query:
        form = query["f"]
        media_type = _one_of(form, "f", _FORMATS)
    else:
        form = _OFFERED[choose_media_type(request.headers.get("accept"), tuple(_OFFERED))]
        media_type = _FORMATS[form]
        headers["Vary"] = f"{VARY_CODING}, Accept"
    chosen: Mask | None = None
    wanted = read_filter(query)
    if wanted is not None:
        [chosen] = await masks(live(request), shot, wanted, [layer])

    def make() -> bytes:
        table = _table(layer, columns, keys, chosen)
        return _WRITERS[form](Values(entry, level, year, table, shot.named_sources(entry.sources)))

    key = (shot.digest, "values", layer.entry.id, column, keys, wanted and wanted.key)
    return await respond(request, key, make, media_type, headers)


def _one_of(text: str, parameter: str, known: Mapping[str, Any]) -> Any:
    if text not in known:
        raise RequestError(f"{parameter} is {shown(text)}; it is one of {' '.join(known)}")
    return known[text]


def _table(
    layer: LayerLike, columns: tuple[str, ...], keys: tuple[str, ...], chosen: Mask | None
) -> pa.Table:
    table = layer.attributes.select([*keys, *columns])
    if chosen is not None:
        table = table.filter(pa.array(chosen.view("bool")))
    table = table.take(pc.sort_indices(table.column("id"))).rename_columns([*keys, *_BESIDE[: len(columns)]])
    return table if len(columns) == 1 else _told(table)


def _told(table: pa.Table) -> pa.Table:
    """Write out the status and the share known of every row; the store leaves out the obvious."""
    told = table.column("status")
    status = pc.coalesce(told, repeated(Status.OK.slug, len(told)))
    known = pc.cast(pc.is_valid(table.column("value")), pa.float64())
    if "known" in table.column_names:
        known = pc.coalesce(pc.cast(table.column("known"), pa.float64()), known)
    kept = [name for name in table.column_names if name not in ("status", "known")]
    return table.select(kept).append_column("status", status).append_column("known", known)


def _json(values: Values) -> bytes:
    """Write columns beside each other: ids that follow one another compress to little."""
    entry = values.indicator
    columns = {
        _PLURALS.get(name, f"{name}s"): values.table.column(name).to_pylist()
        for name in values.table.column_names
    }
    return msgspec.json.encode(
        {
            "id": entry.id,
            "level": values.level,
            "year": values.year,
            "unit": entry.unit,
            "date": entry.date,
            "sources": values.sources,
            **columns,
        }
    )


def _csv(values: Values) -> bytes:
    """Write a row a territory; no data is an empty cell, and its status says why."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow(values.table.column_names)
    writer.writerows(zip(*(column.to_pylist() for column in values.table.columns), strict=True))
    return text.getvalue().encode()


def _arrow(values: Values) -> bytes:
    """Write one record batch of an Arrow IPC stream, described in the metadata of its schema."""
    entry = values.indicator
    described = {"id": entry.id, "level": values.level, "unit_fr": entry.unit.fr, "date": entry.date}
    table = values.table.replace_schema_metadata(described).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    written: bytes = sink.getvalue().to_pybytes()
    return written


_WRITERS: Final = {"json": _json, "csv": _csv, "arrow": _arrow}
