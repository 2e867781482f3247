"""The truth of a filter for every row of a layer: a tree of `nodes` over the columns of its table.

Logic is three-valued, as in SQL: what is compared with no data is unknown, NOT unknown is unknown, and a
row passes only where the whole is true. Arithmetic is that of 64-bit floats, as in cql2: x / 0 is infinite
and 0 / 0 equal to nothing. `div` leaves the fraction out, and is unknown where it divides by zero; `%` has
the sign of what is divided.
"""

import operator
from collections.abc import Callable, Mapping
from functools import partial, reduce
from types import MappingProxyType
from typing import Any, Final, cast

import numpy as np
import pyarrow.compute as pc

from tileserver.errors import RequestError
from tileserver.store.reader import LayerStore
from tileserver.tiles.address import shown
from tileserver.tiles.filtering import spatial, values
from tileserver.tiles.filtering.nodes import (
    ARITHMETIC,
    COMPARISONS,
    GEOMETRY_NAMES,
    SPATIAL,
    Call,
    Literal,
    Node,
    Property,
    Shape,
)
from tileserver.tiles.filtering.values import Numbers, Texts, Truth, Value

MAX_PATTERN: Final = 200
"""Characters of a LIKE pattern: its cost grows with its length times that of all texts."""

_COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_COMPARE_TEXTS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}

_CALCULATE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": np.power,
}


class Evaluator:
    """Evaluates the nodes of one filter over one layer; every method raises `RequestError`.

    `computed` are properties that are no columns of the layer's table: name → numbers (n), in its order.
    """

    def __init__(self, layer: LayerStore, computed: Mapping[str, Numbers] = MappingProxyType({})) -> None:
        self._layer = layer
        self._computed = computed

    def truth(self, node: Node, where: str) -> Truth:
        """Evaluate a condition; `where` names what it stands in, for the message if it is none."""
        value = self.value(node)
        if isinstance(value, Truth):
            return value
        raise RequestError(
            f"filter has {_name(node)} ({value.kind}) as {where}; a condition is wanted there, such as x > 1"
        )

    def value(self, node: Node) -> Value:
        """Evaluate any node."""
        if isinstance(node, Literal):
            return values.constant(node.value)
        if isinstance(node, Property):
            return self._property(node.name)
        if isinstance(node, Shape):
            raise RequestError(f"filter has a geometry outside {', '.join(sorted(SPATIAL))}")
        if node.op in COMPARISONS:
            left, right = self._alike(node.op, node.args)
            return _compare(node.op, left, right)
        if node.op in ARITHMETIC:
            return self._arithmetic(node)
        if node.op in SPATIAL:
            return self._spatial(node)
        method: Callable[[Call], Value] = getattr(self, f"_{node.op.lower()}")
        return method(node)

    def _property(self, name: str) -> Value:
        if name in GEOMETRY_NAMES:
            raise RequestError(f"filter uses {name} outside {', '.join(sorted(SPATIAL))}")
        if name in self._computed:
            return self._computed[name]
        table = self._layer.attributes
        if name not in table.schema.names:
            raise RequestError(
                f"filter asks for {shown(name)}, which layer {self._layer.entry.id} does not have; "
                f"they are {', '.join(sorted(table.schema.names))}, and geometry"
            )
        return values.column(table.column(name))

    def _alike(self, op: str, args: tuple[Node, ...]) -> tuple[Any, ...]:
        """Evaluate operands that must be of one type."""
        operands = tuple(self.value(arg) for arg in args)
        for arg, operand in zip(args, operands, strict=True):
            if operand.kind != operands[0].kind:
                raise RequestError(
                    f"filter compares {_name(args[0])} ({operands[0].kind}) with {_name(arg)} "
                    f"({operand.kind}) by {op.upper()}; both must be of one type"
                )
        return operands

    def _typed(self, node: Call, arg: Node, wanted: type[Any]) -> Any:
        """Evaluate an operand that must be of a certain type."""
        value = self.value(arg)
        if not isinstance(value, wanted):
            raise RequestError(
                f"filter gives {_name(arg)} ({value.kind}) to {node.op}, which takes a {wanted.kind}"
            )
        return value

    def _and(self, node: Call) -> Truth:
        return reduce(_both, [self.truth(arg, "part of AND") for arg in node.args])

    def _or(self, node: Call) -> Truth:
        parts = [self.truth(arg, "part of OR") for arg in node.args]
        return _not(reduce(_both, [_not(part) for part in parts]))

    def _not(self, node: Call) -> Truth:
        return _not(self.truth(node.args[0], "what NOT turns round"))

    def _isnull(self, node: Call) -> Truth:
        unknown = self.value(node.args[0]).unknown
        return Truth(unknown, ~unknown)

    def _between(self, node: Call) -> Truth:
        value, low, high = self._alike("between", node.args)
        return _both(_compare(">=", value, low), _compare("<=", value, high))

    def _in(self, node: Call) -> Truth:
        value, *items = self._alike("in", node.args)
        constants = [item.values for item in items if _is_constant(item)]
        found = [_compare("=", value, item) for item in items if not _is_constant(item)]
        if constants:
            found.append(_among(value, constants))
        return _not(reduce(_both, [_not(one) for one in found]))

    def _like(self, node: Call) -> Truth:
        text = self._typed(node, node.args[0], Texts)
        pattern = self._typed(node, node.args[1], Texts).values
        if not isinstance(pattern, str):
            raise RequestError("filter has LIKE whose pattern is no literal; write it as in LIKE 'Saint-%'")
        if len(pattern) > MAX_PATTERN:
            raise RequestError(
                f"filter has a LIKE pattern of {len(pattern)} characters; at most {MAX_PATTERN} are read"
            )
        texts = values.array_of([text.values]) if isinstance(text.values, str) else text.values
        found = values.truth(pc.match_like(texts, pattern))
        return Truth(found.yes[0], found.no[0]) if isinstance(text.values, str) else found

    def _casei(self, node: Call) -> Texts:
        return values.mapped(self._typed(node, node.args[0], Texts), pc.utf8_lower)

    def _accenti(self, node: Call) -> Texts:
        return values.mapped(self._typed(node, node.args[0], Texts), _without_accents)

    def _arithmetic(self, node: Call) -> Numbers:
        numbers = [self._typed(node, arg, Numbers) for arg in node.args]
        with np.errstate(all="ignore"):
            result: Numbers = reduce(partial(_calculate, node.op), numbers)
        return result

    def _spatial(self, node: Call) -> Truth:
        shape = cast(Shape, node.args[1])  # the parser lets nothing else stand there
        found = spatial.relate("s_within" if node.op == "s_within" else "s_intersects", self._layer, shape)
        return Truth(~found, found) if node.op == "s_disjoint" else Truth(found, ~found)


