"""The classes of a raster in each commune, by the exact share of each cell that lies in it."""

from pathlib import Path

import geopandas
import numpy as np
import pyproj
import rasterio
import shapely
from exactextract import exact_extract
from numpy.typing import NDArray
from pyproj.aoi import BBox
from rasterio.errors import RasterioError

from tileserver.errors import SourceError

Floats = NDArray[np.float64]


def area_in_classes(
    place: str, path: Path, outlines: geopandas.GeoDataFrame, least: float, most: float
) -> tuple[Floats, Floats]:
    """Return two shares of the area of each outline (EPSG:4326), float64 (n) each.

    The first: what lies in cells of the classes `least` to `most`, both included; the second: what lies in
    any cell with a value. Shares are measured in the projection of the raster, which must be an equal-area
    one. Raises `SourceError`, naming `place`, for a raster that cannot be used.
    """
    inside, told = np.zeros(len(outlines)), np.zeros(len(outlines))
    try:
        with rasterio.open(path) as raster:
            system = _equal_area(place, raster)
            near = _near(raster, system, outlines)
            drawn = geopandas.GeoDataFrame(geometry=outlines.geometry.iloc[near]).to_crs(system)
            if len(drawn):
                found = exact_extract(raster, drawn, ["values", "coverage"], output="pandas")
                cell = abs(raster.transform.a * raster.transform.e)
                size = shapely.area(drawn.geometry.to_numpy()) / cell
                for row, (values, coverage) in enumerate(
                    zip(found["values"], found["coverage"], strict=True)
                ):
                    real = np.isfinite(np.asarray(values, np.float64))
                    share = np.asarray(coverage, np.float64) / size[row]
                    told[near[row]] = share[real].sum()
                    kept = real & (values >= least) & (values <= most)
                    inside[near[row]] = share[kept].sum()
    except RasterioError as error:
        raise SourceError(f"{place}: cannot be read as a raster ({error}); fetch it again") from error
    return inside, told


def _equal_area(place: str, raster: rasterio.DatasetReader) -> pyproj.CRS:
    if raster.crs is None:
        raise SourceError(f"{place}: the raster has no coordinate system; fetch it again")
    if raster.transform.b or raster.transform.d:
        raise SourceError(f"{place}: the raster is turned against its axes; make one that is not")
    system = pyproj.CRS.from_wkt(raster.crs.to_wkt())
    method = "" if system.coordinate_operation is None else system.coordinate_operation.method_name
    if "Equal Area" not in method:
        raise SourceError(
            f"{place}: the raster is in {system.name}, which is no equal-area projection; "
            "reproject it, to EPSG:3035 for example"
        )
    return system


def _near(
    raster: rasterio.DatasetReader, system: pyproj.CRS, outlines: geopandas.GeoDataFrame
) -> NDArray[np.int64]:
    """List the outlines, by number, whose box meets that of the raster."""
    to_lonlat = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    box = BBox(*raster.bounds)
    west, south, east, north = to_lonlat.transform_bounds(box.west, box.south, box.east, box.north)
    tree = shapely.STRtree(outlines.geometry.to_numpy())
    found: NDArray[np.int64] = np.sort(tree.query(shapely.box(west, south, east, north))).astype(np.int64)
    return found
