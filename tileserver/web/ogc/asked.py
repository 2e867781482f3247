"""What a request for items asks, read and checked: after this everything is valid by type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final, Literal

from tileserver.errors import RequestError
from tileserver.store.manifest import Field, LayerEntry
from tileserver.tiles.address import shown
from tileserver.tiles.filtering import nodes
from tileserver.tiles.filters import Filter, parse_filter
from tileserver.web.ogc.crs import Box, System, read_system

PARAMETERS: Final = (
    "f", "lang", "limit", "cursor", "bbox", "bbox-crs", "crs", "datetime", "properties", "skipGeometry",
    "sortby", "filter", "filter-lang", "filter-crs", "v",
)  # fmt: skip
"""Every other parameter is the name of a property, and its value what the property is to be equal to."""

DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 10_000
MAX_DOWNLOAD: Final = 100_000
"""Rows of a form that is written whole: a table, a file for a GIS."""

MAX_SORT: Final = 4
LONGEST_LIST: Final = 4000

_DIGITS: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_CURSOR: Final = re.compile(r"([0-9a-f]{32})-([0-9]{1,9})", re.ASCII)
_INSTANT: Final = (
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?"
)
_DATETIME: Final = re.compile(
    rf"{_INSTANT}|{_INSTANT}/(\.\.)?|(\.\.)?/{_INSTANT}|{_INSTANT}/{_INSTANT}", re.ASCII
)

Form = Literal["json", "html", "csv", "parquet", "fgb"]


@dataclass(frozen=True, slots=True)
class Area:
    """A box of a system, x before y: west, south, east, north. In degrees, west may lie beyond east."""

    box: Box
    system: System


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows, in which order, from which on; what is told of each, and where they are drawn.

    ``sort``: fields, and whether from the last to the first. ``start`` is a place in that order.
    """

    area: Area | None
    filter: Filter | None
    sort: tuple[tuple[str, bool], ...]
    fields: tuple[str, ...]
    geometry: bool
    crs: System
    start: int
    limit: int

    @property
    def rows_key(self) -> tuple[object, ...]:
        """All that the order of the chosen rows depends on, besides the layer."""
        return (self.area, self.filter and self.filter.key, self.sort)

    @property
    def key(self) -> tuple[object, ...]:
        """All that an answer depends on, besides the layer and its form."""
        return (*self.rows_key, self.fields, self.geometry, self.crs.uri, self.start, self.limit)


def read_asked(entry: LayerEntry, query: Mapping[str, str], *, download: bool = False) -> Asked:
    """Read a query for items of a layer; raise `RequestError` naming the parameter and what would be right.

    With `download` the answer is a file, which holds all rows unless ``limit`` says otherwise.
    """
    _check_datetime(query.get("datetime"))
    read_lonlat(query.get("filter-crs"), "filter-crs")
    if "bbox-crs" in query and "bbox" not in query:
        raise RequestError("bbox-crs says in which crs bbox is, and there is no bbox")
    return Asked(
        area=_read_area(query.get("bbox"), query.get("bbox-crs")),
        filter=read_rows_filter(entry, query),
        sort=_read_sort(entry, query.get("sortby")),
        fields=read_fields(entry, query.get("properties")),
        geometry=not _read_flag(query.get("skipGeometry"), "skipGeometry"),
        crs=read_system(query.get("crs"), "crs"),
        start=0 if "cursor" not in query else read_cursor(query["cursor"])[1],
        limit=_read_limit(query.get("limit"), download=download),
    )


def allowed(entry: LayerEntry) -> tuple[str, ...]:
    """List the parameters of items: the fixed ones, then the properties of the layer."""
    return (*PARAMETERS, *(field.id for field in entry.fields if field.id not in PARAMETERS))


