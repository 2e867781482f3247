"""A small map of the sites found, drawn from the outlines that tiles are made of: no script, no picture."""

from dataclasses import dataclass
from math import asinh, pi, radians, tan
from typing import Final

from tileserver.store.manifest import EXTENT
from tileserver.web.contracts import LayerLike
from tileserver.web.find.model import Site, Sites
from tileserver.web.profile.outline import path_of, zoom_for
from tileserver.web.snapshot import Snapshot
from tileserver.web.views import Bounds

_MARGIN: Final = 0.08
_LEAST_SHARE: Final = 1 / 4000
"""Of the width of the world, ten kilometres: a single site is seen with what is around it."""

_BORDERS: Final = ("departement", "region")
_MOST_DRAWN: Final = 24
"""Territories; where there are more, the wider ones are drawn."""

_RADIUS: Final = 0.011
"""Of the width of the drawing."""


@dataclass(frozen=True, slots=True)
class SiteMap:
    """The drawing, how many of the listed sites are on it, and its place on the map page."""

    svg: str
    count: int
    bounds: Bounds


def draw_sites(shot: Snapshot, found: Sites) -> SiteMap | None:
    """Draw the sites that are listed, in the part of the country that has most; None without any."""
    layers = [shot.levels[level] for level in _BORDERS if level in shot.levels]
    if not layers or not found.sites:
        return None
    view = max(shot.views, key=lambda view: sum(_inside(site, view.bounds) for site in found.sites))
    sites = [site for site in found.sites if _inside(site, view.bounds)]
    if not sites:
        return None
    # Both are drawn on the grids of the same zooms.
    deepest = min(layer.entry.max_zoom for layer in layers)
    places = [_grid(site, deepest) for site in sites]
    xs, ys = zip(*places, strict=True)
    least = (EXTENT << deepest) * _LEAST_SHARE
    size = max(max(xs) - min(xs), max(ys) - min(ys), least) * (0.5 + _MARGIN)
    middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
    box = tuple(round(edge) for edge in (*(m - size for m in middle), *(m + size for m in middle)))
    west, north, east, south = box
    near = [_near(layer, deepest, (west, north, east, south)) for layer in layers]
    at = next((number for number, rows in enumerate(near) if len(rows) <= _MOST_DRAWN), len(near) - 1)
    layer = layers[at]
    zoom = zoom_for((west, north, east, south), layer)
    scale = 2.0 ** (zoom - deepest)
    side = round(2 * size * scale)
    origin = (round(west * scale), round(north * scale))
    radius = max(round(side * _RADIUS), 1)
    dots = "".join(
        f'<circle class="site" cx="{x * scale - origin[0]:.0f}" '
        f'cy="{y * scale - origin[1]:.0f}" r="{radius}"/>'
        for x, y in places
    )
    svg = (
        f'<svg class="outline" viewBox="0 0 {side} {side}" aria-hidden="true" focusable="false">'
        f"{path_of(layer, near[at], zoom, origin, 'frame')}{dots}</svg>"
    )
    lons, lats = [site.lon for site in sites], [site.lat for site in sites]
    return SiteMap(svg, len(sites), (min(lons), min(lats), max(lons), max(lats)))


def _near(layer: LayerLike, zoom: int, box: tuple[int, int, int, int]) -> list[int]:
    """Return the rows of a layer whose boxes meet a box of the grid of a zoom."""
    west, north, east, south = box
    boxes = layer.level(zoom).bbox
    meets = (boxes[:, 0] < east) & (boxes[:, 2] > west) & (boxes[:, 1] < south) & (boxes[:, 3] > north)
    rows: list[int] = meets.nonzero()[0].tolist()
    return rows


def _inside(site: Site, bounds: Bounds) -> bool:
    west, south, east, north = bounds
    return west <= site.lon <= east and south <= site.lat <= north


def _grid(site: Site, zoom: int) -> tuple[float, float]:
    """Place a site on the grid of a zoom, y southwards."""
    side = EXTENT << zoom
    y = (1 - asinh(tan(radians(site.lat))) / pi) / 2
    return (site.lon + 180) / 360 * side, y * side
