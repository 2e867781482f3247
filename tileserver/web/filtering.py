"""Rows chosen by ``filter=``: read once a request, evaluated once a layer, kept."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tileserver.errors import RequestError
from tileserver.tiles.filters import Filter, mask, parse_filter, properties
from tileserver.web.contracts import LayerLike
from tileserver.web.find.columns import computed_values
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import Live

PARAMETERS: Final = ("filter", "filter-lang")

Mask = NDArray[np.uint8]


def read_filter(query: Mapping[str, str]) -> Filter | None:
    """Read ``filter`` and ``filter-lang`` (told by the text unless said); raise `RequestError`."""
    text, lang = query.get("filter"), query.get("filter-lang")
    if text is None:
        if lang is not None:
            raise RequestError("filter-lang says how filter is written, and there is no filter")
        return None
    return parse_filter(text, lang)


async def masks(state: Live, shot: Snapshot, wanted: Filter, layers: Sequence[LayerLike]) -> list[Mask]:
    """Evaluate a filter on each layer, in a thread: milliseconds on the largest.

    Raises `RequestError` where a layer lacks a property that the filter names: applied to some of the
    layers only, it would show as the whole what is a part.
    """
    return [await _mask(state, shot, wanted, layer) for layer in layers]


async def _mask(state: Live, shot: Snapshot, wanted: Filter, layer: LayerLike) -> Mask:
    key = (shot.digest, layer.entry.id, wanted.key)
    kept: Mask | None = state.masks.get(key)
    if kept is not None:
        state.metrics.filters.labels("kept").inc()
        return kept

    async def make() -> Mask:
        made: Mask = await state.in_thread(_evaluate, shot, wanted, layer)
        state.metrics.filters.labels("evaluated").inc()
        state.masks.put(key, made, made.nbytes)
        return made

    made: Mask = await state.mask_flights.join(key, make)
    return made


def _evaluate(shot: Snapshot, wanted: Filter, layer: Any) -> Mask:
    return mask(wanted, layer, computed_values(shot, layer, properties(wanted)))