def read_cursor(text: str) -> tuple[str, int]:
    """Read the store version and the place that a cursor names."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise RequestError(f"cursor is {shown(text)}; take it from the link `next` of an answer, as it is")
    return found[1], int(found[2])


def read_lonlat(text: str | None, name: str) -> None:
    """Accept the crs of a filter: degrees, longitude first."""
    system = read_system(text, name)
    if not system.is_lonlat or system.northing_first:
        raise RequestError(f"{name} is {shown(text or '')}; geometries of a filter are in CRS84")


def default_fields(entry: LayerEntry) -> tuple[str, ...]:
    """Name what is told of a feature unless asked otherwise: all fields but other periods, ``id@year``."""
    return tuple(field.id for field in entry.fields if "@" not in field.id)


def read_fields(entry: LayerEntry, text: str | None) -> tuple[str, ...]:
    """Read ``properties``: names of fields, in any order; they are told in that of the layer."""
    if text is None:
        return default_fields(entry)
    names = _names(text, "properties") if text else []
    known = {field.id for field in entry.fields}
    for name in names:
        if name not in known:
            raise RequestError(
                f"properties asks for {shown(name)}, which collection {entry.id} does not have; "
                f"/ogc/collections/{entry.id}/queryables lists what it has"
            )
    return tuple(field.id for field in entry.fields if field.id in set(names))


def read_rows_filter(entry: LayerEntry, query: Mapping[str, str]) -> Filter | None:
    """Read ``filter``, and the properties that are to be equal to something; all must hold."""
    given = None
    if "filter" in query:
        given = parse_filter(query["filter"], query.get("filter-lang"))
    elif "filter-lang" in query or "filter-crs" in query:
        raise RequestError("filter-lang and filter-crs are about filter, and there is no filter")
    fields = {field.id: field for field in entry.fields}
    equal = [(fields[name], text) for name, text in sorted(query.items()) if _is_field(name, fields)]
    if not equal:
        return given
    parts: list[nodes.Node] = [
        nodes.Call("=", (nodes.Property(field.id), nodes.Literal(_literal(field, text))))
        for field, text in equal
    ]
    key = "&".join(f"{field.id}={text}" for field, text in equal)
    if given is not None:
        parts.append(given.tree)
        key += f"&{given.key}"
    return Filter(key, parts[0] if len(parts) == 1 else nodes.Call("and", tuple(parts)))


def _is_field(name: str, fields: Mapping[str, Field]) -> bool:
    return name in fields and name not in PARAMETERS


def _literal(field: Field, text: str) -> float | str | bool:
    if field.type == "string":
        return text
    if field.type == "boolean":
        return _read_flag(text, field.id)
    number = _number(text)
    if number is None:
        raise RequestError(f"{field.id} is {shown(text)}; it is compared with a number")
    return number


def _number(text: str) -> float | None:
    try:
        number = float(text) if len(text) <= 40 and "_" not in text else float("nan")
    except ValueError:
        return None
    return number if isfinite(number) else None


def _read_area(text: str | None, system: str | None) -> Area | None:
    if text is None:
        return None
    numbers = [_number(part) for part in text.split(",", 6)]
    if len(numbers) not in (4, 6) or any(number is None for number in numbers):
        raise RequestError(f"bbox is {shown(text)}; it is four numbers, as in bbox=-1.6,47.1,-1.4,47.3")
    half = len(numbers) // 2
    found = read_system(system, "bbox-crs")
    low, high = [float(n or 0) for n in numbers[:2]], [float(n or 0) for n in numbers[half : half + 2]]
    if found.northing_first:
        low, high = low[::-1], high[::-1]
    (west, south), (east, north) = low, high
    if south > north or (west > east and not found.is_lonlat):
        raise RequestError(f"bbox is {shown(text)}; its lower corner comes first, then its upper corner")
    if found.is_lonlat and (max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90):
        raise RequestError(
            f"bbox is {shown(text)}; in {found.uri} its longitudes are from -180 to 180, its latitudes from "
            "-90 to 90"
        )
    return Area((west, south, east, north), found)


def _read_sort(entry: LayerEntry, text: str | None) -> tuple[tuple[str, bool], ...]:
    if text is None:
        return ()
    known = {field.id for field in entry.fields}
    found = []
    for item in _names(text, "sortby"):
        name = (
            item.removeprefix("-") if item.startswith("-") else item.lstrip("+ ")
        )  # a plus arrives as a space
        if name not in known:
            raise RequestError(
                f"sortby asks for {shown(name)}, which collection {entry.id} does not have; "
                f"/ogc/collections/{entry.id}/sortables lists what it has"
            )
        found.append((name, item.startswith("-")))
    if len(found) > MAX_SORT:
        raise RequestError(f"sortby has {len(found)} properties; at most {MAX_SORT} are read")
    return tuple(found)


def _names(text: str, name: str) -> list[str]:
    if len(text) > LONGEST_LIST:
        raise RequestError(f"{name} has {len(text)} characters; at most {LONGEST_LIST} are read")
    names = text.split(",")
    if "" in names:
        raise RequestError(
            f"{name} holds an empty name; names are written with commas between, as in name,code"
        )
    return names


def _read_limit(text: str | None, *, download: bool) -> int:
    most = MAX_DOWNLOAD if download else MAX_LIMIT
    if text is None:
        return most if download else DEFAULT_LIMIT
    if not _DIGITS.fullmatch(text) or int(text) < 1:
        raise RequestError(f"limit is {shown(text)}; it is a whole number from 1 to {most}")
    return min(int(text), most)  # Part 1, /req/core/fc-limit-response: too large is no error


def _read_flag(text: str | None, name: str) -> bool:
    if text is None or text == "false":
        return False
    if text == "true":
        return True
    raise RequestError(f"{name} is {shown(text)}; it is true or false")


def _check_datetime(text: str | None) -> None:
    """Check ``datetime``. No collection has a time of its own, and all of its features match then.

    (Part 1, /req/core/fc-time-response C.)
    """
    if text is not None and not (len(text) < 100 and _DATETIME.fullmatch(text)):
        raise RequestError(
            f"datetime is {shown(text)}; it is a date of RFC 3339, as in 2024-01-31 or 2024-01-31T12:00:00Z, "
            "or two with a slash between, where .. stands for an open end"
        )
