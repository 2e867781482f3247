"""The rules that carry figures up the levels: sums and weighted means of communes, ratios of what came out.

A figure is published where the share of its weight that is known reaches ``least_known``. Below, it is
*secret* if it would have been published had the producer withheld nothing, else *missing*. Secret parts are
never part of a value: a sum is the sum of what the producer itself publishes, so nothing can be taken from
it to find what is withheld.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from preprocess.figures.table import Figures
from tileserver.store.status import Status

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_SLACK = 1e-9
"""Shares are sums of floats: one that is this close to what is asked has reached it."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The territories of a level: ``codes``, sorted (k), ``of``: the number of each commune's, or -1."""

    codes: pd.Index
    of: NDArray[np.int64]


def groups_of(territory: pd.Series) -> Groups:
    """Group the communes by their territory, text or null (n)."""
    codes = pd.Index(sorted(territory.dropna().unique()), dtype="str", name="code")
    return Groups(codes, codes.get_indexer(pd.Index(territory)).astype(np.int64))


def add_up(figures: Figures, groups: Groups, least_known: float) -> Figures:
    """Add the communes up; ``figures.weight`` measures the share that is known, by number where it is 0."""
    parts = _Parts(figures, groups)
    weight = parts.by_number_where_none(np.nan_to_num(figures.weight), parts.applies)
    return parts.finish(
        parts.sums(figures.value, parts.there), weight, parts.applies, parts.there, least_known
    )


def average(figures: Figures, groups: Groups, least_known: float) -> Figures:
    """Average the communes by ``figures.weight``; one that weighs nothing has no part in it.

    Where all weigh nothing they weigh the same. A commune whose weight is not known is lacking.
    """
    parts = _Parts(figures, groups)
    unweighed = np.isnan(figures.weight)
    weight = parts.by_number_where_none(np.nan_to_num(figures.weight), parts.applies & ~unweighed)
    counts = parts.applies & ((weight > 0) | unweighed)
    usable = parts.there & (weight > 0)
    total = parts.sums(weight, usable)
    amount = parts.sums(figures.value * weight, usable)
    mean = np.divide(amount, total, out=np.full(len(total), np.nan), where=total > 0)
    return parts.finish(mean, weight, counts, usable, least_known)


class _Parts:
    """The communes as parts of territories, and sums over them."""

    def __init__(self, figures: Figures, groups: Groups) -> None:
        self.figures, self.groups = figures, groups
        inside = groups.of >= 0
        self.there: Mask = inside & (figures.status <= Status.PARTIAL)
        self.applies: Mask = inside & (figures.status != Status.NOT_APPLICABLE)

    def sums(self, amounts: Floats, among: Mask) -> Floats:
        size = len(self.groups.codes)
        return np.bincount(self.groups.of[among], amounts[among], size).astype(np.float64)

    def by_number_where_none(self, weight: Floats, among: Mask) -> Floats:
        empty = self.sums(weight, among) == 0
        filled: Floats = weight.copy()
        filled[among] = np.where(empty[self.groups.of[among]], 1.0, weight[among])
        return filled

    def finish(
        self, value: Floats, weight: Floats, counts: Mask, usable: Mask, least_known: float
    ) -> Figures:
        whole = self.sums(weight, counts)
        known = self._share(weight * self.figures.known, usable, whole)
        published = self._any(usable) & (known > 0) & (known >= least_known - _SLACK)
        status = np.where(
            published, self._valued(counts, usable), self._unvalued(weight, counts, whole, known, least_known)
        )
        return Figures(
            codes=self.groups.codes,
            value=np.where(published, value, np.nan),
            status=status.astype(np.uint8),
            known=np.where(published, np.minimum(known, 1.0), 0.0),
            weight=whole,
        )

    def _valued(self, counts: Mask, usable: Mask) -> NDArray[np.int64]:
        state = self.figures.status
        partial = self._any(counts & ~usable) | self._any(usable & (state == Status.PARTIAL))
        estimated = self._any(usable & (state == Status.ESTIMATED))
        valued: NDArray[np.int64] = np.where(
            partial, Status.PARTIAL, np.where(estimated, Status.ESTIMATED, Status.OK)
        )
        return valued

    def _unvalued(
        self, weight: Floats, counts: Mask, whole: Floats, known: Floats, least_known: float
    ) -> NDArray[np.int64]:
        withheld = counts & (self.figures.status == Status.SECRET)
        would_be = known + self._share(weight, withheld, whole)
        secret = self._any(withheld) & (would_be >= least_known - _SLACK)
        empty: NDArray[np.int64] = np.where(secret, Status.SECRET, Status.MISSING)
        return np.where(self._any(counts), empty, Status.NOT_APPLICABLE)

    def _share(self, weight: Floats, among: Mask, whole: Floats) -> Floats:
        part = self.sums(weight, among)
        return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)

    def _any(self, among: Mask) -> Mask:
        return np.bincount(self.groups.of[among], minlength=len(self.groups.codes)) > 0


