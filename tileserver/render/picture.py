"""A whole picture: title, map, insets of what lies overseas, legend, sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tileserver.render.frame import Bounds, Frame, centred, fitting
from tileserver.render.ink import Ink
from tileserver.render.legend import Block, Language, Legend, blocks, laid_out
from tileserver.render.mapping import draw_map
from tileserver.render.shown import Shown
from tileserver.render.text import FAMILY, shortened, wrapped, write

TITLE: Final = 18.0
_SMALL: Final = 11.0
_NOTE: Final = 10.0
_PAD: Final = 14.0
_SIDE: Final = 216.0
"""The width of a legend beside the map."""

_COLUMN: Final = 190.0
_WIDE: Final = (560, 1.1)
"""From this width, and this ratio of width to height, the legend stands beside the map."""

_TINY: Final = (300, 220)
"""Below either a picture is a map and its sources."""

_LEAST: Final = 20.0
"""A map is at least so high, also where sources fill the picture."""

_INSET_ROOM: Final = (300, 280)
_INSET: Final = 58.0


@dataclass(frozen=True, slots=True)
class Inset:
    """A part of the country that is far from the rest: its name and its bounds in degrees."""

    name: str
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture says. ``at``: zoom, latitude, longitude of its centre; without it all is shown."""

    width: int
    height: int
    shown: Shown
    title: str
    subtitle: str
    credit: str
    bounds: Bounds
    insets: tuple[Inset, ...]
    at: tuple[float, float, float] | None
    lang: Language
    ink: Ink
    with_title: bool = True
    with_legend: bool = True


@dataclass(frozen=True, slots=True)
class _Room:
    """Where the map is: its box on the picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything is: the map's window from ``x``, ``y`` on, and the blocks around it."""

    x: float
    y: float
    frame: Frame
    head: Block
    foot: Block
    key: Block
    key_place: tuple[float, float]


def plan(picture: Picture) -> Plan:
    """Find room for everything: title above, sources below, the legend beside or below the map."""
    width, height = picture.width, picture.height
    tiny = width < _TINY[0] or height < _TINY[1]
    head = _head(picture) if picture.with_title and not tiny else Block("", 0)
    foot = _foot(picture)
    below = height - foot.height
    beside = width >= _WIDE[0] and width >= _WIDE[1] * height
    key = Block("", 0)
    room = _Room(0, head.height, width, max(below - head.height, _LEAST))
    place = (0.0, 0.0)
    if picture.with_legend and not tiny:
        columns = 1 if beside else max(int((width - _PAD) / (_COLUMN + _PAD)), 1)
        step = _SIDE if beside else (width - _PAD) / columns
        if beside:
            room = _Room(0, head.height, width - _SIDE - _PAD, room.height)
        made = Legend(step - _PAD, picture.lang, picture.ink, _frame(picture, room).zoom)
        key = laid_out(blocks(picture.shown.model, picture.shown.overlays, made), columns, step)
        if beside:
            place = (room.width + _PAD, head.height + _PAD / 2)
        else:
            room = _Room(0, head.height, width, max(room.height - key.height - _PAD, _LEAST))
            place = (_PAD, room.y + room.height + _PAD / 2)
    return Plan(room.x, room.y, _frame(picture, room), head, foot, key, place)


def compose(picture: Picture) -> str:
    """Write the picture as an SVG document."""
    made = plan(picture)
    width, height = picture.width, picture.height
    room = _Room(made.x, made.y, made.frame.width, made.frame.height)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FAMILY}">',
        _map(picture, room, made.frame),
        _paper(picture, room),
        _placed(made.head, 0, 0),
        _placed(made.key, *made.key_place),
        _placed(made.foot, 0, height - made.foot.height),
        "</svg>",
    ]
    return "".join(parts)


def _frame(picture: Picture, room: _Room) -> Frame:
    if picture.at is not None:
        return centred(*picture.at, room.width, room.height)
    aside = _inset_width(picture, room)
    found = fitting(picture.bounds, room.width - aside, room.height, 10)
    return Frame(found.zoom, found.x - aside, found.y, room.width, room.height)


def _inset_width(picture: Picture, room: _Room) -> float:
    if picture.at is not None or not picture.insets:
        return 0.0
    fits = room.width >= _INSET_ROOM[0] and room.height >= _INSET_ROOM[1]
    return _INSET + 12 if fits else 0.0


def _map(picture: Picture, room: _Room, frame: Frame) -> str:
    drawn = _placed(Block(draw_map(picture.shown, frame, picture.ink), room.height), room.x, room.y)
    if not _inset_width(picture, room):
        return drawn
    count = len(picture.insets)
    height = min(_INSET + 14, (room.height - 12) / count)
    return drawn + "".join(
        _inset(picture, inset, room.x + 8, room.y + 8 + number * height, height - 6)
        for number, inset in enumerate(picture.insets)
    )


def _inset(picture: Picture, inset: Inset, x: float, y: float, height: float) -> str:
    """Draw a part of the country in a box of its own, with its name."""
    ink, box = picture.ink, height - 12
    frame = fitting(inset.bounds, _INSET, box, 3)
    name = shortened(inset.name, _NOTE, _INSET)
    place = f'x="{x:.1f}" y="{y:.1f}" width="{_INSET}" height="{box:.1f}"'
    return (
        f"<svg {place}>{draw_map(picture.shown, frame, ink)}</svg>"
        f'<rect {place} fill="none" stroke="{ink.quiet}" stroke-opacity="0.5"/>'
        + write(name, (x + _INSET / 2, y + box + 10), _NOTE, ink.quiet, anchor="middle")
    )


def _paper(picture: Picture, room: _Room) -> str:
    """Lay the paper around the map, over what sticks out of it."""
    right, foot = room.x + room.width, room.y + room.height
    boxes: Sequence[tuple[float, float, float, float]] = (
        (0, 0, picture.width, room.y),
        (right, room.y, picture.width - right, room.height),
        (0, foot, picture.width, picture.height - foot),
    )
    paper = picture.ink.paper
    return "".join(
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{paper}"/>'
        for x, y, width, height in boxes
        if width > 0 and height > 0
    )


def _placed(block: Block, x: float, y: float) -> str:
    return f'<g transform="translate({x:.1f} {y:.1f})">{block.svg}</g>' if block.svg else ""


def _head(picture: Picture) -> Block:
    room = picture.width - 2 * _PAD
    lines = wrapped(picture.title, TITLE, room, 2, bold=True)
    written = [
        write(line, (_PAD, 26 + 21 * place), TITLE, picture.ink.text, bold=True)
        for place, line in enumerate(lines)
    ]
    foot = 26 + 21 * (len(lines) - 1)
    subtitle = shortened(picture.subtitle, _SMALL + 1, room)
    written.append(write(subtitle, (_PAD, foot + 17), _SMALL + 1, picture.ink.quiet))
    return Block("".join(written), foot + 27)


def _foot(picture: Picture) -> Block:
    """Write the sources, in as many lines as they need: they are never left out."""
    lines = wrapped(picture.credit, _NOTE, picture.width - 2 * _PAD, 12)
    written = [
        write(line, (_PAD, 13 + 12 * place), _NOTE, picture.ink.quiet) for place, line in enumerate(lines)
    ]
    return Block("".join(written), 12 * len(lines) + 8)
