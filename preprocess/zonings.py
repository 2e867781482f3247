"""The areas of a zoning: read from one file or several, checked, typed, in the order of their codes."""

import geopandas
import numpy as np
import pandas as pd
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.properties import file_columns
from layers.spec import Areas, Layer
from preprocess import validate
from preprocess.findings import Finding
from preprocess.ids import feature_ids
from preprocess.prepared import LayerTable
from preprocess.repair import repair_polygons
from preprocess.rows import typed_properties
from preprocess.sources import Sources

STEP = "zonings"


def zoning_table(key: str, layer: Layer, folder: Sources) -> tuple[LayerTable, list[Finding]]:
    """Return the areas of a zoning, sorted by code, with their valid polygons and the number of their file.

    Areas may overlap: that is no fault. Raises `SourceError` for a file that cannot be used.
    """
    tables, findings = [], []
    for number, areas in enumerate(layer.areas):
        table, noted = _read(layer, areas, folder)
        tables.append(table.assign(file=number))
        findings += noted
    whole = pd.concat(tables, ignore_index=True).sort_values("code", kind="stable", ignore_index=True)
    place = ", ".join(folder.place(areas.source) for areas in layer.areas)
    head = pd.DataFrame({"id": feature_ids(place, list(whole["code"]))})
    shapes: NDArray[np.object_] = whole["geometry"].to_numpy()
    file = whole["file"].to_numpy(np.int64)
    rest = whole.drop(columns=["geometry", "file"])
    return LayerTable(key, pd.concat([head, rest], axis=1), shapes=shapes, file=file), findings


def _read(layer: Layer, areas: Areas, folder: Sources) -> tuple[pd.DataFrame, list[Finding]]:
    """Read one file: the columns ``code``, ``name``, one for each property, and ``geometry``."""
    source, place = areas.source, folder.place(areas.source)
    own = [column for column in (areas.key, areas.label) if column is not None]
    frame = folder.shapes(source, [*own, *file_columns(layer)])
    code, findings = _codes(frame, areas)
    # Beside the columns of the file, whatever their names are.
    coded = geopandas.GeoDataFrame({"code": code, "row": frame.index}, geometry=frame.geometry, crs=frame.crs)
    coded, noted = validate.drop_empty_codes(coded, ["code"], source)
    findings += noted
    coded, noted = validate.drop_unlocated(coded, "code", source)
    findings += noted
    validate.refuse_other_shapes(place, coded, ("Polygon", "MultiPolygon"))
    coded, noted = validate.drop_repeated(coded, ["code"], source)
    findings += noted
    coded, noted = repair_polygons(coded.reset_index(drop=True), "code", place=place, source=source)
    findings += noted
    kept = frame.loc[coded["row"]].reset_index(drop=True)
    name = coded["code"] if areas.label is None else kept[areas.label].fillna(coded["code"])
    head = pd.DataFrame({"code": coded["code"].astype("str"), "name": name.astype("str")})
    properties, noted = typed_properties(replace(layer, source=source), kept, coded["code"])
    table = pd.concat([head, properties], axis=1)
    table["geometry"] = coded.geometry.to_numpy()
    return table, findings + noted


def _codes(frame: geopandas.GeoDataFrame, areas: Areas) -> tuple[pd.Series, list[Finding]]:
    """Return the code of each row: the file's own, else its number in the file."""
    if areas.key is not None:
        return frame[areas.key], []
    width = len(str(len(frame)))
    code = pd.Series([f"{areas.number}{row + 1:0{width}d}" for row in range(len(frame))], index=frame.index)
    noted = Finding(
        severity="info",
        step=STEP,
        rule="numbered-areas",
        source=areas.source,
        key="",
        message=f"The file gives its {len(frame)} areas no code; they were numbered in the order of its "
        f"rows, from {code.iloc[0]} on.",
    )
    return code.astype("str"), [noted]
