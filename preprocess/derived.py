"""Writes a layer that is made from another: names of territories, groups of points.

Both have buffer 0. The kernel's box is then half open, so that each of their points is in exactly one
tile at a zoom: a client that draws tile by tile, without knowing of ids, writes a name once and a
group's count once, and nothing jumps where a client loads the neighbouring tile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.derived import DerivedRole, derived_id
from layers.spec import Layer
from preprocess import entries, pack
from preprocess.grid import to_lonlat
from preprocess.weight import weigh
from tileserver.store.format import index_name, level_name
from tileserver.store.manifest import EXTENT, Field, Geometry, LayerEntry, Title
from tileserver.store.reader import LayerStore
from tileserver.store.writer import StoreWriter

I32 = NDArray[np.int32]


class Positions(NamedTuple):
    """Some rows of a layer, one after the other: ``xy`` int32 (n, 2) on the grid of ``zoom``."""

    zoom: int
    xy: I32


@dataclass(frozen=True, slots=True)
class Derived:
    """A layer of points that is made from another.

    ``table`` has the columns ``id`` and those of ``fields``; its rows are those of ``positions``, level
    after level: one level for all zooms, or one for each from ``zooms[0]`` to ``zooms[1]``.
    """

    role: DerivedRole
    zooms: tuple[int, int]
    table: pd.DataFrame
    fields: tuple[Field, ...]
    positions: Sequence[Positions]
    title: Title
    description: Title


def hilbert_order(xy: I32, zoom: int) -> NDArray[np.int64]:
    """Order positions on the grid of `zoom` along a Hilbert curve; int64 (n)."""
    return pack.hilbert_order(shapely.points(to_lonlat(xy.astype(np.float64), zoom)))


def in_world(xy: NDArray[np.int64], zoom: int) -> I32:
    """Hold positions within the tiles of `zoom`: one on the world's far edge would be in none."""
    return np.clip(xy, 0, (EXTENT << zoom) - 1).astype(np.int32)


def write_derived(parent: LayerEntry, layer: Layer, derived: Derived, writer: StoreWriter) -> LayerEntry:
    """Write the tables of a layer that is made from `parent`, declared as `layer`, and describe it."""
    name = derived_id(parent.id, derived.role)
    geometries: dict[str, Geometry] = {}
    first = 0
    for zoom, xy in derived.positions:
        geometries[str(zoom)] = Geometry(
            file=writer.write_table(level_name(name, zoom), pack.position_table(xy)),
            index=writer.write_table(index_name(name, zoom), pack.index_table(np.hstack([xy, xy]))),
            first=first,
            count=len(xy),
            vertices=len(xy),
        )
        first += len(xy)
    attributes = pack.attributes_table(derived.table, derived.fields)
    tags, values = pack.tag_tables(attributes, derived.fields)
    entry = LayerEntry(
        id=name,
        title=derived.title,
        description=derived.description,
        kind="points",
        level=None,
        min_zoom=derived.zooms[0],
        max_zoom=derived.zooms[1],
        buffer=0,
        order=parent.order,
        count=first,
        bounds=parent.bounds,  # inside a territory, or in the middle of points
        fields=derived.fields,
        geometries=geometries,
        attributes=writer.write_table(f"{name}.attributes.arrow", attributes),
        tags=writer.write_table(f"{name}.tags.arrow", tags),
        values=writer.write_table(f"{name}.values.arrow", values),
        geometry_digest=entries.geometry_digest(
            replace(layer, buffer=0), geometries, writer.files, derived.table["id"].to_numpy(np.uint64)
        ),
        sources=parent.sources,
        role=derived.role,
        of=parent.id,
    )
    return replace(entry, heaviest=weigh(LayerStore(writer.directory, entry)))
