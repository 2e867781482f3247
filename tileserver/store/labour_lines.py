"""How a figure is made: the lines of the files that it is the sum of, found in the mapped files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tileserver.store.labour import Atom, LabourStore, Trade
from tileserver.store.labour_format import FIGURES, Cell


@dataclass(frozen=True, slots=True)
class Line:
    """A zone in a place, and what its row for a trade adds to the figure of a territory.

    ``share`` of the atom's people live in the territory: ``population`` of them, in ``communes``. ``row`` is
    the number of the row in the table of the file, None where it has none for the trade; ``written`` is the
    zone as it stands there. ``cells`` are the figures of the row: a number, or None with its ``states``.
    """

    atom: Atom
    trade: Trade
    share: float
    population: float
    communes: int
    row: int | None
    written: str | None
    cells: dict[str, float | None]
    states: dict[str, Cell | None]

    def adds(self, name: str) -> float | None:
        """Return what the row adds to a figure; None where it is not known."""
        number = self.cells[name]
        return None if number is None else number * self.share


def find_lines(survey: LabourStore, territory: int, trades: Sequence[int], year: int) -> list[Line]:
    """Return the lines behind the figure that is the sum over `trades`.

    Of one trade all zones of the territory have one, also those without a row; of several only rows that
    are there.
    """
    shares = survey.shares(territory)
    atoms = np.repeat(shares["atom"].astype(np.int64), len(trades))
    numbers = np.tile(np.array(trades, np.int64), len(shares["atom"]))
    place, cells = survey.cells(atoms, numbers, year)
    lines = []
    for n in range(len(atoms)):
        at = int(place[n])
        if at < 0 and len(trades) > 1:
            continue
        of = n // len(trades)
        lines.append(
            Line(
                atom=survey.atoms[int(atoms[n])],
                trade=survey.trades[int(numbers[n])],
                share=float(shares["share"][of]),
                population=float(shares["population"][of]),
                communes=int(shares["communes"][of]),
                **(_row(cells, at) if at >= 0 else _no_row()),
            )
        )
    return lines


def _row(cells: dict[str, Any], at: int) -> dict[str, Any]:
    states = {name: Cell(int(cells[f"{name}_state"][at])) for name in FIGURES}
    return {
        "row": int(cells["row"][at]),
        "written": cells["written"][at],
        "cells": {
            name: float(cells[name][at]) if state == Cell.KNOWN else None for name, state in states.items()
        },
        "states": states,
    }


def _no_row() -> dict[str, Any]:
    nothing = dict.fromkeys(FIGURES)
    return {"row": None, "written": None, "cells": nothing, "states": nothing}
