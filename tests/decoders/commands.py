"""The command stream of one feature, read strictly (MVT 2.1 §4.3)."""

from collections.abc import Callable
from typing import Final

from tests.decoders.protobuf import unzigzag

POINT: Final = 1
LINESTRING: Final = 2
POLYGON: Final = 3

MOVE_TO: Final = 1
LINE_TO: Final = 2
CLOSE_PATH: Final = 7

_NAMES: Final = {MOVE_TO: "MoveTo", LINE_TO: "LineTo", CLOSE_PATH: "ClosePath"}
_CYCLES: Final = {
    POINT: (MOVE_TO,),
    LINESTRING: (MOVE_TO, LINE_TO),
    POLYGON: (MOVE_TO, LINE_TO, CLOSE_PATH),
}
"""The commands that make a part of each type: a run of points, a line, a ring (§4.3.4.2 to 4.3.4.4)."""
_SECTIONS: Final = {POINT: "4.3.4.2", LINESTRING: "4.3.4.3", POLYGON: "4.3.4.4"}

Xy = tuple[int, int]
Note = Callable[[str, str, bool], None]
"""Takes a rule that is broken, its section, and whether that is an error (or else a warning)."""


def read(kind: int, stream: list[int], extent: int, note: Note) -> list[list[Xy]]:
    """Run the commands of a point, line or polygon feature; give its parts as lists of positions.

    A part is all points of a point feature, a line, or a ring without its closing position. Broken
    rules go to `note`; after one that leaves the rest without a meaning, what was read so far is given.
    """
    if not stream:
        note("geometry without commands", "4.2", True)
        return []
    parts: list[list[Xy]] = []
    part: list[Xy] = []
    cursor = (0, 0)
    cycle = _CYCLES[kind]
    at = step = 0
    while at < len(stream):
        command, count = stream[at] & 7, stream[at] >> 3
        if fault := _misplaced(kind, command, count, step):
            note(fault, _SECTIONS[kind], True)
            return parts
        at, step = at + 1, step + 1
        if command != CLOSE_PATH:
            moves = stream[at : at + 2 * count]
            if len(moves) < 2 * count:
                note(f"{_NAMES[command]} of {count} lacks parameters", "4.3.3", True)
                return parts
            if command == LINE_TO and (0, 0) in zip(moves[::2], moves[1::2], strict=True):
                note("LineTo of no length", "4.3.3.2", True)
            run = _positions(moves, cursor)
            part = run if command == MOVE_TO else part + run
            cursor = run[-1]
            at += len(moves)
        if command == cycle[-1]:
            parts.append(part)
    if step % len(cycle):
        note(f"ends after {_NAMES[cycle[step % len(cycle) - 1]]}", _SECTIONS[kind], True)
    _check_positions(stream, parts, extent, note)
    if kind == POLYGON:
        _check_rings(parts, note)
    return parts


def _positions(moves: list[int], cursor: Xy) -> list[Xy]:
    """Follow pairs of parameters from the cursor."""
    found = []
    x, y = cursor
    for dx, dy in zip(moves[::2], moves[1::2], strict=True):
        x += unzigzag(dx)
        y += unzigzag(dy)
        found.append((x, y))
    return found


def _misplaced(kind: int, command: int, count: int, step: int) -> str:
    """Say what is wrong with a command as the `step`-th of its feature, if anything is."""
    if command not in _NAMES:
        return f"unknown command {command}"
    name, cycle = _NAMES[command], _CYCLES[kind]
    if kind == POINT and step > 0:
        return f"{name} after the only MoveTo of a point feature"
    wanted = cycle[step % len(cycle)]
    if command != wanted:
        return f"{name} where {_NAMES[wanted]} belongs"
    least = 2 if kind == POLYGON and command == LINE_TO else 1
    most = count if command == LINE_TO or kind == POINT else 1
    if not least <= count <= most:
        return f"{name} of {count}"
    return ""


def _check_positions(stream: list[int], parts: list[list[Xy]], extent: int, note: Note) -> None:
    if max(stream) == 0xFFFFFFFF:
        note("a parameter of -2^31", "4.3.2", False)
    values = [value for part in parts for xy in part for value in xy]
    if not values:
        return
    low, high = min(values), max(values)
    if low < -(1 << 31) or high >= 1 << 31:
        note("a position beyond int32", "4.3.2", False)
    if low < -extent or high > 2 * extent:
        note("a position more than a tile away", "4.1", False)


def _check_rings(rings: list[list[Xy]], note: Note) -> None:
    for number, ring in enumerate(rings):
        if ring[0] == ring[-1]:
            note("ring repeats its first position before ClosePath", "4.3.4.4", True)
        area = twice_area(ring)
        if area == 0:
            note("ring without area", "4.3.4.4", True)
        elif area < 0 and number == 0:
            note("first ring is an interior one", "4.3.4.4", True)


def twice_area(ring: list[Xy]) -> int:
    """Twice the area by the surveyor's formula: positive for an exterior ring (§4.3.4.4)."""
    total = 0
    x0, y0 = ring[-1]
    for x, y in ring:
        total += x0 * y - x * y0
        x0, y0 = x, y
    return total
