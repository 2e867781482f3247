"""A small map of where a territory lies, drawn from the outlines that tiles are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tileserver.store.reader import PolygonLevel
from tileserver.web.contracts import LayerLike
from tileserver.web.profile.charts import path_through
from tileserver.web.profile.places import Place, find_row, name_at
from tileserver.web.snapshot import Snapshot
from tileserver.web.views import to_degrees

UNITS: Final = 2200
"""Grid units across the frame, at least: the outlines of that zoom are simplified to a third of a pixel
of the drawing."""

_MARGIN: Final = 0.03
_SMALLEST: Final = 0.02
"""A territory smaller than this share of the frame has a ring drawn around it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The territory around: its layer, its row, and the layer whose borders are drawn within."""

    layer: LayerLike
    row: int
    within: LayerLike | None


@dataclass(frozen=True, slots=True)
class Outline:
    """The drawing, and the name of the territory around; empty where that is the country."""

    svg: str
    around: str


def draw_outline(shot: Snapshot, place: Place) -> Outline | None:
    """Draw a territory within its région (a commune: its département; a région: its view of the country).

    None where the store tells of no outlines or not who belongs to whom.
    """
    frame = _frame(shot, place)
    around = None if frame is None else _box(frame.layer, [frame.row])
    backdrop = _backdrop(shot, frame)
    if frame is None:
        around = _view_box(shot, place)
    if around is None:
        return None
    zoom = zoom_for(around, place.layer)
    own = place.layer.level(zoom)
    if not isinstance(own, PolygonLevel):
        return None
    scale = 2.0 ** (zoom - place.layer.entry.max_zoom)
    west, north, east, south = (edge * scale for edge in around)
    margin = _MARGIN * max(east - west, south - north)
    x0, y0 = round(west - margin), round(north - margin)
    width, height = round(east - west + 2 * margin), round(south - north + 2 * margin)
    parts = [
        f'<svg class="outline" viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">',
        *(path_of(layer, rows, zoom, (x0, y0), name) for layer, rows, name in backdrop),
        path_of(place.layer, [place.row], zoom, (x0, y0), "own"),
        _ring(own, place.row, (x0, y0), max(width, height)),
        "</svg>",
    ]
    return Outline("".join(parts), "" if frame is None else name_at(frame.layer, frame.row))


def _frame(shot: Snapshot, place: Place) -> Frame | None:
    members = shot.store.members
    wanted = "departement" if place.level == "commune" else "region"
    layer = shot.levels.get(wanted)
    if members is None or layer is None or place.level == wanted:
        return None
    found = members.shared(place.level, place.code).get(wanted, [])
    row = find_row(layer, found[0].code) if found else None
    return None if row is None else Frame(layer, row, shot.levels.get("departement"))


def _backdrop(shot: Snapshot, frame: Frame | None) -> list[tuple[LayerLike, Sequence[int], str]]:
    """List what is drawn below the territory: layer, rows, class."""
    if frame is None:
        layer = shot.frame
        return [] if layer is None else [(layer, range(layer.entry.count), "frame")]
    drawn: list[tuple[LayerLike, Sequence[int], str]] = [(frame.layer, [frame.row], "frame")]
    members = shot.store.members
    if members is not None and frame.within is not None and frame.within is not frame.layer:
        code = frame.layer.attributes.column("code")[frame.row].as_py()
        inner = members.shared(str(frame.layer.entry.level), code).get("departement", [])
        rows = [row for each in inner if (row := find_row(frame.within, each.code)) is not None]
        drawn.append((frame.within, rows, "inner"))
    return drawn


def _view_box(shot: Snapshot, place: Place) -> tuple[int, int, int, int] | None:
    """Give the box of the régions of the view that a région is in."""
    layer = shot.frame
    if layer is None or place.level != layer.entry.level:
        return None
    zoom = layer.entry.max_zoom
    boxes = layer.level(zoom).bbox
    west, south, east, north = to_degrees(boxes[place.row].tolist(), zoom)
    for view in shot.views:
        left, bottom, right, top = view.bounds
        if left <= west + 1e-6 and right >= east - 1e-6 and bottom <= south + 1e-6 and top >= north - 1e-6:
            rows = []
            for row, box in enumerate(boxes.tolist()):
                w, s, e, n = to_degrees(box, zoom)
                if left <= w + 1e-6 and right >= e - 1e-6 and bottom <= s + 1e-6 and top >= n - 1e-6:
                    rows.append(row)
            return _box(layer, rows)
    return _box(layer, [place.row])


def _box(layer: LayerLike, rows: list[int]) -> tuple[int, int, int, int]:
    boxes = layer.level(layer.entry.max_zoom).bbox[rows]
    west, north = boxes[:, :2].min(axis=0).tolist()
    east, south = boxes[:, 2:].max(axis=0).tolist()
    return west, north, east, south


def zoom_for(box: tuple[int, int, int, int], layer: LayerLike) -> int:
    """Choose the lowest zoom that has outlines and at which a box is as wide as the drawing needs."""
    deepest = layer.entry.max_zoom
    size = max(box[2] - box[0], box[3] - box[1], 1)
    zoom = deepest
    while zoom > layer.entry.min_zoom and size / 2 ** (deepest - zoom + 1) >= UNITS:
        zoom -= 1
    return zoom


def path_of(layer: LayerLike, rows: Sequence[int], zoom: int, origin: tuple[int, int], name: str) -> str:
    """Draw the outlines of rows as one path of a class, on the grid of a zoom, seen from `origin`."""
    level = layer.level(zoom)
    if not isinstance(level, PolygonLevel):
        return ""
    rings = []
    for row in rows:
        first, last = (int(level.polygon_offsets[at]) for at in (row, row + 1))
        for ring in range(int(level.ring_offsets[first]), int(level.ring_offsets[last])):
            start, end = (int(level.vertex_offsets[at]) for at in (ring, ring + 1))
            points = (level.xy[start:end] - origin).tolist()
            rings.append(path_through([(x, y) for x, y in points]))
    return f'<path class="{name}" d="{"".join(rings)}"/>' if rings else ""


def _ring(level: PolygonLevel, row: int, origin: tuple[int, int], size: int) -> str:
    """Draw a ring around a territory that is too small to be seen."""
    west, north, east, south = (int(edge) for edge in level.bbox[row])
    if max(east - west, south - north) > _SMALLEST * size * 2:
        return ""
    x, y = (west + east) / 2 - origin[0], (north + south) / 2 - origin[1]
    return f'<circle class="ring" cx="{x:.0f}" cy="{y:.0f}" r="{_SMALLEST * size * 1.6:.0f}"/>'


def map_at(bounds: tuple[float, float, float, float]) -> str:
    """Give the place of bounds on the map page: ``zoom/latitude/longitude``."""
    west, south, east, north = bounds
    span = max(east - west, (north - south) * 1.5, 1e-6)
    zoom = 0.0
    while zoom < 12 and 360 / 2 ** (zoom + 0.5) >= span * 1.1:
        zoom += 0.5
    return f"{zoom:g}/{(south + north) / 2:.4f}/{(west + east) / 2:.4f}"
