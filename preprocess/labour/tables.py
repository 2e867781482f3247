"""What the survey hands to the store."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class LabourTables:
    """The tables of the survey by the names of their files (`tileserver.store.labour_format`); the levels."""

    tables: dict[str, pd.DataFrame]
    levels: tuple[str, ...]
