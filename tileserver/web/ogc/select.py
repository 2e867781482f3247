"""Which rows of a layer a request is about, in which order; worked out once for all pages of an answer."""

import numpy as np
from numpy.typing import NDArray

from tileserver.store.exact import ExactStore
from tileserver.store.mapped import view
from tileserver.web.contracts import LayerLike
from tileserver.web.ogc import shapes
from tileserver.web.ogc.asked import Area, Asked
from tileserver.web.ogc.crs import bounds_in_lonlat, from_lonlat
from tileserver.web.ogc.rows import numbers

Rows = NDArray[np.int64]
Bools = NDArray[np.bool_]


def select(layer: LayerLike, exact: ExactStore, asked: Asked) -> Rows:
    """Give the rows that are asked for, int64 (k), in the order that is: that of the store, or sorted.

    Equal values stand in the order of the store, no data after all values. Raises `RequestError` where the
    filter does not fit the layer.
    """
    chosen = np.ones(layer.entry.count, np.bool_)
    if asked.filter is not None:
        # Here, because Arrow's compute functions and the kernels take a moment to load.
        from tileserver.web.ogc.exact_filter import passing

        chosen &= passing(asked.filter, layer, exact)
    if asked.area is not None:
        chosen &= in_area(exact, asked.area)
    rows = np.flatnonzero(chosen)
    return rows if not asked.sort else rows[_order(layer, rows, asked.sort)]


def in_area(exact: ExactStore, area: Area) -> Bools:
    """Tell which rows intersect a box, bool (n), in the system in which the box is one."""
    if area.system.is_lonlat:
        west, south, east, north = area.box
        if west <= east:
            return shapes.in_box(exact, area.box)
        # RFC 7946 §5.2: across the antimeridian.
        return shapes.in_box(exact, (west, south, 180, north)) | shapes.in_box(
            exact, (-180, south, east, north)
        )
    found = shapes.touching(exact, bounds_in_lonlat(area.box, area.system))
    rows = np.flatnonzero(found)
    taken = exact.take(rows)
    found[rows] = shapes.meeting(taken._replace(xy=from_lonlat(taken.xy, area.system)), area.box)
    return found


def _order(layer: LayerLike, rows: Rows, sort: tuple[tuple[str, bool], ...]) -> Rows:
    import pyarrow.compute as pc

    names = [name for name, _ in sort]
    table = layer.attributes.select(list(dict.fromkeys(names))).take(numbers(rows))
    keys = [(name, "descending" if down else "ascending") for name, down in dict(sort).items()]
    order = pc.sort_indices(table, sort_keys=keys)  # no data comes last unless told otherwise
    return view(order, np.uint64).astype(np.int64)
