"""The digests by which files of a store, of its cache and of its sources are known: BLAKE3, 128 bits, in hex.

A server reads its whole store to check it when it starts, and that is the longest part of the start: BLAKE3
hashes several gigabytes a second on one core, BLAKE2b and SHA-256 about one or less.
"""

from pathlib import Path
from typing import Final

from blake3 import blake3

LENGTH: Final = 16
"""Bytes of a digest: 128 bits, so that two files alike by accident are not to be feared."""

_MAPPED: Final = 128 * 1024
"""Bytes above which a file is mapped rather than read."""


def of_bytes(data: bytes) -> str:
    """Return the digest of `data`, in hex."""
    return blake3(data).hexdigest(length=LENGTH)


def of_file(path: Path) -> str:
    """Return the digest of the bytes of a file, in hex; raise `OSError` where it can't be read."""
    if path.stat().st_size < _MAPPED:
        return of_bytes(path.read_bytes())
    return blake3().update_mmap(path).hexdigest(length=LENGTH)
