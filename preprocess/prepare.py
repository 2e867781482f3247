"""The data half of the preprocess: the sources folder in, checked and joined tables out."""

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.catalog import Catalog
from layers.indicators import indicator_sources
from layers.levels import finest_layer, territory_layers
from layers.spec import Layer
from preprocess import aggregate, parts, repair, validate
from preprocess.findings import Finding
from preprocess.ids import feature_ids
from preprocess.membership import Nesting, build_membership
from preprocess.prepared import LayerTable, Prepared
from preprocess.progress import Progress
from preprocess.refine import refine
from preprocess.sources import Sources
from preprocess.vintage import COLUMNS, carry_codes


def prepare(catalog: Catalog, sources: Path, progress: Progress) -> Prepared:
    """Read, check and join every declared layer.

    Raises `SourceError` for a file that cannot be used; everything less is a finding. The same
    files give the same result, row for row.
    """
    folder = Sources(sources, catalog.sources)
    findings: list[Finding] = []
    with progress.step("Reading the outlines of the communes"):
        drawn, noted = read_outlines(catalog, folder)
        findings += noted
    with progress.step("Finding the territories of each commune"):
        nesting, noted = build_membership(catalog.layers, drawn["code"], folder)
        findings += noted
    with progress.step("Carrying the indicators up the levels"):
        tables, noted = territory_tables(catalog, drawn, nesting, folder)
        findings += noted
    others = {"points": point_table, "lines": line_table}
    read = [key for key, layer in catalog.layers.items() if layer.kind in others]
    with progress.step("Reading the points and lines", total=len(read)) as step:
        for key in read:
            layer = catalog.layers[key]
            tables[key], noted = others[layer.kind](key, layer, folder)
            findings += noted
            step.advance()
    return Prepared(
        outlines=drawn[["code", "geometry"]],
        membership=nesting.table,
        tables={key: tables[key] for key in catalog.layers},
        findings=tuple(findings),
        source_digests=folder.digests,
    )


def read_outlines(catalog: Catalog, folder: Sources) -> tuple[geopandas.GeoDataFrame, list[Finding]]:
    """Return the finest level: ``code``, ``name``, the columns of its properties, ``geometry``.

    EPSG:4326, sorted by code, RangeIndex, a valid coverage; in the borders of the layer's ``detail``
    where that is declared and there.
    """
    layer = finest_layer(catalog.layers)[1]
    source, key, label = str(layer.source), str(layer.key), str(layer.label)
    columns = [key, label, *(item.column for item in layer.properties)]
    frame, findings = _read_coverage(folder, source, key, columns)
    frame = frame.assign(code=frame[key], name=frame[label])
    if layer.detail is not None:
        frame, noted = _add_detail(catalog, layer, frame, folder)
        findings += noted
    return frame, findings


def _read_coverage(
    folder: Sources, source: str, key: str, columns: list[str]
) -> tuple[geopandas.GeoDataFrame, list[Finding]]:
    """Read polygons with unique codes; return them sorted by code, mended into a valid coverage."""
    place = folder.place(source)
    frame = folder.shapes(source, columns)
    frame, findings = validate.drop_empty_codes(frame, [key], source)
    validate.refuse_duplicates(place, key, frame[key])
    frame, noted = validate.drop_unlocated(frame, key, source)
    findings += noted
    validate.refuse_other_shapes(place, frame, ("Polygon", "MultiPolygon"))
    frame = frame.sort_values(key, ignore_index=True)
    for mend in (repair.repair_polygons, repair.repair_coverage):
        frame, noted = mend(frame, key, place=place, source=source)
        findings += noted
    return frame, findings


def _add_detail(
    catalog: Catalog, layer: Layer, plain: geopandas.GeoDataFrame, folder: Sources
) -> tuple[geopandas.GeoDataFrame, list[Finding]]:
    """Give `plain` the borders of the detailed outlines, where their file is there."""
    detail = layer.detail
    if detail is None or not folder.has(detail.source):
        return plain, [] if detail is None else [_absent(folder, detail.source)]
    old, findings = _read_coverage(folder, detail.source, detail.key, [detail.key])
    old = old.rename(columns={detail.key: "code"})
    start, end = (catalog.sources[key].edition for key in (detail.source, str(layer.source)))
    mapping = carry_codes(
        folder.table(detail.movements, COLUMNS),
        old["code"],
        int(start or 0),
        int(end or 0),
        place=folder.place(detail.movements),
    )
    refined, noted = refine(plain, old, mapping, detail.source)
    findings += noted
    refined, noted = repair.repair_coverage(
        refined, "code", place=folder.place(detail.source), source=detail.source
    )
    return refined, findings + noted


