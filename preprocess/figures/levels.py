"""All indicators at all levels: the figures of the communes carried up, and what is computed from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from layers.indicator_checks import DERIVED
from layers.indicator_spec import Indicator
from layers.indicators import evaluation_order, terms
from preprocess.figures.compute import computed_series
from preprocess.figures.context import Context
from preprocess.figures.notes import notes
from preprocess.figures.origins import commune_series, level_series
from preprocess.figures.rules import Groups, add_up, average, exact_again, groups_of, known_enough
from preprocess.figures.table import Figures, Series
from preprocess.findings import Finding
from tileserver.store.status import Status

COUNTRY = "country"
"""The level above all others: one territory that holds every commune."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Figures by level and indicator. An indicator that does not exist at a level is not there.

    ``codes``: of the territories of each level, sorted, the order of the rows of its figures. ``figures``:
    level → indicator → series; also at `COUNTRY`, which has one row.
    """

    codes: Mapping[str, pd.Index]
    figures: Mapping[str, Mapping[str, Series]]


def all_levels(context: Context) -> tuple[Levels, list[Finding]]:
    """Compute every declared indicator for the communes, then for the territories of each level."""
    indicators = context.catalog.indicators
    order = evaluation_order(indicators)
    findings: list[Finding] = []
    for key in order:
        if indicators[key].rule not in DERIVED:
            context.done[key], noted = commune_series(key, indicators[key], context)
            findings += noted
    finest, *others = (str(level) for level in context.membership.columns)
    groups = {level: groups_of(context.membership[level]) for level in others}
    everyone = pd.Series("", index=context.membership.index, dtype="str")
    country = _carried(context, order, COUNTRY, groups_of(everyone), {}, findings)
    figures: dict[str, Mapping[str, Series]] = {COUNTRY: country}
    # Communes of which too little is known are not published, and still add what is known to the sums.
    base = {
        key: {period: known_enough(item, indicators[key].least_known) for period, item in series.items()}
        for key, series in context.done.items()
        if series
    }
    figures[finest] = _computed(indicators, order, base, country)
    for level in others:
        figures[level] = _carried(context, order, level, groups[level], country, findings)
    codes = {finest: context.communes, **{level: groups[level].codes for level in others}}
    return Levels(codes, figures), findings


def _carried(
    context: Context,
    order: list[str],
    level: str,
    groups: Groups,
    country: Mapping[str, Series],
    findings: list[Finding],
) -> dict[str, Series]:
    """Carry the communes up to a level; of the country nothing is told but its figures."""
    found: dict[str, Series] = {}
    for key in order:
        indicator = context.catalog.indicators[key]
        if indicator.rule == "none" and level != COUNTRY:
            found[key], noted = level_series(key, indicator, level, groups.codes, context)
            findings += noted
        elif indicator.rule in ("sum", "weighted_mean"):
            found[key] = {
                period: _up(context, key, indicator, figures, groups)
                for period, figures in context.done[key].items()
            }
    there = {key: series for key, series in found.items() if series}
    if level != COUNTRY:
        for key, series in there.items():
            findings += _short(context, key, level, groups, series)
    return _computed(context.catalog.indicators, order, there, country or there)


def _up(context: Context, key: str, indicator: Indicator, figures: Figures, groups: Groups) -> Figures:
    if indicator.rule == "weighted_mean":
        return average(figures, groups, indicator.least_known)
    total = add_up(figures, groups, indicator.least_known)
    links = context.links.get(key)
    return total if links is None else exact_again(total, figures, links, groups)


def _computed(
    indicators: Mapping[str, Indicator],
    order: list[str],
    there: Mapping[str, Series],
    country: Mapping[str, Series],
) -> dict[str, Series]:
    """Add the ratios and expressions whose terms all exist at the level."""
    found = dict(there)
    whole = dict(country)
    for key in order:
        indicator = indicators[key]
        if indicator.rule not in DERIVED or any(name not in found for name in terms(indicator)):
            continue
        if key not in whole and all(name in whole for name in terms(indicator)):
            whole[key] = computed_series(key, indicator, whole, whole)
        found[key] = computed_series(key, indicator, found, whole)
    return found


def _short(context: Context, key: str, level: str, groups: Groups, series: Series) -> list[Finding]:
    """Tell of the territories whose last figure lacks some communes, or is not published at all."""
    figures = series[max(series, key=lambda period: period or "")]
    base = context.done[key]
    findings: list[Finding] = []
    partial = figures.codes[figures.status == Status.PARTIAL]
    empty = figures.codes[figures.status >= Status.SECRET]
    lacking = _lacking(base, groups)
    source = _source(context, key)

    def one(code: str) -> str:
        known = figures.known[figures.codes.get_loc(code)]
        names = lacking(code)
        told = f"; without a value: {names}" if names else ""
        what = f"known for {known:.1%} of its weight" if known > 0 else "not published: too little is known"
        return f"{key} of {code} (level {level}) is {what}{told}."

    for rule, codes, what in (("partial-sum", partial, "partial"), ("no-value", empty, "not published")):
        told = [str(code) for code in codes]
        findings += notes(
            rule, source, told, one, f"{key} of {len(told)} territories of level {level} is {what}", key=key
        )
    return findings


def _lacking(base: Series, groups: Groups) -> Callable[[str], str]:
    """Return what lists, for a territory, the first communes without a figure in the last period."""
    if not base:
        return lambda _: ""
    figures = base[max(base, key=lambda period: period or "")]
    if len(figures.codes) != len(groups.of):
        return lambda _: ""
    without = np.isin(figures.status, (Status.SECRET, Status.MISSING))

    def listed_of(code: str) -> str:
        names = figures.codes[without & (groups.of == groups.codes.get_loc(code))]
        return ", ".join(map(str, names[:10])) + (", …" if len(names) > 10 else "")

    return listed_of


def _source(context: Context, key: str) -> str:
    parts = context.catalog.indicators[key].parts
    return parts[0].source if parts else ""
