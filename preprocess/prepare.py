"""The data half of the preprocess: the sources folder in, checked and joined tables out."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from layers.catalog import Catalog
from layers.levels import finest_layer
from preprocess.cache.kept import Kept
from preprocess.figures.context import Context
from preprocess.findings import Finding
from preprocess.labour.build import read_labour
from preprocess.listed import take_listed
from preprocess.membership import build_membership
from preprocess.outlines import read_outlines
from preprocess.place import Ground
from preprocess.prepared import LayerTable, Prepared
from preprocess.progress import Progress
from preprocess.relations import related
from preprocess.rows import line_table, placed_table
from preprocess.sources import Given, Sources
from preprocess.territories import territory_tables
from preprocess.zoning_lists import list_zonings
from preprocess.zonings import zoning_table


def prepare(
    catalog: Catalog,
    sources: Path,
    progress: Progress,
    kept: Kept | None = None,
    given: Mapping[str, Given] | None = None,
) -> Prepared:
    """Read, check and join every declared layer; take from `kept` what an earlier build made of the same.

    `given` are tables that were read before, by the id of their source (`preprocess.partners`).

    Raises `SourceError` for a file that cannot be used; everything less is a finding. The same
    files give the same result, row for row.
    """
    folder = Sources(sources, catalog.sources, kept, given)
    findings: list[Finding] = []
    with progress.step("Reading the outlines of the communes"):
        drawn, noted = folder.kept(finest_layer(catalog.layers), read_outlines, catalog, folder)
        findings += noted
    with progress.step("Finding the territories of each commune"):
        nesting, noted = build_membership(catalog.layers, drawn["code"], folder)
        findings += noted
    ground = Ground(drawn[["code", "name", "geometry"]], nesting.table)
    tables: dict[str, LayerTable] = {}
    others = {"lines": line_table, "zoning": zoning_table}
    kinds = {"points", *others}
    read = [key for key, layer in catalog.layers.items() if layer.kind in kinds and layer.listed is None]
    with progress.step("Reading the points, lines and zonings", total=len(read)) as step:
        for key in read:
            layer = catalog.layers[key]
            if layer.kind == "points":
                tables[key], noted = placed_table(key, catalog, folder, ground)
            else:
                tables[key], noted = others[layer.kind](key, layer, folder)
            findings += noted
            step.advance()
    context = Context(catalog, folder, drawn, nesting.table, tables, progress)
    context.survey = partial(read_labour, catalog, nesting, folder)
    lists, noted = take_listed(context, nesting)
    context.tables = {**tables, **lists}
    findings += noted
    with progress.step("Telling of points what lies around them"):
        context.tables, noted = related(context)
        findings += noted
    with progress.step("Carrying the indicators up the levels"):
        territories, indicators, noted = territory_tables(context, nesting)
        findings += noted
        context.tables = tables = {**context.tables, **territories}
    with progress.step("Listing the zonings of each territory"):
        zonings, noted = list_zonings(context, ground)
        findings += noted
    with progress.step("Sharing out the labour market"):
        labour, noted = context.labour
        findings += noted
    return Prepared(
        outlines=drawn[["code", "geometry"]],
        membership=nesting.table,
        tables={key: tables[key] for key in catalog.layers},
        findings=tuple(findings),
        source_digests=folder.digests,
        source_rows=folder.rows,
        labour=labour,
        zonings=zonings,
        indicators=indicators,
    )
