"""Who belongs to whom: one row a commune, one nullable column a level. The only truth on nesting.

A level declared with ``commune`` is read as it stands. A level declared with ``member`` (the
Territoires d'industrie) lists members of several kinds, each looked up in the code lists of ``via``
in their order, from the widest kind to the narrowest. Where two territories claim one commune, the
member found in the *later* list wins (a single commune over an EPT over an EPCI), and between members
of one list the first in the file; either way a finding says so.
"""

from dataclasses import dataclass

import pandas as pd

from layers.levels import finest_layer, level_columns, territory_layers
from layers.spec import Layer, Membership
from preprocess.findings import Finding
from preprocess.sources import Sources
from preprocess.validate import refuse_duplicates

STEP = "membership"


@dataclass(frozen=True, slots=True)
class Nesting:
    """``table``: one row a commune, a column a level. ``names``: layer id → code → name."""

    table: pd.DataFrame
    names: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Claims:
    """What one source says of one level.

    ``of``: commune → code of its territory, null for none. ``names``: code → name, in file order.
    """

    of: pd.Series
    names: dict[str, str]


def build_membership(
    layers: dict[str, Layer], communes: pd.Series, sources: Sources
) -> tuple[Nesting, list[Finding]]:
    """Find the territory of each commune at each level.

    `communes`: the codes of the outlines, sorted, unique. The table keeps their order.
    """
    columns = level_columns(layers)
    finest_id, finest = finest_layer(layers)
    table = pd.DataFrame({columns[0]: communes.astype("str").to_numpy()})
    names: dict[str, dict[str, str]] = {}
    findings: list[Finding] = []
    compared: set[str] = set()
    for key, layer in territory_layers(layers).items():
        if key == finest_id or layer.membership is None:
            continue
        if layer.membership.commune is not None:
            claims, noted = _direct(layer.membership, sources)
            if layer.membership.source not in compared:
                compared.add(layer.membership.source)
                noted += _compare(claims.of, communes, layer.membership.source, str(finest.source))
        else:
            claims, noted = _by_members(layer.membership, communes, sources)
        findings += noted
        column = table[columns[0]].map(claims.of).astype("str")
        table[str(layer.level)] = column
        present = set(column.dropna())
        names[key] = {code: name for code, name in claims.names.items() if code in present}
        findings += _absent(layer.membership.source, str(layer.level), claims.names, present)
    return Nesting(table=table[list(columns)], names=names), findings


def _direct(membership: Membership, sources: Sources) -> tuple[Claims, list[Finding]]:
    """Read a table of one row a commune."""
    commune = str(membership.commune)
    table = sources.table(membership.source, [commune, membership.code, membership.name])
    refuse_duplicates(sources.place(membership.source), commune, table[commune])
    findings = [
        _finding("empty-code", membership.source, f"row {row + 1}", f"Row {row + 1} has no {commune}.")
        for row in table.index[table[commune].isna()]
    ]
    table = table.dropna(subset=[commune])
    names, noted = _names(table, membership)
    return Claims(of=table.set_index(commune)[membership.code], names=names), findings + noted


def _names(table: pd.DataFrame, membership: Membership) -> tuple[dict[str, str], list[Finding]]:
    """Return the name of each code: the first that the file gives, or the code itself."""
    rows = table.dropna(subset=[membership.code])
    pairs = rows[[membership.code, membership.name]].drop_duplicates()
    named = pairs.dropna(subset=[membership.name])
    names = dict.fromkeys(rows[membership.code].unique())
    findings = [
        _finding(
            "several-names",
            membership.source,
            str(code),
            f"{code} has several names: {', '.join(group)}; the first was kept.",
        )
        for code, group in named.groupby(membership.code)[membership.name]
        if len(group) > 1
    ]
    first = named.drop_duplicates(subset=[membership.code]).set_index(membership.code)[membership.name]
    names |= first.to_dict()
    findings += [
        _finding("without-name", membership.source, code, f"{code} has no name; its code stands for it.")
        for code, name in names.items()
        if name is None
    ]
    return {code: code if name is None else name for code, name in names.items()}, findings


