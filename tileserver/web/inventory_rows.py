"""What lies in a territory: the rows of layers of points, counted, added up, sorted, cut to a page."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import EXTENT, Field
from tileserver.store.mapped import integers
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike
from tileserver.web.filtering import Mask
from tileserver.web.views import latitude, longitude

HEAD: Final = ("code", "name")
Place = tuple[int, int]
"""The number of a layer among those asked for, and a row of it."""


@dataclass(frozen=True, slots=True)
class Page:
    """How the rows are listed: by which field, from which row on, how many at most."""

    sort: str | None
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one layer that were asked for. ``rows``: int64 (n), in the order of the layer's rows.

    ``counts``: field → values with the number of rows of each, the most frequent first, None for no data.
    ``totals``: field → the sum over the rows with a value, and how many those are.
    """

    layer: LayerLike
    rows: NDArray[np.int64]
    counts: dict[str, list[dict[str, Any]]]
    totals: dict[str, dict[str, Any]]


def properties(layer: LayerLike) -> list[Field]:
    """Return the fields of a layer that its rows are told by, besides code and name."""
    return [field for field in layer.entry.fields if field.id not in HEAD]


def find(layer: LayerLike, level: str | None, code: str | None, chosen: Mask | None) -> Found:
    """Find the rows of a layer in the territory `code` of `level`, or in the whole country.

    Raises `NotFoundError` for a level of which the layer does not know the territories.
    """
    # Here, because it is a fifth of a second that starting the server must not cost.
    import pyarrow.compute as pc

    keep = np.ones(layer.attributes.num_rows, bool) if chosen is None else chosen.view(bool)
    if level is not None:
        mask = pc.fill_null(pc.equal(layer.attributes.column(_at_level(layer, level)), code), False)
        keep = keep & np.array(mask.to_pylist(), bool)
    rows = np.flatnonzero(keep).astype(np.int64)
    told = layer.entry.inventory
    counts: dict[str, list[dict[str, Any]]] = {}
    totals: dict[str, dict[str, Any]] = {}
    for name in () if told is None else told.counts:
        counted = Counter(_column(layer, name, rows))
        ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0] is None, str(item[0])))
        counts[name] = [{"value": value, "count": count} for value, count in ranked]
    for name in () if told is None else told.totals:
        known = [value for value in _column(layer, name, rows) if value is not None]
        totals[name] = _total(layer, name, known)
    return Found(layer, rows, counts, totals)


def _at_level(layer: LayerLike, level: str) -> str:
    there = {field.level: field.id for field in layer.entry.fields if field.level is not None}
    if level not in there:
        told = ", ".join(map(str, there)) or "none"
        raise NotFoundError(f"layer {layer.entry.id} is not known by {level}; its points are by {told}")
    return there[level]


def _column(layer: LayerLike, name: str, rows: NDArray[np.int64]) -> list[Any]:
    values: list[Any] = layer.attributes.column(name).take(integers(rows)).to_pylist()
    return values


def _total(layer: LayerLike, name: str, known: list[Any]) -> dict[str, Any]:
    """Add up in whole numbers of the last decimal where there is one, so that the order does not matter."""
    field = next(field for field in layer.entry.fields if field.id == name)
    total: float | int | None = None
    if known:
        scale = 10 ** (field.precision or 0)
        total = sum(round(value * scale) for value in known) / scale if field.type == "number" else sum(known)
    return {"sum": total, "known": len(known), "unit": field.unit}


def listed(found: list[Found], page: Page) -> list[dict[str, Any]]:
    """List the rows of all layers as records: layer, id, code, name, lon, lat and ``properties``.

    They come layer by layer in the order of their codes; or all together by a field (``-field``: the greatest
    first), rows without a value last. Raises `RequestError` for a field that a layer lacks.
    """
    places = [place for number, each in enumerate(found) for place in _by_code(number, each)]
    if page.sort is not None:
        places = _by_field(found, places, page.sort)
    chosen = places[page.offset : page.offset + page.limit]
    records: dict[Place, dict[str, Any]] = {}
    for number, each in enumerate(found):
        rows = [row for owner, row in chosen if owner == number]
        records |= {
            (number, row): record for row, record in zip(rows, records_of(each.layer, rows), strict=True)
        }
    return [records[place] for place in chosen]


def _by_code(number: int, found: Found) -> list[Place]:
    codes, ids = (_column(found.layer, name, found.rows) for name in ("code", "id"))
    return [(number, row) for _, _, row in sorted(zip(codes, ids, found.rows.tolist(), strict=True))]


def _by_field(found: list[Found], places: list[Place], sort: str) -> list[Place]:
    """Sort places by the values of a field, equal ones as they are."""
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    values: dict[Place, Any] = {}
    kinds = set()
    for number, each in enumerate(found):
        fields = {field.id: field for field in each.layer.entry.fields}
        if name not in fields:
            raise RequestError(f"sort is {shown(sort)}; layer {each.layer.entry.id} has {', '.join(fields)}")
        kinds.add(fields[name].type)
        told = zip(each.rows.tolist(), _column(each.layer, name, each.rows), strict=True)
        values |= {(number, row): value for row, value in told}
    if len(kinds) > 1:
        raise RequestError(f"sort is {shown(sort)}, which is not of one type in all layers; say layer=")
    known = [place for place in places if values[place] is not None]
    return sorted(known, key=values.__getitem__, reverse=falling) + [
        place for place in places if values[place] is None
    ]


def records_of(layer: LayerLike, rows: list[int]) -> list[dict[str, Any]]:
    """Tell rows as records: layer, id, code, name, lon, lat and ``properties``."""
    names = [field.id for field in properties(layer)]
    table = layer.attributes.select(["id", *HEAD, *names]).take(integers(rows))
    side = EXTENT << layer.points.zoom
    places = (layer.points.xy[np.array(rows, np.int64)] / side).tolist()
    return [
        {
            "layer": layer.entry.id,
            **{name: row[name] for name in ("id", *HEAD)},
            "lon": longitude(x),
            "lat": latitude(y),
            "properties": {name: row[name] for name in names},
        }
        for row, (x, y) in zip(table.to_pylist(), places, strict=True)
    ]
