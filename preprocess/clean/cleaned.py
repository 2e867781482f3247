"""What cleaning a column gives: its cells, and the cells that were not as they should be."""

from dataclasses import dataclass, field

import pandas as pd

from preprocess.findings import Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows with one thing wrong. ``rows``: bool (n), on the index of the column.

    ``told`` is the rest of a sentence that begins with the column and its cell: *has 10 digits; …*
    """

    rows: pd.Series
    rule: str
    severity: Severity
    told: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``cells``: text (dtype ``str``, NaN for null) on the index of the column that was cleaned."""

    cells: pd.Series
    faults: tuple[Fault, ...] = field(default=())
