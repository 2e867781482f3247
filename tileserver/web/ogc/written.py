"""A page of features, written in its form: GeoJSON piece by piece, a table for people, files for a GIS."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from tileserver.store.exact import ExactStore, Ragged
from tileserver.web.contracts import LayerLike
from tileserver.web.ogc import formats, geojson
from tileserver.web.ogc.asked import Asked
from tileserver.web.ogc.crs import SYSTEMS, System, from_lonlat
from tileserver.web.ogc.document import Link, Place, page
from tileserver.web.ogc.rows import columns
from tileserver.web.ogc.select import Rows
from tileserver.web.profile.pages import HTML
from tileserver.web.values import CSV

GEOJSON: Final = "application/geo+json"
FORMS: Final[Mapping[str, str]] = {
    "json": GEOJSON,
    "html": HTML,
    "csv": CSV,
    "parquet": "application/vnd.apache.parquet",
    "fgb": "application/vnd.flatgeobuf",
}
DOWNLOADS: Final = ("csv", "parquet", "fgb")
CHUNK: Final = 250
"""Features that are written at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one answer, among all that were chosen."""

    place: Place
    layer: LayerLike
    exact: ExactStore
    asked: Asked
    rows: Rows
    matched: int
    links: list[Link]

    def geometry(self, rows: Rows) -> Ragged | None:
        """Give the geometry of some rows in the system asked for; None where it is not wanted."""
        return drawn(self.exact, rows, self.asked.crs) if self.asked.geometry else None


def pieces(answer: Page) -> Iterator[bytes]:
    """Write a collection of features piece by piece."""
    head = {
        "type": "FeatureCollection",
        "numberMatched": answer.matched,
        "numberReturned": len(answer.rows),
        "links": answer.links,
    }
    yield msgspec.json.encode(head)[:-1] + b',"features":['
    system = answer.asked.crs
    for first in range(0, len(answer.rows), CHUNK):
        rows = answer.rows[first : first + CHUNK]
        made = features(answer.layer, answer.asked.fields, rows, answer.geometry(rows), system)
        yield (b"," if first else b"") + geojson.listed(made)
    yield b"]}"


def drawn(exact: ExactStore, rows: Rows, system: System) -> Ragged:
    """Give the geometry of some rows in a system, in its order of axes."""
    taken = exact.take(rows)
    return taken._replace(xy=from_lonlat(taken.xy, system))


def features(
    layer: LayerLike, names: tuple[str, ...], rows: Rows, geometry: Ragged | None, system: System
) -> list[dict[str, Any]]:
    """Make the features of some rows; None for `geometry` leaves it out."""
    ids, *listed = columns(layer, ("id", *names), rows)
    shapes = [None] * len(ids) if geometry is None else geojson.geometries(geometry, system.decimals)
    return geojson.features(ids, names, listed, shapes)


def check_drawable(answer: Page) -> None:
    """Raise now what would break off an answer that is under way."""
    corners = answer.exact.bbox[answer.rows].reshape(-1, 2)
    from_lonlat(corners[~np.isnan(corners[:, 0])], answer.asked.crs)


def _json(answer: Page) -> bytes:
    return b"".join(pieces(answer))


def _html(answer: Page) -> bytes:
    ids, *listed = columns(answer.layer, ("id", *answer.asked.fields), answer.rows)
    fields = [field for field in answer.layer.entry.fields if field.id in answer.asked.fields]
    return page(
        answer.place,
        "ogc_items.html",
        entry=answer.layer.entry,
        answer=answer,
        fields=fields,
        table=list(zip(ids, zip(*listed, strict=True), strict=True)),
        next=next((link for link in answer.links if link["rel"] == "next"), None),
        alternates=[link for link in answer.links if link["rel"] == "alternate"],
        systems=list(SYSTEMS.values()),
    )


def _csv(answer: Page) -> bytes:
    points = answer.exact.kind == "points"
    return formats.write_csv(
        answer.layer, answer.asked.fields, answer.rows, answer.geometry(answer.rows) if points else None
    )


def _parquet(answer: Page) -> bytes:
    geometry = answer.geometry(answer.rows)
    return formats.write_parquet(answer.layer, answer.asked.fields, answer.rows, geometry, answer.asked.crs)


def _fgb(answer: Page) -> bytes:
    geometry = drawn(answer.exact, answer.rows, answer.asked.crs)
    return formats.write_flatgeobuf(
        answer.layer, answer.asked.fields, answer.rows, geometry, answer.asked.crs
    )


WRITERS: Final = {"json": _json, "html": _html, "csv": _csv, "parquet": _parquet, "fgb": _fgb}
