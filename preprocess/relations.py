"""Properties of points that other layers decide: made once the rows of all layers are there."""

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.properties import level_property
from layers.spec import Layer, Nearest, Property, Within
from preprocess.figures.context import Context
from preprocess.figures.ground import lay
from preprocess.findings import Finding
from preprocess.nearest import count_within, nearest_area_km, nearest_border_km
from preprocess.prepared import LayerTable
from tileserver.errors import DeclarationError

Mask = NDArray[np.bool_]

KM_DECIMALS = 3
"""Of a distance: a metre."""


def related(context: Context) -> tuple[dict[str, LayerTable], list[Finding]]:
    """Return the tables with the properties that rest on other layers, all in their declared order."""
    tables: dict[str, LayerTable] = {}
    findings: list[Finding] = []
    for key, table in context.tables.items():
        tables[key], noted = _related(context.catalog.layers[key], table, context)
        findings += noted
    return tables, findings


def _related(layer: Layer, table: LayerTable, context: Context) -> tuple[LayerTable, list[Finding]]:
    made: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    for item in layer.properties:
        if item.within is not None:
            made[item.id] = _count(item.within, table, context)
        elif item.nearest is not None:
            made[item.id], noted = _nearest(item.nearest, layer, table, context)
            findings += noted
        elif item.inside is not None:
            made[item.id], noted = _inside(item, layer, table, context)
            findings += noted
    if not made:
        return table, findings
    names = ["id", "code", "name", *(item.id for item in layer.properties)]
    return replace(table, table=table.table.assign(**made)[names]), findings


def _places(table: LayerTable) -> NDArray[np.float64]:
    if table.lonlat is None:
        raise ValueError(f"{table.layer} has no points")
    return table.lonlat


def _count(within: Within, table: LayerTable, context: Context) -> pd.Series:
    """Count the features around each point; those of its own layer count, and so does the point itself."""
    others = np.concatenate([_places(context.tables[name]) for name in within.layers])
    return pd.Series(count_within(_places(table), others, within.km), dtype="Int64")


def _inside(
    item: Property, layer: Layer, table: LayerTable, context: Context
) -> tuple[pd.Series, list[Finding]]:
    """Tell which points are in an area of a zoning, null where it does not tell.

    Of a zoning that is a list of communes the commune of the point decides, not its coarse outline.
    """
    name = str(item.inside)
    zoning, areas = context.catalog.layers[name], context.tables[name]
    laid, findings = lay(name, context)
    commune = _communes(layer, table, context)
    covered = (commune >= 0) & laid.covered[commune]
    if zoning.whole_communes:
        inside = laid.pieces.inside_km2[commune] > 0
        unsure = laid.pieces.unknown_km2[commune] > 0
    else:
        inside, unsure = _under(areas, _partly(zoning, areas), _places(table))
    told = pd.Series(inside, dtype="boolean")
    return told.mask(~covered | (unsure & ~inside)), findings


def _under(areas: LayerTable, partly: Mask, lonlat: NDArray[np.float64]) -> tuple[Mask, Mask]:
    """Tell which points lie in an area of which all counts, and which in one of which a part does."""
    point, area = shapely.STRtree(areas.shapes).query(shapely.points(lonlat), predicate="intersects")
    inside, unsure = np.zeros(len(lonlat), np.bool_), np.zeros(len(lonlat), np.bool_)
    inside[point[~partly[area]]] = True
    unsure[point[partly[area]]] = True
    return inside, unsure


def _partly(zoning: Layer, areas: LayerTable) -> Mask:
    if zoning.partly is None:
        return np.zeros(len(areas.table), np.bool_)
    told: Mask = areas.table[zoning.partly.property].isin(zoning.partly.values).to_numpy(np.bool_)
    return told


def _nearest(
    nearest: Nearest, layer: Layer, table: LayerTable, context: Context
) -> tuple[pd.Series, list[Finding]]:
    """Measure to the nearest area of some zonings, of the points of which that is known (`Nearest`)."""
    findings: list[Finding] = []
    covered: Mask = np.ones(len(context.outlines), np.bool_)
    for name in nearest.layers:
        laid, noted = lay(name, context)
        findings += noted
        covered &= laid.covered
    shapes = np.concatenate([context.tables[name].shapes for name in nearest.layers])
    commune = _communes(layer, table, context)
    there = np.flatnonzero((commune >= 0) & covered[commune])
    km = np.full(len(table.table), np.nan)
    if len(there) and len(shapes):
        lonlat = _places(table)[there]
        found = nearest_area_km(lonlat, shapes)
        told = shapely.coverage_union_all(context.outlines.geometry.to_numpy()[covered])
        edge = nearest_border_km(lonlat, np.array([told], dtype=object))
        km[there] = np.where(found <= edge, found.round(KM_DECIMALS), np.nan)
    return pd.Series(km), findings


def _communes(layer: Layer, table: LayerTable, context: Context) -> NDArray[np.int64]:
    """Return the row of the commune that each point lies in, -1 for none."""
    finest = str(context.membership.columns[0])
    place = level_property(layer, finest)
    if place is None:
        raise DeclarationError(
            f"layers/{table.layer}.toml: `properties`: `inside`, `nearest` need one of level {finest!r}"
        )
    return context.communes.get_indexer(pd.Index(table.table[place])).astype(np.int64)
