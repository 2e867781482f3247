"""A partner's file from end to end: read, held against the lists, mended where sure, the good rows kept."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from layers.partners import Partner
from preprocess.findings import Finding
from preprocess.partners.codes import known_codes
from preprocess.partners.guess import guess_key
from preprocess.partners.lists import Lists
from preprocess.partners.notes import Notes, UnusableError
from preprocess.partners.numbers import read_numbers
from preprocess.partners.table import Table, find_column, read_table

SHOWN = 8
"""Rows of one code that are listed."""

KEY = "partner code"
"""The column of codes in a checked table."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file gave: ``table`` has `KEY` and the declared columns, all as text, null for none.

    A row a code, each known and there once. ``read`` counts the rows under the header, ``kept`` those of the
    table; the table is None where nothing can be used.
    """

    table: pd.DataFrame | None
    read: int
    kept: int
    findings: tuple[Finding, ...]


def check(partner: Partner, lists: Lists) -> Checked:
    """Check the file of a partner against its declaration and the lists of codes."""
    notes = Notes(partner.source_id)
    file = partner.declared.file
    rows = 0
    try:
        table = read_table(partner.path, file, notes)
        rows = len(table.rows)
        frame = _checked(partner, table, lists, notes)
    except UnusableError as error:
        notes.say("partner-unusable", "", f"{error}.".replace("..", "."))
        return Checked(None, rows, 0, tuple(notes.findings))
    values = len(frame) * (len(frame.columns) - 1) - int(frame.isna().to_numpy().sum())
    text = f"{len(frame)} of {rows} rows were kept, with {values} figures."
    notes.say("partner-kept", "", text, "info")
    return Checked(frame, rows, len(frame), tuple(notes.findings))


def _checked(partner: Partner, table: Table, lists: Lists, notes: Notes) -> pd.DataFrame:
    file = partner.declared.file
    key = find_column(partner.path, table.columns, file.key, notes) if file.key else None
    if key is None:
        key = guess_key(table, file.level, file.edition, lists)
        if key is None:
            raise UnusableError(
                f"{partner.path.name}: no column has codes of level {file.level}; name it in `key`"
            )
        notes.say("partner-form", "", f"Column {key!r} was taken for that of the codes.", "info")
    columns = {name: find_column(partner.path, table.columns, name, notes) for name in file.names()}
    lines = [number for number, _ in table.rows]
    codes = known_codes(table.column(key), lines, file.level, file.edition, lists, notes)
    if not any(codes):
        raise UnusableError(f"{partner.path.name}: no row has a known code of level {file.level}")
    names = [code or f"row {line}" for code, line in zip(codes, lines, strict=True)]
    figures = {
        name: read_numbers(table.column(column), names, column, file, partner.declared.type, notes)
        for name, column in columns.items()
    }
    kept = _once(codes, lines, figures, notes)
    frame = pd.DataFrame({KEY: pd.Series([codes[row] for row in kept], dtype="str")})
    for name, values in figures.items():
        frame[name] = pd.Series([values[row] for row in kept], dtype="str")
    if frame[list(figures)].isna().to_numpy().all():
        raise UnusableError(f"{partner.path.name}: no row has both a known code and a figure")
    return frame


def _once(
    codes: Sequence[str | None], lines: Sequence[int], figures: dict[str, list[str | None]], notes: Notes
) -> list[int]:
    """Return the rows to keep: of those that agree on a code the first, of those that contradict none."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, code in enumerate(codes):
        if code is not None:
            rows[code].append(row)
    kept = []
    for code, group in rows.items():
        said = [tuple(values[row] for values in figures.values()) for row in group]
        full = [row for row, each in zip(group, said, strict=True) if any(cell is not None for cell in each)]
        more = f" and {len(group) - SHOWN} more" if len(group) > SHOWN else ""
        listed = ", ".join(str(lines[row]) for row in group[:SHOWN]) + more
        if len(set(said)) == 1 or len(full) == 1:
            kept.append((full or group)[0])
            if len(group) > 1:
                text = f"{code} is on rows {listed}, which do not contradict; one of them counts."
                notes.say("partner-twice-same", code, text, "repair")
        else:
            text = f"{code} is on rows {listed} with other figures; none of them was kept."
            notes.say("partner-twice", code, text)
    return sorted(kept)
