"""The indicators of a territory, against its région and the nation, with its rank."""

from typing import Any, Final, NamedTuple

from tileserver.store.manifest import IndicatorEntry
from tileserver.store.status import Status
from tileserver.web.contracts import LayerLike
from tileserver.web.profile.model import Compared, Figure, Moment, Value
from tileserver.web.profile.places import Place
from tileserver.web.snapshot import Snapshot

ABSENT: Final = Value(value=None, status=Status.MISSING.slug, known=0.0)

_ZONINGS: Final = "zonings"
"""Figures of this theme are told by the zonings themselves."""


def find_figures(shot: Snapshot, place: Place, region: Place | None) -> tuple[Figure, ...]:
    """Tell every indicator that exists at the level, in declared order."""
    entries = sorted(shot.manifest.indicators, key=lambda entry: entry.order)
    return tuple(
        _figure(place, region, entry)
        for entry in entries
        if place.level in entry.levels and entry.theme != _ZONINGS and entry.listed
    )


def _figure(place: Place, region: Place | None, entry: IndicatorEntry) -> Figure:
    value = read(place.layer, place.row, entry.id)
    period = entry.periods[-1] if entry.periods else None
    compared = region if region is not None and region.level in entry.levels else None
    standing = _stand(place.layer, entry.id, None if entry.categories else value.value)
    return Figure(
        id=entry.id,
        title=entry.title,
        definition=entry.definition,
        unit=entry.unit,
        theme=entry.theme,
        count=entry.count,
        precision=entry.precision,
        period=period,
        date=entry.date,
        value=value,
        region=_compared(compared, entry.id),
        nation=_of_nation(entry, period),
        label=next((each.title for each in entry.categories if each.value == value.value), None),
        rank=standing.rank,
        tied=standing.tied,
        ranked=standing.ranked,
        series=_series(place, compared, entry),
        breaks=entry.breaks,
        sources=entry.sources,
    )


def _compared(region: Place | None, column: str) -> Compared | None:
    if region is None:
        return None
    return Compared(code=region.code, name=region.name, value=read(region.layer, region.row, column))


def read(layer: LayerLike, row: int, column: str) -> Value:
    """Read a figure with its status; *missing* where the layer has no such column."""
    table = layer.attributes
    if column not in table.column_names:
        return ABSENT
    value = table.column(column)[row].as_py()
    field = next((field for field in layer.entry.fields if field.id == column), None)
    status, known = (None, None) if field is None else (field.status, field.known)
    slug = _cell(table, status, row) or (Status.MISSING if value is None else Status.OK).slug
    share = _cell(table, known, row)
    return Value(value=value, status=slug, known=float(value is not None) if share is None else share)


def _cell(table: Any, column: str | None, row: int) -> Any:
    return None if column is None or column not in table.column_names else table.column(column)[row].as_py()


def _of_nation(entry: IndicatorEntry, period: str | None) -> float | None:
    value = entry.country.get(period or "")
    return None if value is None else round(value, entry.precision)


class _Standing(NamedTuple):
    rank: int | None
    tied: int
    ranked: int


def _stand(layer: LayerLike, column: str, value: float | None) -> _Standing:
    """Rank a value among those of its level; tell how many are equal to it, and how many there are."""
    import pyarrow.compute as pc

    if column not in layer.attributes.column_names:
        return _Standing(None, 0, 0)
    values = layer.attributes.column(column)
    ranked = len(values) - values.null_count
    if value is None:
        return _Standing(None, 0, ranked)
    higher, equal = (int(pc.sum(test(values, value)).as_py() or 0) for test in (pc.greater, pc.equal))
    return _Standing(1 + higher, equal, ranked)


def _series(place: Place, region: Place | None, entry: IndicatorEntry) -> tuple[Moment, ...]:
    if len(entry.periods) < 2:
        return ()
    return tuple(
        Moment(
            period=period,
            value=read(place.layer, place.row, f"{entry.id}@{period}"),
            region=None if region is None else read(region.layer, region.row, f"{entry.id}@{period}"),
            nation=_of_nation(entry, period),
        )
        for period in entry.periods
    )
