"""Tiles written by hand, right or wrong as a test wants them."""


def varint(value: int) -> bytes:
    return bytes([value & 127 | 128]) + varint(value >> 7) if value > 127 else bytes([value])


def put(number: int, value: int | bytes) -> bytes:
    """Write a field: a varint, or bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def run(*integers: int) -> bytes:
    return b"".join(map(varint, integers))


POINT = (9, 50, 34)
LINE = (9, 4, 4, 18, 0, 16, 16, 0)
SQUARE = (9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15)
HOLE = (9, 4, 15, 26, 0, 8, 8, 0, 0, 7, 15)
"""Drawn after SQUARE, from its last position."""


def feature(*commands: int, kind: int = 1, tags: tuple[int, ...] = (), identifier: int = 7) -> bytes:
    return put(1, identifier) + (put(2, run(*tags)) if tags else b"") + put(3, kind) + put(4, run(*commands))


def body(
    *features: bytes, name: bytes = b"a", keys: tuple[bytes, ...] = (), values: tuple[bytes, ...] = ()
) -> bytes:
    found = put(15, 2) + put(1, name) + b"".join(put(2, item) for item in features)
    return found + b"".join(put(3, key) for key in keys) + b"".join(put(4, value) for value in values)


def tile(*features: bytes, keys: tuple[bytes, ...] = (), values: tuple[bytes, ...] = ()) -> bytes:
    return put(3, body(*features, keys=keys, values=values) + put(5, 4096))
