"""The files of the survey of recruitment projects in a store: their columns, keys and order.

======================== =========================================================================
``labour.arrow``         a row a territory, trade and year that some row of the survey speaks of
``labour.cells.arrow``   a row a cell of the files: zone and département (an *atom*), trade, year
``labour.shares.arrow``  a row a territory and atom that have people in common
``labour.atoms.arrow``   (by number) zone, its name, département, population, communes
``labour.trades.arrow``  (by number) nomenclature, kind, code, name, family
``labour.territories.arrow`` (by number) level, code, name; those of a level follow one another
======================== =========================================================================

Figures and cells are sorted by a whole ``key``, so that they are found by binary search:
``(territory or atom · number of trades + trade) · number of years + year``.
"""

from enum import IntEnum
from typing import Any

import pyarrow as pa

Number = Any
"""A whole number, or an array of them (numpy or pandas)."""

FIGURES = ("met", "xmet", "smet")
"""Projects, those that are difficult, those that are seasonal."""


class Cell(IntEnum):
    """What a file says of a figure."""

    KNOWN = 0
    SECRET = 1
    MISSING = 2


TABLE = pa.schema(
    [
        ("key", pa.int64()),
        *((name, pa.float64()) for name in FIGURES),
        # projects of the rows where the difficult, the seasonal ones are known: what a share divides by
        ("met_of_xmet", pa.float64()),
        ("met_of_smet", pa.float64()),
        *((f"{name}_status", pa.uint8()) for name in FIGURES),
        *((f"{name}_known", pa.float32()) for name in FIGURES),
    ]
)

CELLS = pa.schema(
    [
        ("key", pa.int64()),
        ("row", pa.int32()),
        ("written", pa.string()),
        *((name, pa.float64()) for name in FIGURES),
        *((f"{name}_state", pa.uint8()) for name in FIGURES),
    ]
)

SHARES = pa.schema(
    [
        ("territory", pa.int32()),
        ("atom", pa.int32()),
        ("share", pa.float64()),
        ("population", pa.float64()),
        ("communes", pa.int32()),
    ]
)

ATOMS = pa.schema(
    [
        ("zone", pa.string()),
        ("name", pa.string()),
        ("place", pa.string()),
        ("population", pa.float64()),
        ("communes", pa.int32()),
    ]
)

TRADES = pa.schema(
    [
        ("nomenclature", pa.string()),
        ("kind", pa.string()),
        ("code", pa.string()),
        ("name", pa.string()),
        ("family", pa.string()),
    ]
)

TERRITORIES = pa.schema([("level", pa.string()), ("code", pa.string()), ("name", pa.string())])

FIGURE_FILE, CELL_FILE, SHARE_FILE = "labour.arrow", "labour.cells.arrow", "labour.shares.arrow"
ATOM_FILE, TRADE_FILE = "labour.atoms.arrow", "labour.trades.arrow"
TERRITORY_FILE = "labour.territories.arrow"

FILES = {
    FIGURE_FILE: TABLE,
    CELL_FILE: CELLS,
    SHARE_FILE: SHARES,
    ATOM_FILE: ATOMS,
    TRADE_FILE: TRADES,
    TERRITORY_FILE: TERRITORIES,
}


def key(of: Number, trades: int, trade: Number, years: int, year: Number) -> Number:
    """Return the key of a figure (of a territory) or of a cell (of an atom); arrays give arrays."""
    return (of * trades + trade) * years + year
