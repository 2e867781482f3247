"""Rows of the labour market written out, with what their figures are."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import pyarrow as pa

from tileserver.store.labour import LabourStore
from tileserver.web.labour_rows import DECIMALS, SHARE_DECIMALS, Columns, Selection
from tileserver.web.snapshot import Snapshot

Writer = Callable[[Snapshot, LabourStore, Selection, Columns], bytes]


def about(shot: Snapshot, survey: LabourStore) -> dict[str, Any]:
    """Say what the figures are: definitions, years, nomenclatures, breaks, sources."""
    entry = survey.entry
    return {
        "title": entry.title,
        "definition": entry.definition,
        "figures": FIGURES_TOLD,
        "absent": entry.absent,
        "weight": entry.weight,
        "levels": entry.levels,
        "years": entry.years,
        "nomenclatures": entry.nomenclatures,
        "breaks": [{"year": year, "why": BREAK} for year in entry.breaks],
        "sources": shot.named_sources(entry.sources),
    }


def _json(shot: Snapshot, survey: LabourStore, wanted: Selection, columns: Columns) -> bytes:
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    asked = {
        "level": wanted.level,
        "code": wanted.code,
        "trade": wanted.trade,
        "ranked_by": wanted.sort,
        "least": wanted.least if wanted.sort else None,
        "decimals": {"projects": DECIMALS, "shares": SHARE_DECIMALS},
    }
    return msgspec.json.encode(asked | about(shot, survey) | {"count": len(rows), "rows": rows})


def _csv(shot: Snapshot, survey: LabourStore, wanted: Selection, columns: Columns) -> bytes:
    """Write a row a figure; what is not known is an empty cell, and its status says why."""
    del shot, survey, wanted
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def _arrow(shot: Snapshot, survey: LabourStore, wanted: Selection, columns: Columns) -> bytes:
    """Write one record batch of an Arrow IPC stream."""
    del shot
    number = pa.float64()
    named = {
        name: pa.array(column, number if name in NUMBERS or name.endswith("_known") else pa.string())
        for name, column in columns.items()
    }
    described = {"level": wanted.level, "breaks": ",".join(survey.entry.breaks)}
    table = pa.table(named).replace_schema_metadata(described)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    written: bytes = sink.getvalue().to_pybytes()
    return written


WRITERS: Final[Mapping[str, Writer]] = {"json": _json, "csv": _csv, "arrow": _arrow}

NUMBERS: Final = ("met", "xmet", "smet", "share_difficult", "share_non_seasonal")

BREAK: Final = {
    "fr": "La nomenclature des métiers change : les séries d'avant et d'après ne se comparent pas.",
    "en": "The nomenclature of trades changes: series before and after do not compare.",
}

FIGURES_TOLD: Final = {
    "met": {
        "fr": "Projets de recrutement de l'année.",
        "en": "Recruitment projects of the year.",
    },
    "xmet": {
        "fr": "Dont projets jugés difficiles.",
        "en": "Of which projects judged difficult.",
    },
    "smet": {
        "fr": "Dont projets saisonniers.",
        "en": "Of which seasonal projects.",
    },
    "share_difficult": {
        "fr": "Part des projets jugés difficiles, dans les lignes où ceux-ci sont connus.",
        "en": "Share of projects judged difficult, in the rows where these are known.",
    },
    "share_non_seasonal": {
        "fr": "Part des projets non saisonniers, dans les lignes où les saisonniers sont connus.",
        "en": "Share of projects that are not seasonal, in the rows where the seasonal ones are known.",
    },
    "known": {
        "fr": "Part connue : habitants du territoire dans les bassins dont le chiffre est connu, sur ceux "
        "des bassins qui citent le métier.",
        "en": "Share known: people of the territory in the zones whose figure is known, of those in the "
        "zones that list the trade.",
    },
}
