"""Classes of a raster in outlines: each cell by its exact share, and what is not told is known to be so."""

from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
import shapely

from preprocess.rasters import area_in_classes
from tileserver.errors import SourceError

WEST, NORTH, CELL = 4_321_000.0, 3_210_000.0, 100.0


def write(path: Path, cells: list[list[float]], crs: str | None = "EPSG:3035") -> Path:
    array = np.array(cells, np.float32)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=array.shape[1],
        height=array.shape[0],
        count=1,
        dtype="float32",
        nodata=float("nan"),
        crs=crs,
        transform=rasterio.Affine(CELL, 0.0, WEST, 0.0, -CELL, NORTH),
    ) as raster:
        raster.write(array, 1)
    return path


def outlines(*boxes: tuple[float, float, float, float]) -> geopandas.GeoDataFrame:
    """Boxes in cells from the north-west corner: west, south, east, north, as outlines in degrees."""
    shapes = [
        shapely.box(WEST + w * CELL, NORTH - s * CELL, WEST + e * CELL, NORTH - n * CELL)
        for w, s, e, n in boxes
    ]
    return geopandas.GeoDataFrame(geometry=shapes, crs="EPSG:3035").to_crs("EPSG:4326")


NONE = float("nan")


def test_cells_count_by_the_exact_share_that_is_inside(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", [[112, 211, 211], [311, 121, NONE], [311, 311, NONE]])
    drawn = outlines((0, 2, 2, 0), (0.5, 1, 1.5, 0), (1, 3, 3, 1), (-2, 1, 1, 0), (10, 11, 11, 10))
    inside, told = area_in_classes("a.tif", path, drawn, 100, 199)
    assert inside == pytest.approx([2 / 4, 0.5, 1 / 4, 1 / 3, 0], abs=1e-5)
    assert told == pytest.approx([1, 1, 2 / 4, 1 / 3, 0], abs=1e-5)


def test_bounds_of_the_classes_are_both_included(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", [[99, 100, 199, 200]])
    inside, _ = area_in_classes("a.tif", path, outlines((0, 1, 4, 0)), 100, 199)
    assert inside == pytest.approx([0.5], abs=1e-5)


@pytest.mark.parametrize(
    ("crs", "words"), [("EPSG:2154", "no equal-area projection"), (None, "no coordinate system")]
)
def test_a_raster_whose_cells_have_no_common_area_is_refused(
    tmp_path: Path, crs: str | None, words: str
) -> None:
    path = write(tmp_path / "a.tif", [[112, 211]], crs)
    with pytest.raises(SourceError, match=f"land/a.tif: .*{words}"):
        area_in_classes("land/a.tif", path, outlines((0, 1, 2, 0)), 100, 199)


def test_what_is_no_raster_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_text("no raster")
    with pytest.raises(SourceError, match=r"land/a.tif: cannot be read as a raster"):
        area_in_classes("land/a.tif", tmp_path / "a.tif", outlines((0, 1, 2, 0)), 100, 199)
