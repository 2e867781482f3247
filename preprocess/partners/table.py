"""The table in a partner's file: which row is the header, which columns are asked for, whole rows."""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from layers.partners import PartnerFile
from preprocess.partners.notes import Notes, UnusableError
from preprocess.partners.text import Row, read_rows

LOOKED_AT = 40
"""Rows from the top among which the header is looked for."""

NUMBER = re.compile(r"^[-+]?[\d\s.,\u00a0\u202f]+%?$")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name, and rows: their number in the file, and a cell a column."""

    columns: tuple[str, ...]
    rows: list[Row]

    def column(self, name: str) -> list[str]:
        """Return the cells of a column, in the order of rows."""
        at = self.columns.index(name)
        return [cells[at] for _, cells in self.rows]


def read_table(path: Path, file: PartnerFile, notes: Notes) -> Table:
    """Read the table of a file; raise `UnusableError` where there is none."""
    rows = read_rows(path, file, notes)
    wanted = [name for name in (file.key, *file.names()) if name is not None]
    at = _header(path, rows, file, wanted, notes)
    columns = _names(rows[at][1], wanted, notes)
    kept = []
    for number, cells in rows[at + 1 :]:
        if any(cells[len(columns) :]):
            text = f"Row {number} has {len(cells)} cells under {len(columns)} columns; it was left out."
            notes.say("partner-row-length", f"row {number}", text)
            continue
        kept.append((number, [*cells, *[""] * (len(columns) - len(cells))][: len(columns)]))
    if not kept:
        raise UnusableError(f"{path.name}: no row under the header (row {rows[at][0]}); send the table again")
    return Table(columns, kept)


def find_column(path: Path, columns: Sequence[str], wanted: str, notes: Notes) -> str:
    """Return the name of a column as the file writes it: accents, case and blanks aside."""
    if wanted in columns:
        return wanted
    same = [name for name in columns if _plain(name) == _plain(wanted)]
    if len(same) == 1:
        notes.say("partner-form", "", f"Column {same[0]!r} was taken for {wanted!r}.", "info")
        return same[0]
    close = difflib.get_close_matches(wanted, columns, n=1, cutoff=0.5)
    hint = f"; the closest is {close[0]!r}" if close else ""
    listed = ", ".join(columns[:30]) + (", …" if len(columns) > 30 else "")
    raise UnusableError(f"{path.name}: no column {wanted!r} among: {listed}{hint}")


def _plain(name: str) -> str:
    split = unicodedata.normalize("NFD", name.casefold())
    return re.sub(r"[^a-z0-9]", "", split)


def _header(path: Path, rows: list[Row], file: PartnerFile, wanted: list[str], notes: Notes) -> int:
    """Return the place of the header in `rows`: the declared row, the one with the names, or a likely one."""
    if file.header_row is not None:
        place = next((n for n, (number, _) in enumerate(rows) if number == file.header_row), None)
        if place is None:
            raise UnusableError(
                f"{path.name}: row {file.header_row}, the declared header, is empty or not there"
            )
        return place
    plain = {_plain(name) for name in wanted}
    head = rows[:LOOKED_AT]
    hits = [len(plain & {_plain(cell) for cell in cells}) for _, cells in head]
    if any(hits):
        place = hits.index(max(hits))
    else:
        usual = Counter(sum(map(bool, cells)) for _, cells in head).most_common(1)[0][0]
        likely = [
            n for n, (_, cells) in enumerate(head) if sum(map(bool, cells)) >= usual and not _figures(cells)
        ]
        place = likely[0] if likely else 0
    if place:
        notes.say("partner-form", "", f"The header was found on row {rows[place][0]}.", "info")
    return place


def _figures(cells: list[str]) -> bool:
    return any(NUMBER.match(cell) for cell in cells if cell)


def _names(cells: list[str], wanted: list[str], notes: Notes) -> tuple[str, ...]:
    """Return the names of the columns; an empty one gets its place, one that is there twice a number."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"column {place}"
        if name in names:
            text = f"Two columns are called {name!r}; the first was read."
            notes.say("partner-column-twice", "", text, "warning" if name in wanted else "info")
            name = f"{name} ({place})"
        names.append(name)
    return tuple(names)
