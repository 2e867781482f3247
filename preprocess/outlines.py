"""The outlines of the finest level: read, mended into a valid coverage, in the most detailed borders."""

import geopandas

from layers.catalog import Catalog
from layers.levels import finest_layer
from layers.properties import file_columns
from layers.spec import Layer
from preprocess import repair, validate
from preprocess.findings import Finding
from preprocess.refine import refine
from preprocess.sources import Sources
from preprocess.vintage import COLUMNS, carry_codes


def read_outlines(catalog: Catalog, folder: Sources) -> tuple[geopandas.GeoDataFrame, list[Finding]]:
    """Return the finest level: ``code``, ``name``, the columns of its properties, ``geometry``.

    EPSG:4326, sorted by code, RangeIndex, a valid coverage; in the borders of the layer's ``detail``
    where that is declared and there.
    """
    layer = finest_layer(catalog.layers)[1]
    source, key, label = str(layer.source), str(layer.key), str(layer.label)
    columns = [key, label, *file_columns(layer)]
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
