"""Compressed bodies: which coding serves whom, and at which level.

Measured on one core, communes of the real France with their default attributes, tiles of the mainland
(all 4 of z5, 40 random ones of each other zoom): milliseconds a tile, and size in parts of gzip 6's.

============  ============  ============  ============  ============  ============
coding        z5 (789 KB)   z8 (97 KB)    z9 (30 KB)    z10 (11 KB)   z12 (1.4 KB)
============  ============  ============  ============  ============  ============
zlib 6        42    1.000   3.8   1.000   0.96  1.000   0.29  1.000   0.061 1.000
isal 0        2.5   1.311   0.30  1.392   0.09  1.319   0.03  1.235   0.005 1.302
isal 1        2.7   1.085   0.34  1.048   0.11  1.042   0.06  1.026   0.023 1.018
isal 2        2.9   1.075   0.37  1.042   0.11  1.039   0.07  1.025   0.022 1.018
**isal 3**    4.6   1.055   0.57  1.029   0.18  1.028   0.08  1.019   0.024 1.021
brotli 1      5.1   1.128   0.43  1.070   0.18  1.067   0.08  1.044   0.023 1.072
brotli 3      12    1.034   0.89  1.023   0.26  1.025   0.12  1.032   0.039 1.047
brotli 4      18    1.070   1.2   1.016   0.38  1.018   0.24  1.021   0.062 1.020
**brotli 5**  28    0.951   2.3   0.981   0.62  0.999   0.25  1.001   0.062 0.991
zstd 1        1.9   1.168   0.19  1.086   0.06  1.050   0.04  1.046   0.011 1.036
**zstd 3**    6.4   1.047   0.65  1.022   0.17  1.028   0.07  1.013   0.014 1.007
zstd 6        13    1.016   1.7   1.005   0.47  1.002   0.18  0.998   0.026 1.000
**zstd 12**   –             5.6   1.003   0.85  1.000   0.46  0.986   0.059 0.978
============  ============  ============  ============  ============  ============

A finished tile is kept and sent many times, so bytes count for more than the one compression. A browser
takes all three: from `LARGE` bytes on brotli 5 is the smallest that is still quicker than zlib 6, below it
zstd 12 is, at zlib's own price. Who takes only zstd gets 3 for large bodies, where more effort buys little.
Who takes only gzip gets igzip's 3: within 2–5 % of zlib 6 for an eighth of its time; its levels 1 and 2
would save time on the fullest tiles only.
"""

import threading
from typing import Final

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard
from isal import igzip

from tileserver.web.negotiation import Coding, Codings

SMALLEST: Final = 100
"""Bytes below which gzip's 18 bytes of frame, and the client's work, outweigh what it saves."""

LARGE: Final = 16 * 1024
"""Bytes from which brotli 5 makes less of a tile than zstd 12 does in the same time."""

GZIP_LEVEL: Final = 3
BROTLI_QUALITY: Final = 5
BROTLI_WINDOW: Final = 18
"""Bits: 256 KB, a quarter of the memory of the default and no larger output on tiles."""
ZSTD_LARGE: Final = 3
ZSTD_SMALL: Final = 12


class _Compressors(threading.local):
    """Contexts of zstd, which are not to be shared between threads; a level's tables are kept in one."""

    def __init__(self) -> None:
        self.large = zstandard.ZstdCompressor(level=ZSTD_LARGE, write_content_size=False)
        self.small = zstandard.ZstdCompressor(level=ZSTD_SMALL, write_content_size=False)


_compressors = _Compressors()


def coding_for(codings: Codings, size: int) -> Coding:
    """Give the coding of a body of `size` bytes."""
    if size < SMALLEST:
        return "identity"
    return codings.large if size >= LARGE else codings.small


def compress(body: bytes, coding: Coding) -> bytes:
    """Compress `body`; equal bytes in give equal bytes out (no time stamp), as a strong ETag promises."""
    packed: bytes
    if coding == "br":
        packed = brotli.compress(body, quality=BROTLI_QUALITY, lgwin=BROTLI_WINDOW)
    elif coding == "zstd":
        compressor = _compressors.large if len(body) >= LARGE else _compressors.small
        packed = compressor.compress(body)
    elif coding == "gzip":
        packed = igzip.compress(body, compresslevel=GZIP_LEVEL, mtime=0)
    else:
        packed = body
    return packed
