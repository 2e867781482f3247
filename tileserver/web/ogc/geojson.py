"""Features as GeoJSON (RFC 7946): coordinates are written all at once and cut into rings, values zipped."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import msgspec
import numpy as np
import orjson

from tileserver.store.exact import Ragged

_CLOSING: Final = ord("]")


def geometries(geometry: Ragged, decimals: int) -> list[msgspec.Raw | None]:
    """Write a geometry a row, its coordinates rounded; one part alone is no multi-geometry; None for none.

    A thousand communes have a hundred thousand vertices: as Python's lists they would cost three times as
    long as all the rest of an answer.
    """
    if not len(geometry.xy):
        return [None] * (len(geometry.offsets[-1]) - 1 if geometry.offsets else 0)
    rounded = np.ascontiguousarray(np.round(geometry.xy, decimals))
    text = orjson.dumps(rounded, option=orjson.OPT_SERIALIZE_NUMPY)
    stops = np.flatnonzero(np.frombuffer(text, np.uint8) == _CLOSING)[:-1] + 1  # the last one closes the list
    starts = np.concatenate([np.ones(1, np.int64), stops[:-1] + 1])  # after a comma
    if geometry.kind == "points":
        places = (text[a:b] for a, b in zip(starts.tolist(), stops.tolist(), strict=True))
        return [msgspec.Raw(b'{"type":"Point","coordinates":' + place + b"}") for place in places]
    lines = geometry.offsets[0]
    cut = zip(starts[lines[:-1]].tolist(), stops[lines[1:] - 1].tolist(), strict=True)
    parts = [b"[" + text[a:b] + b"]" for a, b in cut]
    if geometry.kind == "lines":
        return [_multi(rows, b"LineString") for rows in _groups(parts, geometry.offsets[1])]
    polygons = [b"[" + b",".join(rings) + b"]" for rings in _groups(parts, geometry.offsets[1])]
    return [_multi(rows, b"Polygon") for rows in _groups(polygons, geometry.offsets[2])]


def _groups(parts: list[bytes], offsets: Any) -> Iterator[list[bytes]]:
    return (parts[first:last] for first, last in pairwise(offsets.tolist()))


def _multi(parts: list[bytes], single: bytes) -> msgspec.Raw | None:
    if len(parts) == 1:
        return msgspec.Raw(b'{"type":"' + single + b'","coordinates":' + parts[0] + b"}")
    if not parts:
        return None
    return msgspec.Raw(b'{"type":"Multi' + single + b'","coordinates":[' + b",".join(parts) + b"]}")


def features(
    ids: Sequence[int], names: Sequence[str], columns: Sequence[Sequence[Any]], drawn: Sequence[Any]
) -> list[dict[str, Any]]:
    """Put features together: ids, properties by column, geometries."""
    rows: Any = zip(*columns, strict=True) if columns else ((),) * len(ids)
    made = _properties(tuple(names))
    return [
        {"type": "Feature", "id": id_, "geometry": geometry, "properties": made(*row)}
        for id_, row, geometry in zip(ids, rows, drawn, strict=True)
    ]


@lru_cache(maxsize=256)
def _properties(names: tuple[str, ...]) -> Callable[..., msgspec.Struct]:
    """Make the type of the properties of some names: a dict of a hundred would take five times as long."""
    fields = {f"field_{place}": name for place, name in enumerate(names)}
    return msgspec.defstruct("Properties", list(fields), rename=fields, gc=False)


def listed(made: list[dict[str, Any]]) -> bytes:
    """Write features with commas between, without the brackets of their list."""
    return msgspec.json.encode(made)[1:-1]
