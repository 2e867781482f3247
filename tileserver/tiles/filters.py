"""Filters of rows: CQL2 (OGC 21-065r2) in its two encodings, as masks over the rows of a layer.

Supported are comparisons, BETWEEN, IN, LIKE, IS NULL, AND, OR, NOT, arithmetic, CASEI, ACCENTI, and
S_INTERSECTS, S_DISJOINT and S_WITHIN of the layer's geometry with a bbox or a geometry in degrees. A filter
is read without knowing the layer; whether its names and types fit is found when it is applied to one.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tileserver.store.reader import LayerStore
from tileserver.tiles.filtering.nodes import Node
from tileserver.tiles.filtering.parse import parse


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


def mask(filter: Filter, layer: LayerStore) -> NDArray[np.uint8]:  # noqa: A002 - the name in every API
    """Tell which rows of a layer pass: read-only uint8 (n), in store order, 1 where the filter is true.

    Raises `RequestError` for a property that the layer does not have, and for types that do not go
    together.
    """
    # Here, because Arrow's compute functions and the kernels of shapes take 80 ms to load, and a server that
    # starts is asked for tiles, not for filters.
    from tileserver.tiles.filtering.evaluate import Evaluator

    passes = Evaluator(layer).truth(filter.tree, "the whole").yes
    rows = np.broadcast_to(passes, layer.entry.count).astype(np.uint8)
    rows.flags.writeable = False
    return rows
