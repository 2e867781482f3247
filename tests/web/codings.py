"""Decoders of the content codings, apart from what encodes them."""

import gzip

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard

BROWSER = "gzip, deflate, br, zstd"


def decode(coding: str | None, data: bytes) -> bytes:
    """Undo a coding, as named by Content-Encoding; None is the plain bytes."""
    if coding == "gzip":
        return gzip.decompress(data)
    if coding == "br":
        return bytes(brotli.decompress(data))
    if coding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    assert coding is None
    return data