def known_enough(figures: Figures, least_known: float) -> Figures:
    """Leave out, as *missing*, the figures of which less than `least_known` is known."""
    low = (figures.status <= Status.PARTIAL) & (figures.known < least_known - _SLACK)
    if not low.any():
        return figures
    return replace(
        figures,
        value=np.where(low, np.nan, figures.value),
        status=np.where(low, Status.MISSING, figures.status).astype(np.uint8),
        known=np.where(low, 0.0, figures.known),
    )


@dataclass(frozen=True, slots=True)
class Links:
    """Which communes share a figure known for them together: pairs ``unit``, ``commune``, int64 (n).

    A unit is a zone, or a commune that was divided; ``commune`` is a row of the communes.
    """

    unit: NDArray[np.int64]
    commune: NDArray[np.int64]


def exact_again(figures: Figures, shared: Figures, links: Links, groups: Groups) -> Figures:
    """Call *ok* the sums of territories that hold whole units: what was shared out is all there again.

    `figures`: of the territories; `shared`: of the communes, *estimated* where they have a part only.
    """
    where = groups.of[links.commune]
    size = int(links.unit.max(initial=-1)) + 1
    first, last = np.full(size, len(groups.codes)), np.full(size, -1)
    np.minimum.at(first, links.unit, where)
    np.maximum.at(last, links.unit, where)
    split = (first != last)[links.unit]
    loose = shared.status == Status.ESTIMATED
    whole = np.zeros(len(loose), np.bool_)
    whole[links.commune] = True
    whole[links.commune[split]] = False
    loose &= ~whole & (groups.of >= 0)
    still = np.bincount(groups.of[loose], minlength=len(groups.codes)) > 0
    exact = (figures.status == Status.ESTIMATED) & ~still
    return replace(figures, status=np.where(exact, Status.OK, figures.status).astype(np.uint8))


def combined(value: Floats, terms: Sequence[Figures], least_known: float) -> Figures:
    """Give what was computed from `terms` (on the same codes) its status: the worst of theirs.

    ``known`` is the least of theirs. What cannot be computed though all terms are there (a division by zero)
    is *not applicable*.
    """
    status = np.max([term.status for term in terms], axis=0).astype(np.int64)
    known = np.min([term.known for term in terms], axis=0)
    there = status <= Status.PARTIAL
    status = np.where(there & ~np.isfinite(value), Status.NOT_APPLICABLE, status)
    low = there & (status <= Status.PARTIAL) & (known < least_known - _SLACK)
    status = np.where(low, Status.MISSING, status)
    published = status <= Status.PARTIAL
    return Figures(
        codes=terms[0].codes,
        value=np.where(published, value, np.nan),
        status=status.astype(np.uint8),
        known=np.where(published, known, 0.0),
        weight=terms[0].weight,
    )
