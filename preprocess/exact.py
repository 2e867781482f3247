"""Writes the geometry of a layer as it is, for exports and analysis; tiles have levels of detail instead."""

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from preprocess.rings import MAX_OFFSET
from tileserver.errors import StoreError
from tileserver.store import exact_format as formats
from tileserver.store.manifest import Exact
from tileserver.store.writer import StoreWriter

Shapes = NDArray[np.object_]


def write_exact(layer: str, shapes: Shapes, kind: formats.Kind, writer: StoreWriter) -> Exact:
    """Write `shapes` (EPSG:4326), object (n), in the order in which the rows of `layer` are stored.

    They are valid (multi)polygons, (multi)lines or points, as `kind` says.
    """
    xy, offsets = _laid_out(shapes, kind)
    if len(xy) > MAX_OFFSET:
        raise StoreError(f"layer {layer}: {len(xy)} vertices; a store file holds at most {MAX_OFFSET}")
    types = [formats.GEOMETRY[kind]]
    while len(types) <= len(offsets):
        types.append(types[-1].value_type)
    nested = pa.FixedSizeListArray.from_arrays(pa.array(xy.ravel()), type=types[-1])
    for inner, type_ in zip(offsets, reversed(types[:-1]), strict=True):
        nested = pa.ListArray.from_arrays(pa.array(inner.astype(np.int32)), nested, type=type_)
    table = pa.Table.from_arrays([nested], schema=formats.schema(kind))
    return Exact(file=writer.write_table(formats.exact_name(layer), table), vertices=len(xy))


def _laid_out(
    shapes: Shapes, kind: formats.Kind
) -> tuple[NDArray[np.float64], tuple[NDArray[np.int64], ...]]:
    """Return the vertices, float64 (v, 2), and the offsets into them and into each other, innermost first."""
    if kind == "points":
        return shapely.get_coordinates(shapes), ()
    parts, feature = shapely.get_parts(shapes, return_index=True)
    if kind == "lines":
        xy, line = shapely.get_coordinates(parts, return_index=True)
        return xy, (_offsets(line, len(parts)), _offsets(feature, len(shapes)))
    parts = shapely.orient_polygons(parts, exterior_cw=False)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return xy, (_offsets(ring, len(rings)), _offsets(part, len(parts)), _offsets(feature, len(shapes)))


def _offsets(owner: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Turn the sorted owners of items, int64 (n), into where those of each begin, int64 (count + 1)."""
    return np.searchsorted(owner, np.arange(count + 1))
