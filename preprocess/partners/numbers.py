"""Figures as people write them: decimal commas, blanks between thousands, units, words for *none*."""

import math
import re
from collections import Counter
from collections.abc import Sequence

from layers.partners import PartnerFile
from preprocess.partners.notes import Notes

BLANKS = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'’"), None)
UNITS = re.compile(r"\s*(%|€|euros?|k€|ha|km²|km2|m²|m2)$", re.IGNORECASE)
ERRORS = ("#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#VALEUR!", "#NOM?", "#NOMBRE!")
NONE = {
    *(
        "-",
        "–",
        "—",
        "--",
        ".",
        "..",
        "...",
        "…",
        "/",
        "na",
        "n/a",
        "n.a.",
        "nd",
        "n.d.",
        "n.d",
        "nc",
        "n.c.",
    ),
    *("nr", "n.r.", "null", "none", "nan", "ns", "vide", "nsp"),
}
SECRET = {"s", "ss", "*", "**", "***", "secret", "c", "confidentiel"}
DATE = re.compile(
    r"^\d{4}-\d{2}-\d{2}|^\d{1,2}/\d{1,2}/\d{2,4}$|^\d{1,2}[-. ][a-zûé]{3,9}\.?(?:[-. ]\d{2,4})?$",
    re.IGNORECASE,
)
THOUSANDS = {",": re.compile(r"^[-+]?\d{1,3}(,\d{3})+$"), ".": re.compile(r"^[-+]?\d{1,3}(\.\d{3})+$")}
PLAIN = re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")


def read_numbers(
    cells: Sequence[str], keys: Sequence[str], name: str, file: PartnerFile, kind: str, notes: Notes
) -> list[str | None]:
    """Return each cell as a plain number in text, a secret cell as it is, None where there is none.

    `keys` names the rows, `name` the column; `kind` is ``integer`` or ``number``.
    """
    decimal = file.decimal or _decimal(cells, name, kind, notes)
    words: Counter[str] = Counter()
    units: Counter[str] = Counter()
    found: list[str | None] = []
    for cell, key in zip(cells, keys, strict=True):
        text = cell.strip()
        if text in file.secret:
            found.append(text)
            continue
        if not text or text in file.null:
            found.append(None)
            continue
        unit = UNITS.search(text)
        number = _number(text if unit is None else text[: unit.start()], decimal)
        if number is None:
            found.append(None)
            _unreadable(text, key, name, words, notes)
            continue
        if unit is not None:
            units[unit.group(1)] += 1
        found.append(_bounded(number, key, name, file, kind, notes))
    for unit_name, count in units.items():
        text = f"{name}: {unit_name!r} was taken off {count} figures."
        notes.say("partner-unit", "", text, "repair")
    for word, count in words.items():
        text = f"{name}: {word!r} ({count} times) was taken as no figure; declare it in `null` if it is that."
        notes.say("partner-no-figure", "", text, "info")
    return found


def _number(text: str, decimal: str) -> float | None:
    other = "." if decimal == "," else ","
    plain = text.translate(BLANKS).replace(other, "").replace(decimal, ".").replace("\u2212", "-")
    if not PLAIN.match(plain):
        return None
    value = float(plain)
    return value if math.isfinite(value) else None


def _decimal(cells: Sequence[str], name: str, kind: str, notes: Notes) -> str:
    """Tell the decimal mark of a column: the last mark of the cells that have both, else the only one."""
    marked = [UNITS.sub("", cell.strip()).translate(BLANKS) for cell in cells]
    both = [cell for cell in marked if "," in cell and "." in cell and re.search(r"\d", cell)]
    if both:
        decimal = "," if sum(cell.rfind(",") > cell.rfind(".") for cell in both) * 2 > len(both) else "."
        other = "." if decimal == "," else ","
        notes.say("partner-form", "", f"{name}: {other!r} was read as the mark of thousands.", "info")
        return decimal
    for mark, rest in ((",", "."), (".", ",")):
        there = [cell for cell in marked if mark in cell and re.match(r"^[-+]?[\d.,]+$", cell)]
        if not there:
            continue
        grouped = all(THOUSANDS[mark].match(cell) for cell in there)
        if (grouped and kind == "integer") or any(cell.count(mark) > 1 for cell in there):
            notes.say("partner-form", "", f"{name}: {mark!r} was read as the mark of thousands.", "info")
            return rest
        if mark == ",":
            notes.say("partner-form", "", f"{name}: the comma was read as the decimal mark.", "info")
        return mark
    return "."


def _unreadable(text: str, key: str, name: str, words: Counter[str], notes: Notes) -> None:
    """Say why a cell is no number; words for *none* are counted."""
    if text.lower() in NONE:
        words[text] += 1
    elif text.upper() in ERRORS:
        notes.say("partner-excel-error", key, f"{name} is {text}, an error of a formula; it has no figure.")
    elif text.lower() in SECRET:
        told = f"{name} is {text!r}, which may mean withheld: declare it in `secret`; it has no figure."
        notes.say("partner-secret-word", key, told)
    elif DATE.match(text):
        told = f"{name} is {text!r}, a date that a spreadsheet may have made of a number; it has no figure."
        notes.say("partner-date", key, told)
    else:
        notes.say("partner-not-a-number", key, f"{name} is {text[:60]!r}, not a number; it has no figure.")


def _bounded(number: float, key: str, name: str, file: PartnerFile, kind: str, notes: Notes) -> str | None:
    """Write a number in its shortest form; None where it cannot be one of the column."""
    if kind == "integer" and not (number.is_integer() and abs(number) <= 2**53):
        notes.say("partner-not-whole", key, f"{name} is {number:g}, not a whole number; it has no figure.")
        return None
    for bound, beyond, word in (
        (file.min, file.min is not None and number < file.min, "below the least"),
        (file.max, file.max is not None and number > file.max, "above the most"),
    ):
        if beyond:
            told = f"{name} is {number:g}, {word}, {bound:g}; it has no figure."
            notes.say("partner-out-of-range", key, told)
            return None
    return str(int(number)) if number.is_integer() else repr(number)
