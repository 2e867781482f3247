"""A declaration for a file that has none: its columns guessed, and a TOML to begin with."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from layers.partners import Partner, PartnerFile, PartnerIndicator
from preprocess.findings import Finding
from preprocess.partners.codes import fitting_edition
from preprocess.partners.guess import figure_columns, guess_level
from preprocess.partners.lists import Lists
from preprocess.partners.notes import Notes, UnusableError
from preprocess.partners.numbers import read_numbers
from preprocess.partners.table import Table, read_table

DRAFT = """\
# {name}.toml
title = {{ fr = {column}, en = {column} }}
unit = {{ fr = "…", en = "…" }}
type = "{type}"
precision = {precision}
rule = "{rule}"        # sum, weighted_mean (with `weight`) or none
theme = "economy"
date = "…"
definition = {{ fr = "…", en = "…" }}

[file]
key = {key}
value = {column}
level = "{level}"
{edition}producer = "…"
licence = "…"
"""


def proposed(path: Path, lists: Lists) -> tuple[Partner | None, str, list[Finding]]:
    """Guess how `path` would be declared: the declaration of its first column of figures, and its TOML.

    None where no column has codes, or none has figures; the findings say what was guessed.
    """
    notes = Notes(path.name)
    try:
        table = read_table(path, PartnerFile(), notes)
        key, level, column = _guessed(path, table, lists, notes)
    except UnusableError as error:
        notes.say("partner-unusable", "", f"{error}.")
        return None, "", notes.findings
    edition = fitting_edition(table.column(key), level, lists)
    if edition is not None:
        notes.say("partner-form", "", f"The codes fit the list of communes of {edition}.", "info")
    file = {"key": key, "value": column, "level": level, "edition": edition}
    partner = _declared(path, file, _kind(table, column), lists)
    return partner, _draft(partner), notes.findings


def _guessed(path: Path, table: Table, lists: Lists, notes: Notes) -> tuple[str, str, str]:
    """Return the column of codes, their level, and the first column of figures."""
    guessed = guess_level(table, lists)
    if guessed is None:
        raise UnusableError(f"{path.name}: no column has codes of a level that is known")
    key, level, share = guessed
    text = f"Column {key!r} has codes of level {level} in {share:.0%} of its cells."
    notes.say("partner-form", "", text, "info")
    columns = figure_columns(table, key, lists)
    if not columns:
        raise UnusableError(f"{path.name}: no column beside {key!r} has figures")
    listed = ", ".join(repr(name) for name in columns)
    notes.say("partner-form", "", f"Columns of figures: {listed}; the first is checked.", "info")
    return key, level, columns[0]


def _kind(table: Table, column: str) -> str:
    """Tell whether the figures of a column are whole."""
    cells = table.column(column)
    figures = read_numbers(cells, cells, column, PartnerFile(), "number", Notes(""))
    return "number" if any("." in figure for figure in figures if figure) else "integer"


def _declared(path: Path, file: dict[str, Any], kind: str, lists: Lists) -> Partner:
    text = {"fr": file["value"], "en": file["value"]}
    declared = {
        "title": text,
        "definition": text,
        "unit": text,
        "type": kind,
        "precision": 0 if kind == "integer" else 2,
        "rule": "sum" if file["level"] == lists.finest else "none",
        "date": "",
        "theme": "economy",
        "file": file,
    }
    name = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_")
    return Partner(name or "table", msgspec.convert(declared, PartnerIndicator), path)


def _draft(partner: Partner) -> str:
    declared, file = partner.declared, partner.declared.file
    return DRAFT.format(
        name=partner.id,
        column=json.dumps(file.value, ensure_ascii=False),
        type=declared.type,
        precision=declared.precision,
        rule=declared.rule,
        key=json.dumps(file.key, ensure_ascii=False),
        level=file.level,
        edition="" if file.edition is None else f"edition = {file.edition}\n",
    )
