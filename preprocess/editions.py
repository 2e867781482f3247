"""Figures of communes carried to the reference edition of their list.

How to call it, for one source whose rows are communes::

    history = read_history(catalog, folder, communes)             # once a build
    crossing = cross(history, Origin(source, edition), codes, population)   # once a file (and key column)
    findings += crossing.findings                                 # once a file, too
    carried, noted = carry_values(figures, crossing, "sum", label="population")  # once a column and period
    findings += noted

``codes`` are the codes of the figures, every row of the file among them, also those without a value: a
row that is not there is not the same as a cell that is empty. Groups of codes that stand for a commune
(arrondissements) are put together before. The result has a row for each commune that some row leads to;
what it lacks of the reference, the file does not tell. ``population`` is that of the reference edition by
commune; to carry population itself, leave it out: what was divided is then shared in equal parts.
"""

import math
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from preprocess.crossing import Crossing
from preprocess.figures.table import Figures
from preprocess.findings import Finding
from preprocess.passage_findings import STEP, listed
from tileserver.store.status import Status

Rule = Literal["sum", "weighted_mean", "none"]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def carry_values(
    figures: Figures, crossing: Crossing, rule: Rule, *, label: str, weight: Floats | None = None
) -> tuple[Figures, list[Finding]]:
    """Carry `figures` (codes in the order of ``crossing.codes``) to the reference edition.

    ============== ====================================== =======================================
    rule           communes that merged                   a commune that was divided
    ============== ====================================== =======================================
    sum            added up                               shared out, *estimated*
    weighted_mean  averaged by `weight`; without: missing its rate for each heir, *estimated*
    none           *missing*                              *missing*
    ============== ====================================== =======================================

    `weight`: float64 (m), that of the file's own communes. One that only changed its code, or did not
    change, keeps its figure to the last bit, whatever the rule. A merger of which some part is secret,
    missing or has no row is *partial*, made of the others alone; ``known`` is then their share of the
    weight (of ``figures.weight`` for a sum; a commune without a row weighs as much as the others on
    average). The result is sorted by code; `label` names the column in the findings.
    """
    if not figures.codes.equals(crossing.codes):
        raise ValueError("the figures and the crossing have other codes")
    parts = _Parts(figures, crossing)
    if rule == "sum":
        usable, weights = parts.there, figures.weight[crossing.old]
        value = parts.total(figures.value[crossing.old] * crossing.share, usable)
    else:
        weights = np.full(len(crossing.old), np.nan) if weight is None else weight[crossing.old]
        usable = parts.averaged(weights) if rule == "weighted_mean" else parts.there & parts.whole
        value = parts.mean(figures.value[crossing.old], weights, usable)
    status = parts.status(usable)
    carried = Figures(
        codes=crossing.reached,
        value=value,
        status=status,
        known=parts.share_known(weights, usable),
        weight=parts.mass(np.nan_to_num(figures.weight[crossing.old])),
    )
    unused = np.unique(crossing.new[parts.there & ~usable & (status[crossing.new] > Status.PARTIAL)])
    findings = _lost(figures, crossing, label) if rule == "sum" else []
    return carried, findings + _unaveraged(crossing.reached[unused], crossing, label)


