"""What a map shows: territories and their figures, what lies over them, what is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styles.model import Choropleth
from styles.overlays import OverlayLook
from styles.words import Words
from tileserver.store.reader import LayerStore


@dataclass(frozen=True, slots=True)
class Overlay:
    """A layer over the map, and how it looks; ``groups``: the layer that stands for its points far off."""

    layer: LayerStore
    look: OverlayLook
    title: Words
    groups: LayerStore | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a map shows: territories with ``values`` (float64, a row each, NaN = no data) and statuses.

    ``places``: int32 (n, 2), where the circle of each row stands, on the grid of ``places_zoom``;
    ``regions``: the layer that frames the map; ``selected``: rows that are outlined; ``kept``: bool (n), rows
    that a filter lets through, None for all.
    """

    model: Choropleth
    layer: LayerStore
    values: NDArray[np.float64]
    told: Sequence[str | None]
    regions: LayerStore | None
    places: NDArray[np.int32] | None
    places_zoom: int
    overlays: tuple[Overlay, ...] = ()
    selected: tuple[int, ...] = ()
    kept: NDArray[np.bool_] | None = None
