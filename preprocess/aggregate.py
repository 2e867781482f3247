"""Indicators up the levels, from the communes, by the declared rule.

Raw values are float64 with NaN for *no data*, exact for whole numbers up to 2⁵³, and are rounded only
at the very end: a ratio divides the unrounded sums of its own level. A sum runs over the members that
have a value; with none it is null, with some missing it stands and a finding says what is missing.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from layers.indicator_spec import Indicator
from layers.indicators import evaluation_order
from preprocess.findings import Finding

STEP = "aggregate"
SHOWN = 10


def carry_up(
    base: pd.DataFrame, territory: pd.Series, level: str, sources: Mapping[str, str]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Add the communes up to the territories of one level.

    `base`: float64, one column an indicator, indexed by commune. `territory`: on the same index, the
    code of each commune's territory or null. `sources`: indicator → source id, for the findings.
    Returns one row a territory, indexed by its code, sorted.
    """
    groups = base.groupby(territory.rename("code"), sort=True)
    sums = groups.sum(min_count=1)
    filled, members = groups.count(), groups.size()
    findings: list[Finding] = []
    for column in base.columns:
        short = filled.index[filled[column] < members]
        for code in short:
            count = int(filled.loc[code, column])
            inside = territory.index[territory == code]
            lacking = [str(commune) for commune in inside if pd.isna(base.loc[commune, column])]
            shown = ", ".join(lacking[:SHOWN]) + (", …" if len(lacking) > SHOWN else "")
            what = "no value" if count == 0 else f"the sum of {count} of {members[code]} communes"
            findings.append(
                Finding(
                    severity="warning",
                    step=STEP,
                    rule="partial-sum" if count else "no-value",
                    source=sources.get(column, ""),
                    key=str(code),
                    message=f"{column} of {code} (level {level}) is {what}; without a value: {shown}.",
                )
            )
    return sums, findings


def with_ratios(raw: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Return `raw` with a column for each indicator, in declared order, ratios computed.

    A ratio whose denominator is zero or null is null.
    """
    values = raw.copy()
    for key in evaluation_order(indicators):
        indicator = indicators[key]
        if indicator.rule == "ratio":
            below = values[str(indicator.denominator)]
            values[key] = values[str(indicator.numerator)] / below.mask(below == 0)
    return values[list(indicators)]


def rounded(raw: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Return the values as they are published: ``Int64``, or float64 at the declared precision."""
    result = pd.DataFrame(index=raw.index)
    for key, indicator in indicators.items():
        values = np.round(raw[key].to_numpy(dtype=np.float64), indicator.precision)
        column = pd.Series(values, index=raw.index)
        result[key] = column.astype("Int64") if indicator.type == "integer" else column
    return result
