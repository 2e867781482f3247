"""What the survey hands to the store."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class LabourTables:
    """The tables of the survey by the names of their files, and the levels that they tell of."""

    tables: dict[str, pa.Table]
    levels: tuple[str, ...]
