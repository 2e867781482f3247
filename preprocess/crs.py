"""The coordinate system of a file, against its declaration, and its way to EPSG:4326."""

from pathlib import Path

import geopandas
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from tileserver.errors import SourceError

LONLAT = "EPSG:4326"


def to_lonlat(path: Path, frame: geopandas.GeoDataFrame, declared: str | None) -> geopandas.GeoDataFrame:
    """Return `frame` in EPSG:4326 (longitude, latitude in degrees).

    The file's own system must be the declared one, where both are known; a file without one needs
    the declaration. A file of which most coordinates are no degrees although its system says so is
    refused; a few stray rows are left for the validation.
    """
    expected = None if declared is None else _parse(path, declared)
    found = frame.crs
    if found is None and expected is None:
        raise SourceError(
            f"{path}: no coordinate system, neither in the file nor in its declaration; add `crs`"
        )
    if found is not None and expected is not None and not _same(found, expected):
        raise SourceError(
            f"{path}: the file is in {_name(found)} and its declaration says {_name(expected)}; correct `crs`"
        )
    if found is None:
        frame = frame.set_crs(expected)
    if frame.crs is not None and _is_lonlat(frame.crs):
        _check_degrees(path, frame)
        return frame.set_crs(LONLAT, allow_override=True)
    return frame.to_crs(LONLAT)


def outside_world(frame: geopandas.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell the rows (n,) that have a coordinate outside longitude ±180, latitude ±90."""
    with np.errstate(invalid="ignore"):
        west, south, east, north = shapely.bounds(frame.geometry.to_numpy()).T
        inside = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    located = ~np.isnan(west)
    outside: NDArray[np.bool_] = located & ~inside
    return outside


def _check_degrees(path: Path, frame: geopandas.GeoDataFrame) -> None:
    outside = outside_world(frame)
    located = int((~(frame.geometry.isna() | frame.geometry.is_empty)).sum())
    if located and int(outside.sum()) * 2 > located:
        west, south = frame.geometry[outside].bounds.iloc[0][["minx", "miny"]]
        raise SourceError(
            f"{path}: {int(outside.sum())} of {located} shapes are outside longitude ±180 and latitude "
            f"±90 (the first near {west:.0f}, {south:.0f}); the coordinates look projected (metres), "
            "perhaps EPSG:2154: correct `crs`"
        )


def _parse(path: Path, text: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as error:
        raise SourceError(f"{path}: its declaration has crs = {text!r}, which is unknown") from error


def _is_lonlat(system: pyproj.CRS) -> bool:
    return system.to_authority() in {("EPSG", "4326"), ("OGC", "CRS84")}


def _same(first: pyproj.CRS, second: pyproj.CRS) -> bool:
    if _is_lonlat(first) and _is_lonlat(second):
        return True
    return bool(first.equals(second, ignore_axis_order=True))


def _name(system: pyproj.CRS) -> str:
    authority = system.to_authority()
    return ":".join(authority) if authority else str(system.name)
