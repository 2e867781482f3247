"""What was found put into words: rows with their figures, statuses and reasons."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from msgspec import structs

from tileserver.store.manifest import Title
from tileserver.store.status import SLUGS
from tileserver.web.contracts import LayerLike
from tileserver.web.find.columns import Column
from tileserver.web.find.model import Answer, Apart, Found, Row, Site, Sites, Told, Why
from tileserver.web.find.ranking import Asked, Ranked, Rows, rank
from tileserver.web.inventory_rows import records_of
from tileserver.web.profile.funded import own_notes
from tileserver.web.profile.model import Value
from tileserver.web.profile.places import find_place, find_row, level_plural, name_at
from tileserver.web.snapshot import Snapshot

LEAST_APART: Final = 200
"""Territories that stand apart and are listed, or as many as are listed in order; all are counted."""

DECIMALS: Final = 4
"""Of figures and of shares known."""

_TELLS_WHERE: Final = "departement"


def make_answer(shot: Snapshot, asked: Asked, text: str | None) -> Answer:
    """Find and tell. `text` is the filter as it was asked for."""
    layer = shot.level(asked.level)
    found = rank(shot, layer, asked)
    codes = layer.attributes.column("code").to_pylist()
    return Answer(
        **_found(shot, asked, text, found, [], []),
        level=asked.level,
        level_title=level_plural(asked.level, layer),
        territories=tuple(
            Row(
                rank=int(found.ranks[place]) or None,
                tied=int(found.tied[place]),
                code=codes[row],
                name=name_at(layer, row),
                within=within(shot, asked.level, codes[row]),
                cells=_cells(found, row),
            )
            for place, row in enumerate(found.rows[: asked.limit].tolist())
        ),
        unranked=_apart(layer, found, codes, asked.limit),
    )


def _found(
    shot: Snapshot,
    asked: Asked,
    text: str | None,
    found: Ranked,
    sources: Sequence[str],
    notes: Sequence[Title],
) -> dict[str, Any]:
    """Tell what every answer does, by the names of `Found`; `sources` and `notes` before those of columns."""
    used = (*sources, *(source for column in found.columns for source in column.sources))
    told = (*notes, *(note for column in found.columns for note in column.notes))
    return structs.asdict(
        Found(
            store=shot.digest,
            filter=text,
            sort=None if found.sort is None else f"{'-' if asked.falling else ''}{found.sort.id}",
            limit=asked.limit,
            columns=tuple(_told(column) for column in found.columns),
            count=len(found.rows),
            failing=found.failing,
            unranked_count=len(found.unknown),
            unranked_why=found.why(),
            notes=tuple(dict.fromkeys(told)),
            sources={source.id: source for source in shot.named_sources(tuple(dict.fromkeys(used)))},
        )
    )


def _apart(layer: LayerLike, found: Ranked, codes: list[str], limit: int) -> tuple[Apart, ...]:
    return tuple(
        Apart(
            code=codes[row],
            name=name_at(layer, row),
            why=tuple(Why(column=reason.column, status=reason.status) for reason in reasons),
            cells=_cells(found, row),
        )
        for row, reasons in zip(
            found.unknown[: max(limit, LEAST_APART)].tolist(), found.reasons, strict=False
        )
    )


def _told(column: Column) -> Told:
    return Told(
        id=column.id,
        title=column.title,
        unit=column.unit,
        precision=column.precision,
        count=column.count,
        sources=column.sources,
    )


def _cells(found: Ranked, row: int) -> tuple[Value, ...]:
    return tuple(cell(column, row) for column in found.columns)


def cell(column: Column, row: int) -> Value:
    """Tell the figure of a row with its status."""
    value = column.values[row]
    return Value(
        value=None if np.isnan(value) else round(float(value), DECIMALS),
        status=SLUGS[int(column.status[row])],
        known=round(float(column.known[row]), DECIMALS),
    )


def within(shot: Snapshot, level: str, code: str) -> str | None:
    """Name the département that holds most communes of a territory."""
    members, layer = shot.store.members, shot.levels.get(_TELLS_WHERE)
    if members is None or layer is None or level in (_TELLS_WHERE, "region"):
        return None
    around = members.shared(level, code).get(_TELLS_WHERE, [])
    row = find_row(layer, around[0].code) if around else None
    return None if row is None else name_at(layer, row)


def make_sites(shot: Snapshot, layer: LayerLike, asked: Asked, text: str | None) -> Sites:
    """Find sites and tell them. `text` is the filter as it was asked for."""
    found = rank(shot, layer, asked)
    level, code = asked.within or (None, None)
    place = None if level is None or code is None else find_place(shot, level, code)
    shown = found.rows[: asked.limit]
    none = np.zeros(len(found.unknown), np.int64)
    return Sites(
        **_found(shot, asked, text, found, layer.entry.sources, own_notes(shot, layer)),
        layer=layer.entry.id,
        title=layer.entry.title,
        level=level,
        code=code,
        place=None if place is None else place.name,
        sites=_sites(layer, found, shown, found.ranks, found.tied),
        unranked=_sites(layer, found, found.unknown[: asked.limit], none, none),
    )


def _sites(layer: LayerLike, found: Ranked, rows: Rows, ranks: Rows, tied: Rows) -> tuple[Site, ...]:
    records = records_of(layer, rows.tolist())
    return tuple(
        Site(
            rank=int(ranks[at]) or None,
            tied=int(tied[at]),
            code=str(record["code"]),
            name=str(record["name"] or record["code"]),
            lon=record["lon"],
            lat=record["lat"],
            properties=record["properties"],
            cells=_cells(found, int(rows[at])),
        )
        for at, record in enumerate(records)
    )
