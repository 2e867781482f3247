"""Figures known by zone only (zone d'emploi, bassin d'emploi), brought to the communes."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.indicator_spec import ShareOut
from preprocess.crossing import cross
from preprocess.figures.context import Context
from preprocess.figures.notes import note, notes
from preprocess.figures.table import Figures
from preprocess.findings import Finding
from preprocess.passages import Origin
from preprocess.validate import refuse_duplicates
from tileserver.store.status import Status


def zones_of_communes(share_out: ShareOut, context: Context) -> tuple[pd.Series, list[Finding]]:
    """Return the zone of each commune (text, null for none, by commune), read once a build.

    Communes of another edition lead to those of the reference. One that is made of communes of several
    zones gets that of the commune whose code it has, else the most frequent, and a finding says so.
    """
    name = f"{share_out.source} {share_out.zone} {share_out.commune}"
    if name in context.zones:
        return context.zones[name], []
    table = context.folder.table(share_out.source, [share_out.commune, share_out.zone]).dropna()
    refuse_duplicates(context.folder.place(share_out.source), share_out.commune, table[share_out.commune])
    codes = pd.Index(table[share_out.commune], dtype="str")
    zone = table[share_out.zone].set_axis(codes)
    edition = context.catalog.sources[share_out.source].edition
    findings: list[Finding] = []
    if edition is not None and edition != context.edition:
        crossing = cross(context.history, Origin(share_out.source, edition), codes, context.population)
        findings += crossing.findings
        parts = pd.DataFrame(
            {
                "commune": crossing.reached[crossing.new],
                "zone": zone.to_numpy()[crossing.old],
                "own": codes[crossing.old] == crossing.reached[crossing.new],
            }
        )
        zone, noted = _chosen(parts, share_out.source)
        findings += noted
    found = zone.reindex(context.communes)
    context.zones[name] = found
    return found, findings


def _chosen(parts: pd.DataFrame, source: str) -> tuple[pd.Series, list[Finding]]:
    """Choose one zone for each commune."""
    parts = parts.assign(times=parts.groupby(["commune", "zone"])["own"].transform("size"))
    ordered = parts.sort_values(["commune", "own", "times", "zone"], ascending=[True, False, False, True])
    several = parts.groupby("commune")["zone"].nunique()
    findings = [
        note(
            "zone-several",
            source,
            str(code),
            f"Commune {code} is made of communes of {several[code]} zones; it was given one of them.",
        )
        for code in several.index[several > 1]
    ]
    return ordered.drop_duplicates("commune").set_index("commune")["zone"], findings


def share_out_figures(
    figures: Figures, zone: pd.Series, weight: NDArray[np.float64], *, adds_up: bool
) -> Figures:
    """Give each commune its part of a figure of its zone, *estimated*.

    `zone` (text or null, n) and `weight` (n) are those of the communes. What `adds_up` is shared out by
    weight, in equal parts where a zone weighs nothing; anything else is given as it is. A commune without
    zone or (for a sum) without weight is *missing*.
    """
    row = figures.codes.get_indexer(pd.Index(zone.fillna("")))
    inside = row >= 0
    status = np.where(inside, figures.status[row], Status.MISSING).astype(np.uint8)
    value = np.where(inside, figures.value[row], np.nan)
    known = np.where(inside, figures.known[row], 0.0)
    status[status == Status.OK] = Status.ESTIMATED
    if adds_up:
        value = value * _shares(row, inside, weight)
        unknown = np.isnan(value) & (status <= Status.PARTIAL)
        status[unknown], known[unknown] = Status.MISSING, 0.0
    return Figures(
        codes=pd.Index(zone.index, dtype="str"), value=value, status=status, known=known, weight=weight
    )


def _shares(
    row: NDArray[np.int64], inside: NDArray[np.bool_], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    size = int(row.max(initial=-1)) + 1
    weighed = np.nan_to_num(weight)
    total = np.bincount(row[inside], weighed[inside], minlength=size)
    number = np.bincount(row[inside], minlength=size)
    share = np.full(len(row), np.nan)
    here = row[inside]
    empty = total[here] == 0
    share[inside] = np.where(
        empty, 1 / number[here], np.where(empty, 1, weight[inside]) / np.where(empty, 1, total[here])
    )
    return share


def unplaced_zones(key: str, source: str, figures: Figures, zone: pd.Series) -> list[Finding]:
    """Tell of the zones of a file in which no commune of the map lies."""
    lost = [str(code) for code in figures.codes.difference(pd.Index(zone.dropna().unique()))]
    return notes(
        "unknown-zone",
        source,
        lost,
        lambda code: f"{key}: {code} is the zone of no commune on the map; its figure counts nowhere.",
        f"{key}: {len(lost)} codes are the zone of no commune on the map; their figures count nowhere",
        key=key,
    )
