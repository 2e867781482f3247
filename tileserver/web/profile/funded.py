"""The funded projects and the land of a territory: how many, of what kind, and the first of them."""

from collections.abc import Mapping
from typing import Any, Final

from tileserver.store.manifest import Field, Title
from tileserver.web.contracts import LayerLike
from tileserver.web.inventory import Subject
from tileserver.web.inventory_rows import Found, Page, find, listed, properties
from tileserver.web.profile.model import Counted, Inventory, Item, Total
from tileserver.web.profile.places import Place
from tileserver.web.snapshot import Snapshot

LISTED: Final[Mapping[Subject, int]] = {"projects": 30, "land": 15}
"""Rows that a profile lists; all are at ``/projects`` and ``/land``."""

UNKNOWN: Final = "inconnu"
"""What files write of what they do not know."""

_ITEM_FIELDS: Final = 6


def find_inventories(shot: Snapshot, place: Place, subject: Subject) -> tuple[Inventory, ...]:
    """Tell the layers of a subject that know the territories of the level, in drawing order."""
    layers = sorted(shot.store.layers.values(), key=lambda layer: layer.entry.order)
    return tuple(
        _inventory(shot, place, layer, subject)
        for layer in layers
        if layer.entry.inventory is not None
        and layer.entry.inventory.subject == subject
        and place.level in {field.level for field in layer.entry.fields}
    )


def _inventory(shot: Snapshot, place: Place, layer: LayerLike, subject: Subject) -> Inventory:
    found = find(layer, place.level, place.code, None)
    told = layer.entry.inventory
    sort = f"-{told.totals[0]}" if told is not None and told.totals else None
    rows = listed([found], Page(sort, LISTED[subject], 0))
    fields = {field.id: field for field in layer.entry.fields}
    return Inventory(
        layer=layer.entry.id,
        title=layer.entry.title,
        count=len(found.rows),
        counts=tuple(
            _counted(fields[name], found) for name in found.counts if fields[name].type != "boolean"
        ),
        totals=tuple(_total(fields[name], found) for name in found.totals),
        items=tuple(_item(layer, row) for row in rows),
        notes=own_notes(shot, layer),
        sources=layer.entry.sources,
    )


def own_notes(shot: Snapshot, layer: LayerLike) -> tuple[Title, ...]:
    """Give what is to be known of the file that a layer is read from; it is the first of its sources."""
    first = shot.named_sources(layer.entry.sources[:1])
    return tuple(source.note for source in first if source.note is not None)


def _counted(field: Field, found: Found) -> Counted:
    values = tuple(
        (None if each["value"] is None else text_of(each["value"]), each["count"])
        for each in found.counts[field.id]
    )
    return Counted(title=field.title, values=values)


def _total(field: Field, found: Found) -> Total:
    total = found.totals[field.id]
    return Total(title=field.title, unit=field.unit, value=total["sum"], known=total["known"])


def _item(layer: LayerLike, row: Mapping[str, Any]) -> Item:
    return Item(
        code=str(row["code"]),
        name=str(row["name"] or row["code"]),
        lon=row["lon"],
        lat=row["lat"],
        told=told_of(layer, row["properties"]),
    )


def told_of(layer: LayerLike, values: Mapping[str, Any]) -> tuple[tuple[Title, str], ...]:
    """Tell the first declared properties of a row that have a value, without the codes of territories."""
    fields = [field for field in properties(layer) if field.level is None and field.role == "property"]
    # What is false or unknown is not said, nor an area twice.
    given = {field.id: field for field in fields if values.get(field.id) not in (None, False, UNKNOWN)}
    units = {field.unit.fr for field in given.values() if field.unit}
    fields = [
        field for field in given.values() if field.unit is None or field.unit.fr != "m²" or "ha" not in units
    ]
    told = [
        (field.title, text_of(values[field.id]) + (f" {field.unit.fr}" if field.unit else ""))
        for field in fields
    ]
    return tuple(told[:_ITEM_FIELDS])


def text_of(value: Any) -> str:
    """Write a value of a field as text."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    return str(value)
