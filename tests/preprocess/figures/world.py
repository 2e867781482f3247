"""A small world in which figures are made: square communes, files and indicators of the moment."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from layers.catalog import Catalog
from layers.indicator_spec import Indicator
from layers.spec import Layer, Membership, Source, ZoomRange
from preprocess.figures.context import Context
from preprocess.findings import Finding
from preprocess.progress import Silent
from preprocess.sources import Sources
from tests.preprocess.samples import TEXT, source, squares, write_text

OUTLINES = source("outlines.parquet", edition=2025)


def indicator(rule: str, kind: str = "number", precision: int = 1, **changes: object) -> Indicator:
    """Return an indicator with some of its keys given."""
    texts = {"title": TEXT, "definition": TEXT, "unit": TEXT, "date": "2023", "theme": "people"}
    values = {**texts, "rule": rule, "type": kind, "precision": precision, **changes}
    return Indicator(**values)  # type: ignore[arg-type]  # msgspec checks TOML, not calls


def _layer(level: str, **changes: object) -> Layer:
    values = {
        "title": TEXT, "description": TEXT, "kind": "territory", "zoom": ZoomRange(min=0, max=5),
        "level": level, **changes,
    }  # fmt: skip
    return Layer(**values)  # type: ignore[arg-type]  # msgspec checks TOML, not calls


def world(
    folder: Path,
    territories: Mapping[str, str | None],
    files: Mapping[str, str],
    indicators: Mapping[str, Indicator],
    **editions: int,
) -> Context:
    """Return the context of communes (code → its TI) and of sources ``name`` → text of ``name.csv``."""
    sources: dict[str, Source] = {"outlines": OUTLINES}
    for name, text in files.items():
        write_text(folder / f"{name}.csv", text)
        sources[name] = source(f"{name}.csv", edition=editions.get(name, 2025))
    layers = {
        "ti": _layer("ti", membership=Membership(source="outlines", code="ti", name="ti", commune="c")),
        "communes": _layer("commune", source="outlines", key="code", label="name"),
    }
    codes = sorted(territories)
    drawn = squares(codes, name=codes)
    table = pd.DataFrame({"commune": codes, "ti": [territories[code] for code in codes]}, dtype="str")
    return Context(
        Catalog(sources, layers, dict(indicators)), Sources(folder, sources), drawn, table, {}, Silent()
    )


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    """Return rules and keys of findings, sorted."""
    return sorted((item.rule, item.key) for item in findings)
