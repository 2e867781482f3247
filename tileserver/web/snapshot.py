"""What a request reads: one immutable snapshot of an open store, and what is derived from it once."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final, TypeVar

import msgspec

from styles.model import Choropleth, Look, choropleth
from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import EXTENT, IndicatorEntry, SourceEntry
from tileserver.tiles.address import shown
from tileserver.web.contracts import LayerLike, StoreLike
from tileserver.web.figures import column_name, read_figures, variable
from tileserver.web.views import View, find_views, latitude, longitude

T = TypeVar("T")

_FRAME_LEVEL: Final = "region"

_MAPS: Final = 500
"""Classifications kept: all indicators, levels and years of a map, many times what is looked at."""

_DECIMALS: Final = 5
"""One metre: a name does not leave its territory."""


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
        self._maps: dict[tuple[str, str, str | None, Look | None], Choropleth] = {}
        self._labels: dict[str, bytes] = {}
        self._labelling = Lock()
        self._once: dict[str, Any] = {}
        self._working = Lock()

    @property
    def frame(self) -> LayerLike | None:
        """The layer of régions, which frames every map; None where the store has none."""
        return self.levels.get(_FRAME_LEVEL)

    def once(self, name: str, make: Callable[["Snapshot"], T]) -> T:
        """Work something out from this version once, however many threads ask."""
        with self._working:
            if name not in self._once:
                self._once[name] = make(self)
            found: T = self._once[name]
            return found

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

    def named_sources(self, names: tuple[str, ...]) -> list[SourceEntry]:
        """Give the sources that have these names, in their order."""
        return [self.sources[name] for name in names if name in self.sources]

    def choropleth(
        self, indicator: IndicatorEntry, level: str, year: str | None = None, look: Look | None = None
    ) -> Choropleth:
        """Classify an indicator at a level; kept, because the values never change.

        Raises `RequestError` for a look that the indicator can't have.
        """
        key = (indicator.id, level, year, look)
        found = self._maps.get(key)
        if found is None:
            layer = self.at_level(indicator, level)
            figures = read_figures(layer, indicator, year)
            name = column_name(layer, indicator, year)
            try:
                found = choropleth(variable(indicator, name), level, figures, look)
            except ValueError as error:
                raise RequestError(str(error)) from error
            if len(self._maps) >= _MAPS:
                self._maps.clear()
            self._maps[key] = found
        return found

    def label_layer(self, name: str) -> LayerLike:
        """Find the layer of the names of a territory layer."""
        of = self.layer(name).entry.id
        found = self._beside("labels")
        if of not in found:
            there = ", ".join(map(str, found)) or "none"
            raise NotFoundError(f"layer {of} has no names beside it; of layers that do, there are: {there}")
        return found[of]

    def groups(self, layer: LayerLike) -> LayerLike | None:
        """Find the layer that stands for the points of a layer far off; None where it has none."""
        return self._beside("clusters").get(layer.entry.id)

    def _beside(self, role: str) -> Mapping[str | None, LayerLike]:
        """List the layers of a role by the layer that they are of."""
        layers = self.store.layers.values()
        return {layer.entry.of: layer for layer in layers if layer.entry.role == role}

    def labels(self, layer: LayerLike) -> bytes:
        """Write a layer of names as GeoJSON; once, however many threads ask."""
        with self._labelling:
            name = layer.entry.id
            if name not in self._labels:
                self._labels[name] = msgspec.json.encode(_geojson(layer))
            return self._labels[name]


def _geojson(layer: LayerLike) -> dict[str, Any]:
    """Write the points of a layer, with the territory's id, code, name and rank."""
    side = EXTENT << layer.points.zoom
    places = [
        [round(longitude(x), _DECIMALS), round(latitude(y), _DECIMALS)]
        for x, y in (layer.points.xy / side).tolist()
    ]
    told = layer.attributes.select(["code", "name", "rank"]).to_pylist()
    ids = layer.attributes.column("id").to_pylist()
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": id_,
                "properties": row,
                "geometry": {"type": "Point", "coordinates": place},
            }
            for id_, place, row in zip(ids, places, told, strict=True)
        ],
    }


def _find(kind: str, name: str, there: Mapping[str, T]) -> T:
    found = there.get(name)
    if found is None:
        raise NotFoundError(f"there is no {kind} {shown(name)}; there are {', '.join(there) or 'none'}")
    return found
