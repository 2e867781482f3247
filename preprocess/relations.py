"""Properties of points that other layers decide: made once the rows of all layers are there."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from layers.catalog import Catalog
from layers.spec import Layer, Property
from preprocess.nearest import count_within
from preprocess.prepared import LayerTable


def related(catalog: Catalog, tables: Mapping[str, LayerTable]) -> dict[str, LayerTable]:
    """Return the tables with the properties that rest on other layers, all in their declared order."""
    return {key: _related(catalog.layers[key], table, tables) for key, table in tables.items()}


def _related(layer: Layer, table: LayerTable, tables: Mapping[str, LayerTable]) -> LayerTable:
    made = {item.id: _made(item, table, tables) for item in layer.properties if item.within is not None}
    if not made:
        return table
    head = ["id", "code", "name"]
    names = [*head, *(item.id for item in layer.properties)]
    return replace(table, table=table.table.assign(**made)[names])


def _made(item: Property, table: LayerTable, tables: Mapping[str, LayerTable]) -> pd.Series:
    """Count the features around each point; those of its own layer count, and so does the point itself."""
    if item.within is None or table.lonlat is None:
        raise ValueError(f"{item.id}: is not made from other layers")
    places = [tables[name].lonlat for name in item.within.layers]
    others = np.concatenate([place for place in places if place is not None])
    return pd.Series(count_within(table.lonlat, others, item.within.km), dtype="Int64")
