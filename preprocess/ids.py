"""Stable feature ids: the same official code gives the same number in every build.

Ids are unsigned and at most 2⁵³ − 1, so that a browser keeps them exactly. Three ranges that do not
meet, because as plain numbers ``2A`` in base 36 would be the 82 of another département:

==================  =====================================  ==========================
from                to                                     code
==================  =====================================  ==========================
0                   10¹⁵ − 1                               figures only (``01001``)
10¹⁵                2⁵² − 1                                any other: 128 bits of BLAKE2b, reduced
2⁵²                 2⁵² + 36¹⁰ − 1 < 2⁵³                   up to 10 letters and figures (``ti-0101``)
==================  =====================================  ==========================
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import SourceError

MAX_ID = 2**53 - 1
DIGITS = 15
LETTERS = 10
HASHED_FROM = 1_000_000_000_000_000
LETTERED_FROM = 2**52


def feature_id(code: str) -> int:
    """Return the id of an official code, by its figures, its letters, or its digest."""
    if code.isascii() and code.isdigit() and len(code) <= DIGITS:
        return int(code)
    short = "".join(mark for mark in code if mark.isascii() and mark.isalnum())
    if code.isascii() and 0 < len(short) <= LETTERS:
        return LETTERED_FROM + int(short, 36)
    return hashed_id(code)


def hashed_id(code: str) -> int:
    """Return the id of a code by its digest alone."""
    number = int.from_bytes(hashlib.blake2b(code.encode(), digest_size=16).digest(), "big")
    return HASHED_FROM + number % (LETTERED_FROM - HASHED_FROM)


def feature_ids(place: str, codes: Sequence[str], extras: Sequence[str] | None = None) -> NDArray[np.uint64]:
    """Return the ids (n,) of one layer's rows.

    `extras` tells apart the rows of a layer whose codes repeat; there the id is the digest of
    ``code/extra``. Raises `SourceError`, naming `place`, where two rows would share an id.
    """
    if extras is None:
        names = list(codes)
        numbers = [feature_id(name) for name in names]
    else:
        names = [f"{code}/{extra}" for code, extra in zip(codes, extras, strict=True)]
        numbers = [hashed_id(name) for name in names]
    seen: dict[int, str] = {}
    for number, name in zip(numbers, names, strict=True):
        if number in seen:
            raise SourceError(
                f"{place}: the codes {seen[number]!r} and {name!r} give the same feature id {number}; "
                "codes should differ in their letters and figures, not in zeros, case or signs alone"
            )
        seen[number] = name
    return np.array(numbers, dtype=np.uint64)
