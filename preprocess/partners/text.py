"""The bytes of a partner's file as rows of cells: its kind, its encoding, its separator, its quotes."""

import csv
import io
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from layers.partners import PartnerFile
from preprocess.partners.notes import Notes, UnusableError

MAX_BYTES = 200_000_000
SEPARATORS = (";", ",", "\t", "|")
TRIED = 60
"""Lines that are looked at to find the separator."""

NAMES = {";": "semicolons", ",": "commas", "\t": "tabulators", "|": "bars"}
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
OTHERS = {
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive: unpack it",
    b"PAR1": "a Parquet file: export it as CSV",
    b"\x89PNG": "an image",
}

Row = tuple[int, list[str]]
"""The number of a row in the file, from 1, and its cells without surrounding blanks."""


def read_rows(path: Path, file: PartnerFile, notes: Notes) -> list[Row]:
    """Return every row that has a cell, header among them; raise `UnusableError` for what is no table."""
    data = _read(path)
    if data.startswith(WORKBOOKS):
        if path.suffix.lower() not in (".xlsx", ".xls"):
            notes.say("partner-form", "", f"{path.name} is a workbook in spite of its name.", "info")
        rows = _workbook(path, data, file, notes)
    else:
        if path.suffix.lower() in (".xlsx", ".xls"):
            notes.say("partner-form", "", f"{path.name} is no workbook but a text.", "info")
        rows = _text(path, data, file, notes)
    filled = [(number, cells) for number, cells in rows if any(cells)]
    empty = len(rows) - len(filled)
    if empty:
        notes.say("partner-empty-row", "", f"{empty} empty rows were passed over.", "info")
    if not filled:
        raise UnusableError(f"{path.name}: no row has a cell; send the table again")
    return filled


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnusableError(f"{path.name}: over {MAX_BYTES // 1_000_000} MB; is it the table?")
        data = path.read_bytes()
    except OSError as error:
        raise UnusableError(f"{path.name}: cannot be read: {error.strerror}") from error
    if not data.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise UnusableError(f"{path.name}: the file is empty; send it again")
    for magic, what in OTHERS.items():
        if data.startswith(magic):
            raise UnusableError(f"{path.name}: it is {what}; a CSV or an XLSX is wanted")
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise UnusableError(f"{path.name}: it is a web page or XML, not a table; download the file itself")
    if head.startswith((b"{", b"[{")):
        raise UnusableError(f"{path.name}: it is JSON, not a table; export it as CSV")
    return data


def _workbook(path: Path, data: bytes, file: PartnerFile, notes: Notes) -> list[Row]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if file.sheet is not None and file.sheet not in book.sheet_names:
            listed = ", ".join(book.sheet_names)
            raise UnusableError(f"{path.name}: no sheet {file.sheet!r} among: {listed}")
        sheets = [file.sheet] if file.sheet is not None else book.sheet_names
        tables = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in sheets}
    except (CalamineError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UnusableError(
            f"{path.name}: cannot be read as a workbook ({reason}); it may be damaged, or locked by a "
            "password: save it again, or as CSV"
        ) from error
    name = max(tables, key=lambda each: len(tables[each]))
    if len(tables) > 1:
        notes.say("partner-form", "", f"Of {len(tables)} sheets, {name!r} was read: the longest.", "info")
    return [(number, [_cell(cell) for cell in cells]) for number, cells in enumerate(tables[name], start=1)]


def _cell(value: object) -> str:
    """Write a cell of a workbook as text: 1001.0 as ``1001``, a date as ``2024-01-31``."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime | date | time | timedelta):
        return str(value)
    return str(value).strip()


def _text(path: Path, data: bytes, file: PartnerFile, notes: Notes) -> list[Row]:
    text = _decoded(path, data, file, notes)
    if "\x00" in text:
        text = text.replace("\x00", "")
        notes.say("partner-form", "", "Null bytes were taken out of the text.", "repair")
    separator = _separator(text, file, notes)
    return _split(text, separator, notes)


def _decoded(path: Path, data: bytes, file: PartnerFile, notes: Notes) -> str:
    """Decode with the declared encoding, or with the one that the bytes show."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    marked = next((name for mark, name in marks if data.startswith(mark)), None)
    tried = [file.encoding, marked, "utf-8", "cp1252", "latin-1"]
    for name in dict.fromkeys(name for name in tried if name is not None):
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if file.encoding is not None and name != file.encoding:
            notes.say("partner-form", "", f"The text is not {file.encoding}; it was read as {name}.")
        elif file.encoding is None and name not in ("utf-8", "utf-8-sig"):
            notes.say("partner-form", "", f"The text was read as {name}.", "info")
        return text
    raise UnusableError(f"{path.name}: its text can't be decoded; save it as CSV UTF-8")


def _separator(text: str, file: PartnerFile, notes: Notes) -> str:
    """Choose the separator that cuts most lines alike; a declared one that cuts none gives way."""
    lines = [line for line in text.splitlines()[: 2 * TRIED] if line.strip()][:TRIED]
    scores = {}
    for mark in dict.fromkeys([*([file.separator] if file.separator else []), *SEPARATORS]):
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=mark))
        common = max((width for width in widths if width > 1), key=lambda width: widths[width], default=1)
        scores[mark] = widths[common] if common > 1 else 0
    best = max(scores, key=lambda mark: scores[mark])
    if file.separator is None:
        if best not in (";", ",") and scores[best]:
            notes.say("partner-form", "", f"Columns are separated by {NAMES[best]}.", "info")
        return best
    if scores[file.separator] == 0 and scores[best]:
        notes.say("partner-form", "", f"No {file.separator!r} separates columns, but {NAMES[best]} do.")
        return best
    return file.separator


def _split(text: str, separator: str, notes: Notes) -> list[Row]:
    """Cut the text into rows of cells; where quotes do not match, they count as text."""
    lines = len(text.splitlines())
    for strict, quoted in ((True, True), (False, True), (False, False)):
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=separator,
            strict=strict,
            quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        )
        try:
            rows = [(reader.line_num, [cell.strip().strip('"') for cell in cells]) for cells in reader]
        except csv.Error:
            continue
        if not quoted:
            notes.say("partner-form", "", "A quotation mark is never closed; such marks were taken as text.")
            return rows
        if strict or len(rows) >= 0.9 * lines:
            return rows
    raise UnusableError("a cell of over 131,072 characters: is it the table?")
