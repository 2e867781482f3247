"""Positions that a table gives as text, one cell a row: latitude first, then longitude."""

from pathlib import Path

import geopandas
import pandas as pd
import shapely

from layers.spec import Source
from tileserver.errors import SourceError

LATLON = r"^\s*(-?\d+(?:\.\d+)?)\s*[,;]\s*(-?\d+(?:\.\d+)?)\s*$"


def read_positions(path: Path, table: pd.DataFrame, source: Source) -> geopandas.GeoDataFrame:
    """Return the rows of a table as points in EPSG:4326, by the column that `source` declares.

    A cell that is not two numbers gives a row without position. Raises `SourceError` naming `path` where
    no cell can be read, or where latitudes and longitudes are surely exchanged.
    """
    column = str(source.latlon)
    parts = table[column].str.extract(LATLON).astype("float64")
    latitude, longitude = parts[0], parts[1]
    there = latitude.notna()
    if not there.any():
        raise SourceError(
            f"{path}: no cell of {column!r} is a latitude and a longitude, as in '46.09, 4.06'; correct the "
            "file, or `latlon` in its declaration"
        )
    if (latitude.abs() > 90).any() and (longitude.abs() <= 90).all():
        raise SourceError(
            f"{path}: {column!r} has latitudes beyond 90 degrees: are they longitudes? The latitude is first"
        )
    points = shapely.points(longitude.to_numpy(), latitude.to_numpy())
    points[~there.to_numpy()] = None
    return geopandas.GeoDataFrame(table.reset_index(drop=True), geometry=points, crs="EPSG:4326")