class _Parts:
    """The parts of the carried communes, a row each, and sums over them by commune."""

    def __init__(self, figures: Figures, crossing: Crossing) -> None:
        self.new, self.share, self.lacking = crossing.new, crossing.share, crossing.lacking
        self.size = len(crossing.reached)
        self.state = figures.status[crossing.old]
        self.there: Mask = ~np.isnan(figures.value[crossing.old])
        self.counts: Mask = self.state != Status.NOT_APPLICABLE
        self.known = figures.known[crossing.old]
        rows = np.bincount(self.new, minlength=self.size)
        self.single: Mask = ((rows == 1) & (self.lacking == 0))[self.new]
        self.whole: Mask = self.single & (self.share == 1)

    def total(self, amounts: Floats, usable: Mask) -> Floats:
        """Add up the usable amounts by commune; NaN where there is none."""
        sums: Floats = np.where(self._any(usable), self._sums(amounts, usable), np.nan)
        return sums

    def mass(self, weights: Floats) -> Floats:
        """Add up weights by commune; one that lacks a row weighs as much as the others on average."""
        rows = self._sums(self.share, self.counts)
        lacking = np.divide(self.lacking, rows, out=np.zeros(self.size), where=rows > 0)
        whole: Floats = self._sums(weights * self.share, self.counts) * (1 + lacking)
        return whole

    def averaged(self, weights: Floats) -> Mask:
        """Tell which parts a mean can use: those with a weight, and those that are the only one."""
        return self.there & (self.single | (weights * self.share > 0))

    def mean(self, values: Floats, weights: Floats, usable: Mask) -> Floats:
        """Average by weight; the only part of a commune is kept as it is."""
        amounts = weights * self.share
        sums = self.total(values * amounts, usable & ~self.single)
        result = sums / self.total(amounts, usable & ~self.single)
        alone = usable & self.single
        result[self.new[alone]] = values[alone]
        return result

    def share_known(self, weights: Floats, usable: Mask) -> Floats:
        """Return the share of weight behind the usable parts; by number where they weigh nothing."""
        known = self._share_of(np.nan_to_num(weights), usable)
        by_number = self._share_of(np.ones(len(self.new)), usable)
        return np.where(self._any(usable), np.where(known > 0, known, by_number), 0.0)

    def _share_of(self, weights: Floats, usable: Mask) -> Floats:
        have, whole = self._sums(weights * self.share * self.known, usable), self.mass(weights)
        result: Floats = np.divide(have, whole, out=np.zeros(self.size), where=whole > 0)
        return result

    def status(self, usable: Mask) -> NDArray[np.uint8]:
        """Return the status of each commune, given the parts that its value is made of."""
        short = self._any(self.counts & ~usable) | (self.lacking > 0)
        partial = short | self._any(self.state == Status.PARTIAL)
        estimated = self._any(self.state == Status.ESTIMATED) | self._any(self.share < 1)
        valued = np.where(partial, Status.PARTIAL, np.where(estimated, Status.ESTIMATED, Status.OK))
        secret = self._any(self.state == Status.SECRET) & ~self._any(self.there)
        empty = np.where(secret, Status.SECRET, np.where(short, Status.MISSING, Status.NOT_APPLICABLE))
        return np.where(self._any(usable), valued, empty).astype(np.uint8)

    def _sums(self, amounts: Floats, among: Mask) -> Floats:
        # bincount adds nothing up as whole numbers
        return np.bincount(self.new[among], weights=amounts[among], minlength=self.size).astype(np.float64)

    def _any(self, among: Mask) -> Mask:
        return np.bincount(self.new[among], minlength=self.size) > 0


def _lost(figures: Figures, crossing: Crossing, label: str) -> list[Finding]:
    """Say how much of a sum is in rows that lead nowhere."""
    gone = crossing.left & ~np.isnan(figures.value)
    if not gone.any():
        return []
    amount, total = math.fsum(figures.value[gone]), math.fsum(figures.value[~np.isnan(figures.value)])
    codes = listed(figures.codes[gone])
    text = f"{label}: {amount:.12g} of {total:.12g} is in rows that were left out: {codes}."
    return [_finding("edition-loss", crossing, text)]


def _unaveraged(communes: pd.Index, crossing: Crossing, label: str) -> list[Finding]:
    """Name the communes whose rates cannot be put together."""
    if communes.empty:
        return []
    text = (
        f"{label}: the figures of the parts do not make one of the whole for {listed(communes)}; it has none."
    )
    return [_finding("edition-rate", crossing, text)]


def _finding(rule: str, crossing: Crossing, message: str) -> Finding:
    return Finding(
        severity="warning", step=STEP, rule=rule, source=crossing.origin.source, key="", message=message
    )
