"""What is in a tile, read without a decoder of geometry: who has the same features, who left one out."""

import gzip
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
FEATURE_ID, FEATURE_TAGS, FEATURE_GEOMETRY, VALUE_STRING = 1, 2, 4, 1
"""Field numbers of MVT 2.1, https://github.com/mapbox/vector-tile-spec: vector_tile.proto."""


class Content(NamedTuple):
    """The features of a tile: ``ids`` by official code (None where it has no id), names of attributes."""

    ids: dict[str, int | None]
    keys: frozenset[str]


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
    """Read the ids by code, and the attributes, of all layers of a tile, uncompressed.

    A feature that has no geometry does not count. Raises ValueError where two features have one code.
    """
    ids: dict[str, int | None] = {}
    names: set[str] = set()
    for number, layer in _fields(data):
        if number != LAYER or not isinstance(layer, bytes):
            continue
        parts: dict[int, list[bytes]] = {KEY: [], VALUE: [], FEATURE: []}
        for field, part in _fields(layer):
            if field in parts and isinstance(part, bytes):
                parts[field].append(part)
        keys = [part.decode() for part in parts[KEY]]
        for identifier, tags, drawn in map(_feature, parts[FEATURE]):
            pairs = {keys[tags[n]]: parts[VALUE][tags[n + 1]] for n in range(0, len(tags), 2)}
            names.update(pairs)
            code = _text(pairs["code"])
            if drawn and code in ids:
                raise ValueError(f"two features of one tile have the code {code}")
            if drawn:
                ids[code] = identifier
    return Content(ids, frozenset(names))


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


def _text(value: bytes) -> str:
    for number, part in _fields(value):
        if number == VALUE_STRING and isinstance(part, bytes):
            return part.decode()
    raise ValueError("a code that is not a text")


class Difference(NamedTuple):
    """How another contender's tiles differ from ours, in features summed over the tiles."""

    missing: int
    """It has them, we do not."""
    extra: int
    """We have them, it does not."""
    other_ids: int
    """Both have them, with unequal ids (where it gives ids at all)."""


def compare(ours: Content, theirs: Content) -> Difference:
    """Compare one tile of ours with the same one of another."""
    shared = ours.ids.keys() & theirs.ids.keys()
    return Difference(
        missing=len(theirs.ids.keys() - ours.ids.keys()),
        extra=len(ours.ids.keys() - theirs.ids.keys()),
        other_ids=sum(theirs.ids[code] not in (None, ours.ids[code]) for code in shared),
    )


def total(differences: list[Difference]) -> Difference:
    """Add differences up over tiles."""
    return (
        Difference(*(sum(column) for column in zip(*differences, strict=True)))
        if differences
        else Difference(0, 0, 0)
    )
