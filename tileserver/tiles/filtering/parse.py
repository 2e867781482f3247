"""From the text of a filter to its tree: cql2 parses, and what it read is checked and counted here."""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final, NoReturn

import cql2

from tileserver.errors import RequestError
from tileserver.tiles.address import shown
from tileserver.tiles.filtering import bounds, shapes
from tileserver.tiles.filtering.nodes import (
    COSTLY,
    GEOMETRY_NAMES,
    OPERANDS,
    SPATIAL,
    Call,
    Literal,
    Node,
    Property,
    Shape,
)

LANGUAGES: Final = ("cql2-text", "cql2-json")

_MEMBERS: Final = ({"op", "args"}, {"property"}, {"bbox"}, {"type", "coordinates"})

_SUPPORTED: Final = ", ".join(sorted(OPERANDS))


def parse(text: str, lang: str | None) -> tuple[str, Node]:
    """Read a filter; returns its canonical text (JSON) and its tree.

    `lang` is "cql2-text", "cql2-json", or None to tell by a first character "{". Raises `RequestError`.
    """
    bounds.check_characters(text)
    if lang is None:
        lang = "cql2-json" if text.lstrip().startswith("{") else "cql2-text"
    if lang == "cql2-text":
        bounds.check_text(text)
        raw = _read(cql2.parse_text, text, lang)
    elif lang == "cql2-json":
        raw = _read(cql2.parse_json, json.dumps(_strict_json(text)), lang)
    else:
        raise RequestError(f"filter-lang is {shown(lang)}; it is one of {', '.join(LANGUAGES)}")
    tree = _Reader().node(raw, 0)
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"), sort_keys=True), tree


def _read(parser: Any, text: str, lang: str) -> Any:
    """Run cql2's parser, and turn what it objects into one sentence."""
    try:
        return parser(text).to_json()
    except Exception as error:
        raise RequestError(f"filter is not {lang}: {_short(str(error))}") from error


def _short(message: str) -> str:
    """Shorten a message of cql2's parser of texts, which draws an arrow under the place."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if len(lines) > 2 and lines[0].startswith("-->") and lines[-1].startswith("="):
        return f"at line:column {lines[0].removeprefix('-->').strip()}, {lines[-1].removeprefix('=').strip()}"
    if "untagged enum" in message:
        return "some part of it is no operation, property, value, bbox or geometry of GeoJSON"
    return " ".join(lines)


def _strict_json(text: str) -> Any:
    """Decode JSON and check its members: cql2 would leave unknown ones out without a word.

    It would also take a geometry that has the `bbox` that GeoJSON allows for that bbox.
    """
    try:
        decoded = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_finite)
    except (ValueError, RecursionError) as error:
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise RequestError(f"filter is not cql2-json: {reason}") from error
    _check_members(decoded, 0)
    return decoded


def _refuse_constant(name: str) -> NoReturn:
    raise RequestError(f"filter holds {name}; its numbers must be finite")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise RequestError(f"filter holds the number {shown(digits)}, which is too large")
    return number


def _check_members(value: Any, depth: int) -> None:
    # An operation takes two levels of JSON, and coordinates at most four more: still far from cql2's own
    # limit of 128.
    if depth > 2 * bounds.MAX_DEPTH + 6:
        raise RequestError(bounds.TOO_DEEP)
    if isinstance(value, dict):
        if "coordinates" in value:
            value.pop("bbox", None)
        if set(value) not in _MEMBERS:
            names = ", ".join(shown(name) for name in value) or "no members"
            raise RequestError(
                f"filter has an object with {names}; it is written with op and args, or with property, "
                "or with bbox, or with type and coordinates"
            )
        for member in value.values():
            _check_members(member, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_members(item, depth + 1)


class _Reader:
    """Builds the tree from what cql2 gives, and counts its nodes."""

    def __init__(self) -> None:
        self.count = 0
        self.costly = 0

    def node(self, raw: Any, depth: int) -> Node:
        self.count += 1
        if depth > bounds.MAX_DEPTH:
            raise RequestError(bounds.TOO_DEEP)
        if self.count > bounds.MAX_NODES:
            raise RequestError(bounds.TOO_MANY)
        if raw is None:
            raise RequestError("filter compares with NULL; write IS NULL or IS NOT NULL")
        if isinstance(raw, bool | str):
            return Literal(raw)
        if isinstance(raw, float):
            if not isfinite(raw):
                raise RequestError("filter holds a number that is too large; use one below 1e308")
            return Literal(raw)
        if isinstance(raw, Mapping):
            return self._object(raw, depth)
        raise RequestError("filter has a list of values where only IN takes one")

    def _object(self, raw: Mapping[str, Any], depth: int) -> Node:
        if "op" in raw:
            return self._operation(raw["op"], raw["args"], depth)
        if "property" in raw:
            return Property(raw["property"])
        if "bbox" in raw:
            return shapes.from_bbox(raw["bbox"])
        if "coordinates" in raw or "geometries" in raw:
            return shapes.from_geojson(raw)
        kind = next(iter(raw), "an empty object")
        raise RequestError(f"filter has {shown(kind)}, which is not supported; no property here is a date")

    def _operation(self, op: str, args: Sequence[Any], depth: int) -> Call:
        if op not in OPERANDS:
            raise RequestError(f"filter has {shown(op)}, which is not supported; supported are {_SUPPORTED}")
        if op == "in":
            if len(args) != 2 or not isinstance(args[1], list) or not args[1]:
                raise RequestError("filter has IN without a list; write it as in name IN ('a', 'b')")
            args = [args[0], *args[1]]
        least, most = OPERANDS[op]
        if len(args) < least or (most is not None and len(args) > most):
            wanted = str(least) if least == most else f"at least {least}"
            raise RequestError(f"filter gives {op} {len(args)} operands; it takes {wanted}")
        nodes = tuple(self.node(arg, depth + 1) for arg in args)
        self.costly += op in COSTLY and not isinstance(nodes[0], Literal)
        if self.costly > bounds.MAX_COSTLY:
            raise RequestError(bounds.TOO_COSTLY)
        if op in SPATIAL:
            return Call(op, _spatial_operands(op, nodes))
        if any(isinstance(node, Shape) for node in nodes):
            raise RequestError(
                f"filter gives {op} a geometry; geometries go into {', '.join(sorted(SPATIAL))}"
            )
        return Call(op, nodes)


def _spatial_operands(op: str, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Put the property first. To intersect works both ways; to lie within does not."""
    first, second = nodes
    if isinstance(first, Shape) and op != "s_within":
        first, second = second, first
    if isinstance(first, Property) and first.name in GEOMETRY_NAMES and isinstance(second, Shape):
        return first, second
    raise RequestError(f"filter uses {op} otherwise than as in {op}(geometry, BBOX(-0.9, 47, -0.8, 47.1))")
