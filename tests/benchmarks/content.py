"""What is in a tile, read without a decoder of geometry: who has the same features, who left one out."""

import gzip
import math
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import brotli  # type: ignore[import-untyped]
import zstandard

DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}

LAYER, FEATURE, KEY, VALUE = 3, 2, 3, 4
FEATURE_ID, FEATURE_TAGS, FEATURE_GEOMETRY = 1, 2, 4
TEXT, FLOAT, SIGNED = 1, 2, 6
"""Field numbers of MVT 2.1, https://github.com/mapbox/vector-tile-spec: vector_tile.proto."""

SINGLE_PRECISION = 1e-6
"""Numbers that differ by a smaller part of them are the same one, once written as a float."""

Plain = str | float | int


class Feature(NamedTuple):
    """A feature: its id, None where it has none, and its attributes."""

    id: int | None
    attributes: dict[str, Plain]


Content = dict[str, Feature]
"""The features of a tile by their official code."""


def decompress(body: bytes, encoding: str) -> bytes:
    """Undo a content coding; KeyError for one that the client never named."""
    return DECODERS[encoding](body) if body else b""


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Walk a protobuf message: field number, and a number or the bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        if kind == 2:
            size, at = _varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"wire type {kind} in a tile")
        yield number, data[at : at + size]
        at += size


def read(data: bytes) -> Content:
    """Read ids and attributes of the features of all layers of a tile, uncompressed.

    A feature that has no geometry does not count. Raises ValueError where two features have one code.
    """
    features: Content = {}
    for number, layer in _fields(data):
        if number != LAYER or not isinstance(layer, bytes):
            continue
        parts: dict[int, list[bytes]] = {KEY: [], VALUE: [], FEATURE: []}
        for field, part in _fields(layer):
            if field in parts and isinstance(part, bytes):
                parts[field].append(part)
        keys = [part.decode() for part in parts[KEY]]
        values = [_value(part) for part in parts[VALUE]]
        for identifier, tags, drawn in map(_feature, parts[FEATURE]):
            attributes = {keys[tags[n]]: values[tags[n + 1]] for n in range(0, len(tags), 2)}
            code = str(attributes["code"])
            if drawn and code in features:
                raise ValueError(f"two features of one tile have the code {code}")
            if drawn:
                features[code] = Feature(identifier, attributes)
    return features


def keys_of(tile: Content) -> frozenset[str]:
    """Give the names of the attributes of all features of a tile."""
    return frozenset(key for feature in tile.values() for key in feature.attributes)


def _feature(data: bytes) -> tuple[int | None, list[int], bool]:
    identifier: int | None = None
    tags: list[int] = []
    drawn = False
    for number, value in _fields(data):
        if number == FEATURE_ID and isinstance(value, int):
            identifier = value
        elif number == FEATURE_TAGS and isinstance(value, bytes):
            at = 0
            while at < len(value):
                tag, at = _varint(value, at)
                tags.append(tag)
        elif number == FEATURE_GEOMETRY:
            drawn = bool(value)
    return identifier, tags, drawn


def _value(data: bytes) -> Plain:
    """Read a value (MVT 2.1 §4.4): the one field that it has."""
    number, value = next(_fields(data))
    if isinstance(value, bytes):
        if number == TEXT:
            return value.decode()
        numeric: float = struct.unpack("<f" if number == FLOAT else "<d", value)[0]
        return numeric
    if number == SIGNED:
        return (value >> 1) ^ -(value & 1)
    return value - (1 << 64) if value >> 63 else value


def _same(one: Mapping[str, Plain], other: Mapping[str, Plain]) -> bool:
    """Tell whether two features have the same attributes, whatever the types they were written in."""
    if one.keys() != other.keys():
        return False
    for key, value in one.items():
        theirs = other[key]
        if isinstance(value, str) or isinstance(theirs, str):
            if value != theirs:
                return False
        elif not math.isclose(value, theirs, rel_tol=SINGLE_PRECISION):
            return False
    return True


class Difference(NamedTuple):
    """How another contender's tiles differ from ours, in features summed over the tiles."""

    missing: int
    """It has them, we do not."""
    extra: int
    """We have them, it does not."""
    other_ids: int
    """Both have them, with unequal ids (where it gives ids at all)."""
    other_values: int
    """Both have them, with unequal attributes."""


def compare(ours: Content, theirs: Content) -> Difference:
    """Compare one tile of ours with the same one of another."""
    shared = [(ours[code], theirs[code]) for code in ours.keys() & theirs.keys()]
    return Difference(
        missing=len(theirs.keys() - ours.keys()),
        extra=len(ours.keys() - theirs.keys()),
        other_ids=sum(their.id not in (None, our.id) for our, their in shared),
        other_values=sum(not _same(our.attributes, their.attributes) for our, their in shared),
    )


def total(differences: list[Difference]) -> Difference:
    """Add differences up over tiles."""
    columns = zip(*differences, strict=True) if differences else [()] * len(Difference._fields)
    return Difference(*map(sum, columns))
