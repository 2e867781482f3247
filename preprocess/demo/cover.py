"""Land cover: a raster of classes around one town, on the European equal-area grid, as Corine has it."""

from pathlib import Path

import numpy as np
import pyproj
import rasterio

from preprocess.demo.country import Country

SIDE, CELL_M = 240, 100.0
PATCH = 8
CLASSES = (112, 121, 211, 231, 242, 311, 324, 512)
SHARES = (0.08, 0.03, 0.25, 0.22, 0.12, 0.25, 0.04, 0.01)


def write_cover(path: Path, country: Country, seed: int) -> None:
    """Write SIDE × SIDE cells of 100 m, float32, NaN for none, in strips, around the largest town but three.

    Communes at its edge lie in it in part.
    """
    rng = np.random.default_rng([seed, 63])
    town = int(np.argsort(-country.communes.pmun.to_numpy(), kind="stable")[3])
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3035", always_xy=True)
    x, y = to_grid.transform(*country.ground.lonlat[town])
    half = SIDE // 2 * CELL_M
    west, north = np.floor(x / CELL_M) * CELL_M - half, np.floor(y / CELL_M) * CELL_M + half
    patches = rng.choice(CLASSES, size=(SIDE // PATCH, SIDE // PATCH), p=SHARES)
    cells = np.kron(patches, np.ones((PATCH, PATCH), np.int64))
    single = np.asarray(rng.random(cells.shape) < 0.1)
    cells[single] = rng.choice(CLASSES, size=int(single.sum()), p=SHARES)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=SIDE,
        height=SIDE,
        count=1,
        dtype="float32",
        nodata=float("nan"),
        crs="EPSG:3035",
        transform=rasterio.Affine(CELL_M, 0.0, west, 0.0, -CELL_M, north),
        compress="lzw",
    ) as raster:
        raster.write(cells.astype(np.float32), 1)
