"""Figures read from a column of a file: numbers, withheld cells, codes that together are one commune."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.indicator_spec import Category, Indicator, Part, Regroup
from preprocess.figures.notes import note
from preprocess.figures.table import Figures
from preprocess.findings import Finding
from preprocess.sources import Sources
from preprocess.validate import refuse_duplicates, typed
from tileserver.store.status import Status


def read_part(indicator: Indicator, part: Part, folder: Sources) -> tuple[Figures, list[Finding]]:
    """Return the figures of one column, a row for each row of the file that has a code.

    A cell that the part declares secret is *secret*, one that is empty, cannot be read or is of a code that
    the file does not cover is *missing*.
    """
    table = folder.table(part.source, [part.key, part.value])
    findings = [
        note("empty-code", part.source, f"row {row + 1}", f"Row {row + 1} has no {part.key}.")
        for row in table.index[table[part.key].isna()]
    ]
    table = table.dropna(subset=[part.key])
    refuse_duplicates(folder.place(part.source), part.key, table[part.key])
    codes = part.key_prefix + table[part.key]
    unknown = codes.str.startswith(part.not_covered) if part.not_covered else codes.isna()
    secret = table[part.value].isin(part.secret) & ~unknown
    cells = table[part.value].mask(secret | unknown)
    if indicator.categories:
        cells = _numbered(cells, indicator.categories)
    numbers, noted = typed(cells, indicator.type, codes, source=part.source, column=part.value)
    value = numbers.astype("float64").to_numpy(np.float64)
    status = np.where(secret, Status.SECRET, np.where(np.isnan(value), Status.MISSING, Status.OK))
    return _figures(codes.array, value, status), findings + noted


def regroup(figures: Figures, indicator: Indicator, key: str, source: str) -> tuple[Figures, list[Finding]]:
    """Replace the codes that stand for one commune together by that commune.

    Their figures add up, *partial* where one is lacking; under a rule other than ``sum`` they make none of
    the whole. A file that gives the commune as well as its parts keeps the commune's own figure.
    """
    findings: list[Finding] = []
    table = pd.DataFrame(
        {"value": figures.value, "status": figures.status, "known": figures.known}, index=figures.codes
    )
    for group in indicator.regroup:
        codes = group_codes(group)
        present = [code for code in codes if code in table.index]
        if not present:
            continue
        parts = table.loc[present]
        table = table.drop(index=present)
        if group.commune in table.index:
            text = f"{key} of {group.commune} is given; its {len(present)} parts were not added to it."
            findings.append(note("regroup-ignored", source, group.commune, text, "info"))
        elif indicator.rule == "sum":
            table.loc[group.commune] = _together(parts, len(codes))
            findings.append(_regrouped(key, source, group.commune, codes, parts))
        else:
            table.loc[group.commune] = (np.nan, float(Status.MISSING), 0.0)
            text = (
                f"{key} of the {len(present)} parts of {group.commune} makes none of the whole; it has none."
            )
            findings.append(note("regroup-impossible", source, group.commune, text))
    regrouped = _figures(table.index, table["value"].to_numpy(), table["status"].to_numpy())
    return replace(regrouped, known=table["known"].to_numpy(np.float64)), findings


def group_codes(group: Regroup) -> list[str]:
    """Return the codes that stand for a commune together."""
    width = len(group.commune) - len(group.prefix)
    return [f"{group.prefix}{n:0{width}d}" for n in range(group.first, group.last + 1)]


def _together(parts: pd.DataFrame, wanted: int) -> tuple[float, float, float]:
    """Return value, status and the share of the parts that is known."""
    there = parts["value"].notna()
    if not there.any():
        secret = (parts["status"] == Status.SECRET).any()
        return np.nan, float(Status.SECRET if secret else Status.MISSING), 0.0
    known = float(there.sum() / wanted)
    return float(parts["value"].sum()), float(Status.OK if known == 1 else Status.PARTIAL), known


def _regrouped(key: str, source: str, commune: str, codes: Sequence[str], parts: pd.DataFrame) -> Finding:
    given = set(parts.index[parts["value"].notna()])
    lacking = [code for code in codes if code not in given]
    if lacking:
        text = f"{key} of {commune} is a sum that lacks {', '.join(lacking)}."
        return note("regroup-incomplete", source, commune, text)
    text = f"{key} of {commune} is the sum of {codes[0]} to {codes[-1]}."
    return note("regrouped", source, commune, text, "info")


def _numbered(cells: pd.Series, categories: Sequence[Category]) -> pd.Series:
    """Write the number of each class for its words; words that are no class stay, to be refused."""
    numbers = {item.cell: str(item.value) for item in categories}
    return cells.map(lambda cell: numbers.get(cell, cell), na_action="ignore").astype("str")


def _figures(codes: Iterable[object], value: NDArray[np.floating], status: NDArray[np.integer]) -> Figures:
    state = np.asarray(status).astype(np.uint8)
    return Figures(
        codes=pd.Index(list(codes), dtype="str"),
        value=np.asarray(value, dtype=np.float64),
        status=state,
        known=(state <= Status.PARTIAL).astype(np.float64),
        weight=np.ones(len(state)),
    )
