"""What became of the communes: mergers and splits, and the lists of communes of earlier years."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from preprocess.demo.country import Country
from preprocess.demo.names import article_code, upper_plain, without_article

_SIDE = ("TYPECOM", "COM", "TNCC", "NCC", "NCCENR", "LIBELLE")


@dataclass(frozen=True, slots=True)
class Event:
    """On 1 January of ``year``, ``gone`` became part of ``code``, or ``code`` left it: a ``split``."""

    year: int
    code: str
    gone: str
    split: bool


@dataclass(frozen=True, slots=True)
class Past:
    """The events, the latest first, and the names of the codes that are on the map no more."""

    events: tuple[Event, ...]
    names: dict[str, str]


def invent_past(country: Country, rng: np.random.Generator) -> Past:
    """Let some communes have been two before 2016 or before 2024, and some have left a neighbour in 2019."""
    table = country.communes
    mainland = table[(table.dep.str.len() == 2) & (table.pmun > 50)]
    taken = set(table.code)
    chosen = rng.permutation(mainland.index)[: max(6, len(table) // 60)]
    # On a list of before 2019 they are not there, so that nothing can have left them then.
    leaving = set(chosen[2::3].tolist())
    events: list[Event] = []
    names: dict[str, str] = {}
    for number, row in enumerate(chosen.tolist()):
        code, departement = str(table.code[row]), str(table.dep[row])
        if number % 3 == 2:
            near = [int(n) for n in country.ground.neighbours[row] if table.dep[n] == departement]
            near = [n for n in near if n not in leaving]
            if near:
                events.append(Event(2019, code, str(table.code[near[0]]), split=True))
            continue
        # Above the numbers of the arrondissements, which no commune has.
        old = next(f"{departement}{n:03}" for n in range(999, 500, -1) if f"{departement}{n:03}" not in taken)
        taken.add(old)
        names[old] = f"{table['name'][row]}-le-Vieux"
        events.append(Event((2024, 2016)[number % 3], code, old, split=False))
    return Past(tuple(sorted(events, key=lambda event: (-event.year, event.code))), names)


def movements(country: Country, past: Past) -> pd.DataFrame:
    """Write the table of movements as INSEE does: a row a code before and after."""
    called = dict(zip(country.communes.code, country.communes["name"], strict=True)) | past.names
    rows = []
    for event in past.events:
        kept = event.gone if event.split else event.code
        other = event.code if event.split else event.gone
        pairs = [(kept, kept), (kept, other)] if event.split else [(kept, kept), (other, kept)]
        for before, after in pairs:
            sides = [_side(before, called[before], "AV"), _side(after, called[after], "AP")]
            rows.append(
                {"MOD": 21 if event.split else 32, "DATE_EFF": f"{event.year}-01-01", **sides[0], **sides[1]}
            )
    return pd.DataFrame(rows)


def _side(code: str, name: str, suffix: str) -> dict[str, object]:
    told = ("COM", code, article_code(name), upper_plain(name), without_article(name), name)
    return {f"{column}_{suffix}": cell for column, cell in zip(_SIDE, told, strict=True)}


def on_list_of(year: int, counts: pd.DataFrame, past: Past, rng: np.random.Generator) -> pd.DataFrame:
    """Put counts by commune (index: today's codes) on the list of an earlier year.

    What merged since comes apart again at random, what was split is one: nothing is lost.
    """
    told = counts.copy()
    for event in past.events:
        if event.year <= year:
            continue
        if event.split:
            told.loc[event.gone] += told.loc[event.code]
            told = told.drop(index=event.code)
        else:
            part = (told.loc[event.code] * rng.uniform(0.1, 0.4)).astype(np.int64)
            told.loc[event.gone] = part
            told.loc[event.code] -= part
    return told.sort_index()
