"""Features as GeoJSON (RFC 7946), by columns: coordinates are cut out of one list, values zipped."""

import itertools
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from tileserver.store.exact import Ragged


def geometries(geometry: Ragged, decimals: int) -> list[dict[str, Any] | None]:
    """Write a geometry a row, its coordinates rounded; one part alone is no multi-geometry; None for none."""
    flat: list[Any] = np.round(geometry.xy, decimals).tolist()
    for offsets in geometry.offsets:
        ends = offsets.tolist()
        flat = [flat[first:last] for first, last in itertools.pairwise(ends)]
    if geometry.kind == "points":
        return [{"type": "Point", "coordinates": place} for place in flat]
    single = "Polygon" if geometry.kind == "areas" else "LineString"
    return [_parts(parts, single) for parts in flat]


def _parts(parts: list[Any], single: str) -> dict[str, Any] | None:
    if len(parts) == 1:
        return {"type": single, "coordinates": parts[0]}
    return {"type": f"Multi{single}", "coordinates": parts} if parts else None


def features(
    ids: Sequence[int], names: Sequence[str], columns: Sequence[Sequence[Any]], drawn: Sequence[Any]
) -> list[dict[str, Any]]:
    """Put features together: ids, properties by column, geometries."""
    rows: Any = zip(*columns, strict=True) if columns else ((),) * len(ids)
    return [
        {"type": "Feature", "id": id_, "geometry": geometry, "properties": dict(zip(names, row, strict=True))}
        for id_, row, geometry in zip(ids, rows, drawn, strict=True)
    ]


def listed(made: list[dict[str, Any]]) -> bytes:
    """Write features with commas between, without the brackets of their list."""
    return msgspec.json.encode(made)[1:-1]
