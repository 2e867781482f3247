"""Content coding and conditional requests (RFC 9110 §12.5.3 and §13.1.2), as plain functions."""

import re
from collections.abc import Mapping
from typing import Final, Literal

from isal import igzip

Encoding = Literal["gzip", "identity"]

SMALLEST_COMPRESSED: Final = 100
"""Bytes below which gzip's 18 bytes of frame, and the client's work, outweigh what it saves."""

_GZIP_LEVEL: Final = 1
"""igzip's 1 costs a tenth of zlib's 6 on a tile, for about the same size."""

_QUALITY: Final = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
_ENTITY_TAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_LONGEST_HEADER: Final = 4096


def choose_encoding(accept_encoding: str | None) -> Encoding:
    """Choose gzip where the client accepts it at least as much as the plain bytes.

    A coding that the header does not name takes the weight of ``*``; gzip is otherwise refused, and
    identity otherwise accepted. A weight that is no number refuses the coding.
    """
    if not accept_encoding or len(accept_encoding) > _LONGEST_HEADER:
        return "identity"
    weights = _weights(accept_encoding)
    any_weight = weights.get("*", 0.0)
    gzip_weight = weights.get("gzip", weights.get("x-gzip", any_weight))
    return "gzip" if gzip_weight > 0 and gzip_weight >= weights.get("identity", 0.0) else "identity"


def _weights(header: str) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for item in header.split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        if name:
            weights[name] = _weight(parameters)
    return weights


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, text = parameter.partition("=")
        if key.strip() == "q":
            text = text.strip()
            return float(text) if _QUALITY.fullmatch(text) else 0.0
    return 1.0


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the client already holds `etag`, by the weak comparison that RFC 9110 asks for here."""
    if if_none_match is None or len(if_none_match) > _LONGEST_HEADER:
        return False
    return if_none_match.strip() == "*" or etag in _ENTITY_TAG.findall(if_none_match)


def compress(body: bytes) -> bytes:
    """Gzip without a time stamp: equal bytes in give equal bytes out, as a strong ETag promises."""
    packed: bytes = igzip.compress(body, compresslevel=_GZIP_LEVEL, mtime=0)
    return packed
