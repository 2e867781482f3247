"""From the rows of a file to the communes of the reference edition: which rows make which communes.

A file has the edition that its source declares, but real files are mixed. A row whose code was no
commune's in that edition *stays* where the code is one of the reference; otherwise it is followed from
the nearest edition that had it. A row whose ground another row of the file has already is left out, so
that nothing counts twice.

A commune that was divided is shared among its heirs by population. Where communes merged and came apart
again in between, their rows are still apart: a restored commune, known by its code and its name, takes its
own row back, and the others go to what is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from preprocess.findings import Finding
from preprocess.history import History
from preprocess.passage_findings import Shares, passage_findings
from preprocess.passages import Origin, Passages, find_passages

PARTS = 1 << 20
"""Shares are whole multiples of 1/PARTS: whole numbers below 2³³ are shared out without rounding."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Which rows of a file make which communes of the reference edition.

    ``codes``: the file's (m), ``reached``: the communes that have a row (k), sorted. A part is a row of the
    file in a commune: ``old`` (number of the row), ``new`` (number in ``reached``), int64, and ``share`` (of
    the row's figure that goes there), float64, (n) each, in the order of rows. ``left``: bool (m), rows that
    go nowhere: unknown, or counted in another row. ``lacking``: float64 (k), the number of communes that a
    reached one is made of and that have no row.
    """

    origin: Origin
    codes: pd.Index
    reached: pd.Index
    old: NDArray[np.int64]
    new: NDArray[np.int64]
    share: NDArray[np.float64]
    left: NDArray[np.bool_]
    lacking: NDArray[np.float64]
    passages: Passages = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)


def cross(
    history: History, origin: Origin, codes: pd.Index, population: Mapping[str, float] | None = None
) -> Crossing:
    """Find the way of each of `codes` (unique, text) to the reference edition of `history`.

    `population` (by code of the reference) shares out what was divided, in equal parts where it knows
    nothing. What was merged, shared, moved, left or looks wrong is in the findings, once for the file
    however many columns are then carried (`preprocess.editions.carry_values`). Raises `SourceError` where
    the table of movements does not reach the edition.
    """
    names = [str(code) for code in codes]
    passages = find_passages(history, origin.edition, names)
    weights = {} if population is None else population
    shares = {code: _shares(heirs, weights) for code, heirs in passages.heirs.items()}
    reached = pd.Index(sorted({new for heirs in shares.values() for new in heirs}), dtype="str")
    parts = [
        (row, new, share) for row, code in enumerate(names) for new, share in shares.get(code, {}).items()
    ]
    lacking = np.zeros(len(reached))
    for heirs in passages.absent.values():
        given = _shares(heirs, weights)
        np.add.at(lacking, reached.get_indexer(pd.Index(given)), list(given.values()))
    return Crossing(
        origin=origin,
        codes=codes,
        reached=reached,
        old=np.array([row for row, _, _ in parts], dtype=np.int64),
        new=reached.get_indexer(pd.Index([new for _, new, _ in parts], dtype="str")).astype(np.int64),
        share=np.array([share for _, _, share in parts], dtype=np.float64),
        left=np.array([code not in shares for code in names], dtype=np.bool_),
        lacking=lacking,
        passages=passages,
        findings=tuple(passage_findings(history, origin, passages, shares)),
    )


def _shares(heirs: tuple[str, ...], population: Mapping[str, float]) -> Shares:
    """Return the share of each heir: positive multiples of 1/PARTS that add up to 1."""
    if len(heirs) == 1:
        return {heirs[0]: 1.0}
    people = [float(population.get(code, np.nan)) for code in heirs]
    known = all(number >= 0 for number in people) and sum(people) > 0
    weights = people if known else [1.0] * len(heirs)
    parts = [round(weight / sum(weights) * PARTS) for weight in weights]
    parts[int(np.argmax(parts))] += PARTS - sum(parts)
    return {code: part / PARTS for code, part in zip(heirs, parts, strict=True)}
