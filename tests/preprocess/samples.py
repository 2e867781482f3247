"""Small source files and declarations that the tests of the data half share."""

from pathlib import Path

import geopandas
import pandas as pd
import shapely

from layers.spec import Source, Text

TEXT = Text(fr="Essai", en="Trial")


def source(path: str, **changes: object) -> Source:
    """Return a declaration of a file, with some of its keys changed."""
    values: dict[str, object] = {
        "path": path,
        "title": TEXT,
        "producer": "INSEE",
        "licence": "Licence Ouverte 2.0",
        "url": "https://example.org/",
        "date": "2025",
    }
    return Source(**{**values, **changes})  # type: ignore[arg-type]  # msgspec checks TOML, not calls


def squares(codes: list[str], **columns: object) -> geopandas.GeoDataFrame:
    """Return one unit square a code, in a row along the parallel 45° N, in degrees."""
    shapes = [shapely.box(number, 45, number + 1, 46) for number in range(len(codes))]
    table = pd.DataFrame({"code": codes, **columns})
    return geopandas.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


def points(lonlat: list[tuple[float, float] | None], **columns: object) -> geopandas.GeoDataFrame:
    """Return points in degrees; None makes a row without position."""
    shapes = [None if place is None else shapely.Point(place) for place in lonlat]
    return geopandas.GeoDataFrame(pd.DataFrame(columns), geometry=shapes, crs="EPSG:4326")


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a text file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path
