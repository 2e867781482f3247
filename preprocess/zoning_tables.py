"""What the zonings of territories hand to the store."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class ZoningTables:
    """The tables by the names of their files (`tileserver.store.zoning_format`), and their layers.

    ``zonings`` and ``points`` are ids of layers, numbered in the tables in this order, the zonings first.
    """

    tables: dict[str, pd.DataFrame]
    levels: tuple[str, ...]
    zonings: tuple[str, ...]
    points: tuple[str, ...]
