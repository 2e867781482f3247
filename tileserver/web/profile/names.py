"""Territories found by name or code, whatever the case and the accents."""

import unicodedata
from collections.abc import Callable
from re import compile as pattern
from typing import Final, NamedTuple

from tileserver.web.snapshot import Snapshot

_NOT_WORDS: Final = pattern(r"[^a-z0-9]+")
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae"})
_SHORT: Final = {"st": "saint", "ste": "sainte"}


class Named(NamedTuple):
    """A territory, with its name as it is compared: words between spaces, one before and after."""

    level: str
    code: str
    name: str
    key: str
    weight: float


def fold(text: str) -> str:
    """Write a name as it is compared: plain letters and digits, one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    words = _NOT_WORDS.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).split()
    return " ".join(_SHORT.get(word, word) for word in words)


def list_names(shot: Snapshot) -> tuple[Named, ...]:
    """List the territories of all levels, the widest level first, in each the most populous first."""
    found: list[Named] = []
    layers = sorted(shot.levels.items(), key=lambda item: item[1].entry.order)
    for level, layer in layers:
        table = layer.attributes
        codes, names = (table.column(name).to_pylist() for name in ("code", "name"))
        there = "population" in table.column_names
        weights = table.column("population").to_pylist() if there else [0] * len(codes)
        named = [
            Named(level, code, str(name or code), f" {fold(str(name or code))} ", float(weight or 0))
            for code, name, weight in zip(codes, names, weights, strict=True)
        ]
        found += sorted(named, key=lambda each: (-each.weight, each.key))
    return tuple(found)


def search(names: tuple[Named, ...], asked: str, level: str | None) -> list[Named]:
    """Find what matches, the best first; equal matches stay in the order of `names`.

    An exact code comes first, then the exact name, names that begin with what is asked, names with a
    word that does, names with a word for each word asked, and codes that begin with it.
    """
    key, code = fold(asked), asked.strip().casefold()
    words = [f" {word}" for word in key.split()]
    tests: list[Callable[[Named], bool]] = [lambda each: each.code.casefold() == code]
    if words:
        tests += [
            lambda each: each.key == f" {key} ",
            lambda each: each.key.startswith(f" {key}"),
            lambda each: f" {key}" in each.key,
            lambda each: all(word in each.key for word in words),
        ]
    if code and any(character.isdigit() for character in code):
        tests.append(lambda each: each.code.casefold().startswith(code))
    likely = words[0] if words else None
    ranked: list[tuple[int, int]] = []
    for place, each in enumerate(names):
        if level is not None and each.level != level:
            continue
        if (likely is None or likely not in each.key) and code not in each.code.casefold():
            continue
        rank = next((rank for rank, test in enumerate(tests) if test(each)), None)
        if rank is not None:
            ranked.append((rank, place))
    return [names[place] for _, place in sorted(ranked)]