def _compare(listed: pd.Series, communes: pd.Series, source: str, outlines: str) -> list[Finding]:
    """Say which communes are only in the list or only in the outlines."""
    in_list, drawn = set(listed.index), set(communes)
    return [
        _finding(
            "commune-without-outline",
            source,
            str(code),
            f"Commune {code} is in this list but has no outline in {outlines}; it is not on the map.",
        )
        for code in sorted(in_list - drawn)
    ] + [
        _finding(
            "commune-not-in-list",
            outlines,
            str(code),
            f"Commune {code} has an outline but is not in {source}; it belongs to no territory there.",
        )
        for code in sorted(drawn - in_list)
    ]


def _absent(source: str, level: str, names: dict[str, str], present: set[str]) -> list[Finding]:
    return [
        _finding(
            "territory-without-commune",
            source,
            code,
            f"{code} ({name}, level {level}) has no commune on the map; it was left out.",
        )
        for code, name in names.items()
        if code not in present
    ]


def _by_members(
    membership: Membership, communes: pd.Series, sources: Sources
) -> tuple[Claims, list[Finding]]:
    """Resolve a table of one row a member of a territory."""
    member = str(membership.member)
    table = sources.table(membership.source, [membership.code, membership.name, member])
    names, findings = _names(table, membership)
    lists = [_via_list(membership, rank, sources) for rank in range(len(membership.via))]
    claims: list[tuple[int, int, str, str, str]] = []
    drawn = set(communes)
    for row, code, found in zip(table.index, table[membership.code], table[member], strict=True):
        if not isinstance(code, str) or not isinstance(found, str):
            text = f"Row {row + 1} lacks {membership.code} or {member}; it was left out."
            findings.append(_finding("empty-code", membership.source, f"row {row + 1}", text))
            continue
        rank = next((n for n, known in enumerate(lists) if found in known), None)
        if rank is None:
            looked = ", ".join(via.source for via in membership.via)
            text = f"Member {found} of {code} is in none of {looked}; it adds no commune."
            findings.append(_finding("unknown-member", membership.source, found, text))
            continue
        covered = [commune for commune in lists[rank][found] if commune in drawn]
        findings += _member_findings(membership, code, found, rank, covered, lists[rank][found])
        claims += [(-rank, int(row), commune, code, found) for commune in covered]
    return _settle(claims, membership.source, names, findings)


def _via_list(membership: Membership, rank: int, sources: Sources) -> dict[str, list[str]]:
    """Return member code → its communes, from one code list."""
    via = membership.via[rank]
    table = sources.table(via.source, [via.member, via.commune]).dropna()
    found: dict[str, list[str]] = {}
    for code, commune in zip(table[via.member].tolist(), table[via.commune].tolist(), strict=True):
        found.setdefault(code, []).append(commune)
    return found


def _member_findings(
    membership: Membership, code: str, member: str, rank: int, covered: list[str], listed: list[str]
) -> list[Finding]:
    """Say when a member is of another kind than the first list, or has communes off the map."""
    via = membership.via[rank].source
    findings = []
    if rank > 0:
        first = membership.via[0].source
        findings.append(
            _finding(
                "member-of-other-kind",
                membership.source,
                member,
                f"Member {member} of {code} is not in {first}; it was found in {via} and covers "
                f"{len(listed)} commune{'s' if len(listed) > 1 else ''}.",
                info=True,
            )
        )
    missing = sorted(set(listed) - set(covered))
    if missing:
        text = f"Member {member} of {code} covers communes without outline: {', '.join(missing)}."
        findings.append(_finding("member-off-map", membership.source, member, text))
    return findings


def _settle(
    claims: list[tuple[int, int, str, str, str]],
    source: str,
    names: dict[str, str],
    findings: list[Finding],
) -> tuple[Claims, list[Finding]]:
    """Give each claimed commune to one territory; a claim is (−rank, row, commune, code, member)."""
    owner: dict[str, tuple[str, str]] = {}
    for _, _, commune, code, member in sorted(claims):
        if commune not in owner:
            owner[commune] = (code, member)
        elif owner[commune][0] != code:
            kept, winner = owner[commune]
            text = (
                f"Commune {commune} is claimed by {kept} (member {winner}) and by {code} (member "
                f"{member}); it was given to {kept}."
            )
            findings.append(_finding("claimed-twice", source, commune, text))
    of = pd.Series({commune: code for commune, (code, _) in owner.items()}, dtype="str")
    return Claims(of=of, names=names), findings


def _finding(rule: str, source: str, key: str, message: str, *, info: bool = False) -> Finding:
    return Finding(
        severity="info" if info else "warning",
        step=STEP,
        rule=rule,
        source=source,
        key=key,
        message=message,
    )
