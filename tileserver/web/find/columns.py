"""The figures that territories are found by: columns with statuses, by name.

============================================ =========================================================
``unemployment_rate``                        an indicator, of its latest period
``unemployment_rate@2021-T3``                of another period
``labour.D2Z40.share_difficult@2023``        a trade, a family of trades or ``all``, a measure, a year
``labour.D*.xmet@2023``                      the trades together whose code begins so
``zoning.natura2000_zsc.share``              what of a territory is in a zoning (``share``: %, ``km2``)
``projects.all``, ``land.friches``           how many projects, sites of a layer (or of all layers)
``projects.france_relance.filiere.Santé``    of which a property has this value
``projects.all.word.formation``              of which a text has this word
``near.projects.all``, ``near.qpv``          (of sites) km to the nearest project, point of a layer
``near.point(-0.88,47.06)``                  (of sites) km to a place, longitude and latitude in degrees
============================================ =========================================================

In a CQL2 filter a name with anything but letters, digits, dots and colons stands between double quotes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import RequestError
from tileserver.store.manifest import IndicatorEntry, Title
from tileserver.store.status import SLUGS, Status
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike
from tileserver.web.figures import column_name, columns_beside
from tileserver.web.snapshot import Snapshot

LONGEST_NAME: Final = 200

MOST_COMPUTED: Final = 12
"""Figures of a filter that are worked out on demand: each takes some ten milliseconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A figure of every row of a layer, in its order.

    ``values`` float64 (n), NaN where there is none; ``status`` uint8 (n), of `Status`; ``known`` float64 (n),
    the share of weight that each rests on. ``count``: it counts things. ``notes``: what is to be known of it.
    ``whole``: its values are whole numbers.
    """

    id: str
    title: Title
    unit: Title
    precision: int
    count: bool
    values: NDArray[np.float64]
    status: NDArray[np.uint8]
    known: NDArray[np.float64]
    sources: tuple[str, ...]
    notes: tuple[Title, ...] = ()
    whole: bool = False

    @property
    def there(self) -> NDArray[np.bool_]:
        """Where there is a value."""
        return ~np.isnan(self.values)

    def known_to(self, least: float) -> "Column":
        """Leave out the partial figures of which less than this share is known; they keep their status."""
        weak = (self.status == Status.PARTIAL) & (self.known < least)
        return replace(self, values=np.where(weak, np.nan, self.values)) if weak.any() else self


HEADS: Final = frozenset({"labour", "zoning", "projects", "land", "near"})
"""First words of the names of figures that are worked out on demand."""

Maker = Callable[[Snapshot, LayerLike, str], Column]


def find_column(shot: Snapshot, layer: LayerLike, name: str) -> Column:
    """Make the column of a name; raise `RequestError` or `NotFoundError` saying what there is."""
    found = computed(shot, layer, name) or _indicator(shot, layer, name) or _number(layer, name)
    if found is None and layer.entry.level is None:
        numbers = [field.id for field in layer.entry.fields if field.type in ("integer", "number")]
        raise RequestError(
            f"{shown(name)} is no number of layer {layer.entry.id}; it has {', '.join(numbers)}, "
            "and distances as in near.projects.all"
        )
    if found is None:
        raise RequestError(
            f"{shown(name)} is no figure of layer {layer.entry.id}; name an indicator of /indicators, or "
            "labour.…, zoning.…, projects.…, land.… as in labour.all.share_difficult@2024"
        )
    return found


def computed(shot: Snapshot, layer: LayerLike, name: str) -> Column | None:
    """Make a column that is worked out on demand; None for a name that can only be one of the layer's own."""
    head, dot, _ = name.partition(".")
    makers = _makers()
    if not dot or head not in makers or name in layer.attributes.column_names:
        return None
    if len(name) > LONGEST_NAME:
        raise RequestError(f"a name of {len(name)} characters; at most {LONGEST_NAME} are read")
    if head == "near":
        if layer.entry.kind != "points":
            raise RequestError(
                f"{shown(name)} is a distance from points, and layer {layer.entry.id} has none"
            )
    elif layer.entry.level is None:
        raise RequestError(f"{shown(name)} is a figure of territories, and layer {layer.entry.id} has none")
    return makers[head](shot, layer, name)


