"""Territories chosen by a filter and put in order; those of which it is not known stand apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import Field, Title
from tileserver.store.status import SLUGS, Status
from tileserver.tiles.filters import Filter, properties, truth
from tileserver.web.contracts import LayerLike
from tileserver.web.find.columns import Column, find_column
from tileserver.web.find.model import Counted
from tileserver.web.snapshot import Snapshot

MOST_COLUMNS: Final = 12

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the territories of a level, or of the sites of a layer.

    ``sort``: a column, the greatest first where ``falling``. ``columns`` are told besides those that the
    filter and the order name. ``within``: rows of this territory alone, level and code.
    A *partial* figure of which less than ``known`` is known counts as not known.
    """

    level: str
    filter: Filter | None
    sort: str | None
    falling: bool
    columns: tuple[str, ...]
    limit: int
    within: tuple[str, str] | None = None
    known: float = 0.0


class Reason(NamedTuple):
    """A figure that would have been needed, and why there is none."""

    column: str
    status: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was found: ``rows`` in order, with their ``ranks`` (1 the first, equals share it) and ``tied``.

    Ranks are 0 where nothing is ordered by a figure. ``unknown`` rows may or may not belong here: ``reasons``
    has, for each, what is not known. ``failing`` rows do not pass.
    """

    columns: tuple[Column, ...]
    sort: Column | None
    rows: Rows
    ranks: NDArray[np.int64]
    tied: NDArray[np.int64]
    unknown: Rows
    reasons: tuple[tuple[Reason, ...], ...]
    titles: Mapping[str, Title]
    failing: int

    def why(self) -> tuple[Counted, ...]:
        """Count the reasons, the most frequent first."""
        counted = Counter(reason for reasons in self.reasons for reason in reasons)
        return tuple(
            Counted(column=reason.column, title=self.titles[reason.column], status=reason.status, count=count)
            for reason, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        )


def rank(shot: Snapshot, layer: LayerLike, asked: Asked) -> Ranked:
    """Find the rows of a layer that pass, in order; raise `RequestError` or `NotFoundError`."""
    named = () if asked.filter is None else properties(asked.filter)
    columns, needed = find_columns(shot, layer, asked, named)
    yes = np.ones(layer.entry.count, bool)
    unknown = ~yes
    if asked.filter is not None:
        from tileserver.tiles.filtering.values import Numbers

        figures = {column.id: Numbers(column.values, column.there) for column in needed if column in columns}
        stored: Any = layer
        told = truth(asked.filter, stored, figures)
        yes, unknown = told.yes, told.unknown
    by = next((column for column in columns if column.id == asked.sort), None)
    if asked.sort is None and asked.filter is not None:
        by = next((column for column in needed if column in columns), None)
    if asked.within is not None:
        here = lies_in(layer, *asked.within)
        yes, unknown = yes & here, unknown & here
    if by is not None:
        unknown = unknown | (yes & ~by.there)
        yes = yes & by.there
    rows, ranks, tied = _ordered(layer, np.flatnonzero(yes), by, falling=asked.falling)
    apart = _by_name(layer, np.flatnonzero(unknown))
    sought = list(dict.fromkeys((*needed, *([] if by is None else [by]))))
    return Ranked(
        columns=columns,
        sort=by,
        rows=rows,
        ranks=ranks,
        tied=tied,
        unknown=apart,
        reasons=tuple(_reasons(sought, int(row)) for row in apart),
        titles={column.id: column.title for column in sought},
        failing=layer.entry.count - len(rows) - len(apart),
    )


def find_columns(
    shot: Snapshot, layer: LayerLike, asked: Asked, named: Sequence[str]
) -> tuple[tuple[Column, ...], list[Column]]:
    """Return the columns to tell, and those that the filter needs, of which some are no figures."""
    others = [*([] if asked.sort is None else [asked.sort]), *asked.columns]
    wanted = dict.fromkeys((*named, *others))
    if len(wanted) > MOST_COLUMNS:
        raise RequestError(f"{len(wanted)} figures are asked for; at most {MOST_COLUMNS} are told at once")
    own = {field.id: field for field in layer.entry.fields if field.type in ("string", "boolean")}
    needed = [
        _presence(layer, own[name]) if name in own else find_column(shot, layer, name) for name in named
    ]
    told = [column for column in needed if column.id not in own]
    there = {column.id for column in told}
    more = [find_column(shot, layer, name) for name in dict.fromkeys(others) if name not in there]
    columns = tuple(column.known_to(asked.known) for column in (*told, *more))
    needed = [next((each for each in columns if each.id == column.id), column) for column in needed]
    return columns, needed


def lies_in(layer: LayerLike, level: str, code: str) -> NDArray[np.bool_]:
    """Tell which points of a layer lie in a territory; raise `NotFoundError` where that is not known."""
    at = {field.level: field.id for field in layer.entry.fields if field.level is not None}
    if level not in at:
        raise NotFoundError(
            f"layer {layer.entry.id} is not known by {level}; it is by {', '.join(map(str, at))}"
        )
    return np.array([each == code for each in layer.attributes.column(at[level]).to_pylist()], bool)


def _presence(layer: LayerLike, field: Field) -> Column:
    """Make of a text or a truth value a column that tells where there is one."""
    there = np.array([each is not None for each in layer.attributes.column(field.id).to_pylist()], bool)
    return Column(
        id=field.id,
        title=field.title,
        unit=Title("", ""),
        precision=0,
        count=False,
        values=np.where(there, 1.0, np.nan),
        status=np.where(there, Status.OK, Status.MISSING).astype(np.uint8),
        known=there.astype(np.float64),
        sources=layer.entry.sources,
    )


def _ordered(
    layer: LayerLike, rows: Rows, by: Column | None, *, falling: bool
) -> tuple[Rows, NDArray[np.int64], NDArray[np.int64]]:
    """Order rows by a column, equal ones by name; without a column all by name."""
    named = _by_name(layer, rows)
    if by is None:
        nothing = np.zeros(len(rows), np.int64)
        return named, nothing, nothing
    keys = -by.values[named] if falling else by.values[named]
    order = np.argsort(keys, kind="stable")
    ordered, keys = named[order], keys[order]
    first = np.searchsorted(keys, keys, "left")
    return ordered, first + 1, np.searchsorted(keys, keys, "right") - first


def _by_name(layer: LayerLike, rows: Rows) -> Rows:
    names = layer.attributes.column("name").to_pylist()
    codes = layer.attributes.column("code").to_pylist()
    return np.array(sorted(rows.tolist(), key=lambda row: (str(names[row] or ""), codes[row])), np.int64)


def _reasons(needed: Sequence[Column], row: int) -> tuple[Reason, ...]:
    return tuple(
        Reason(column.id, SLUGS[int(column.status[row])]) for column in needed if not column.there[row]
    )
