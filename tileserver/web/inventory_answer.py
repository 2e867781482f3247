"""What lies in a territory, written out as JSON, CSV or GeoJSON, with what is to be known of the sources."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from tileserver.store.manifest import Title
from tileserver.web.inventory_rows import Found, Page, listed, properties
from tileserver.web.snapshot import Snapshot

NOTE: Final = "source_note"
"""The column of a CSV with what whoever sees a row must be told."""

_PLACE: Final = ("layer", "id", "code", "name", "lon", "lat")


@dataclass(frozen=True, slots=True)
class Asked:
    """A territory, or the whole country (all None), and the page of its list."""

    level: str | None
    code: str | None
    name: str | None
    page: Page


def notes(shot: Snapshot, found: Found) -> list[Title]:
    """Return what is to be known of the sources of a layer."""
    return [
        source.note for source in shot.named_sources(found.layer.entry.sources) if source.note is not None
    ]


def about(shot: Snapshot, asked: Asked, found: list[Found]) -> dict[str, Any]:
    """Say what was asked for, and of each layer how much there is, by what, from which sources."""
    return {
        "store": shot.digest,
        "level": asked.level,
        "code": asked.code,
        "name": asked.name,
        "count": sum(len(each.rows) for each in found),
        "notes": [note for each in found for note in notes(shot, each)],
        "layers": [
            {
                "id": each.layer.entry.id,
                "title": each.layer.entry.title,
                "count": len(each.rows),
                "counts": each.counts,
                "totals": each.totals,
                "fields": [
                    {"id": field.id, "title": field.title, "type": field.type, "unit": field.unit}
                    for field in properties(each.layer)
                ],
                "sources": shot.named_sources(each.layer.entry.sources),
            }
            for each in found
        ],
        "sort": asked.page.sort,
        "limit": asked.page.limit,
        "offset": asked.page.offset,
    }


def _json(shot: Snapshot, asked: Asked, found: list[Found]) -> bytes:
    return msgspec.json.encode(about(shot, asked, found) | {"rows": listed(found, asked.page)})


def _geojson(shot: Snapshot, asked: Asked, found: list[Found]) -> bytes:
    """Write a feature a row; what the answer is stands beside them (RFC 7946 §6.1: foreign members)."""
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "properties": {name: row[name] for name in ("layer", "code", "name")} | row["properties"],
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        }
        for row in listed(found, asked.page)
    ]
    return msgspec.json.encode(
        {"type": "FeatureCollection", **about(shot, asked, found), "features": features}
    )


def _csv(shot: Snapshot, asked: Asked, found: list[Found]) -> bytes:
    """Write a row a feature, under the fields of all layers; no data is an empty cell.

    What is to be known of the sources stands in a column of its own, in French, where there is anything.
    """
    names = list(dict.fromkeys(field.id for each in found for field in properties(each.layer)))
    told = {each.layer.entry.id: " ".join(note.fr for note in notes(shot, each)) for each in found}
    warned = [NOTE] if any(told.values()) else []
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow([*_PLACE, *names, *warned])
    for row in listed(found, asked.page):
        cells = [row["properties"].get(name) for name in names]
        writer.writerow([*(row[name] for name in _PLACE), *cells, *(told[row["layer"]] for _ in warned)])
    return text.getvalue().encode()


Writer = Callable[[Snapshot, Asked, list[Found]], bytes]
WRITERS: Final[Mapping[str, Writer]] = {"json": _json, "csv": _csv, "geojson": _geojson}
