"""Small charts as SVG, drawn here: no script, no style attribute, colours by class names.

Numbers stand beside a chart as text or in the table behind it; to a screen reader the drawing is silent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10
from typing import Final

WIDTH: Final = 340
HEIGHT: Final = 170
LEFT: Final = 58
BOTTOM: Final = 26
TOP: Final = 12
MOST_LABELS: Final = 6

Writer = Callable[[float, int], str]
"""Writes a number of an axis with so many decimals."""

_SVG = '<svg class="{}" viewBox="0 0 {} {}" aria-hidden="true" focusable="false"{}>'


def bar(share: float | None, mark: float | None = None) -> str:
    """Draw a bar of a share (0 to 1) as wide as its place, with a mark where another one is."""
    parts = [_SVG.format("bar", 100, 10, ' preserveAspectRatio="none"')]
    parts.append('<rect class="track" width="100" height="10"/>')
    if share is not None:
        parts.append(f'<rect class="fill" width="{100 * min(max(share, 0), 1):.1f}" height="10"/>')
    if mark is not None:
        x = min(max(100 * mark, 1), 99)
        parts.append(f'<rect class="halo" x="{x - 0.7:.1f}" width="1.4" height="10"/>')
        parts.append(f'<rect class="mark" x="{x - 0.3:.1f}" width="0.6" height="10"/>')
    return "".join([*parts, "</svg>"])


def place_of(rank: int, tied: int, ranked: int) -> str:
    """Draw where a rank stands among all, the lowest on the left; a shared one in the middle of those."""
    share = 0.5 if ranked < 2 else (ranked - rank - (tied - 1) / 2) / (ranked - 1)
    return (
        _SVG.format("rank", 104, 8, "")
        + f'<path class="axis" d="M2 4H102"/><circle class="dot" cx="{2 + 100 * share:.1f}" cy="4" r="3.5"/>'
        + "</svg>"
    )


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a chart by year: its height and the part that is filled; None where it is not known."""

    label: str
    value: float | None
    part: float | None
    begins_anew: bool


def columns(data: Sequence[Column], write: Writer) -> str:
    """Draw columns, each with a part of it filled, and a dashed line where a series begins anew."""
    values = [column.value for column in data if column.value is not None]
    scale = _Scale(0.0, max(values, default=1.0))
    parts = [_SVG.format("columns", WIDTH, HEIGHT, ""), *scale.axis(write)]
    step = (WIDTH - LEFT) / max(len(data), 1)
    width = min(step * 0.5, 56)
    for place, column in enumerate(data):
        middle = LEFT + step * (place + 0.5)
        if column.begins_anew and place:
            edge = LEFT + step * place
            parts.append(f'<path class="break" d="M{edge:.1f} {TOP - 8}V{HEIGHT - BOTTOM + 16}"/>')
        for name, value in (("whole", column.value), ("part", column.part)):
            if value is not None:
                y = scale.y(value)
                parts.append(
                    f'<rect class="{name}" x="{middle - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" '
                    f'height="{max(HEIGHT - BOTTOM - y, 0):.1f}"/>'
                )
        parts.append(_text(middle, HEIGHT - BOTTOM + 16, column.label, "middle"))
    return "".join([*parts, "</svg>"])


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart: its class, and a value a period, None where there is none."""

    name: str
    values: Sequence[float | None]


def lines(periods: Sequence[str], data: Sequence[Line], breaks: Sequence[str], write: Writer) -> str:
    """Draw lines over the same periods; none crosses a period without value, nor a break."""
    values = [value for line in data for value in line.values if value is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    scale = _Scale(low if low < 0.5 * high and low > 0 else min(low, 0.0) if low <= 0 else low, high)
    parts = [_SVG.format("lines", WIDTH, HEIGHT, ""), *scale.axis(write)]
    times = [when(period) for period in periods]
    span = max(times[-1] - times[0], 1e-9)
    across = [LEFT + 8 + (WIDTH - LEFT - 16) * (time - times[0]) / span for time in times]
    anew = {place for place, period in enumerate(periods) if period in breaks}
    for place in sorted(anew - {0}):
        edge = (across[place - 1] + across[place]) / 2
        parts.append(f'<path class="break" d="M{edge:.1f} {TOP - 8}V{HEIGHT - BOTTOM + 4}"/>')
    for line in data:
        path, pen = [], False
        for place, value in enumerate(line.values):
            if value is None:
                pen = False
                continue
            drawn = pen and place not in anew
            path.append(f"{'L' if drawn else 'M'}{across[place]:.1f} {scale.y(value):.1f}")
            pen = True
        parts.append(f'<path class="line {line.name}" d="{"".join(path)}"/>')
    first, last = ceil(times[0]), floor(times[-1])
    gap = next(years for years in (1, 2, 5, 10, 20, 50) if (last - first) / years <= MOST_LABELS)
    for year in range(first - first % -gap, last + 1, gap):
        x = LEFT + 8 + (WIDTH - LEFT - 16) * (year - times[0]) / span
        parts.append(f'<path class="grid" d="M{x:.1f} {HEIGHT - BOTTOM}v4"/>')
        parts.append(_text(min(max(x, LEFT + 14), WIDTH - 14), HEIGHT - BOTTOM + 16, str(year), "middle"))
    return "".join([*parts, "</svg>"])


def when(period: str) -> float:
    """Place a period in time, in years: 2023 at its begin, 2023-T3 in the middle of its third quarter."""
    year, _, part = period.partition("-")
    if not part:
        return float(year)
    number = int(part.lstrip("TQMS"))
    parts = {"T": 4, "Q": 4, "S": 2}.get(part[0], 12)
    return int(year) + (number - 0.5) / parts


class _Scale:
    """A vertical scale from a round number below `low` to one above `high`."""

    def __init__(self, low: float, high: float) -> None:
        span = max(high - low, abs(high) * 1e-6, 1e-9)
        raw = span / 3
        unit = 10.0 ** floor(log10(raw))
        self.step = next(unit * times for times in (1, 2, 2.5, 5, 10) if unit * times >= raw)
        self.low = floor(low / self.step) * self.step
        self.high = ceil(high / self.step) * self.step
        if self.high == self.low:
            self.high += self.step
        self.decimals = max(0, -floor(log10(self.step)) + (self.step / unit == 2.5))

    def y(self, value: float) -> float:
        """Place a value."""
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value - self.low) / (self.high - self.low)

    def axis(self, write: Writer) -> list[str]:
        """Draw the lines of the round numbers with these beside them."""
        ticks = [self.low + self.step * n for n in range(round((self.high - self.low) / self.step) + 1)]
        return [
            f'<path class="grid" d="M{LEFT} {self.y(tick):.1f}H{WIDTH}"/>'
            + _text(LEFT - 6, self.y(tick) + 4, write(tick, self.decimals), "end")
            for tick in ticks
        ]


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def path_through(points: Sequence[tuple[int, int]]) -> str:
    """Write a closed ring of whole numbers as the data of a path, by differences."""
    (x, y), *_ = points
    steps = "".join(f"{bx - ax} {by - ay} " for (ax, ay), (bx, by) in pairwise(points))
    return f"M{x} {y}l{steps.strip()}z"
