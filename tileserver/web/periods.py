"""The columns of an indicator in the table of a layer: of a period, and what stands beside its figures."""

import re
from typing import Final

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import IndicatorEntry
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike

_PERIOD: Final = re.compile(r"[0-9]{4}(-[A-Z]?[0-9]{1,2})?", re.ASCII)


def column_of(layer: LayerLike, entry: IndicatorEntry, year: str | None) -> str:
    """Name the column of an indicator, ``id`` or ``id@2023-T3``; raise where there is no such period."""
    if year is None:
        return entry.id
    if not _PERIOD.fullmatch(year):
        raise RequestError(f"year is {shown(year)}; a year has four digits, a quarter is written 2023-T3")
    if entry.periods == (year,):
        return entry.id
    column = f"{entry.id}@{year}"
    there = [name for name in layer.attributes.column_names if name.startswith(f"{entry.id}@")]
    if column not in there:
        listed = [*entry.periods] if len(entry.periods) == 1 else [name.partition("@")[2] for name in there]
        years = ", ".join(listed) or "none apart from the one without year="
        raise NotFoundError(f"indicator {entry.id} has no year {year} here; it has {years}")
    return column


def columns_beside(layer: LayerLike, column: str) -> tuple[str, ...]:
    """Name the columns of status and share known of a column of values; none where all figures are *ok*."""
    found = next((field for field in layer.entry.fields if field.id == column), None)
    if found is None or found.status is None:
        return ()
    return (found.status,) if found.known is None else (found.status, found.known)
