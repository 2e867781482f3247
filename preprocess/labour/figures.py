"""From cells and shares to the figures of each territory, trade and year.

A figure is the sum, over the rows of the file that speak of the trade in the territory's zones, of the
number in the row times the share of the zone that lives in the territory. Only numbers that are known are
ever added, and everything else follows from which ones they are: two worlds that differ only in what is
secret give the same figures, so that it cannot be worked out from them.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tileserver.store.labour_format import FIGURES, Cell
from tileserver.store.status import Status

ADDED = (
    *FIGURES,
    "met_of_xmet",
    "met_of_smet",
    "weight",
    "rows",
    *(f"{name}_{what}" for name in FIGURES for what in ("weight", "rows", "shared", "secret")),
)
"""What is added up for each figure: amounts, weights, numbers of rows."""


def add_up(cells: pd.DataFrame, shares: pd.DataFrame, trades: pd.DataFrame) -> pd.DataFrame:
    """Return the sums (`ADDED`, float64) by ``territory``, ``trade`` and ``year`` (numbers), sorted by them.

    `cells` has ``atom``, ``trade`` and ``year`` as numbers; families and totals of `trades` are made of their
    trades.
    """
    joined = _join(cells, shares)
    own = _sums(joined)
    parts = [own]
    number = trades.reset_index().set_index(["nomenclature", "kind", "code"])["index"]
    for kind in ("family", "total"):
        code = trades["family"] if kind == "family" else pd.Series("all", index=trades.index)
        keys = pd.MultiIndex.from_arrays([trades["nomenclature"], np.full(len(trades), kind), code])
        above = number.reindex(keys).to_numpy()
        wider = own.assign(trade=above[own["trade"].to_numpy()]).dropna(subset=["trade"])
        parts.append(_sums(wider.astype({"trade": np.int64})))
    return pd.concat(parts).sort_values(["territory", "trade", "year"], ignore_index=True)


def settle(sums: pd.DataFrame) -> pd.DataFrame:
    """Turn sums into figures with status and share known: the columns of the store's table but its key.

    The weight of a row is the number of people of the territory who live in its zone; where they are
    none, rows count alike.
    """
    columns: dict[str, NDArray[np.generic]] = {}
    weight, rows = sums["weight"].to_numpy(), sums["rows"].to_numpy()
    for name in FIGURES:
        known, partly = sums[f"{name}_rows"].to_numpy(), sums[f"{name}_shared"].to_numpy() > 0
        there = known > 0
        status = np.where(known < rows, Status.PARTIAL, np.where(partly, Status.ESTIMATED, Status.OK))
        empty = np.where(sums[f"{name}_secret"] > 0, Status.SECRET, Status.MISSING)
        heavy = sums[f"{name}_weight"].to_numpy()
        by_number = np.divide(known, rows, out=np.zeros(len(sums)), where=rows > 0)
        share = np.divide(heavy, weight, out=by_number.copy(), where=heavy > 0)
        share = np.where(known == rows, 1.0, np.minimum(share, np.nextafter(np.float32(1), np.float32(0))))
        columns[name] = np.where(there, sums[name], np.nan)
        columns[f"{name}_status"] = np.where(there, status, empty).astype(np.uint8)
        columns[f"{name}_known"] = np.where(there, share, 0.0).astype(np.float32)
    for name in FIGURES[1:]:
        columns[f"met_of_{name}"] = np.where(sums[f"{name}_rows"] > 0, sums[f"met_of_{name}"], np.nan)
    return pd.DataFrame(columns)


def _join(cells: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Pair each cell with each territory that its atom shares people with, and say what the pair adds."""
    ordered = cells.sort_values(["atom", "trade", "year"], kind="stable")
    atoms = ordered["atom"].to_numpy()
    first = np.searchsorted(atoms, shares["atom"].to_numpy(), "left")
    count = np.searchsorted(atoms, shares["atom"].to_numpy(), "right") - first
    pair = np.repeat(np.arange(len(shares)), count)
    # the place of each pair in the run of its atom's cells
    row = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count - first, count)
    share, people = shares["share"].to_numpy()[pair], shares["population"].to_numpy()[pair]
    joined: dict[str, NDArray[np.generic]] = {
        "territory": shares["territory"].to_numpy()[pair],
        "trade": ordered["trade"].to_numpy()[row],
        "year": ordered["year"].to_numpy()[row],
        "weight": people,
        "rows": np.ones(len(pair)),
    }
    met = ordered["met"].to_numpy()[row]
    for name in FIGURES:
        state = ordered[f"{name}_state"].to_numpy()[row]
        known = state == Cell.KNOWN
        joined[name] = np.where(known, ordered[name].to_numpy()[row] * share, 0.0)
        if name != "met":
            joined[f"met_of_{name}"] = np.where(known, met * share, 0.0)
        joined[f"{name}_weight"] = np.where(known, people, 0.0)
        joined[f"{name}_rows"] = known.astype(np.float64)
        joined[f"{name}_shared"] = (known & (share < 1)).astype(np.float64)
        joined[f"{name}_secret"] = (state == Cell.SECRET).astype(np.float64)
    return pd.DataFrame(joined)


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    by = ["territory", "trade", "year"]
    ordered = rows.sort_values(by, kind="stable", ignore_index=True)
    keys = ordered[by].to_numpy()
    starts = np.flatnonzero(np.r_[True, (keys[1:] != keys[:-1]).any(axis=1)][: len(keys)])
    added = {name: np.add.reduceat(ordered[name].to_numpy(), starts) for name in ADDED if len(starts)}
    sums = pd.DataFrame(added, columns=list(ADDED), dtype="float64")
    return pd.concat([ordered.loc[starts, by].reset_index(drop=True), sums], axis=1)
