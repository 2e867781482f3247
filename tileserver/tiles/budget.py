"""A byte budget that no territory pays for: above it tiles say less of each, in declared steps.

What is done is decided for a zoom as a whole, by its heaviest tile: were each tile to decide for itself, a
map would show seams where one carries what its neighbour leaves out. The figures come from the store
(`tileserver.store.manifest.Heaviest`), so that the decision costs nothing and never changes.

The steps, one after the other until it fits:

``rounded``
    numbers at three significant digits, of which a tile has far fewer different ones
``unnamed``
    without `name` (the layer of labels has the names)
``coarser``
    outlines simplified to two screen pixels in place of half a one, where the build made such
``fewer``
    of the properties that the layer gives by default, the first indicator alone (with its status)

Tiles of shapes alone, which have no properties, know the step ``coarser`` only. No step is taken with layers
of names and of groups of points: a name is all there is to say, and a count is exact. What a request names is
never left out, nor is `code`. A tile may then still be over the budget, which is said as the step ``over``:
triangles for the 23,541 communes in the fullest tile of z5 would be 494 KB.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tileserver.store.manifest import Field, Heaviest, LayerEntry
from tileserver.tiles.selection import Selection

ROUNDED: Final = "rounded"
UNNAMED: Final = "unnamed"
COARSER: Final = "coarser"
FEWER: Final = "fewer"
OVER: Final = "over"

DEFAULT_BYTES: Final = 500_000
"""What a server allows each layer of a tile unless it is told otherwise."""

BARE: Final = Selection((), frozenset())
"""What tiles of shapes alone carry."""

Columns = tuple[int, ...]
Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """The columns that the tiles of a zoom carry, and what was done so that they fit."""

    columns: Columns
    steps: Steps

    @property
    def coarser(self) -> bool:
        """Whether the tiles are drawn in the coarser outlines."""
        return COARSER in self.steps


def fit(entry: LayerEntry, z: int, selection: Selection, budget_bytes: int) -> Fit:
    """Choose the columns of a layer's tiles at zoom `z`; a budget of 0 is none."""
    heaviest = entry.heaviest.get(str(z))
    whole = Fit(selection.columns, ())
    if budget_bytes == 0 or heaviest is None:
        return whole
    last = whole
    steps = (
        tuple(_steps(entry, selection, coarser=str(z) in entry.coarser)) if entry.role == "features" else ()
    )
    for last in (whole, *steps):
        if expected_bytes(heaviest, last.columns, bare_bytes(entry, str(z), last)) <= budget_bytes:
            return last
    return Fit(last.columns, (*last.steps, OVER))


def bare_bytes(entry: LayerEntry, zoom: str, fit: Fit) -> int:
    """Give the bytes of the heaviest tile of a zoom, bare, in the outlines that it is drawn in."""
    return entry.coarser[zoom].bytes if fit.coarser else entry.heaviest[zoom].bytes


def expected_bytes(heaviest: Heaviest, columns: Columns, bare: int) -> int:
    """Bound the bytes of the heaviest tile with some columns; without them it is of `bare` bytes.

    Each was weighed alone; together the numbers of their values can take a byte more a feature.
    """
    together = heaviest.features * max(0, len(columns) - 1)
    return bare + together + sum(heaviest.columns[column] for column in columns)


def _steps(entry: LayerEntry, selection: Selection, *, coarser: bool) -> Iterator[Fit]:
    """Give the selection after each step that changes anything; `coarser` outlines may be none."""
    fields = {field.column: field for field in entry.fields}
    first = next((column for column in selection.columns if fields[column].role == "indicator"), None)
    kept = set() if first is None else {first, *_status_of(entry, fields[first])}
    left_out: set[int] = set()
    taken: list[str] = []
    before = selection.columns
    for step, more in (
        (ROUNDED, ()),
        (UNNAMED, [column for column in selection.columns if fields[column].role == "name"]),
        (COARSER, ()),
        (FEWER, selection.spare - kept),
    ):
        left_out |= set(more)
        columns = tuple(_coarse(fields[column]) for column in selection.columns if column not in left_out)
        if columns != before or (step == COARSER and coarser):
            before = columns
            taken.append(step)
            yield Fit(columns, tuple(taken))


def _status_of(entry: LayerEntry, field: Field) -> set[int]:
    """Give the column that says what the figures of a field are: they do not go without it."""
    return {other.column for other in entry.fields if other.id == field.status}


def _coarse(field: Field) -> int:
    return field.column if field.coarse is None else field.coarse
