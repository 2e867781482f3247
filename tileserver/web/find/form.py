"""The form of the find page: its fields written as a query, and a query told in its fields."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tileserver.errors import RequestError
from tileserver.tiles.address import shown
from tileserver.tiles.filtering.nodes import Call, Literal, Node, Property
from tileserver.tiles.filters import Filter

OPERATORS: Final[Mapping[str, str]] = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "eq": "="}

ROWS: Final[Mapping[str, int]] = {"i": 3, "t": 2, "z": 2, "k": 2}
"""Conditions of each kind: indicators, trades, zonings, projects and land."""

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "i": ("i", "ip", "io", "iv"),
    "t": ("t", "tm", "ty", "to", "tv"),
    "z": ("z", "zo", "zv"),
    "k": ("k", "kw", "ko", "kv"),
}
"""Fields of a condition of each kind: what, then its details, the operator, the number."""

FIELDS: Final = (
    *(
        f"{part}{number}"
        for kind, count in ROWS.items()
        for number in range(1, count + 1)
        for part in PARTS[kind]
    ),
    "by",
    "order",
    "more",
)

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,6})?", re.ASCII)
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:]*", re.ASCII)
_BACK: Final = {sign: name for name, sign in OPERATORS.items()}


@dataclass(frozen=True, slots=True)
class Condition:
    """A figure compared with a number."""

    name: str
    operator: str
    number: float


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields of the form, and what of a filter they can't say."""

    fields: Mapping[str, str]
    rest: str


def is_filled(given: Mapping[str, str]) -> bool:
    """Tell whether a query comes from the form."""
    return any(name in given for name in FIELDS)


def compile_query(given: Mapping[str, str]) -> dict[str, str]:
    """Write the fields as the query that they stand for; a figure without a number is a column."""
    terms: list[str] = []
    columns: list[str] = []
    named: list[str] = []
    for kind, count in ROWS.items():
        for number in range(1, count + 1):
            name = _named(kind, number, given)
            if name is None:
                continue
            named.append(name)
            operator, value = (given.get(f"{kind}{part}{number}", "").strip() for part in ("o", "v"))
            if not value:
                columns.append(name)
                continue
            terms.append(f"{quoted(name)} {_operator(operator)} {as_number(value)}")
    more = given.get("more", "").strip()
    if more:
        terms.append(f"({more})" if terms else more)
    query = {name: given[name] for name in ("level", "known", "limit", "lang") if given.get(name)}
    if terms:
        query["filter"] = " AND ".join(terms)
    if columns:
        query["columns"] = ",".join(columns)
    rising = given.get("order") == "up"
    by = given.get("by", "").strip() or (named[0] if named and (rising or not terms) else "")
    if by:
        query["sort"] = by if rising else f"-{by}"
    return query


def quoted(name: str) -> str:
    """Write a name as CQL2 wants it."""
    return name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _named(kind: str, number: int, given: Mapping[str, str]) -> str | None:
    what = given.get(f"{kind}{number}", "").strip()
    if kind == "k":
        word = given.get(f"kw{number}", "").strip()
        if word:
            # A word is sought in one layer as a whole; of a kind, in the layer of the kind.
            subject, _, rest = (what or "projects.all").partition(".")
            return f"{subject}.{rest.partition('.')[0]}.word.{word}"
    if not what:
        return None
    if kind == "i":
        period = given.get(f"ip{number}", "").strip()
        return f"{what}@{period}" if period else what
    if kind == "t":
        year = given.get(f"ty{number}", "").strip()
        measure = given.get(f"tm{number}", "").strip() or "share_difficult"
        return f"labour.{what}.{measure}" + (f"@{year}" if year else "")
    return f"zoning.{what}.share" if kind == "z" else what


def _operator(name: str) -> str:
    if (name or "ge") not in OPERATORS:
        raise RequestError(f"a comparison is {shown(name)}; it is one of {' '.join(OPERATORS)}")
    return OPERATORS[name or "ge"]


def as_number(text: str) -> str:
    """Read a number as people write it (``12,5``); raise `RequestError`."""
    plain = text.replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise RequestError(f"a condition compares with {shown(text)}; write a number, as in 60 or 12,5")
    return plain.replace(",", ".")


def conditions(tree: Node) -> list[Condition] | None:
    """Read a filter as conditions that all must hold; None where it says anything else."""
    if isinstance(tree, Call) and tree.op == "and":
        found = [conditions(each) for each in tree.args]
        return None if None in found else [one for each in found if each is not None for one in each]
    if not isinstance(tree, Call) or tree.op not in _BACK or len(tree.args) != 2:
        return None
    name, number = tree.args
    if (
        not isinstance(name, Property)
        or not isinstance(number, Literal)
        or not isinstance(number.value, float)
    ):
        return None
    return [Condition(name.name, _BACK[tree.op], number.value)]


def fill(wanted: Filter | None, text: str, columns: tuple[str, ...]) -> Filled:
    """Tell a filter in the fields of the form; what they can't say stays as text."""
    fields: dict[str, str] = {}
    used = dict.fromkeys(ROWS, 0)
    told = [] if wanted is None else conditions(wanted.tree)
    if told is None:
        told, rest = [], [text]
    else:
        rest = []
    for each in told:
        if not _put(fields, used, each.name, each.operator, f"{each.number:.10g}"):
            rest.append(f"{quoted(each.name)} {OPERATORS[each.operator]} {each.number:.10g}")
    for name in columns:
        _put(fields, used, name, "ge", "")
    return Filled(fields, " AND ".join(rest))


def _put(fields: dict[str, str], used: dict[str, int], name: str, operator: str, value: str) -> bool:
    kind, parts = _parts(name)
    if used[kind] >= ROWS[kind]:
        return False
    used[kind] += 1
    number = used[kind]
    fields |= {f"{field}{number}": part for field, part in parts}
    fields |= {f"{kind}o{number}": operator, f"{kind}v{number}": value}
    return True


def _parts(name: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the kind of a figure, and the fields that stand for its name."""
    head, _, rest = name.partition(".")
    if head == "labour":
        trade, _, measured = rest.partition(".")
        measure, _, year = measured.partition("@")
        return "t", [("t", trade), ("tm", measure), ("ty", year)]
    if head == "zoning" and rest.endswith(".share"):
        return "z", [("z", rest.removesuffix(".share"))]
    if head in ("projects", "land"):
        of, mark, word = rest.partition(".word.")
        return "k", [("k", f"{head}.{of}"), ("kw", word if mark else "")]
    base, _, period = name.partition("@")
    return "i", [("i", base), ("ip", period)]


def numbered(kind: str) -> Iterator[int]:
    """Count the conditions of a kind."""
    return iter(range(1, ROWS[kind] + 1))
