"""The zone of each commune, from a list that may mix editions of the list of communes."""

import pandas as pd

from layers.labour_spec import Labour, ZoneList
from layers.spec import Source
from preprocess.crossing import cross
from preprocess.findings import Finding
from preprocess.history import History
from preprocess.labour.cells import finding
from preprocess.passages import Origin
from preprocess.sources import Sources
from preprocess.validate import refuse_duplicates

SHOWN = 12


def commune_zones(
    listed: ZoneList, source: Source, communes: pd.Index, history: History, folder: Sources, width: int
) -> tuple[pd.Series, list[Finding]]:
    """Return the zone of each of `communes` (null where the list leads to none), and findings.

    A commune's own row tells its zone, whatever the list says of communes that have merged into it. One that
    has no row takes the zone of the rows that have become it: of the largest share of them, the first of
    equal ones.
    """
    table = folder.table(listed.source, [listed.commune, listed.zone])
    rows = table.dropna()
    refuse_duplicates(folder.place(listed.source), listed.commune, rows[listed.commune])
    zones = rows.set_index(listed.commune)[listed.zone].str.zfill(width)
    own = zones.reindex(communes)
    findings = _about_rows(listed, table, zones, communes)
    lacking = communes[own.isna()]
    if lacking.empty:
        return own, findings
    origin = Origin(listed.source, int(source.edition or history.edition))
    crossing = cross(history, origin, zones.index)
    parts = pd.DataFrame(
        {
            "commune": crossing.reached.to_numpy()[crossing.new],
            "zone": zones.to_numpy()[crossing.old],
            "share": crossing.share,
        }
    )
    parts = parts[parts["commune"].isin(lacking)]
    weights = parts.groupby(["commune", "zone"], sort=True)["share"].sum().reset_index()
    best = weights.sort_values(["commune", "share"], ascending=[True, False], kind="stable")
    found = best.drop_duplicates("commune").set_index("commune")["zone"]
    doubtful = weights[weights["commune"].duplicated(keep=False)]
    for commune, group in doubtful.groupby("commune"):
        text = (
            f"{commune} is made of communes of zones {', '.join(group['zone'])}; it went to {found[commune]}."
        )
        findings.append(finding("labour-zone-divided", listed.source, str(commune), text))
    own = own.fillna(found)
    none = communes[own.isna()]
    if len(none):
        text = f"The list leads to no zone for {_some(none)}; no figure reaches them."
        findings.append(finding("labour-zone-lacking", listed.source, "", text))
    return own, findings


def compare(labour: Labour, zones: dict[str, pd.Series]) -> list[Finding]:
    """Say how many communes are in another zone in the list to compare with."""
    if labour.compared is None:
        return []
    other = zones[labour.compared]
    findings = []
    for key in dict.fromkeys(year.zones for year in labour.years):
        both = zones[key].notna() & other.notna()
        moved = zones[key].index[both & (zones[key] != other)]
        text = (
            f"{len(moved)} of {int(both.sum())} communes are in another zone (or in one of another code) in "
            f"{labour.zones[labour.compared].source}: {_some(moved)}."
        )
        findings.append(finding("labour-zones-compared", labour.zones[key].source, "", text, severity="info"))
    return findings


def _about_rows(listed: ZoneList, table: pd.DataFrame, zones: pd.Series, communes: pd.Index) -> list[Finding]:
    empty = table.index[table[listed.commune].isna() | table[listed.zone].isna()]
    findings = [
        finding(
            "empty-code",
            listed.source,
            f"row {row + 1}",
            f"Row {row + 1} lacks a commune or a zone; left out.",
        )
        for row in empty
    ]
    older = zones.index.difference(communes)
    if len(older):
        text = (
            f"{len(older)} of {len(zones)} rows are of codes that are no communes of the map (merged since, "
            f"arrondissements, or elsewhere): {_some(older)}; "
            f"{len(zones) - len(older)} communes have a row of their own."
        )
        findings.append(finding("labour-zone-older", listed.source, "", text, severity="info"))
    return findings


def _some(codes: pd.Index) -> str:
    told = ", ".join(str(code) for code in codes[:SHOWN])
    return f"{told} and {len(codes) - SHOWN} more" if len(codes) > SHOWN else told or "none"
