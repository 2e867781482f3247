"""Which properties a request wants in its tiles, as column numbers of each layer's tag table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tileserver.errors import RequestError
from tileserver.store.manifest import Field, FieldRole, LayerEntry
from tileserver.tiles.address import shown

MAX_LENGTH: Final = 2000
"""Characters of one list."""

MAX_NAMES: Final = 64
"""Names in one list."""

_ALWAYS: Final[tuple[FieldRole, ...]] = ("code", "name")

_FIGURES: Final[tuple[FieldRole, ...]] = ("indicator", "status", "known")

Chosen = frozenset[str] | None
"""Names of one kind of property; None for each layer's defaults."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Properties of a tile: `Field.column` numbers in the order code, name, properties, indicators.

    ``spare`` are those that came with the layer's defaults, not by name.
    """

    columns: tuple[int, ...]
    spare: frozenset[int] = frozenset()


def select(entry: LayerEntry, properties: str | None, indicators: str | None) -> Selection:
    """Choose the columns of one layer; see `select_each`."""
    return select_each((entry,), properties, indicators)[0]


def select_each(
    entries: Sequence[LayerEntry], properties: str | None, indicators: str | None
) -> tuple[Selection, ...]:
    """Choose the columns of each layer from two comma lists, as they stand in a query string.

    None takes the fields that the layer declares as its defaults, an empty list none of that kind;
    code and name are always there. A name applies to every layer that has it. An indicator of several
    periods has a field for each, ``id@2024``. One whose figures are not all *ok* brings its field
    ``id_status`` along; the share known, ``id_known``, comes when it is named. The order within a kind is
    the layer's, not the request's: lists that ask for the same properties give equal selections, hence
    equal bytes and one cache entry.

    Raises `RequestError` that says which name no layer has, or is repeated, and which there are.
    """
    wanted_properties = _wanted(entries, ("property",), "properties", properties)
    wanted_indicators = _wanted(entries, _FIGURES, "indicators", indicators)
    return tuple(_select(entry, wanted_properties, wanted_indicators) for entry in entries)


def fields(entry: LayerEntry, selection: Selection) -> tuple[Field, ...]:
    """Give the fields of a selection, in its order."""
    by_column = {field.column: field for field in entry.fields}
    return tuple(by_column[column] for column in selection.columns)


def _select(entry: LayerEntry, properties: Chosen, indicators: Chosen) -> Selection:
    chosen = [field.column for role in _ALWAYS for field in entry.fields if field.role == role]
    spare: set[int] = set()
    kinds: tuple[tuple[tuple[FieldRole, ...], Chosen], ...] = (
        (("property",), properties),
        (_FIGURES, indicators),
    )
    for roles, wanted in kinds:
        columns = [field.column for field in _choose(entry, roles, wanted)]
        chosen += columns
        if wanted is None:
            spare.update(columns)
    return Selection(tuple(chosen), frozenset(spare))


def _choose(entry: LayerEntry, roles: tuple[FieldRole, ...], wanted: Chosen) -> list[Field]:
    """Choose among the fields of some roles; a figure that is not *ok* everywhere brings its status along."""
    there = [field for field in entry.fields if field.role in roles]
    if wanted is None:
        asked = {field.id for field in there if field.default}
    else:
        asked = {field.id for field in there if field.id in wanted}
    asked |= {field.status for field in there if field.id in asked and field.status is not None}
    return [field for field in there if field.id in asked]


def _wanted(
    entries: Sequence[LayerEntry], roles: tuple[FieldRole, ...], parameter: str, text: str | None
) -> Chosen:
    if text is None:
        return None
    names = _names(parameter, text)
    fields = [field for entry in entries for field in entry.fields if field.role in roles]
    known = {field.id for field in fields}
    for name in names:
        if name not in known:
            there = {field.id for field in fields if field.role == roles[0]}
            raise RequestError(f"{parameter} asks for {shown(name)}, {_lacking(entries, there)}")
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise RequestError(f"{parameter} names {repeated[0]} more than once; name it once")
    return frozenset(names)


def _lacking(entries: Sequence[LayerEntry], known: set[str]) -> str:
    ids = ", ".join(entry.id for entry in entries)
    who = f"which layer {ids} does not have" if len(entries) == 1 else f"which none of {ids} has"
    return f"{who}; there are {', '.join(sorted(known)) or 'none'}"


def _names(parameter: str, text: str) -> list[str]:
    if len(text) > MAX_LENGTH:
        raise RequestError(f"{parameter} has {len(text)} characters; at most {MAX_LENGTH} are read")
    names = text.split(",") if text else []
    if len(names) > MAX_NAMES:
        raise RequestError(f"{parameter} has {len(names)} names; at most {MAX_NAMES} are read")
    return names
