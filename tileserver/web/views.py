"""Where a map may begin: the mainland, then each region overseas, found from the outlines themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan, degrees, pi, sinh
from typing import Final

from tileserver.store.manifest import EXTENT, Manifest, Title
from tileserver.web.contracts import LayerLike

Bounds = tuple[float, float, float, float]

_NEAR_DEGREES: Final = 2.0
"""Regions closer than this belong together: an island off the coast is seen with its mainland."""

_FRAMING_LEVELS: Final = ("region", "departement")


@dataclass(frozen=True, slots=True)
class View:
    """A named extent: west, south, east, north in degrees (EPSG:4326)."""

    name: Title
    bounds: Bounds


def find_views(manifest: Manifest, layers: Mapping[str, LayerLike]) -> tuple[View, ...]:
    """Find the largest group of neighbouring regions, and every region that is not of it."""
    layer = _framing_layer(layers)
    if layer is None:
        return (View(Title("Tout", "Everything"), manifest.bounds),)
    places = _places(layer)
    groups = _groups([bounds for _, _, bounds in places])
    mainland = max(groups, key=len)
    rest = sorted(index for group in groups if group is not mainland for index in group)
    whole = View(Title("Métropole", "Mainland"), _around([places[index][2] for index in mainland]))
    others = sorted((places[index] for index in rest), key=lambda place: place[0])
    return (whole, *(View(Title(name, name), bounds) for _, name, bounds in others))


def _framing_layer(layers: Mapping[str, LayerLike]) -> LayerLike | None:
    by_level = {layer.entry.level: layer for layer in layers.values()}
    return next((by_level[level] for level in _FRAMING_LEVELS if level in by_level), None)


def _places(layer: LayerLike) -> list[tuple[str, str, Bounds]]:
    """Give code, name and bounds of every territory of the layer."""
    zoom = layer.entry.max_zoom
    boxes = layer.level(zoom).bbox.tolist()
    codes = layer.attributes.column("code").to_pylist()
    names = layer.attributes.column("name").to_pylist()
    return [
        (str(code), str(name), to_degrees(box, zoom))
        for code, name, box in zip(codes, names, boxes, strict=True)
    ]


def to_degrees(box: Sequence[int], zoom: int) -> Bounds:
    """Turn a box of the grid of `zoom` (y southwards) into degrees."""
    west, north, east, south = box
    side = EXTENT << zoom
    return (
        longitude(west / side),
        latitude(south / side),
        longitude(east / side),
        latitude(north / side),
    )


def longitude(x: float) -> float:
    """Turn a share of the world's width into degrees."""
    return round(360 * x - 180, 6)


def latitude(y: float) -> float:
    """Turn a share of the height of the Mercator square (southwards) into degrees."""
    return round(degrees(atan(sinh(pi * (1 - 2 * y)))), 6)


def _groups(boxes: Sequence[Bounds]) -> list[list[int]]:
    """Group the boxes that are near each other, directly or through others."""
    left = set(range(len(boxes)))
    groups = []
    while left:
        group = [left.pop()]
        for member in group:
            near = {other for other in left if _are_near(boxes[member], boxes[other])}
            left -= near
            group += near
        groups.append(group)
    return groups


def _are_near(one: Bounds, other: Bounds) -> bool:
    gap_lon = max(one[0], other[0]) - min(one[2], other[2])
    gap_lat = max(one[1], other[1]) - min(one[3], other[3])
    return max(gap_lon, gap_lat) <= _NEAR_DEGREES


def _around(boxes: Sequence[Bounds]) -> Bounds:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return (min(wests), min(souths), max(easts), max(norths))
