"""Compressed bodies: which coding serves whom, and at which level.

Measured on one core: communes of the real France with name, population and density, tiles of 5 to 40 places
a zoom; milliseconds a tile, and size in parts of gzip 6's.

============  ============  ============  ============  ============  ============
coding        z5 (579 KB)   z6 (317 KB)   z8 (124 KB)   z10 (10 KB)   z12 (1.4 KB)
============  ============  ============  ============  ============  ============
zlib 6        43    1.000   21    1.000   6.6   1.000   0.32  1.000   0.077 1.000
isal 1        2.8   1.089   1.5   1.070   0.60  1.038   0.07  1.020   0.030 1.025
**isal 3**    4.6   1.066   2.6   1.054   1.0   1.027   0.11  1.017   0.035 1.029
**brotli 5**  32    0.939   18    0.939   5.2   0.959   0.41  0.994   0.106 0.977
zstd 1        2.9   1.164   1.4   1.137   0.35  1.072   0.06  1.032   0.018 1.029
zstd 3        7.3   1.049   3.8   1.040   1.3   1.022   0.10  1.009   0.020 1.017
zstd 6        16    1.026   8.6   1.018   3.1   1.013   0.25  1.000   0.036 1.010
zstd 12       –             –             12    1.004   0.63  0.990   0.084 0.991
**own large** 5.3   1.048   2.8   1.028   1.0   1.013   0.10  1.008   0.021 1.017
**own small** –             –             –             0.23  1.000   0.037 1.010
============  ============  ============  ============  ============  ============

A browser takes all three, and gets zstd: brotli would save a twentieth of the bytes of large tiles, and
take four times as long as making the tile and all the rest together. The parameters of zstd are our own, for
bodies below and above 4 KB (own large: measured with tables of 2^14 numbers; those of 2^13 that are used
now give the same size), and in two threads above 768 KB. From 32 to 160 KB a simpler search takes a quarter
less time for half a percent more bytes (in turns, z8 0.42 ms for 0.56, z9 0.14 for 0.19).
Who takes only gzip gets igzip's 3, within 2–7 % of zlib 6 for a tenth of its time. (ST_AsMVT's tiles of the
same content, whose values stand in the order of the features and not column by column, are 1–5 % larger than
ours at zlib 6.)
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
QUICK: Final = range(32 * 1024, 160 * 1024)
"""Bytes of bodies that a simpler search compresses: most tiles of z7 to z9, where its half a percent more is
little. Of larger ones it makes one percent more, and they are few."""

JOB: Final = 768 * 1024
"""Bytes of a body that one thread compresses: what stands in one job is not found from the next, and the
largest tiles (1.8 MB) are half a percent smaller than in jobs of 512 KB."""


def _own(
    strategy: int, *, tables: int, min_match: int, search_log: int = 1, long_table: int = 0, threads: int = 0
) -> zstandard.ZstdCompressionParameters:
    """Give parameters whose tables (of 2 to the power of `tables` numbers) stay in the first cache.

    `long_table`, where it is given, is the size of the table of long matches.
    """
    return zstandard.ZstdCompressionParameters(
        window_log=20,
        hash_log=long_table or tables,
        chain_log=tables,
        search_log=search_log,
        min_match=min_match,
        strategy=strategy,
        write_content_size=False,
        threads=threads,
        job_size=JOB if threads else 0,
        overlap_log=1 if threads else 0,  # none: a job begins anew, which costs half a percent
    )


ZSTD_SMALL: Final = _own(zstandard.STRATEGY_LAZY, tables=14, min_match=3, search_log=3)
ZSTD_LARGE: Final = _own(zstandard.STRATEGY_DFAST, tables=13, min_match=4)
"""The strategy of level 3, with matches from four bytes on, of which tiles have many (a tag, the head of a
value): 1 % smaller than level 3 in four fifths of its time."""
ZSTD_QUICK: Final = _own(zstandard.STRATEGY_FAST, tables=14, min_match=4)
"""The strategy of level 1, whose bodies are 5 % larger because it looks for matches of seven bytes."""
ZSTD_HUGE: Final = _own(zstandard.STRATEGY_DFAST, tables=13, long_table=15, min_match=4, threads=2)
"""For bodies of several jobs: two threads at a time, one frame all the same, its bytes the same always."""


class _Compressors(threading.local):
    """Contexts of zstd, which are not to be shared between threads; a level's tables are kept in one."""

    def __init__(self) -> None:
        self.small = zstandard.ZstdCompressor(compression_params=ZSTD_SMALL)
        self.large = zstandard.ZstdCompressor(compression_params=ZSTD_LARGE)
        self.quick = zstandard.ZstdCompressor(compression_params=ZSTD_QUICK)
        self.huge = zstandard.ZstdCompressor(compression_params=ZSTD_HUGE)

    def of(self, size: int) -> zstandard.ZstdCompressor:
        """Give the compressor for a body of `size` bytes."""
        if size < SMALL:
            return self.small
        if size in QUICK:
            return self.quick
        return self.large if size <= JOB else self.huge


_compressors = _Compressors()


def rehearse(body: bytes) -> None:
    """Compress a body and its beginnings, once with each context of this thread: they take memory."""
    for size in (SMALL - 1, SMALL, QUICK.start, len(body)):
        _compressors.of(size).compress(body[:size])


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
