"""Layers with rows of their own, points and lines: read, checked, typed, in one order."""

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.catalog import Catalog
from layers.properties import extras_of, file_columns
from layers.spec import Layer
from preprocess import validate
from preprocess.clean.column import cleaned
from preprocess.clean.texts import line
from preprocess.findings import Finding
from preprocess.ids import feature_ids
from preprocess.place import Ground
from preprocess.places import contradictions, territories_of
from preprocess.prepared import LayerTable
from preprocess.sources import Sources

POINT = "number of the point"
"""A column beside those of a file."""


def point_table(key: str, layer: Layer, folder: Sources) -> tuple[LayerTable, list[Finding]]:
    """Return the rows of a points layer, sorted by code, with their positions."""
    table, frame, findings = _rows(layer, folder, ("Point",))
    return LayerTable(key, table, lonlat=_lonlat(frame)), findings


def placed_table(
    key: str, catalog: Catalog, folder: Sources, ground: Ground
) -> tuple[LayerTable, list[Finding]]:
    """Return the rows of a points layer, as `point_table` does, with the territories that they lie in."""
    layer = catalog.layers[key]
    table, frame, findings = _rows(layer, folder, ("Point",))
    lonlat = _lonlat(frame)
    wanted = {item.id: item.level for item in layer.properties if item.level is not None}
    if layer.place is not None or wanted:
        codes, placed, noted = territories_of(layer, lonlat, table["code"], ground)
        findings += noted
        findings += contradictions(catalog, layer, frame, placed, ground, folder)
        for name, level in wanted.items():
            table[name] = codes[level].array
    return LayerTable(key, table, lonlat=lonlat), findings


def _lonlat(frame: geopandas.GeoDataFrame) -> NDArray[np.float64]:
    lonlat: NDArray[np.float64] = shapely.get_coordinates(frame.geometry.to_numpy()).astype(np.float64)
    return lonlat


def line_table(key: str, layer: Layer, folder: Sources) -> tuple[LayerTable, list[Finding]]:
    """Return the rows of a lines layer, sorted by code, with their lines."""
    table, frame, findings = _rows(layer, folder, ("LineString", "MultiLineString"))
    shapes: NDArray[np.object_] = frame.geometry.to_numpy()
    return LayerTable(key, table, shapes=shapes), findings


def _rows(
    layer: Layer, folder: Sources, allowed: tuple[str, ...]
) -> tuple[pd.DataFrame, geopandas.GeoDataFrame, list[Finding]]:
    """Read the rows of a layer that has codes of its own: their table, and the file's rows in EPSG:4326."""
    source = str(layer.source)
    place = folder.place(source)
    extra = extras_of(layer)
    coded = [str(layer.key), *extra]
    columns = [*coded, str(layer.label), *file_columns(layer)]
    frame = folder.shapes(source, columns)
    if layer.multipoints:
        frame, coded = _single_points(frame), [*coded, POINT]
    frame, findings = validate.drop_empty_codes(frame, coded, source)
    frame, noted = validate.drop_unlocated(frame, coded[0], source)
    findings += noted
    validate.refuse_other_shapes(place, frame, allowed)
    frame, noted = validate.drop_repeated(frame, coded, source)
    findings += noted
    frame = frame.sort_values(coded, ignore_index=True)
    extras = ["/".join(row) for row in frame[coded[1:]].itertuples(index=False)] if coded[1:] else None
    head = pd.DataFrame(
        {
            "id": feature_ids(place, list(frame[coded[0]]), extras),
            "code": frame[coded[0]].astype("str"),
            "name": line(frame[str(layer.label)]).cells,
        }
    )
    properties, noted = typed_properties(layer, frame, frame[coded[0]])
    return pd.concat([head, properties], axis=1), frame, findings + noted


def _single_points(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Give each point of a MultiPoint a row, and its number in the column `POINT`, from ``1``."""
    single: geopandas.GeoDataFrame = frame.explode(index_parts=False)
    single[POINT] = (single.groupby(level=0).cumcount() + 1).astype("str")
    return single.reset_index(drop=True)


def typed_properties(
    layer: Layer, frame: pd.DataFrame, keys: pd.Series
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the properties that come from the file, cleaned, as their declared types, on a RangeIndex.

    `frame` has their columns as text, `keys` names its rows in the findings.
    """
    result = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    findings: list[Finding] = []
    source = str(layer.source)
    own = [item for item in layer.properties if item.column is not None]
    for item in own:
        text, noted = cleaned(frame[item.column], item, keys, source)
        findings += noted
        values, noted = validate.typed(text, item.type, keys, source=source, column=str(item.column))
        if item.precision is not None:
            values = values.round(item.precision)
        result[item.id] = values.to_numpy() if item.type == "string" else values.array
        findings += noted
    return result.astype({item.id: "str" for item in own if item.type == "string"}), findings
