"""The legend of a map as blocks of SVG of known height, to be put where there is room."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from styles.circles import OPACITY, STROKE, growth
from styles.model import Choropleth
from styles.overlays import EDGE_OPACITY, TINT
from styles.statuses import StatusEntry
from styles.words import Words, format_en, format_fr
from tileserver.render.hatching import pattern, pattern_id
from tileserver.render.ink import Ink
from tileserver.render.points import marks
from tileserver.render.shown import Overlay
from tileserver.render.text import shortened, width_of, wrapped, write

Language = Literal["fr", "en"]

SIZE: Final = 12.0
LINE: Final = 19.0
_SWATCH: Final = (18.0, 12.0)
_GAP: Final = 8.0
_LARGEST_PX: Final = 44.0
"""A circle of the legend is no larger: of those that are, only smaller values are shown."""

_EVERYWHERE: Final = {
    "partial": Words("toutes les valeurs sont partielles", "all values are partial"),
    "estimated": Words("toutes les valeurs sont estimées", "all values are estimated"),
}
_NEGATIVE: Final = Words("valeur négative", "negative value")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a legend, drawn from 0, 0 downwards."""

    svg: str
    height: float


@dataclass(frozen=True, slots=True)
class Legend:
    """What blocks are written with: the width that they may take, and language and ink."""

    width: float
    lang: Language
    ink: Ink
    zoom: float

    def say(self, words: Words) -> str:
        """Choose the language of a text."""
        return words.en if self.lang == "en" else words.fr

    def count(self, number: int) -> str:
        """Write a number of territories."""
        return format_en(number, 0) if self.lang == "en" else format_fr(number, 0)


def blocks(model: Choropleth, overlays: Sequence[Overlay], made: Legend) -> list[Block]:
    """Write the legend: unit, classes or circles, statuses, overlays; a block for each line."""
    found = [_lines(made.say(model.variable.unit), made)]
    if model.circles is not None:
        found.append(_scale(model, made))
    found += [
        _entry(_swatch(item.colour, made.ink), made.say(item.label), made.count(item.count), made)
        for item in model.classes
    ]
    if len(found) > 1:
        found[:2] = [laid_out(found[:2], 1, 0)]  # the unit is not parted from what it is of
    found += [_status(item, made) for item in model.statuses]
    if not model.statuses and model.missing:
        found.append(
            _entry(
                _swatch(made.ink.no_data, made.ink), made.say(model.no_data), made.count(model.missing), made
            )
        )
    found += [_overlay(item, made) for item in overlays]
    return found


def _lines(text: str, made: Legend) -> Block:
    lines = wrapped(text, SIZE, made.width, 2, bold=True)
    written = [
        write(line, (0, 13 + 15 * place), SIZE, made.ink.text, bold=True) for place, line in enumerate(lines)
    ]
    return Block("".join(written), 15 * len(lines) + 7)


def _entry(symbol: str, label: str, count: str, made: Legend) -> Block:
    """Write a symbol, a label and a number at the right; the label is shortened where both don't fit."""
    left = _SWATCH[0] + _GAP
    number = width_of(count, SIZE) + 10 if count else 0
    lines = wrapped(label, SIZE, made.width - left - number, 2)
    texts = [write(line, (left, 13.5 + 14 * place), SIZE, made.ink.text) for place, line in enumerate(lines)]
    if count:
        texts.append(write(count, (made.width, 13.5), SIZE, made.ink.quiet, anchor="end"))
    return Block(symbol + "".join(texts), LINE + 14 * (len(lines) - 1))


def _swatch(colour: str, ink: Ink, fill: str | None = None) -> str:
    width, height = _SWATCH
    shape = f'<rect x="0.5" y="3.5" width="{width - 1}" height="{height}"'
    hatched = f'{shape} fill="{fill}"/>' if fill else ""
    return (
        f'{shape} fill="{colour}"/>{hatched}{shape} fill="none" stroke="{ink.quiet}" stroke-opacity="0.35"/>'
    )


