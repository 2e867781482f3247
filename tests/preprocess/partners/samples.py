"""A small country's lists of codes, and the declaration of a partner's table on it."""

from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from layers.partners import Partner, PartnerIndicator
from preprocess.history import NAMES, History
from preprocess.partners.lists import Lists
from preprocess.vintage import COLUMNS

COMMUNES = frozenset({f"010{n:02d}" for n in range(1, 41)} | {"2A004", "2B033", "75056", "97601"})
MERGED = [f"011{n:02d}" for n in range(1, 13)]
"""Communes of 2018 that merged into 01001 on 1 January 2019."""


def history() -> History:
    rows = [("32", "2019-01-01", "COM", code, "COM", "01001", "Old", "New") for code in [*MERGED, "01001"]]
    table = pd.DataFrame(rows, columns=[*COLUMNS, *NAMES], dtype="str")
    return History(table, COMMUNES, 2025, "movements.csv")


LISTS = Lists(
    {
        "commune": COMMUNES,
        "epci": frozenset({"200069193", "240100883"}),
        "departement": frozenset({"01", "2A", "2B", "75", "976"}),
        "region": frozenset({"84", "94", "11", "06"}),
        "ti": frozenset({"ti-0101", "ti-0102"}),
    },
    "commune",
    2025,
    history(),
)


def partner(path: Path, **file: Any) -> Partner:
    text = {"fr": "Emplois", "en": "Jobs"}
    kind = file.pop("type", "integer")
    declared = {
        "title": text,
        "definition": text,
        "unit": text,
        "type": kind,
        "precision": 0 if kind == "integer" else 1,
        "rule": "sum" if file.get("level", "commune") == "commune" else "none",
        "date": "2024",
        "theme": "economy",
        "file": {"key": "code", "value": "jobs", "min": 0, "max": 1_000_000, **file},
    }
    return Partner(path.stem, msgspec.convert(declared, PartnerIndicator), path)
