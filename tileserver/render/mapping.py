"""A map in a window, as SVG: the same classes, colours and widths as the interactive one."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from styles import lines
from styles.model import classes_of
from styles.overlays import EDGE_OPACITY, EDGE_WIDTH, LINE_WIDTH, TINT
from tileserver.render.circles import draw_circles
from tileserver.render.frame import Frame
from tileserver.render.hatching import pattern, pattern_id
from tileserver.render.ink import Ink
from tileserver.render.paths import border_paths, line_boxes, line_path, outline_path, polygon_path, rows_in
from tileserver.render.points import draw_marks
from tileserver.render.sheet import Sheet, sheet_of
from tileserver.render.shown import Overlay, Shown
from tileserver.store.reader import LayerStore, PolygonLevel

_DIMMED: Final = 0.74


def draw_map(shown: Shown, frame: Frame, ink: Ink) -> str:
    """Draw a map into a window, its north-west corner at 0, 0; what lies beyond the window may stick out."""
    parts = [f'<rect width="{frame.width:.1f}" height="{frame.height:.1f}" fill="{ink.water}"/>']
    if shown.regions is not None and shown.regions is not shown.layer:
        parts.append(_land(shown.regions, frame, ink))
    parts.append(_territories(shown, frame, ink))
    if shown.regions is not None and shown.regions is not shown.layer:
        parts.append(_frame_borders(shown.regions, frame, ink))
    parts += [
        _area_overlay(overlay, frame) for overlay in shown.overlays if overlay.layer.entry.kind != "points"
    ]
    if shown.model.circles is not None:
        parts.append(draw_circles(shown, shown.model.circles, frame))
    parts += [
        draw_marks(overlay, frame, ink) for overlay in shown.overlays if overlay.layer.entry.kind == "points"
    ]
    parts.append(_selected(shown, frame, ink))
    return "".join(parts)


def _land(regions: LayerStore, frame: Frame, ink: Ink) -> str:
    sheet = sheet_of(regions, frame)
    level = regions.level(sheet.zoom)
    path = outline_path(level, rows_in(level.bbox, frame.box(sheet.zoom)), sheet.origin)
    return sheet.group(f'<path d="{path}" fill="{ink.land}" fill-rule="evenodd"/>') if path else ""


def _frame_borders(regions: LayerStore, frame: Frame, ink: Ink) -> str:
    sheet = sheet_of(regions, frame)
    level = regions.level(sheet.zoom)
    rows = rows_in(level.bbox, frame.box(sheet.zoom))
    width = lines.at_zoom(lines.FRAME_WIDTH, frame.zoom)
    colour = ink.frame or lines.frame_colour(frame.zoom)
    return sheet.group(_borders(level, rows, sheet, (colour, width, lines.FRAME_OPACITY)))


def _territories(shown: Shown, frame: Frame, ink: Ink) -> str:
    """Fill the territories by class, hatch where the status says so, draw borders, dim what is out."""
    sheet = sheet_of(shown.layer, frame)
    level = shown.layer.level(sheet.zoom)
    rows = rows_in(level.bbox, frame.box(sheet.zoom, 2))
    fills = []
    for colour, chosen in _by_colour(shown, rows, ink):
        fills.append(
            f'<path d="{outline_path(level, chosen, sheet.origin)}" fill="{colour}" fill-rule="evenodd"/>'
        )
    for status in shown.model.statuses:
        if status.everywhere:
            continue
        chosen = np.array([row for row in rows.tolist() if _slug(shown, row) == status.status], np.intp)
        if chosen.size:
            name = pattern_id(status.status, round(sheet.units * 10_000))
            fills.append(
                pattern(
                    name,
                    status.pattern,
                    sheet.units,
                    ink.pattern if status.pattern.ground else None,
                    sheet.corner,
                )
            )
            path = outline_path(level, chosen, sheet.origin)
            fills.append(f'<path d="{path}" fill="url(#{name})" fill-rule="evenodd"/>')
    width = lines.at_zoom(lines.BORDER_WIDTH, frame.zoom)
    opacity = lines.at_zoom(lines.border_opacity(shown.model.level), frame.zoom)
    if opacity:
        fills.append(_borders(level, rows, sheet, (ink.border, width, opacity)))
    if shown.kept is not None:
        path = outline_path(level, rows[~shown.kept[rows]], sheet.origin)
        if path:
            fills.append(
                f'<path d="{path}" fill="{ink.paper}" fill-opacity="{_DIMMED}" fill-rule="evenodd"/>'
            )
    return sheet.group("".join(fills))


def _by_colour(shown: Shown, rows: NDArray[np.intp], ink: Ink) -> list[tuple[str, NDArray[np.intp]]]:
    model, values = shown.model, shown.values[rows]
    if model.circles is not None:
        known = np.isfinite(values)
        groups = [(ink.ground, rows[known]), (ink.no_data, rows[~known])]
    else:
        numbers = classes_of(model, values)
        groups = [(ink.no_data, rows[numbers < 0])]
        groups += [(item.colour, rows[numbers == number]) for number, item in enumerate(model.classes)]
    return [(colour, chosen) for colour, chosen in groups if chosen.size]


def _slug(shown: Shown, row: int) -> str:
    return shown.told[row] or ("ok" if np.isfinite(shown.values[row]) else "missing")


def _area_overlay(overlay: Overlay, frame: Frame) -> str:
    layer, look = overlay.layer, overlay.look
    sheet = sheet_of(layer, frame)
    if layer.entry.kind == "lines":
        found = layer.lines(sheet.zoom)
        boxes = rows_in(line_boxes(found), frame.box(sheet.zoom, 2))
        return sheet.group(
            _stroked(line_path(found, boxes, sheet.origin), look.colour, sheet.px(LINE_WIDTH), 1)
        )
    level = layer.level(sheet.zoom)
    path = polygon_path(level, rows_in(level.bbox, frame.box(sheet.zoom, 2)), sheet.origin)
    if not path:
        return ""
    name = pattern_id(layer.entry.id, round(sheet.units * 10_000))
    tint = f'<path d="{path}" fill="{look.colour}" fill-opacity="{TINT}" fill-rule="evenodd"/>'
    hatched = f'<path d="{path}" fill="url(#{name})" fill-rule="evenodd"/>'
    width = sheet.px(lines.at_zoom(EDGE_WIDTH, frame.zoom))
    edge = _stroked(path, look.colour, width, EDGE_OPACITY)
    return sheet.group(pattern(name, look.hatching, sheet.units, None, sheet.corner) + tint + hatched + edge)


def _selected(shown: Shown, frame: Frame, ink: Ink) -> str:
    if not shown.selected:
        return ""
    sheet = sheet_of(shown.layer, frame)
    level = shown.layer.level(sheet.zoom)
    path = polygon_path(level, np.array(shown.selected, np.intp), sheet.origin)
    return sheet.group(
        _stroked(path, ink.halo, sheet.px(5), 1, rounded=True)
        + _stroked(path, ink.text, sheet.px(2.4), 1, rounded=True)
    )


def _borders(
    level: PolygonLevel, rows: NDArray[np.intp], sheet: Sheet, look: tuple[str, float, float]
) -> str:
    """Draw borders of a colour, a width in pixels and an opacity.

    What two territories share looks as if each had drawn it, as MapLibre does.
    """
    colour, width, opacity = look
    between, around = border_paths(level, rows, sheet.origin)
    # Of a line thinner than a pixel the width is opacity too, and takes what is beyond 1 of the other.
    twice = opacity * (2 - opacity * min(width, 1))
    wide = sheet.px(width * max(twice, 1))
    return _stroked(between, colour, wide, min(twice, 1)) + _stroked(around, colour, sheet.px(width), opacity)


def _stroked(path: str, colour: str, width: str, opacity: float, *, rounded: bool = False) -> str:
    if not path:
        return ""
    # Round joins of thin lines cost a third of a picture, and nobody sees them.
    join = f'fill="none" stroke-linejoin="{"round" if rounded else "bevel"}"'
    return (
        f'<path d="{path}" {join} stroke="{colour}" stroke-width="{width}" stroke-opacity="{opacity:.3g}"/>'
    )
