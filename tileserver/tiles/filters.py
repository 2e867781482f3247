"""Filters of rows: CQL2 (OGC 21-065r2) in its two encodings, as masks over the rows of a layer.

Supported are comparisons, BETWEEN, IN, LIKE, IS NULL, AND, OR, NOT, arithmetic, CASEI, ACCENTI, and
S_INTERSECTS, S_DISJOINT and S_WITHIN of the layer's geometry with a bbox or a geometry in degrees. A filter
is read without knowing the layer; whether its names and types fit is found when it is applied to one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tileserver.store.reader import LayerStore
from tileserver.tiles.filtering.nodes import GEOMETRY_NAMES, Call, Node, Property
from tileserver.tiles.filtering.parse import parse

if TYPE_CHECKING:
    from tileserver.tiles.filtering.values import Numbers, Truth


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that has been read. Filters are equal by `key`, their canonical text, for caches and ETags.

    Two ways to write the same expression (text or JSON, spaces, case of operators, redundant parentheses)
    have one key.
    """

    key: str
    tree: Node = field(compare=False, repr=False)


def parse_filter(text: str, lang: str | None = None) -> Filter:
    """Read a filter.

    `lang` is "cql2-text", "cql2-json", or None to tell by a first character "{". Raises `RequestError` that
    says what is wrong: length, depth, syntax, or an operation that is not supported.
    """
    key, tree = parse(text, lang)
    return Filter(key, tree)


def properties(filter: Filter) -> tuple[str, ...]:  # noqa: A002 - the name in every API
    """Return the names of the properties that a filter asks for, in its order, each once."""
    found: dict[str, None] = {}
    nodes = [filter.tree]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Property) and node.name not in GEOMETRY_NAMES:
            found[node.name] = None
        elif isinstance(node, Call):
            nodes.extend(reversed(node.args))
    return tuple(found)


def truth(filter: Filter, layer: LayerStore, computed: Mapping[str, "Numbers"] | None = None) -> "Truth":  # noqa: A002 - the name in every API
    """Tell of each row of a layer whether a filter is true, false, or unknown: bool (n), in store order.

    `computed`: properties that the layer's own table lacks. Raises `RequestError` as `mask` does.
    """
    # Here, because Arrow's compute functions and the kernels of shapes take 80 ms to load, and a server that
    # starts is asked for tiles, not for filters.
    from tileserver.tiles.filtering.evaluate import Evaluator
    from tileserver.tiles.filtering.values import Truth

    found = Evaluator(layer, computed or {}).truth(filter.tree, "the whole")
    rows = layer.entry.count
    return Truth(np.broadcast_to(found.yes, rows), np.broadcast_to(found.no, rows))


def mask(
    filter: Filter,  # noqa: A002 - the name in every API
    layer: LayerStore,
    computed: Mapping[str, "Numbers"] | None = None,
) -> NDArray[np.uint8]:
    """Tell which rows of a layer pass: read-only uint8 (n), in store order, 1 where the filter is true.

    Raises `RequestError` for a property that the layer does not have, and for types that do not go
    together.
    """
    rows = truth(filter, layer, computed).yes.astype(np.uint8)
    rows.flags.writeable = False
    return rows
