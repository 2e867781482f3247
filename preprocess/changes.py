"""What a new version of a store says otherwise than the one before it: sources, rows, values, findings."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from preprocess.findings import Finding
from tileserver.errors import StoreError
from tileserver.store.integrity import current_digest, read_manifest
from tileserver.store.manifest import LayerEntry, Manifest

State = Literal["added", "removed", "changed"]
T = TypeVar("T")


class SourceChange(Struct, frozen=True, kw_only=True):
    """A source that is new, gone, or of other bytes."""

    id: str
    path: str
    state: State


class LayerChange(Struct, frozen=True, kw_only=True):
    """A layer that is new, gone, or says something else.

    ``rows_added`` and ``rows_removed`` count features; ``values`` gives, for each field of both versions in
    which some feature of both differs, how many; ``fields_added`` and ``fields_removed`` are ids.
    """

    id: str
    state: State
    rows_added: int = 0
    rows_removed: int = 0
    outlines: bool = False
    fields_added: tuple[str, ...] = ()
    fields_removed: tuple[str, ...] = ()
    values: dict[str, int] = {}


class Changes(Struct, frozen=True, kw_only=True):
    """What has changed since the version `before`; ``why_not`` tells why that could not be compared."""

    before: str | None
    why_not: str = ""
    sources: tuple[SourceChange, ...] = ()
    layers: tuple[LayerChange, ...] = ()
    findings_new: tuple[Finding, ...] = ()
    findings_gone: tuple[Finding, ...] = ()

    @property
    def none(self) -> bool:
        """Whether both versions say the same."""
        return not (self.sources or self.layers or self.findings_new or self.findings_gone)


class _Told(Struct):
    """What is read of the report of an earlier build."""

    findings: tuple[Finding, ...]


def version_before(store: Path) -> str | None:
    """Return the digest of the version of `store` that is in use, None where there is none."""
    try:
        return current_digest(store)
    except StoreError:
        return None


def compare(
    store: Path, before: str | None, digest: str, manifest: Manifest, findings: Iterable[Finding]
) -> Changes:
    """Compare the version `digest` of `store` with the version `before`."""
    if before is None:
        return Changes(before=None)
    try:
        old = read_manifest(store / before)
        told = msgspec.json.decode((store / "reports" / before / "report.json").read_bytes(), type=_Told)
        layers = _layers(store, (before, old), (digest, manifest))
    except (StoreError, OSError, msgspec.MsgspecError, pa.ArrowException) as error:
        return Changes(before=before, why_not=str(error))
    new, gone = Counter(findings), Counter(told.findings)
    return Changes(
        before=before,
        sources=_sources(old, manifest),
        layers=layers,
        findings_new=tuple((new - gone).elements()),
        findings_gone=tuple((gone - new).elements()),
    )


def _sources(old: Manifest, new: Manifest) -> tuple[SourceChange, ...]:
    before = {entry.id: entry for entry in old.sources}
    after = {entry.id: entry for entry in new.sources}
    return tuple(
        SourceChange(id=key, path=(after.get(key) or before[key]).path, state=state)
        for key, state in _states(before, after)
        if state != "changed" or before[key].digest != after[key].digest
    )


def _states(before: Mapping[str, T], after: Mapping[str, T]) -> list[tuple[str, State]]:
    """Return every key with its state; ``changed`` where both have it, which is to be looked at."""
    return [
        (key, "removed" if key not in after else "changed" if key in before else "added")
        for key in sorted({*before, *after})
    ]


def _layers(store: Path, old: tuple[str, Manifest], new: tuple[str, Manifest]) -> tuple[LayerChange, ...]:
    before = {entry.id: entry for entry in old[1].layers if entry.role == "features"}
    after = {entry.id: entry for entry in new[1].layers if entry.role == "features"}
    found = []
    for key, state in _states(before, after):
        if state == "changed":
            change = _layer(store / old[0], before[key], store / new[0], after[key])
            found += [] if change == LayerChange(id=key, state="changed") else [change]
        else:
            rows = (after if state == "added" else before)[key].count
            added, removed = (rows, 0) if state == "added" else (0, rows)
            found.append(LayerChange(id=key, state=state, rows_added=added, rows_removed=removed))
    return tuple(found)


def _layer(old_home: Path, old: LayerEntry, new_home: Path, new: LayerEntry) -> LayerChange:
    before, after = (_table(old_home / old.attributes), _table(new_home / new.attributes))
    ids = before.column("id").to_numpy(), after.column("id").to_numpy()
    _, left, right = np.intersect1d(ids[0], ids[1], assume_unique=True, return_indices=True)
    names = [[name for name in table.column_names if name != "id"] for table in (before, after)]
    values: dict[str, int] = {}
    for name in names[1]:
        if name in names[0]:
            count = _differing(before.column(name).take(left), after.column(name).take(right))
            values |= {name: count} if count else {}
    return LayerChange(
        id=new.id,
        state="changed",
        rows_added=len(ids[1]) - len(right),
        rows_removed=len(ids[0]) - len(left),
        outlines=old.geometry_digest != new.geometry_digest,
        fields_added=tuple(name for name in names[1] if name not in names[0]),
        fields_removed=tuple(name for name in names[0] if name not in names[1]),
        values=values,
    )


def _table(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def _differing(before: pa.ChunkedArray, after: pa.ChunkedArray) -> int:
    """Count the rows of two columns that differ; no data differs from any value."""
    if before.type != after.type:
        return len(after)
    one_is_null = pc.xor(pc.is_null(before), pc.is_null(after))
    differ = pc.fill_null(pc.not_equal(before, after), fill_value=False)
    return int(pc.sum(pc.or_(one_is_null, differ)).as_py() or 0)


def sentences(changes: Changes) -> list[str]:
    """Tell the changes in lines for the command line."""
    if changes.before is None:
        return []
    if changes.why_not:
        return [f"the version before, {changes.before}, can't be compared: {changes.why_not}"]
    if changes.none:
        return [f"nothing changed since {changes.before}"]
    lines = [f"changed since {changes.before}:"]
    lines += [f"  source {item.id} ({item.path}) {item.state}" for item in changes.sources]
    lines += [f"  layer {_told(item)}" for item in changes.layers]
    for title, findings in (("new", changes.findings_new), ("gone", changes.findings_gone)):
        counts = sorted(Counter(finding.rule for finding in findings).items())
        if counts:
            lines.append(f"  findings {title}: " + ", ".join(f"{rule} {count:,}" for rule, count in counts))
    return lines


def _told(change: LayerChange) -> str:
    """Tell one layer's changes: rows, outlines, fields, values."""
    if change.state != "changed":
        return f"{change.id} {change.state} ({change.rows_added + change.rows_removed:,} rows)"
    parts = []
    if change.rows_added or change.rows_removed:
        parts.append(f"{change.rows_added:,} rows more, {change.rows_removed:,} fewer")
    if change.outlines:
        parts.append("other outlines")
    parts += [f"{name} added" for name in change.fields_added]
    parts += [f"{name} removed" for name in change.fields_removed]
    parts += [f"{name} differs in {count:,}" for name, count in change.values.items()]
    return f"{change.id}: {', '.join(parts)}"
