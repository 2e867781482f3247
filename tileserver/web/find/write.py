"""What was found as JSON and CSV."""

import csv
import io
from typing import Any, Final

import msgspec

from tileserver.web.find.model import Answer, Apart, Row
from tileserver.web.profile.words import say
from tileserver.web.query import Language

_HEAD: Final = ("rank", "code", "name", "within")
UNRANKED: Final = "unranked"
"""The column that says of a territory that stands apart what is not known of it."""


def write_json(answer: Answer, lang: Language) -> bytes:
    """Write the answer as it is, in both languages."""
    del lang
    return msgspec.json.encode(answer)


def write_csv(answer: Answer, lang: Language) -> bytes:
    """Write a row a territory; after those in order those that stand apart, which have no rank.

    A figure is three columns: its value under its name and unit, its status, its share known. The last
    column names the sources, by their ids at ``/layers`` and ``/indicators``.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    figures = [
        heading
        for column in answer.columns
        for heading in (
            _heading(column.id, say(column.unit, lang)),
            f"{column.id} status",
            f"{column.id} known",
        )
    ]
    writer.writerow([*_HEAD, *figures, UNRANKED, "sources"])
    sources = " ".join(answer.sources)
    for row in answer.territories:
        writer.writerow([row.rank, row.code, row.name, row.within, *_cells(row), None, sources])
    for apart in answer.unranked:
        why = " ; ".join(f"{each.column}: {each.status}" for each in apart.why)
        writer.writerow([None, apart.code, apart.name, None, *_cells(apart), why, sources])
    return text.getvalue().encode()


def _heading(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def _cells(row: Row | Apart) -> list[Any]:
    return [part for cell in row.cells for part in (cell.value, cell.status, cell.known)]
