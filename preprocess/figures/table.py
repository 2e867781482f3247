"""The figures of one indicator and period on a list of territories: value, status, share known."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tileserver.store.status import Status

Period = str | None
"""``"2024"``, ``"2023-T3"``; None where an indicator has one figure only."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of territories, a row each.

    ``codes``: unique (n), text. ``value``: float64 (n), NaN exactly where the status has no value.
    ``status``: uint8 (n), `Status`. ``known``: float64 (n), the share (0 to 1) of the weight behind the
    figure that is known: 1 where nothing is lacking, 0 where there is no value. ``weight``: float64 (n), that
    weight, for a further sum; ones where nothing else was declared.
    """

    codes: pd.Index
    value: NDArray[np.float64]
    status: NDArray[np.uint8]
    known: NDArray[np.float64]
    weight: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse what contradicts itself: a fault of the program, not of a file."""
        valued = self.status <= Status.PARTIAL
        if not len(self.codes) == len(self.value) == len(self.status) == len(self.known) == len(self.weight):
            raise ValueError("figures of different lengths")
        if not np.array_equal(valued, ~np.isnan(self.value)):
            raise ValueError("a figure has a value exactly where its status says so")
        if not np.array_equal(valued, self.known > 0):
            raise ValueError("a figure without a value has nothing known, one with a value has something")


Series = Mapping[Period, Figures]
"""The figures of an indicator by period, in the order of time."""


def known_figures(values: pd.Series, weight: NDArray[np.float64] | None = None) -> Figures:
    """Make figures of a plain column (float64, by code): ok where there is a number, missing elsewhere."""
    value = values.to_numpy(np.float64)
    there = ~np.isnan(value)
    return Figures(
        codes=values.index,
        value=value,
        status=np.where(there, Status.OK, Status.MISSING).astype(np.uint8),
        known=there.astype(np.float64),
        weight=np.ones(len(value)) if weight is None else weight,
    )
