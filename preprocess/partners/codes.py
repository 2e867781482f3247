"""The codes of a partner's rows: known ones, ones that are surely another spelling of a known one, others."""

import functools
import re
from collections import Counter
from collections.abc import Callable, Sequence

from preprocess.edition_fit import better_edition
from preprocess.partners.lists import Lists
from preprocess.partners.notes import Notes

SCIENTIFIC = re.compile(r"^\d[.,]?\d*[eE]\+?\d+$")
TOTALS = re.compile(r"^(total|ensemble|somme|france|source|note|champ|lecture|\*)", re.IGNORECASE)
CITIES = re.compile(r"^(751\d\d|6938\d|132\d\d)$")
MOSTLY = 0.5


def _whole(text: str) -> str:
    return re.sub(r"[.,]0+$", "", text)


def _bare(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f'’\"=]", "", text)


SPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("blanks or marks around them", _bare),
    ("a decimal part", lambda text: _whole(_bare(text))),
    ("small letters", lambda text: _whole(_bare(text)).upper()),
    ("capital letters", lambda text: _whole(_bare(text)).lower()),
)


def known_codes(
    cells: Sequence[str], rows: Sequence[int], level: str, edition: int | None, lists: Lists, notes: Notes
) -> list[str | None]:
    """Return the code of each row, None where it has none that is known.

    `rows` are the numbers of the rows in the file. All that is mended, and all that is left out, is noted.
    """
    valid = lists.valid(level, edition)
    mended: Counter[str] = Counter()
    shown: dict[str, str] = {}
    found: list[str | None] = []
    unknown: list[tuple[str, int]] = []
    for cell, row in zip(cells, rows, strict=True):
        code, how = match(cell, valid)
        if how:
            mended[how] += 1
            shown.setdefault(how, f"{cell!r} as {code}")
        if code is None:
            unknown.append((cell, row))
        found.append(code)
    for how, count in mended.items():
        text = f"{count} codes had {how} and were mended: {shown[how]}."
        notes.say("partner-code-mended", "", text, "repair")
    candidates = [
        code if code is not None else _padded(_bare(cell), valid)
        for code, cell in zip(found, cells, strict=True)
    ]
    _judge_edition(candidates, level, edition, lists, notes)
    _judge_level([cell for cell, _ in unknown], len(cells), level, lists, notes)
    for cell, row in unknown:
        _say_unknown(cell, row, level, edition or lists.edition, notes)
    return found


def match(cell: str, valid: frozenset[str]) -> tuple[str | None, str]:
    """Return the known code that a cell means, and what had to be mended in it; None where there is none."""
    if cell in valid:
        return cell, ""
    for how, spelling in SPELLINGS:
        text = spelling(cell)
        if text in valid:
            return text, how
    for text in dict.fromkeys((_whole(_bare(cell)), _whole(_bare(cell)).upper())):
        padded = _padded(text, valid)
        if padded in valid and padded != text:
            return padded, "lost a leading zero"
    for text in (f"ti-{_whole(_bare(cell))}", f"ti-{_whole(_bare(cell)).zfill(4)}"):
        if text in valid:
            return text, "lost their prefix"
    return None, ""


def _padded(text: str, valid: frozenset[str]) -> str:
    """Give a code of figures (and 2A, 2B) the leading zero that a spreadsheet took from it."""
    width = _width(valid)
    alike = text.isascii() and text.isalnum() and text[:1].isdigit()
    return text.zfill(width) if alike and width - 1 == len(text) else text


@functools.lru_cache(maxsize=16)
def _width(valid: frozenset[str]) -> int:
    """Return the usual length of the codes of a list."""
    return Counter(map(len, valid)).most_common(1)[0][0] if valid else 0


def _judge_edition(codes: Sequence[str], level: str, edition: int | None, lists: Lists, notes: Notes) -> None:
    """Say where the codes of communes fit another edition of their list better."""
    declared = edition or lists.edition
    if level != lists.finest or lists.history is None or declared is None:
        return
    looked = [code for code in codes if len(code) == 5 and code.isascii() and code.isalnum()]
    better = better_edition(lists.history, declared, set(looked))
    if better is not None:
        year, against, remaining = better
        text = (
            f"The codes fit the list of communes of {year} better than that of {declared}: {against} speak "
            f"against {declared}, {remaining} against {year}; correct `edition`."
        )
        notes.say("partner-edition", "", text)


def fitting_edition(cells: Sequence[str], level: str, lists: Lists) -> int | None:
    """Return the edition of the list of communes that codes fit; None where they are of another level."""
    if level != lists.finest or lists.edition is None or lists.history is None:
        return None if level != lists.finest else lists.edition
    valid = lists.valid(level, None)
    codes = {_padded(_whole(_bare(cell)), valid) for cell in cells}
    better = better_edition(lists.history, lists.edition, {code for code in codes if len(code) == 5})
    return lists.edition if better is None else better[0]


def _judge_level(unknown: Sequence[str], total: int, level: str, lists: Lists, notes: Notes) -> None:
    """Say where most of the codes are those of another level."""
    if len(unknown) <= MOSTLY * total:
        return
    for other, codes in lists.codes.items():
        hits = sum(match(cell, codes)[0] is not None for cell in unknown)
        if other != level and hits > MOSTLY * total:
            text = f'{hits} of {total} codes are of level {other}, not {level}: declare `level = "{other}"`.'
            notes.say("partner-level", "", text)
            return


def _say_unknown(cell: str, row: int, level: str, edition: int | None, notes: Notes) -> None:
    place = f"row {row}"
    listed = (
        f"the {edition} list of communes" if level == "commune" and edition else f"the list of level {level}"
    )
    if not cell:
        notes.say("partner-no-code", place, f"Row {row} has no code; it was left out.")
    elif TOTALS.match(cell):
        text = f"Row {row} begins with {cell[:40]!r}, a total or a note; it was left out."
        notes.say("partner-no-code", place, text, "info")
    elif SCIENTIFIC.match(cell):
        text = (
            f"Row {row} has the code {cell!r}, of which a spreadsheet lost figures; format the column as "
            "text; it was left out."
        )
        notes.say("partner-code-lost", place, text)
    elif CITIES.match(cell) and level == "commune":
        text = f"{cell} (row {row}) is an arrondissement of a city; give the commune; it was left out."
        notes.say("partner-code-unknown", cell, text)
    elif not any(sign.isdigit() for sign in cell):
        text = f"Row {row} has {cell[:40]!r} in place of a code; it was left out."
        notes.say("partner-no-code", place, text)
    else:
        text = f"{cell[:40]} (row {row}) is not in {listed}; the row was left out."
        notes.say("partner-code-unknown", cell[:40], text)
