"""What there is at a point: its territories, the zonings it lies in, the nearest projects and sites."""

from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tileserver.store.manifest import EXTENT, SourceEntry, Title
from tileserver.store.mapped import integers
from tileserver.web.contracts import LayerLike
from tileserver.web.inventory_rows import HEAD, properties
from tileserver.web.profile.distance import distances_km
from tileserver.web.profile.funded import own_notes, told_of
from tileserver.web.profile.model import Item
from tileserver.web.profile.places import level_title, name_at
from tileserver.web.snapshot import Snapshot

_FINEST: Final = "commune"
_WHOLE: Final = 1 - 1e-9
_DECIMALS: Final = 3
"""A metre."""


class Here(Struct, frozen=True, kw_only=True):
    """A territory that holds the point. On a border there are several of a level."""

    level: str
    level_title: Title
    code: str
    name: str


class InZoning(Struct, frozen=True, kw_only=True):
    """Whether the point lies in a zoning: None where nothing tells. ``areas``: codes and names of those.

    ``known`` is the share of the point's commune of which it is told; None where the store does not say.
    """

    layer: str
    title: Title
    inside: bool | None
    areas: tuple[tuple[str, str], ...]
    known: float | None
    sources: tuple[str, ...]


class Near(Item, frozen=True, kw_only=True):
    """A project or a site, ``km`` away on the ground."""

    km: float


class Nearest(Struct, frozen=True, kw_only=True):
    """The nearest points of a layer, of ``count`` that it has."""

    layer: str
    subject: str
    title: Title
    count: int
    nearest: tuple[Near, ...]
    notes: tuple[Title, ...]
    sources: tuple[str, ...]


class Around(Struct, frozen=True, kw_only=True):
    """All that is told of a point, in degrees (EPSG:4326)."""

    store: str
    lon: float
    lat: float
    territories: tuple[Here, ...]
    zonings: tuple[InZoning, ...]
    nearest: tuple[Nearest, ...]
    sources: dict[str, SourceEntry]


def look_around(shot: Snapshot, lon: float, lat: float, limit: int) -> Around:
    """Tell of a point; `limit` points of each layer."""
    layers = sorted(shot.store.layers.values(), key=lambda layer: layer.entry.order)
    territories = tuple(
        Here(
            level=str(layer.entry.level),
            level_title=level_title(str(layer.entry.level), layer),
            code=layer.attributes.column("code")[int(row)].as_py(),
            name=name_at(layer, int(row)),
        )
        for layer in layers
        if layer.entry.kind == "territory"
        for row in _rows_at(layer, lon, lat)
    )
    commune = next((each.code for each in territories if each.level == _FINEST), None)
    zonings = tuple(
        _zoning(shot, layer, (lon, lat), commune) for layer in layers if layer.entry.kind == "zoning"
    )
    nearest = tuple(
        _nearest(shot, layer, (lon, lat), limit) for layer in layers if layer.entry.inventory is not None
    )
    named = [*(each.sources for each in zonings), *(each.sources for each in nearest)]
    used = dict.fromkeys(source for sources in named for source in sources)
    return Around(
        store=shot.digest,
        lon=lon,
        lat=lat,
        territories=territories,
        zonings=zonings,
        nearest=nearest,
        sources={source.id: source for source in shot.named_sources(tuple(used))},
    )


def _rows_at(layer: Any, lon: float, lat: float) -> NDArray[np.int64]:
    """Find the rows whose outline holds a point, or passes through it, on the grid of the deepest zoom."""
    # Here, because it brings numba: half a second that importing this module must not cost.
    from tileserver.tiles.filtering.nodes import Shape
    from tileserver.tiles.filtering.spatial import relate

    return np.flatnonzero(relate("s_intersects", layer, Shape(points=((lon, lat),))))


def _zoning(shot: Snapshot, layer: LayerLike, at: tuple[float, float], commune: str | None) -> InZoning:
    rows = _rows_at(layer, *at)
    codes = layer.attributes.column("code")
    areas = tuple((codes[int(row)].as_py(), name_at(layer, int(row))) for row in rows)
    known, partly = _told(shot, layer.entry.id, commune)
    sure = [code for code, _ in areas if code not in partly]
    inside = True if sure else False if not areas and known is not None and known > _WHOLE else None
    return InZoning(
        layer=layer.entry.id,
        title=layer.entry.title,
        inside=inside,
        areas=areas,
        known=known,
        sources=layer.entry.sources,
    )


def _told(shot: Snapshot, layer: str, commune: str | None) -> tuple[float | None, set[str]]:
    """Return the share of a commune of which a zoning is told, and the areas that count in part there."""
    there = shot.store.zonings
    if there is None or commune is None or _FINEST not in there.entry.levels:
        return None, set()
    territory = there.territory(_FINEST, commune)
    found = there.sums(territory).get(layer)
    partly = {area.code for area in there.areas(territory).get(layer, []) if area.partly}
    return (0.0 if found is None else min(found.told_km2 / territory.area_km2, 1.0)), partly


def _nearest(shot: Snapshot, layer: LayerLike, at: tuple[float, float], limit: int) -> Nearest:
    lons, lats = degrees_of(layer)
    km = distances_km(*at, lons, lats)
    order = np.argsort(km, kind="stable")[:limit]
    names = [field.id for field in properties(layer)]
    table = layer.attributes.select([*HEAD, *names]).take(integers(order)).to_pylist()
    inventory = layer.entry.inventory
    return Nearest(
        layer=layer.entry.id,
        subject="" if inventory is None else inventory.subject,
        title=layer.entry.title,
        count=layer.entry.count,
        nearest=tuple(
            Near(
                code=str(row["code"]),
                name=str(row["name"] or row["code"]),
                lon=round(float(lons[place]), 6),
                lat=round(float(lats[place]), 6),
                km=round(float(km[place]), _DECIMALS),
                told=told_of(layer, row),
            )
            for place, row in zip(order, table, strict=True)
        ),
        notes=own_notes(shot, layer),
        sources=layer.entry.sources,
    )


def degrees_of(layer: LayerLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give longitudes and latitudes of the rows of a layer of points, (n) each."""
    share = layer.points.xy / (EXTENT << layer.points.zoom)
    lons = 360 * share[:, 0] - 180
    lats = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * share[:, 1]))))
    return lons, lats
