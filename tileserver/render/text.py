"""Text in pictures: one font for all machines, measured before it is placed."""

from functools import cache
from html import escape
from typing import Any, Final

FAMILY: Final = "Source Sans Pro"

_PACKAGE: Final = "font_source_sans_pro"
_FILES: Final = {False: "SourceSansPro-Regular.ttf", True: "SourceSansPro-Semibold.ttf"}
_BOLD_WEIGHT: Final = 600
_MEASURED_AT: Final = 64


def font_files() -> list[str]:
    """Give the paths of the font's files."""
    return [_file(name) for name in _FILES.values()]


def _file(name: str) -> str:
    # Here, because few of the pictures have texts, and the process that draws is to start soon.
    from importlib.resources import files

    return str(files(_PACKAGE).joinpath("files", name))


@cache
def _font(bold: bool) -> Any:  # a cache takes what tells its entries apart by place
    # Here, because only pictures need it.
    from PIL import ImageFont

    return ImageFont.truetype(_file(_FILES[bold]), _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Measure a text in pixels."""
    measured: float = _font(bold).getlength(text)
    return measured * size / _MEASURED_AT


def wrapped(text: str, size: float, room: float, most: int, *, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `room`, at most so many; what is too much is cut."""
    lines: list[str] = []
    words = text.split(" ")
    while words:
        line = words.pop(0)
        while words and width_of(f"{line} {words[0]}", size, bold=bold) <= room:
            line = f"{line} {words.pop(0)}"
        if len(lines) + 1 == most and words:
            line, words = f"{line} {' '.join(words)}", []
        lines.append(shortened(line, size, room, bold=bold))
    return lines


def shortened(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Cut a text to fit into `room`, with an ellipsis where something is lacking."""
    if width_of(text, size, bold=bold) <= room:
        return text
    while text and width_of(f"{text}…", size, bold=bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def write(
    text: str,
    place: tuple[float, float],
    size: float,
    colour: str,
    *,
    bold: bool = False,
    anchor: str = "start",
) -> str:
    """Write a line of text as SVG; `place`: on its baseline, at its start unless `anchor` says otherwise."""
    x, y = place
    weight = f' font-weight="{_BOLD_WEIGHT}"' if bold else ""
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    look = f'font-size="{size:g}" fill="{colour}"{weight}{side}'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(text, quote=False)}</text>'
