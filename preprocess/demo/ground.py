"""The ground of the country: three boxes of communes far apart, joined into one table."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess.demo.borders import KM_PER_DEGREE, Projection, draw_polygons
from preprocess.demo.cells import make_mesh
from preprocess.demo.communes import commune_neighbours, settle
from preprocess.demo.graph import Neighbours
from preprocess.demo.land import make_land

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAINLAND, OVERSEAS, LAGOON = 0, 1, 2

_CELLS_PER_COMMUNE = 7


@dataclass(frozen=True)
class Box:
    """A rectangle of sea with some land in it: middle in degrees, size in km, share of land."""

    projection: Projection
    size_km: tuple[float, float]
    land: float


BOXES = (
    Box(Projection(-20.0, 46.0), (619.0, 779.0), 0.38),
    Box(Projection(-45.0, 29.0), (130.0, 110.0), 0.42),
    Box(Projection(-33.0, 21.0), (70.0, 90.0), 0.34),
)


@dataclass(frozen=True)
class Ground:
    """Communes without names.

    `geometry` (communes,) MultiPolygons in EPSG:4326, a valid coverage; `lonlat` (communes, 2) a
    point inside each; `km` (communes, 2) the same in kilometres, one plane for all boxes;
    `area_km2` (communes,); `box` (communes,) an index of BOXES; `neighbours` by commune;
    `special` the index of each awkward commune by name.
    """

    geometry: NDArray[Any]
    lonlat: Floats
    km: Floats
    area_km2: Floats
    box: Ints
    neighbours: Neighbours
    special: dict[str, int]

    def __len__(self) -> int:
        return len(self.geometry)


def box_communes(communes: int) -> tuple[int, int, int]:
    """Share out the communes: mainland, far département, lagoon."""
    overseas = int(np.clip(communes // 100, 6, 24))
    lagoon = int(np.clip(communes // 100, 5, 17))
    return communes - overseas - lagoon, overseas, lagoon


def make_ground(communes: int, rng: np.random.Generator) -> Ground:
    """Model land and communes of all three boxes; exactly `communes` of them."""
    geometry: list[NDArray[Any]] = []
    box: list[int] = []
    neighbours: Neighbours = []
    special: dict[str, int] = {}
    for index, (each, count) in enumerate(zip(BOXES, box_communes(communes), strict=True)):
        main = index == MAINLAND
        tiny = np.array([[9.0, -6.0]]) if main else np.empty((0, 2))
        cells = int(count * _CELLS_PER_COMMUNE / each.land)
        mesh = make_mesh(each.size_km, cells, tiny, rng)
        land = make_land(mesh, share=each.land, furnished=main, rng=rng)
        parish = settle(land, count, rng, awkward=main)
        offset = len(box)
        special |= {name: offset + commune for name, commune in parish.special.items()}
        neighbours += [[offset + n for n in near] for near in commune_neighbours(land, parish)]
        geometry.append(draw_polygons(mesh, parish.label, each.projection, rng))
        box += [index] * parish.communes
    shapes = np.concatenate(geometry)
    lonlat = shapely.get_coordinates(shapely.point_on_surface(shapes))
    cosine = np.cos(np.radians(lonlat[:, 1]))
    return Ground(
        geometry=shapes,
        lonlat=lonlat,
        km=lonlat * KM_PER_DEGREE * [np.cos(np.radians(BOXES[MAINLAND].projection.lat)), 1.0],
        area_km2=shapely.area(shapes) * KM_PER_DEGREE**2 * cosine,
        box=np.array(box),
        neighbours=neighbours,
        special=special,
    )