def _makers() -> Mapping[str, Maker]:
    # Here, because they are made of what is in this module.
    from tileserver.web.find.inventory_columns import inventory_column
    from tileserver.web.find.labour_columns import labour_column
    from tileserver.web.find.near_columns import near_column
    from tileserver.web.find.zoning_columns import zoning_column

    return {
        "labour": labour_column,
        "zoning": zoning_column,
        "projects": inventory_column,
        "land": inventory_column,
        "near": near_column,
    }


def computed_values(
    shot: Snapshot, layer: LayerLike, names: Iterable[str], known: float = 0.0
) -> Mapping[str, Any]:
    """Give what a filter needs of `names` that the layer's table lacks, as the filter takes it.

    With `known`, also what is in the table, less the partial figures of which so little is known.
    """
    from tileserver.tiles.filtering.values import Numbers

    wanted = tuple(names)
    made = sum(name.partition(".")[0] in HEADS and "." in name for name in wanted)
    if made > MOST_COMPUTED:
        raise RequestError(f"filter has {made} figures to work out; at most {MOST_COMPUTED} are at once")
    found = {}
    for name in wanted:
        column = computed(shot, layer, name) or (_indicator(shot, layer, name) if known else None)
        if column is not None:
            sure = column.known_to(known)
            found[name] = Numbers(sure.values, sure.there)
    return found


def _indicator(shot: Snapshot, layer: LayerLike, name: str) -> Column | None:
    base, at, period = name.partition("@")
    entry = shot.indicators.get(base)
    if entry is None or layer.entry.level not in entry.levels:
        return None
    column = column_name(layer, entry, period if at else None)
    told = period or (entry.periods[-1] if entry.periods else "")
    values = layer.attributes.column(column).to_pylist()
    status, known = _beside(layer, column, values)
    return Column(
        id=name,
        title=_dated(entry, told),
        unit=entry.unit,
        precision=entry.precision,
        count=entry.count,
        values=np.array(values, np.float64),
        status=status,
        known=known,
        sources=entry.sources,
        notes=tuple(source.note for source in shot.named_sources(entry.sources) if source.note is not None),
        whole=entry.type == "integer",
    )


def _number(layer: LayerLike, name: str) -> Column | None:
    """Make a column of a number that a layer of points tells of its rows."""
    field = next((field for field in layer.entry.fields if field.id == name), None)
    if layer.entry.level is not None or field is None or field.type not in ("integer", "number"):
        return None
    values = np.array(layer.attributes.column(name).to_pylist(), np.float64)
    there = ~np.isnan(values)
    return Column(
        id=name,
        title=field.title,
        unit=field.unit or Title("", ""),
        precision=min(field.precision or 0, 2),
        count=field.type == "integer",
        values=values,
        status=np.where(there, Status.OK, Status.MISSING).astype(np.uint8),
        known=there.astype(np.float64),
        sources=layer.entry.sources,
    )


def _dated(entry: IndicatorEntry, period: str) -> Title:
    """Name an indicator with its period, unless the name says it."""
    if not period or period in entry.title.fr:
        return entry.title
    return Title(f"{entry.title.fr}, {period}", f"{entry.title.en}, {period}")


def _beside(
    layer: LayerLike, column: str, values: list[Any]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Read statuses and shares known; the store leaves out the obvious."""
    beside = dict(zip(("status", "known"), columns_beside(layer, column), strict=False))
    status = np.array([Status.MISSING if value is None else Status.OK for value in values], np.uint8)
    known = np.array([float(value is not None) for value in values])
    table = layer.attributes
    if "status" in beside:
        for row, slug in enumerate(table.column(beside["status"]).to_pylist()):
            if slug is not None:
                status[row] = SLUGS.index(slug)
    if "known" in beside:
        for row, share in enumerate(table.column(beside["known"]).to_pylist()):
            if share is not None:
                known[row] = share
    return status, known
