"""Protocol buffer primitives: varints, zigzag, runs of bytes.

`out` is uint8 with room that the caller has checked; every writer returns the next position.
"""

from tileserver.kernel.jit import kernel


@kernel
def zigzag(value):
    """Fold a signed parameter into an unsigned one (MVT 2.1 §4.3.2)."""
    return (value << 1) ^ (value >> 63)


@kernel
def write_varint(out, at, value):
    """Write `value` ≥ 0 in 7-bit groups, least significant first."""
    while value > 127:
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@kernel
def varint_size(value):
    """Count the bytes that `write_varint` would write."""
    size = 1
    while value > 127:
        value >>= 7
        size += 1
    return size


@kernel
def write_run(out, at, data, start, end):
    """Copy ``data[start:end]``."""
    for i in range(start, end):
        out[at] = data[i]
        at += 1
    return at
