"""Indicators of the communes, from the columns of the source files or from the outlines."""

from collections.abc import Mapping

import geopandas
import pandas as pd

from layers.indicator_spec import Indicator, Part, Regroup
from preprocess.areas import areas_km2
from preprocess.findings import Finding
from preprocess.sources import Sources
from preprocess.validate import refuse_duplicates, typed

STEP = "aggregate"


def commune_values(
    indicators: Mapping[str, Indicator],
    outlines: geopandas.GeoDataFrame,
    sources: Sources,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the summed indicators of each commune, float64, indexed by ``outlines.code``.

    Every code of a source that is no commune, and every commune that ends without a value, is a
    finding.
    """
    communes = pd.Index(outlines["code"], name="commune", dtype="str")
    columns: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    for key, indicator in indicators.items():
        if indicator.rule != "sum":
            continue
        if indicator.computed == "area":
            columns[key] = pd.Series(areas_km2(outlines.geometry.to_numpy()), index=communes)
            continue
        columns[key], noted = _from_parts(key, indicator, communes, sources)
        findings += noted
    return pd.DataFrame(columns, index=communes, dtype="float64"), findings


def _from_parts(
    key: str, indicator: Indicator, communes: pd.Index, sources: Sources
) -> tuple[pd.Series, list[Finding]]:
    """Put the parts one after the other; a commune that two parts give keeps the first."""
    values = pd.Series(dtype="float64")
    findings: list[Finding] = []
    for part in indicator.parts:
        found, noted = _read_part(indicator, part, sources)
        findings += noted
        found, noted = regroup(found, indicator.regroup, key, part.source)
        findings += noted
        for code in found.index.intersection(values.index):
            text = f"{key} of {code} was already given by an earlier file; this value was left out."
            findings.append(_finding("given-twice", part.source, str(code), text))
        for code in found.index.difference(communes):
            text = f"{key}: {code} is no commune on the map; its value ({found[code]:g}) counts nowhere."
            findings.append(_finding("unknown-code", part.source, str(code), text))
        fresh = found[~found.index.isin(values.index)]
        values = fresh if values.empty else pd.concat([values, fresh])
    placed = values.reindex(communes)
    first = indicator.parts[0].source
    for code in placed.index[placed.isna()]:
        text = f"Commune {code} has no {key} in any of its files."
        findings.append(_finding("commune-without-value", first, str(code), text))
    return placed, findings


def _read_part(indicator: Indicator, part: Part, sources: Sources) -> tuple[pd.Series, list[Finding]]:
    """Return the non-null values of one column, float64, by full commune code."""
    table = sources.table(part.source, [part.key, part.value])
    findings = [
        _finding("empty-code", part.source, f"row {row + 1}", f"Row {row + 1} has no {part.key}.")
        for row in table.index[table[part.key].isna()]
    ]
    table = table.dropna(subset=[part.key])
    refuse_duplicates(sources.place(part.source), part.key, table[part.key])
    codes = part.key_prefix + table[part.key]
    numbers, noted = typed(table[part.value], indicator.type, codes, source=part.source, column=part.value)
    return numbers.astype("float64").set_axis(codes.array).dropna(), findings + noted


def regroup(
    values: pd.Series, groups: tuple[Regroup, ...], key: str, source: str
) -> tuple[pd.Series, list[Finding]]:
    """Replace the codes that stand for one commune together by the sum on that commune.

    A file that gives the commune as well as its parts keeps the commune's own value.
    """
    findings: list[Finding] = []
    for group in groups:
        width = len(group.commune) - len(group.prefix)
        codes = [f"{group.prefix}{n:0{width}d}" for n in range(group.first, group.last + 1)]
        present = [code for code in codes if code in values.index]
        if not present:
            continue
        total = values[present].sum()
        values = values.drop(index=present)
        if group.commune in values.index:
            text = f"{key} of {group.commune} is given; its {len(present)} parts were not added to it."
            findings.append(_finding("regroup-ignored", source, group.commune, text, info=True))
            continue
        values[group.commune] = total
        missing = [code for code in codes if code not in present]
        if missing:
            text = f"{key} of {group.commune} is a sum that lacks {', '.join(missing)}."
            findings.append(_finding("regroup-incomplete", source, group.commune, text))
        else:
            text = f"{key} of {group.commune} is the sum of {codes[0]} to {codes[-1]}."
            findings.append(_finding("regrouped", source, group.commune, text, info=True))
    return values, findings


def _finding(rule: str, source: str, key: str, message: str, *, info: bool = False) -> Finding:
    return Finding(
        severity="info" if info else "warning",
        step=STEP,
        rule=rule,
        source=source,
        key=key,
        message=message,
    )
