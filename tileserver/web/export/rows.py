"""What is taken away: the rows of a layer that pass a filter, their properties, the figures asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import Field, SourceEntry
from tileserver.store.status import SLUGS
from tileserver.tiles.filters import Filter, properties, truth
from tileserver.web.contracts import LayerLike
from tileserver.web.find.columns import Column, computed_values, find_column
from tileserver.web.snapshot import Snapshot

MOST_FIGURES: Final = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a layer: figures by name (those of its defaults where None), a year, a filter.

    A *partial* figure of which less than ``known`` is known does not count in the filter.
    """

    figures: tuple[str, ...] | None
    year: str | None
    filter: Filter | None
    known: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What was found. ``rows`` int64 (k), in the order of their codes; ``unknown`` rows may pass or not."""

    layer: LayerLike
    rows: NDArray[np.int64]
    unknown: int
    fields: tuple[Field, ...]
    figures: tuple[Column, ...]
    sources: tuple[SourceEntry, ...]

    def columns(self) -> dict[str, list[Any]]:
        """Give all columns by name: code, name, properties, then each figure with its status and share."""
        table = self.layer.attributes
        found: dict[str, list[Any]] = {}
        for name in ("code", "name", *(field.id for field in self.fields)):
            values = table.column(name).to_pylist()
            found[name] = [values[row] for row in self.rows.tolist()]
        for figure in self.figures:
            there = figure.there[self.rows].tolist()
            numbers = zip(figure.values[self.rows].tolist(), there, strict=True)
            found[figure.id] = [
                (int(number) if figure.whole else number) if known else None for number, known in numbers
            ]
            found[f"{figure.id}_status"] = [SLUGS[code] for code in figure.status[self.rows].tolist()]
            found[f"{figure.id}_known"] = np.round(figure.known[self.rows], 4).tolist()
        return found


def take(shot: Snapshot, layer: LayerLike, asked: Asked) -> Taken:
    """Choose rows and figures; raise `RequestError` or `NotFoundError` with what would be right."""
    names = _defaults(layer) if asked.figures is None else asked.figures
    if len(names) > MOST_FIGURES:
        raise RequestError(f"{len(names)} figures are asked for; at most {MOST_FIGURES} go into one file")
    names = _of_year(shot, names, asked.year)
    figures = tuple(find_column(shot, layer, name) for name in names)
    chosen, unknown = _chosen(shot, layer, asked)
    codes = layer.attributes.column("code").to_pylist()
    rows = np.array(sorted(np.flatnonzero(chosen).tolist(), key=lambda row: (codes[row], row)), np.int64)
    used = [*layer.entry.sources, *(source for figure in figures for source in figure.sources)]
    return Taken(
        layer=layer,
        rows=rows,
        unknown=unknown,
        fields=tuple(field for field in layer.entry.fields if field.role == "property"),
        figures=figures,
        sources=tuple(shot.named_sources(tuple(dict.fromkeys(used)))),
    )


def _defaults(layer: LayerLike) -> tuple[str, ...]:
    return tuple(field.id for field in layer.entry.fields if field.role == "indicator" and field.default)


def _of_year(shot: Snapshot, names: tuple[str, ...], year: str | None) -> tuple[str, ...]:
    """Choose the year of those indicators that have it and say none."""
    if year is None:
        return names
    entries: Mapping[str, Any] = shot.indicators
    having = {name for name in names if name in entries and year in entries[name].periods}
    if not having:
        raise NotFoundError(f"none of the figures asked for has the year {year[:20]}; /indicators has theirs")
    return tuple(f"{name}@{year}" if name in having else name for name in names)


def _chosen(shot: Snapshot, layer: LayerLike, asked: Asked) -> tuple[NDArray[np.bool_], int]:
    if asked.filter is None:
        return np.ones(layer.entry.count, bool), 0
    stored: Any = layer
    names = properties(asked.filter)
    figures = computed_values(shot, layer, names, asked.known)
    told = truth(asked.filter, stored, figures)
    return told.yes, int(told.unknown.sum())