def _status(item: StatusEntry, made: Legend) -> Block:
    if item.everywhere:
        text = made.say(_EVERYWHERE[item.status])
        lines = wrapped(text, SIZE, made.width, 2)
        written = [write(line, (0, 13.5 + 14 * at), SIZE, made.ink.quiet) for at, line in enumerate(lines)]
        return Block("".join(written), LINE + 14 * (len(lines) - 1))
    name = pattern_id(item.status, "legend")
    swatch = _swatch(made.ink.no_data if item.pattern.ground else made.ink.ground, made.ink, f"url(#{name})")
    entry = _entry(swatch, made.say(item.label), made.count(item.count), made)
    return Block(
        pattern(name, item.pattern, 1, made.ink.pattern if item.pattern.ground else None) + entry.svg,
        entry.height,
    )


def _scale(model: Choropleth, made: Legend) -> Block:
    """Draw circles one within another, standing on one line, each with its value."""
    scale = model.circles
    if scale is None or not scale.legend:
        return Block("", 0)
    grown = growth(made.zoom)
    drawn = [circle for circle in scale.legend if circle.radius * grown <= _LARGEST_PX] or list(
        scale.legend[-1:]
    )
    top = max(circle.radius * grown for circle in drawn)
    foot, drawing = 2 * top + 6, []
    written = 0.0
    for circle in drawn:
        radius = circle.radius * grown
        look = f'fill="{scale.colour}" fill-opacity="{OPACITY}" stroke="{STROKE}"'
        drawing.append(f'<circle cx="{top:.1f}" cy="{foot - radius:.1f}" r="{radius:.1f}" {look}/>')
        level = foot - 2 * radius
        # Texts follow one another downwards, so that two of nearly one size don't lie on each other.
        text_y = max(level + 4, written + 14)
        line = f"M{top:.1f} {level:.1f}L{2 * top + 6:.1f} {text_y - 4:.1f}h6"
        drawing.append(f'<path d="{line}" stroke="{made.ink.quiet}" fill="none"/>')
        label = shortened(made.say(circle.label), SIZE, made.width - 2 * top - 18)
        drawing.append(write(label, (2 * top + 16, text_y), SIZE, made.ink.text))
        written = text_y
    height = max(foot, written + 4) + 8
    if scale.negative:
        mark = f'<circle cx="9" cy="9" r="6" fill="none" stroke="{scale.colour}" stroke-width="1.6"/>'
        entry = _entry(mark, made.say(_NEGATIVE), made.count(scale.negative), made)
        drawing.append(f'<g transform="translate(0 {height:.1f})">{entry.svg}</g>')
        height += entry.height
    return Block("".join(drawing), height)


def _overlay(item: Overlay, made: Legend) -> Block:
    look = item.look
    width, height = _SWATCH
    if look.shape == "fill":
        name = pattern_id(item.layer.entry.id, "legend")
        box = f'<rect x="0.5" y="3.5" width="{width - 1}" height="{height}"'
        symbol = (
            pattern(name, look.hatching, 1)
            + f'{box} fill="{look.colour}" fill-opacity="{TINT}"/>{box} fill="url(#{name})" '
            + f'stroke="{look.colour}" stroke-opacity="{EDGE_OPACITY}"/>'
        )
    elif look.shape == "line":
        symbol = f'<path d="M1 9.5H{width - 1}" stroke="{look.colour}" stroke-width="2"/>'
    else:
        symbol = marks(np.array([[9, 9]]), look, 5, made.ink.halo)
    return _entry(symbol, made.say(item.title), "", made)


def laid_out(found: Sequence[Block], columns: int, step: float) -> Block:
    """Put blocks below one another in columns `step` apart, none higher than it must be."""
    total = sum(block.height for block in found)
    target = max(total / columns, max((block.height for block in found), default=0))
    parts: list[str] = []
    column, y, tallest = 0, 0.0, 0.0
    for block in found:
        if y + block.height > target + LINE / 2 and y and column + 1 < columns:
            column, y = column + 1, 0.0
        parts.append(f'<g transform="translate({column * step:.1f} {y:.1f})">{block.svg}</g>')
        y += block.height
        tallest = max(tallest, y)
    return Block("".join(parts), tallest)
