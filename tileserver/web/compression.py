"""Compressed bodies: which coding serves whom, and at which level.

Measured on one core: communes of the real France with name, population and density, tiles of 5 to 40 places
a zoom; milliseconds a tile, and size in parts of gzip 6's.

============  ============  ============  ============  ============  ============
coding        z5 (579 KB)   z6 (317 KB)   z8 (124 KB)   z10 (10 KB)   z12 (1.4 KB)
============  ============  ============  ============  ============  ============
zlib 6        54    1.000   35    1.000   7.5   1.000   0.34  1.000   0.058 1.000
isal 1        2.9   1.089   1.4   1.070   0.46  1.038   0.05  1.020   0.022 1.025
**isal 3**    4.9   1.066   3.9   1.054   0.92  1.027   0.07  1.017   0.026 1.029
**brotli 5**  24    0.939   15    0.939   3.5   0.959   0.25  0.994   0.061 0.977
zstd 1        1.9   1.164   1.2   1.137   0.27  1.072   0.04  1.032   0.011 1.029
zstd 3        5.7   1.049   3.3   1.040   1.1   1.022   0.06  1.009   0.013 1.017
**zstd 6**    14    1.026   6.9   1.018   2.1   1.013   0.21  1.000   0.025 1.010
**zstd 12**   –             –             5.8   1.004   0.49  0.990   0.055 0.991
**zstd own**  4.7   1.048   2.6   1.028   1.3   1.013   0.06  1.008   0.013 1.017
============  ============  ============  ============  ============  ============

A browser takes all three, and gets zstd: brotli would save a twentieth of the bytes of large tiles, and
take four times as long as making the tile and all the rest together. Small bodies get the level at which the
bytes are fewest in a time that nobody notices, large ones parameters of our own. Who takes only gzip gets
igzip's 3, within 2–7 % of zlib 6 for a tenth of its time. (ST_AsMVT's tiles of the same content, whose values
stand in the order of the features and not column by column, are 1–5 % larger than ours at zlib 6.)
"""

import threading
from typing import Final

import brotli  # type: ignore[import-untyped]  # it ships no types
import zstandard
from isal import igzip

from tileserver.web.negotiation import Coding

SMALLEST: Final = 100
"""Bytes below which gzip's 18 bytes of frame, and the client's work, outweigh what it saves."""

GZIP_LEVEL: Final = 3
BROTLI_QUALITY: Final = 5
BROTLI_WINDOW: Final = 18
"""Bits: 256 KB, a quarter of the memory of the default and no larger output on tiles."""

SMALL: Final = 4 * 1024
ZSTD_SMALL: Final = 12
MIDDLE: Final = 32 * 1024
ZSTD_MIDDLE: Final = 6
ZSTD_LARGE: Final = zstandard.ZstdCompressionParameters(
    window_log=20,
    hash_log=14,
    chain_log=14,
    search_log=1,
    min_match=4,
    strategy=zstandard.STRATEGY_DFAST,
    write_content_size=False,
)
"""Level 3's way, but with tables that stay in the first cache, and matches from four bytes on, of which
tiles have many (a tag, a value's head): 1 % smaller than level 3 in four fifths of its time."""


class _Compressors(threading.local):
    """Contexts of zstd, which are not to be shared between threads; a level's tables are kept in one."""

    def __init__(self) -> None:
        self.small = zstandard.ZstdCompressor(level=ZSTD_SMALL, write_content_size=False)
        self.middle = zstandard.ZstdCompressor(level=ZSTD_MIDDLE, write_content_size=False)
        self.large = zstandard.ZstdCompressor(compression_params=ZSTD_LARGE)

    def of(self, size: int) -> zstandard.ZstdCompressor:
        """Give the compressor for a body of `size` bytes."""
        if size < SMALL:
            return self.small
        return self.middle if size < MIDDLE else self.large


_compressors = _Compressors()


def coding_for(accepted: Coding, size: int) -> Coding:
    """Give the coding of a body of `size` bytes for a client that is to get `accepted`."""
    return "identity" if size < SMALLEST else accepted


def compress(body: bytes, coding: Coding) -> bytes:
    """Compress `body`; equal bytes in give equal bytes out (no time stamp), as a strong ETag promises."""
    packed: bytes
    if coding == "br":
        packed = brotli.compress(body, quality=BROTLI_QUALITY, lgwin=BROTLI_WINDOW)
    elif coding == "zstd":
        packed = _compressors.of(len(body)).compress(body)
    elif coding == "gzip":
        packed = igzip.compress(body, compresslevel=GZIP_LEVEL, mtime=0)
    else:
        packed = body
    return packed