def _absent(folder: Sources, source: str) -> Finding:
    return Finding(
        severity="info",
        step="refine",
        rule="detail-absent",
        source=source,
        key="",
        message=f"{folder.place(source)} is not in the sources folder; the simplified outlines were kept.",
    )


def territory_tables(
    catalog: Catalog, drawn: geopandas.GeoDataFrame, nesting: Nesting, folder: Sources
) -> tuple[dict[str, LayerTable], list[Finding]]:
    """Return the table of each territory layer: codes, names, properties, indicators."""
    finest_id, finest = finest_layer(catalog.layers)
    outline_source = str(finest.source)
    base, findings = parts.commune_values(catalog.indicators, drawn, folder)
    origins = {key: indicator_sources(key, catalog.indicators, outline_source)[0] for key in base.columns}
    tables: dict[str, LayerTable] = {}
    for key, layer in territory_layers(catalog.layers).items():
        if key == finest_id:
            raw = base
            names = dict(zip(drawn["code"], drawn["name"], strict=True))
        else:
            territory = nesting.table[str(layer.level)].set_axis(base.index)
            raw, noted = aggregate.carry_up(base, territory, str(layer.level), origins)
            findings += noted
            names = nesting.names[key]
        values = aggregate.rounded(aggregate.with_ratios(raw, catalog.indicators), catalog.indicators)
        head = pd.DataFrame({"code": values.index.to_numpy()}, dtype="str")
        head.insert(0, "id", feature_ids(f"layer {key}", list(head["code"])))
        head["name"] = head["code"].map(names).astype("str")
        if key == finest_id:
            properties, noted = _properties(layer, drawn, drawn["code"])
            findings += noted
            head = pd.concat([head, properties], axis=1)
        tables[key] = LayerTable(key, pd.concat([head, values.reset_index(drop=True)], axis=1))
    return tables, findings


def point_table(key: str, layer: Layer, folder: Sources) -> tuple[LayerTable, list[Finding]]:
    """Return the rows of a points layer, sorted by code, with their positions."""
    table, shapes, findings = _rows(layer, folder, ("Point",))
    return LayerTable(key, table, lonlat=shapely.get_coordinates(shapes).astype(np.float64)), findings


def line_table(key: str, layer: Layer, folder: Sources) -> tuple[LayerTable, list[Finding]]:
    """Return the rows of a lines layer, sorted by code, with their lines."""
    table, shapes, findings = _rows(layer, folder, ("LineString", "MultiLineString"))
    return LayerTable(key, table, shapes=shapes), findings


def _rows(
    layer: Layer, folder: Sources, allowed: tuple[str, ...]
) -> tuple[pd.DataFrame, NDArray[np.object_], list[Finding]]:
    """Read the rows of a layer that has codes of its own: their table, and their geometries in EPSG:4326."""
    source = str(layer.source)
    place = folder.place(source)
    coded = [str(layer.key)] + ([] if layer.key_extra is None else [layer.key_extra])
    columns = [*coded, str(layer.label), *(item.column for item in layer.properties)]
    frame = folder.shapes(source, columns)
    frame, findings = validate.drop_empty_codes(frame, coded, source)
    frame, noted = validate.drop_unlocated(frame, coded[0], source)
    findings += noted
    validate.refuse_other_shapes(place, frame, allowed)
    frame, noted = validate.drop_repeated(frame, coded, source)
    findings += noted
    frame = frame.sort_values(coded, ignore_index=True)
    extras = None if layer.key_extra is None else list(frame[layer.key_extra])
    head = pd.DataFrame(
        {
            "id": feature_ids(place, list(frame[coded[0]]), extras),
            "code": frame[coded[0]].astype("str"),
            "name": frame[str(layer.label)].astype("str"),
        }
    )
    properties, noted = _properties(layer, frame, frame[coded[0]])
    shapes: NDArray[np.object_] = frame.geometry.to_numpy()
    return pd.concat([head, properties], axis=1), shapes, findings + noted


def _properties(layer: Layer, frame: pd.DataFrame, keys: pd.Series) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the declared properties as their declared types, on a RangeIndex."""
    result = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    findings: list[Finding] = []
    for item in layer.properties:
        values, noted = validate.typed(
            frame[item.column], item.type, keys, source=str(layer.source), column=item.column
        )
        if item.precision is not None:
            values = values.round(item.precision)
        result[item.id] = values.to_numpy() if item.type == "string" else values.array
        findings += noted
    return result.astype({item.id: "str" for item in layer.properties if item.type == "string"}), findings
