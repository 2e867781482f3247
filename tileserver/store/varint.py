"""The variable-length integers of protocol buffers, for the few that Python writes itself."""


def varint(value: int) -> bytes:
    """Encode `value` ≥ 0 in 7-bit groups, least significant first."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
