"""What a request reads: one immutable snapshot of an open store, and what is derived from it once."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import perf_counter
from typing import Final, TypeVar

import msgspec
import numpy as np
from starlette.requests import Request

from styles.model import Choropleth, Variable, Words, choropleth
from tileserver.config import Settings
from tileserver.errors import NotFoundError, StoreError
from tileserver.store.manifest import IndicatorEntry, SourceEntry, Title
from tileserver.tiles.address import shown
from tileserver.web.assets import Asset
from tileserver.web.contracts import Engine, LayerLike, StoreLike
from tileserver.web.labels import label_points
from tileserver.web.views import View, find_views

T = TypeVar("T")
Columns = tuple[int, ...]

_FRAME_LEVEL: Final = "region"

RELEASE_EVERY: Final = 1000
"""Tiles between two releases: a random thousand of all layers and zooms touches about 130 MB."""

WARM_UP_SECONDS = 60.0
"""Compiling the kernels where no cache has them takes a third of that on two slow cores."""

_log = logging.getLogger(__name__)


class Snapshot:
    """A store version and what is worked out from it. Never changes, so that a request may keep it.

    Publishing another version makes another snapshot; requests in flight end on the one that they
    took at their beginning.
    """

    def __init__(self, store: StoreLike) -> None:
        self.store = store
        self.digest = store.digest
        self.manifest = store.manifest
        self.indicators: Mapping[str, IndicatorEntry] = {item.id: item for item in store.manifest.indicators}
        self.sources: Mapping[str, SourceEntry] = {item.id: item for item in store.manifest.sources}
        self.levels: Mapping[str, LayerLike] = {
            layer.entry.level: layer for layer in store.layers.values() if layer.entry.level
        }
        self.views: tuple[View, ...] = find_views(store.manifest, store.layers)
        self._maps: dict[tuple[str, str], Choropleth] = {}
        self._labels: dict[str, bytes] = {}
        self._labelling = Lock()

    @property
    def frame(self) -> LayerLike | None:
        """The layer of régions, which frames every map; None where the store has none."""
        return self.levels.get(_FRAME_LEVEL)

    def layer(self, name: str) -> LayerLike:
        """Find a layer by its id."""
        return _find("layer", name, self.store.layers)

    def level(self, name: str) -> LayerLike:
        """Find the layer of a level (region, departement, ti, epci, commune)."""
        return _find("level", name, self.levels)

    def indicator(self, name: str) -> IndicatorEntry:
        """Find an indicator by its id."""
        return _find("indicator", name, self.indicators)

    def at_level(self, indicator: IndicatorEntry, level: str) -> LayerLike:
        """Find the layer of `level`, and make sure that the indicator exists there."""
        layer = self.level(level)
        if level not in indicator.levels:
            there = ", ".join(indicator.levels)
            raise NotFoundError(
                f"indicator {indicator.id} does not exist at level {level}; it does at {there}"
            )
        return layer

    def choropleth(self, indicator: IndicatorEntry, level: str) -> Choropleth:
        """Classify an indicator at a level; once a snapshot, because the values never change."""
        key = (indicator.id, level)
        if key not in self._maps:
            layer = self.at_level(indicator, level)
            # A list, because pyarrow's `to_numpy` would import pandas; None becomes NaN.
            column = layer.attributes.column(indicator.id).to_pylist()
            self._maps[key] = choropleth(_variable(indicator), level, np.array(column, np.float64))
        return self._maps[key]

    def labels(self, layer: LayerLike) -> bytes:
        """Give the points for a layer's names as GeoJSON; worked out once, however many threads ask."""
        with self._labelling:
            name = layer.entry.id
            if name not in self._labels:
                self._labels[name] = msgspec.json.encode(label_points(layer))
            return self._labels[name]


@dataclass
class Live:
    """What the server serves now. Handlers take ``snapshot`` once a request, through `snapshot`."""

    settings: Settings
    engine: Engine
    assets: Mapping[str, Asset]
    snapshot: Snapshot
    warm: asyncio.Event = field(default_factory=asyncio.Event)
    rendered: int = 0

    async def make_ready(self) -> None:
        """Compile or load the kernels without blocking the loop."""
        began = perf_counter()
        await asyncio.to_thread(self.engine.warm)
        self.warm.set()
        seconds = round(perf_counter() - began, 2)
        _log.info("ready", extra={"store": self.snapshot.digest, "warm_seconds": seconds})

    def render(self, shot: Snapshot, layer: LayerLike, tile: tuple[int, int, int], columns: Columns) -> bytes:
        """Render a tile, and now and then hand the mapped pages back.

        Pages that a tile touched count as this process's memory until then, sixteen for each one
        needed; the page cache keeps them, so that taking one back costs microseconds.
        """
        self.rendered += 1
        if self.rendered % RELEASE_EVERY == 0:
            shot.store.release()
        return self.engine.render(layer, *tile, columns)


def live(request: Request) -> Live:
    """Give what the server serves now."""
    found: Live = request.state.live
    return found


def snapshot(request: Request) -> Snapshot:
    """Give the store version on which this request begins and ends."""
    return live(request).snapshot


async def warmed(state: Live) -> None:
    """Wait until the kernels are loaded: a map opened early would not ask for a refused tile again.

    Raises `StoreError` where it takes longer than `WARM_UP_SECONDS`.
    """
    if state.warm.is_set():
        return
    try:
        async with asyncio.timeout(WARM_UP_SECONDS):
            await state.warm.wait()
    except TimeoutError:
        raise StoreError("the tile kernels are still being prepared; ask again in a minute") from None


def _find(kind: str, name: str, there: Mapping[str, T]) -> T:
    found = there.get(name)
    if found is None:
        raise NotFoundError(f"there is no {kind} {shown(name)}; there are {', '.join(there) or 'none'}")
    return found


def _variable(indicator: IndicatorEntry) -> Variable:
    return Variable(
        id=indicator.id,
        title=_words(indicator.title),
        unit=_words(indicator.unit),
        precision=indicator.precision,
        classes=indicator.classes,
        palette=indicator.palette,
    )


def _words(title: Title) -> Words:
    return Words(title.fr, title.en)
