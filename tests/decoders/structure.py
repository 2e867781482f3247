"""A strict reader of MVT 2.1 that shares nothing with the encoder: bytes in, layers and findings out.

What can be read is read: one broken feature does not hide the next.

Sections are those of the Mapbox Vector Tile Specification 2.1.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.decoders import commands, protobuf
from tests.decoders.commands import Xy
from tests.decoders.findings import Finding, Findings
from tests.decoders.protobuf import BYTES, FIXED32, FIXED64, VARINT, Field, MalformedError

TILE_FIELDS: Final = {3: ("layers", BYTES)}
LAYER_FIELDS: Final = {
    15: ("version", VARINT),
    1: ("name", BYTES),
    2: ("features", BYTES),
    3: ("keys", BYTES),
    4: ("values", BYTES),
    5: ("extent", VARINT),
}
FEATURE_FIELDS: Final = {1: ("id", VARINT), 2: ("tags", BYTES), 3: ("type", VARINT), 4: ("geometry", BYTES)}
VALUE_FIELDS: Final = {
    1: ("string", BYTES),
    2: ("float", FIXED32),
    3: ("double", FIXED64),
    4: ("int", VARINT),
    5: ("uint", VARINT),
    6: ("sint", VARINT),
    7: ("bool", VARINT),
}

DEFAULT_EXTENT: Final = 4096

_INTEGERS: Final[dict[str, Callable[[int], int]]] = {
    "int": protobuf.signed,
    "uint": int,
    "sint": protobuf.unzigzag,
}

Value = str | float | int | bool
Shape = dict[int, tuple[str, int]]


@dataclass(slots=True)
class Feature:
    """A feature as read. ``parts``: see `commands.read`; ``type`` is 0 when it is none of the three."""

    id: int | None = None
    type: int = 0
    parts: list[list[Xy]] = field(default_factory=list)
    properties: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True)
class Layer:
    """A layer as read."""

    name: str
    version: int | None
    extent: int
    features: list[Feature]


def read(data: bytes) -> tuple[list[Layer], list[Finding]]:
    """Read and check a tile, uncompressed."""
    notes = Findings()
    blocks = _take(data, TILE_FIELDS, ("layers",), notes).get("layers", [])
    if not blocks:
        notes.warn("no layer", "4.1")
    layers = [_layer(block.data, notes.within(f"layer {i}")) for i, block in enumerate(blocks)]
    names = [layer.name for layer in layers]
    for name in sorted({name for name in names if names.count(name) > 1}):
        notes.error(f"two layers called {name!r}", "4.1")
    return layers, notes.found


def _take(data: bytes, shape: Shape, repeated: tuple[str, ...], notes: Findings) -> dict[str, list[Field]]:
    """Sort the fields of a message by name, keeping those that are what the schema says they are."""
    taken: dict[str, list[Field]] = {}
    try:
        for item in protobuf.fields(data, notes.odd):
            name, wire = shape.get(item.number, ("", -1))
            if not name:
                notes.error(f"unknown field {item.number}", "4")
            elif item.wire != wire:
                notes.error(f"{name} has wire type {item.wire}, not {wire}", "4")
            else:
                taken.setdefault(name, []).append(item)
    except MalformedError as fault:
        notes.error(str(fault), "2")
    for name, items in taken.items():
        if len(items) > 1 and name not in repeated:
            notes.error(f"{name} given {len(items)} times", "4")
    return taken


def _layer(data: bytes, notes: Findings) -> Layer:
    taken = _take(data, LAYER_FIELDS, ("features", "keys", "values"), notes)
    if "name" in taken and (name := _text(taken["name"][0].data, "name", notes)):
        notes = Findings(f"{notes.where} {name!r}", notes.found)
    else:
        name = ""
        notes.error("no name", "4.1")
    version = _version(data, taken, notes)
    extent = _extent(taken, notes)
    keys = [_text(item.data, f"key {i}", notes) for i, item in enumerate(taken.get("keys", []))]
    blocks = [item.data for item in taken.get("values", [])]
    values = [_value(block, notes.within(f"value {i}")) for i, block in enumerate(blocks)]
    if len(set(keys)) < len(keys):
        notes.warn("a key twice", "4.1")
    if len(set(blocks)) < len(blocks):
        notes.warn("a value twice", "4.1")
    features = []
    used: tuple[set[int], set[int]] = set(), set()
    for i, item in enumerate(taken.get("features", [])):
        place = notes.within(f"feature {i}")
        feature, tags = _feature(item.data, extent, place)
        _tag(feature, tags, (keys, values), place)
        used[0].update(tags[::2])
        used[1].update(tags[1::2])
        features.append(feature)
    if not features:
        notes.warn("no feature", "4.1")
    for table, numbers, what in ((keys, used[0], "key"), (values, used[1], "value")):
        if set(range(len(table))) - numbers:
            notes.warn(f"a {what} that no feature uses", "4.1")
    ids = [feature.id for feature in features if feature.id is not None]
    if len(set(ids)) < len(ids):
        notes.warn("an id twice", "4.2")
    return Layer(name, version, extent, features)


def _version(data: bytes, taken: dict[str, list[Field]], notes: Findings) -> int | None:
    if "version" not in taken:
        notes.error("no version", "4.1")
        return None
    version = taken["version"][0].value
    if version not in {1, 2}:
        notes.error(f"version {version}", "4.1")
    elif version == 1:
        notes.warn("version 1, read by the rules of version 2", "4.1")
    if data[0] != 15 << 3:
        notes.warn("version is not the first field", "4.1")
    return version


def _extent(taken: dict[str, list[Field]], notes: Findings) -> int:
    if "extent" not in taken:  # a MUST in the text, a default in the schema: readers take the default
        notes.warn("no extent", "4.1")
        return DEFAULT_EXTENT
    extent = taken["extent"][0].value
    if not 0 < extent < 1 << 32:
        notes.error(f"extent {extent}", "4.1")
    return extent


def _text(data: bytes, what: str, notes: Findings) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        notes.error(f"{what} is not UTF-8", "4.1")
        return data.decode(errors="replace")


def _value(data: bytes, notes: Findings) -> Value:
    taken = _take(data, VALUE_FIELDS, (), notes)
    if len(taken) != 1:
        notes.error(f"{len(taken)} of the value's fields set, not one", "4.1")
    for name, (item, *_) in taken.items():
        if name == "string":
            return _text(item.data, "string", notes)
        if name in {"float", "double"}:
            number = protobuf.float_of(item.data)
            if not math.isfinite(number):
                notes.warn("a number that is not finite", "4.1")
            return number
        if name == "bool":
            if item.value > 1:
                notes.warn(f"{item.value} for a boolean", "4.1")
            return item.value != 0
        return _INTEGERS[name](item.value)
    return ""


def _feature(data: bytes, extent: int, notes: Findings) -> tuple[Feature, list[int]]:
    """Read a feature but for its properties; give its tags beside it."""
    taken = _take(data, FEATURE_FIELDS, (), notes)
    feature = Feature(taken["id"][0].value if "id" in taken else None)
    if "type" not in taken:
        notes.error("no geometry type", "4.2")
    elif (kind := taken["type"][0].value) > commands.POLYGON:
        notes.error(f"geometry type {kind}", "4.3.4")
    elif kind == 0:
        notes.warn("unknown geometry type", "4.3.4.1")
    else:
        feature.type = kind
    runs: dict[str, list[int]] = {"tags": [], "geometry": []}
    for name, run in runs.items():
        try:
            run += [n for item in taken.get(name, []) for n in protobuf.packed(item.data, notes.odd)]
        except MalformedError as fault:
            notes.error(f"{name}: {fault}", "2")
            return feature, []
    if "geometry" not in taken:
        notes.error("no geometry", "4.2")
    elif feature.type:
        feature.parts = commands.read(feature.type, runs["geometry"], extent, notes.note)
    return feature, runs["tags"]


def _tag(feature: Feature, tags: list[int], tables: tuple[list[str], list[Value]], notes: Findings) -> None:
    keys, values = tables
    if len(tags) % 2:
        notes.error("an odd number of tags", "4.4")
    if len(set(tags[::2])) < len(tags[::2]):
        notes.error("a key twice in a feature", "4.4")
    for key, value in zip(tags[::2], tags[1::2], strict=False):
        if key < len(keys) and value < len(values):
            feature.properties[keys[key]] = values[value]
        else:
            notes.error(f"tag {key}, {value} beyond {len(keys)} keys and {len(values)} values", "4.4")
