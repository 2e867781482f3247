"""A filter over the rows of a layer, its tests of place on the exact geometry, not on the grid of tiles."""

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import RequestError
from tileserver.store.exact import ExactStore
from tileserver.tiles.filtering.evaluate import Evaluator
from tileserver.tiles.filtering.nodes import Call, Shape
from tileserver.tiles.filtering.values import Truth
from tileserver.tiles.filters import Filter
from tileserver.web.ogc import shapes


class ExactEvaluator(Evaluator):
    """Evaluates as tiles do, but for geometry: float64 degrees, edges straight in longitude and latitude."""

    def __init__(self, layer: Any, exact: ExactStore) -> None:
        super().__init__(layer)
        self._exact = exact

    def _spatial(self, node: Call) -> Truth:
        shape = shapes.of_filter(cast("Shape", node.args[1]))
        try:
            found = shapes.relate(self._exact, shape, within=node.op == "s_within")
        except ValueError as error:
            raise RequestError(
                "filter has a geometry that is not valid: its rings cross themselves"
            ) from error
        return Truth(~found, found) if node.op == "s_disjoint" else Truth(found, ~found)


def passing(wanted: Filter, layer: Any, exact: ExactStore) -> NDArray[np.bool_]:
    """Tell which rows pass, bool (n); raise `RequestError` for names and types that do not fit the layer."""
    passes = ExactEvaluator(layer, exact).truth(wanted.tree, "the whole").yes
    return np.array(np.broadcast_to(passes, layer.entry.count))