def _not(truth: Truth) -> Truth:
    return Truth(truth.no, truth.yes)


def _both(one: Truth, other: Truth) -> Truth:
    return Truth(one.yes & other.yes, one.no | other.no)


def _compare(op: str, left: Any, right: Any) -> Truth:
    """Compare two values of one type."""
    if isinstance(left, Numbers):
        return values.decided(_COMPARE[op](left.values, right.values), left.known & right.known)
    if isinstance(left, Truth):
        return values.decided(_COMPARE[op](left.yes, right.yes), ~(left.unknown | right.unknown))
    one, other = left.values, right.values
    if isinstance(one, str) and isinstance(other, str):
        # By code point, as Arrow compares their UTF-8.
        return values.decided(np.array(_COMPARE[op](one, other)), np.array(True))
    one, other = (values.array_of([text])[0] if isinstance(text, str) else text for text in (one, other))
    return values.truth(_COMPARE_TEXTS[op](one, other))


def _calculate(op: str, left: Numbers, right: Numbers) -> Numbers:
    known = left.known & right.known
    if op == "div":
        return Numbers(np.trunc(left.values / right.values), known & (right.values != 0))
    return Numbers(_CALCULATE[op](left.values, right.values), known)


def _is_constant(item: Value) -> bool:
    """Tell whether an item of IN is one text or number for all rows: those are looked for all at once."""
    if isinstance(item, Texts):
        return isinstance(item.values, str)
    return isinstance(item, Numbers) and item.values.ndim == 0 and bool(item.known)


def _among(value: Any, constants: list[Any]) -> Truth:
    """Tell where a value is one of some texts or numbers."""
    if isinstance(value, Numbers):
        return values.decided(np.isin(value.values, np.array(constants)), value.known)
    if isinstance(value.values, str):
        return values.decided(np.array(value.values in constants), np.array(True))
    among = values.truth(pc.is_in(value.values, values.array_of(constants)))
    return values.decided(among.yes, ~value.unknown)


def _without_accents(texts: Any) -> Any:
    return pc.replace_substring_regex(pc.utf8_normalize(texts, "NFD"), r"\p{Mn}+", "")


def _name(node: Node) -> str:
    """Name an operand in a message."""
    match node:
        case Literal(value):
            if isinstance(value, bool):
                return str(value).lower()
            return shown(value) if isinstance(value, str) else f"{value:.15g}"
        case Property(name):
            return shown(name)
        case Call(op):
            return f"the result of {op}"
    return "a geometry"
