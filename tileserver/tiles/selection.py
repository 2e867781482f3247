"""Which properties a request wants in its tiles, as column numbers of the layer's tag table."""

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


@dataclass(frozen=True, slots=True)
class Selection:
    """Properties of a tile: `Field.column` numbers in the order code, name, properties, indicators."""

    columns: tuple[int, ...]


def select(entry: LayerEntry, properties: str | None, indicators: str | None) -> Selection:
    """Choose the columns of a layer from two comma lists, as they stand in a query string.

    None takes the fields that the layer declares as its defaults, an empty list none of that kind;
    code and name are always there. The order within a kind is the layer's, not the request's: lists
    that ask for the same properties give equal selections, hence equal bytes and one cache entry.

    Raises `RequestError` that says which name is unknown or repeated, and which there are.
    """
    chosen = [field for role in _ALWAYS for field in entry.fields if field.role == role]
    chosen += _choose(entry, "property", "properties", properties)
    chosen += _choose(entry, "indicator", "indicators", indicators)
    return Selection(tuple(field.column for field in chosen))


def fields(entry: LayerEntry, selection: Selection) -> tuple[Field, ...]:
    """Give the fields of a selection, in its order."""
    by_column = {field.column: field for field in entry.fields}
    return tuple(by_column[column] for column in selection.columns)


def _choose(entry: LayerEntry, role: FieldRole, parameter: str, text: str | None) -> list[Field]:
    there = [field for field in entry.fields if field.role == role]
    if text is None:
        return [field for field in there if field.default]
    names = _names(parameter, text)
    known = {field.id for field in there}
    for name in names:
        if name not in known:
            what = f"they are {', '.join(sorted(known))}" if known else "it has none"
            raise RequestError(
                f"{parameter} asks for {shown(name)}, which layer {entry.id} does not have; {what}"
            )
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise RequestError(f"{parameter} names {repeated[0]} more than once; name it once")
    return [field for field in there if field.id in names]


def _names(parameter: str, text: str) -> list[str]:
    if len(text) > MAX_LENGTH:
        raise RequestError(f"{parameter} has {len(text)} characters; at most {MAX_LENGTH} are read")
    names = text.split(",") if text else []
    if len(names) > MAX_NAMES:
        raise RequestError(f"{parameter} has {len(names)} names; at most {MAX_NAMES} are read")
    return names
