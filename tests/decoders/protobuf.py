"""Protocol buffers read strictly: fields, varints, packed integers. Nothing but bytes and numbers.

Two kinds of fault: `MalformedError` is raised where reading can't go on within the message; whatever can
be read all the same is told to a `Report`.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
FIXED32: Final = 5

_SIZES: Final = {FIXED64: 8, FIXED32: 4}

Report = Callable[[str], None]
"""Takes the name of a thing that is unusual, yet can be read."""


class MalformedError(Exception):
    """The bytes are no protocol buffer; the message says why."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message: its number, its wire type, and what it holds.

    ``number`` and ``wire`` as on the wire. ``value`` is the integer of a varint (0 otherwise), ``data``
    the bytes of the others, little endian for the fixed ones.
    """

    number: int
    wire: int
    value: int
    data: bytes


def fields(data: bytes, odd: Report) -> Iterator[Field]:
    """Walk a message; `odd` is told of varints that are longer than they need be."""
    at = 0
    while at < len(data):
        key, at = varint(data, at, odd)
        number, wire = key >> 3, key & 7
        if not 0 < number < 1 << 29:
            raise MalformedError(f"field number {number}")
        if wire == VARINT:
            value, at = varint(data, at, odd)
            yield Field(number, wire, value, b"")
            continue
        if wire == BYTES:
            size, at = varint(data, at, odd)
        elif wire in _SIZES:
            size = _SIZES[wire]
        else:
            raise MalformedError(f"wire type {wire} in field {number}")
        if at + size > len(data):
            raise MalformedError(f"field {number} wants {size} bytes where {len(data) - at} are left")
        yield Field(number, wire, 0, data[at : at + size])
        at += size


def varint(data: bytes, at: int, odd: Report) -> tuple[int, int]:
    """Read an unsigned integer of 64 bits at position `at`; return it and the next position."""
    value = shift = 0
    for end in range(at, min(at + 10, len(data))):
        byte = data[end]
        value |= (byte & 127) << shift
        if byte < 128:
            if value >> 64:
                raise MalformedError("a varint of more than 64 bits")
            if byte == 0 and end > at:
                odd("a varint longer than it need be")
            return value, end + 1
        shift += 7
    raise MalformedError("a varint that does not end")


def packed(data: bytes, odd: Report) -> list[int]:
    """Read a packed run of unsigned integers of 32 bits."""
    found = []
    at = 0
    while at < len(data):
        if data[at] < 128:  # most are small, and a tile has hundreds of thousands
            found.append(data[at])
            at += 1
            continue
        value, at = varint(data, at, odd)
        if value >> 32:
            raise MalformedError(f"{value} in a run of integers of 32 bits")
        found.append(value)
    return found


def signed(value: int) -> int:
    """Read 64 unsigned bits as an int64 (two's complement)."""
    return value - (1 << 64) if value >> 63 else value


def unzigzag(value: int) -> int:
    """Unfold a zigzag-encoded integer."""
    return (value >> 1) ^ -(value & 1)


def float_of(data: bytes) -> float:
    """Read a float (4 bytes) or a double (8), little endian."""
    value: float = struct.unpack("<f" if len(data) == 4 else "<d", data)[0]
    return value
