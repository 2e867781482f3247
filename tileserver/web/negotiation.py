"""Content coding and conditional requests (RFC 9110 §12.5.3 and §13.1.2), as plain functions."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal

Coding = Literal["br", "zstd", "gzip", "identity"]

_PREFERRED: Final[tuple[Coding, ...]] = ("zstd", "br", "gzip")
"""Ours to choose among what a client weighs alike; `tileserver.web.compression` says why."""

_ALIASES: Final[Mapping[Coding, str]] = {"gzip": "x-gzip"}
"""RFC 9110 §8.4.1.3."""

_QUALITY: Final = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
_ENTITY_TAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_LONGEST_HEADER: Final = 4096


@lru_cache(maxsize=1024)
def choose_coding(accept_encoding: str | None) -> Coding:
    """Choose what the client accepts most, and at least as much as the plain bytes.

    A coding that the header does not name takes the weight of ``*``; every coding is otherwise
    refused, and identity otherwise accepted. A weight that is no number refuses the coding. Among
    codings of one weight the choice is ours.
    """
    if not accept_encoding or len(accept_encoding) > _LONGEST_HEADER:
        return "identity"
    given = weights(accept_encoding)
    weight = {coding: _coding_weight(coding, given) for coding in _PREFERRED}
    most = max(weight.values())
    if most <= 0 or most < given.get("identity", 0.0):
        return "identity"
    return next(coding for coding in _PREFERRED if weight[coding] == most)


def _coding_weight(coding: Coding, given: Mapping[str, float]) -> float:
    if coding in given:
        return given[coding]
    return given.get(_ALIASES.get(coding, ""), given.get("*", 0.0))


def choose_media_type(accept: str | None, offered: tuple[str, ...]) -> str:
    """Choose among `offered` what the client accepts most; the first where it says nothing usable.

    The most exact range decides on each (RFC 9110 §12.5.1); parameters of a range are not read.
    """
    if not accept or len(accept) > _LONGEST_HEADER:
        return offered[0]
    given = weights(accept)

    def weight(media_type: str) -> float:
        ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
        return next((given[name] for name in ranges if name in given), 0.0)

    return max(offered, key=weight)


def weights(header: str) -> Mapping[str, float]:
    """Read the names of a header that weighs them with ``q``, in lower case."""
    found: dict[str, float] = {}
    for item in header.split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        if name:
            found[name] = _weight(parameters)
    return found


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
