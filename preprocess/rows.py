"""Layers with rows of their own, points and lines: read, checked, typed, in one order."""

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.spec import Layer
from preprocess import validate
from preprocess.findings import Finding
from preprocess.ids import feature_ids
from preprocess.prepared import LayerTable
from preprocess.sources import Sources

POINT = "number of the point"
"""A column beside those of a file."""


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
    if layer.multipoints:
        frame, coded = _single_points(frame), [*coded, POINT]
    frame, findings = validate.drop_empty_codes(frame, coded, source)
    frame, noted = validate.drop_unlocated(frame, coded[0], source)
    findings += noted
    validate.refuse_other_shapes(place, frame, allowed)
    frame, noted = validate.drop_repeated(frame, coded, source)
    findings += noted
    frame = frame.sort_values(coded, ignore_index=True)
    extras = None if len(coded) == 1 else list(frame[coded[1]])
    head = pd.DataFrame(
        {
            "id": feature_ids(place, list(frame[coded[0]]), extras),
            "code": frame[coded[0]].astype("str"),
            "name": frame[str(layer.label)].astype("str"),
        }
    )
    properties, noted = typed_properties(layer, frame, frame[coded[0]])
    shapes: NDArray[np.object_] = frame.geometry.to_numpy()
    return pd.concat([head, properties], axis=1), shapes, findings + noted


def _single_points(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Give each point of a MultiPoint a row, and its number in the column `POINT`, from ``1``."""
    single: geopandas.GeoDataFrame = frame.explode(index_parts=False)
    single[POINT] = (single.groupby(level=0).cumcount() + 1).astype("str")
    return single.reset_index(drop=True)


def typed_properties(
    layer: Layer, frame: pd.DataFrame, keys: pd.Series
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the declared properties of a layer as their declared types, on a RangeIndex.

    `frame` has their columns as text, `keys` names its rows in the findings.
    """
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
