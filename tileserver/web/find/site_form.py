"""The form of the page that finds sites: its fields written as a query, and a query told in its fields."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tileserver.errors import RequestError
from tileserver.store.manifest import Field, Title
from tileserver.tiles.address import shown
from tileserver.tiles.filtering.nodes import Call, Literal, Node, Property
from tileserver.tiles.filters import Filter
from tileserver.web.contracts import LayerLike
from tileserver.web.find.choices import MOST_VALUES, Choice, Group, kinds_of
from tileserver.web.find.form import as_number, quoted
from tileserver.web.profile.places import level_plural
from tileserver.web.snapshot import Snapshot

_IN_LEVELS: Final = ("region", "departement", "ti")
_FIXED: Final = ("where", "near", "km", "lonlat", "km2", "by", "order", "more")
_LONLAT: Final = re.compile(
    r"\s*(-?[0-9]{1,2}(?:[.,][0-9]{1,8})?)\s*[;, ]\s*(-?[0-9]{1,3}(?:\.[0-9]{1,8})?)\s*", re.ASCII
)
_POINT: Final = re.compile(r"near\.point\((.+),(.+)\)")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a layer that the form asks for: sizes, truths, kinds."""

    numbers: tuple[Field, ...]
    truths: tuple[Field, ...]
    kinds: tuple[tuple[Field, tuple[str, ...]], ...]


def fields_of(layer: LayerLike) -> Fields:
    """Choose: the sums of the inventory, what is true or false of a site, what the inventory counts by."""
    told = layer.entry.inventory
    fields = {field.id: field for field in layer.entry.fields}
    counts = () if told is None else told.counts
    return Fields(
        numbers=tuple(fields[name] for name in (() if told is None else told.totals)),
        truths=tuple(field for field in fields.values() if field.type == "boolean"),
        kinds=tuple((fields[name], _values(layer, name)) for name in counts if fields[name].type == "string"),
    )


def _values(layer: LayerLike, name: str) -> tuple[str, ...]:
    counted = Counter(each for each in layer.attributes.column(name).to_pylist() if each is not None)
    return tuple(value for value, _ in counted.most_common(MOST_VALUES))


def names_of(layer: LayerLike) -> tuple[str, ...]:
    """Return the names of all fields of the form."""
    fields = fields_of(layer)
    return (
        *_FIXED,
        *(f"{end}.{field.id}" for field in fields.numbers for end in ("least", "most")),
        *(f"is.{field.id}" for field in fields.truths),
        *(f"kind.{field.id}" for field, _ in fields.kinds),
    )


def compile_query(layer: LayerLike, given: Mapping[str, str]) -> dict[str, str]:
    """Write the fields as the query that they stand for."""
    fields, terms = fields_of(layer), []
    told = {name: text for name, value in given.items() if (text := value.strip())}
    for field in fields.numbers:
        for end, sign in (("least", ">="), ("most", "<=")):
            if f"{end}.{field.id}" in told:
                terms.append(f"{quoted(field.id)} {sign} {as_number(told[f'{end}.{field.id}'])}")
    terms += [
        f"{quoted(field.id)} = {'TRUE' if told[f'is.{field.id}'] == 'yes' else 'FALSE'}"
        for field in fields.truths
        if f"is.{field.id}" in told
    ]
    for field, _ in fields.kinds:
        if f"kind.{field.id}" in told:
            text = told[f"kind.{field.id}"].replace("'", "''")
            terms.append(f"{quoted(field.id)} = '{text}'")
    terms += _distances(told)
    if "more" in told:
        terms.append(f"({told['more']})" if terms else told["more"])
    query: dict[str, str] = {name: told[name] for name in ("layer", "limit", "lang") if name in told}
    if "where" in told:
        query["level"], _, query["code"] = told["where"].partition(":")
    if terms:
        query["filter"] = " AND ".join(terms)
    if "by" in told:
        query["sort"] = told["by"] if told.get("order") == "up" else f"-{told['by']}"
    return query


def _distances(told: Mapping[str, str]) -> list[str]:
    terms = []
    if "near" in told:
        terms.append(f"{quoted('near.' + told['near'])} <= {as_number(told.get('km', '10'))}")
    if "lonlat" in told:
        place = _LONLAT.fullmatch(told["lonlat"])
        if place is None:
            raise RequestError(
                f"a place is {shown(told['lonlat'])}; write latitude, longitude, as in 47.06, -0.88"
            )
        name = f"near.point({place[2]},{place[1].replace(',', '.')})"
        terms.append(f"{quoted(name)} <= {as_number(told.get('km2', '10'))}")
    return terms


def fill(layer: LayerLike, wanted: Filter | None, text: str) -> tuple[dict[str, str], str]:
    """Tell a filter in the fields of the form; what they can't say stays as text."""
    filled: dict[str, str] = {}
    if wanted is None:
        return filled, ""
    names = set(names_of(layer))
    for node in _parts(wanted.tree):
        told = _told(node)
        if not told or any(name in filled or name not in names for name in told):
            return {}, text
        filled |= told
    return filled, ""


def _parts(tree: Node) -> list[Node]:
    if isinstance(tree, Call) and tree.op == "and":
        return [part for each in tree.args for part in _parts(each)]
    return [tree]


def _told(node: Node) -> dict[str, str]:
    """Return the fields that say a comparison; none where none does."""
    if not isinstance(node, Call) or len(node.args) != 2:
        return {}
    name, value = node.args
    if not isinstance(name, Property) or not isinstance(value, Literal):
        return {}
    told: dict[tuple[bool, str], dict[str, str]]
    if isinstance(value.value, bool):
        told = {(False, "="): {f"is.{name.name}": "yes" if value.value else "no"}}
    elif isinstance(value.value, str):
        told = {(False, "="): {f"kind.{name.name}": value.value}}
    else:
        number, place = f"{value.value:.10g}", _POINT.fullmatch(name.name)
        away = {"near": name.name.removeprefix("near."), "km": number}
        told = {
            (True, "<="): away if place is None else {"lonlat": f"{place[2]}, {place[1]}", "km2": number},
            (False, ">="): {f"least.{name.name}": number},
            (False, "<="): {f"most.{name.name}": number},
        }
    return told.get((name.name.startswith("near."), node.op), {})


def places(shot: Snapshot, layer: LayerLike) -> list[Group]:
    """List the territories that sites can be sought in."""
    there = {field.level for field in layer.entry.fields if field.level is not None}
    groups = []
    for level in _IN_LEVELS:
        if level not in there or level not in shot.levels:
            continue
        table = shot.levels[level].attributes
        pairs = zip(table.column("name").to_pylist(), table.column("code").to_pylist(), strict=True)
        listed = sorted((str(name or code), code) for name, code in pairs)
        choices = tuple(Choice(f"{level}:{code}", Title(name, name)) for name, code in listed)
        groups.append(Group(level_plural(level, shot.levels[level]), choices))
    return groups


def things_near(shot: Snapshot, layer: LayerLike) -> list[Group]:
    """List what sites can be near to: projects of a kind, points of a programme."""
    groups = kinds_of(shot, "projects")
    others = [
        Choice(each.entry.id, each.entry.title)
        for each in sorted(shot.store.layers.values(), key=lambda each: each.entry.order)
        if each.entry.kind == "points"
        and each.entry.role == "features"
        and each.entry.inventory is None
        and each is not layer
    ]
    return [*groups, Group(Title("Programmes", "Programmes"), tuple(others))] if others else groups
