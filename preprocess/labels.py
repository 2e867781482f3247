"""One point a territory to write its name at: the visual centre of its largest part.

A name that each tile placed by itself would stand once in every tile that a territory touches. The
point is the centroid where that is nearly as far from the border as any place is, else the centre of
the largest circle that fits in.
"""

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.spec import MAX_ZOOM, Layer
from preprocess import field_entries
from preprocess.coverage import Polygons
from preprocess.derived import Derived, Positions, hilbert_order
from tileserver.errors import TileserverError
from tileserver.store.manifest import Field, LayerEntry, Title

LABEL_GRID: Final = MAX_ZOOM
"""Points are kept on the finest grid: on that of a territory's own zoom, a small one has none inside."""

_PRECISION: Final = 0.01
"""How near to the best place is near enough, as a share of the side of a square of the same area."""

_CENTRAL: Final = 0.85
"""A centroid with this share of the largest circle's radius around it is taken: in a long territory, or in
one of even width, the largest circle may lie anywhere along it."""

RANK: Final = Title("Rang par superficie (0 : le plus grand)", "Rank by area (0: the largest)")


def label_points(polygons: Polygons, zoom: int) -> NDArray[np.int32]:
    """Place the names of territories; int32 (n, 2) on the grid of `LABEL_GRID`.

    `polygons` are valid and not empty, on the grid of `zoom`. Every point is strictly inside the part of
    its polygon that has the largest area. Raises `TileserverError` for a part with no such grid point.
    """
    parts = _largest_parts(polygons)
    circles = shapely.maximum_inscribed_circle(parts, tolerance=_PRECISION * np.sqrt(shapely.area(parts)))
    middle = shapely.centroid(parts)
    inside = shapely.contains_properly(parts, middle)
    room = np.where(inside, shapely.distance(shapely.boundary(parts), middle), 0.0)
    best = np.where(room >= _CENTRAL * shapely.length(circles), middle, shapely.get_point(circles, 0))
    scale = float(1 << (LABEL_GRID - zoom))
    xy = np.rint(shapely.get_coordinates(best) * scale)
    for row in np.flatnonzero(~_contains(parts, xy / scale)):
        xy[row] = np.rint(shapely.get_coordinates(shapely.point_on_surface(parts[row])) * scale)
    outside = np.flatnonzero(~_contains(parts, xy / scale))
    if len(outside):
        raise TileserverError(
            f"the largest part of territory {outside[0]} of {len(parts)} is too thin for a name: "
            f"it holds no point of the grid of zoom {LABEL_GRID}; nothing was published"
        )
    whole: NDArray[np.int32] = xy.astype(np.int32)
    return whole


def ranks(areas: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rank territories by area, 0 the largest; of equal ones the first row first."""
    result = np.empty(len(areas), np.int64)
    result[np.argsort(-areas, kind="stable")] = np.arange(len(areas))
    return result


def labels(
    parent: LayerEntry, layer: Layer, table: pd.DataFrame, xy: NDArray[np.int32], areas: NDArray[np.float64]
) -> Derived:
    """Make the layer of names of a territory layer.

    `table` has the territories' ``id``, ``code`` and ``name``; `xy` is of `label_points`; `areas`, float64
    (n), in any unit; all in one order.
    """
    order = hilbert_order(xy, LABEL_GRID)
    rows = table[["id", "code", "name"]].assign(rank=ranks(areas)).iloc[order].reset_index(drop=True)
    return Derived(
        role="labels",
        zooms=(layer.zoom.min if layer.labels is None else layer.labels.min, layer.zoom.max),
        table=rows,
        fields=_fields(rows),
        positions=[Positions(LABEL_GRID, xy[order])],
        title=Title(f"{parent.title.fr} – noms", f"{parent.title.en} – names"),
        description=Title(
            "Un point par territoire, à l'intérieur de sa plus grande partie, où écrire son nom.",
            "One point a territory, inside its largest part, at which to write its name.",
        ),
    )


def _fields(rows: pd.DataFrame) -> tuple[Field, ...]:
    return (
        *field_entries.head_fields(rows),
        field_entries.field(rows, 2, "rank", role="property", kind="integer", text=RANK, default=True),
    )


def _largest_parts(polygons: Polygons) -> Polygons:
    parts, owner = shapely.get_parts(polygons, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    _, first = np.unique(owner[order], return_index=True)
    largest: Polygons = parts[order[first]]
    return largest


def _contains(parts: Polygons, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = shapely.contains_xy(parts, xy[:, 0], xy[:, 1])
    return found
