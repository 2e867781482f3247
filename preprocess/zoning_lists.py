"""The zonings of every territory: sums by zoning, the areas and the points of programmes that lie in it."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.levels import territory_layers
from layers.spec import Layer
from preprocess.figures.context import Context
from preprocess.figures.ground import lay
from preprocess.findings import Finding
from preprocess.laid import Laid
from preprocess.overlays import partly_inside
from preprocess.place import Ground, place_points
from preprocess.prepared import LayerTable
from preprocess.zoning_tables import ZoningTables
from tileserver.store.zoning_format import AREA_FILE, NAME_FILE, SUM_FILE, TERRITORY_FILE

LEAST_KM2 = 1e-6
"""A square metre: what borders that are drawn twice have in common is less, or means nothing."""

REACH_KM = 1.0
"""A point off the land, on a quay or an outline drawn too small, belongs to the commune so close by."""


class Told(NamedTuple):
    """What a layer tells of the communes: pairs of a row of its ``names`` and a commune; sums by commune."""

    names: pd.DataFrame
    pairs: pd.DataFrame
    sums: pd.DataFrame


def list_zonings(context: Context, ground: Ground) -> tuple[ZoningTables | None, list[Finding]]:
    """Return the tables of the zonings of each territory at every level; None where none are declared."""
    layers = context.catalog.layers
    zonings = tuple(key for key, layer in layers.items() if layer.kind == "zoning")
    points = tuple(key for key, layer in layers.items() if layer.in_zonings)
    if not zonings and not points:
        return None, []
    findings: list[Finding] = []
    told = []
    for number, key in enumerate((*zonings, *points)):
        table = context.tables[key]
        if key in zonings:
            laid, noted = lay(key, context)
            findings += noted
            told.append(_of_zoning(number, layers[key], table, laid, context))
        else:
            told.append(_of_points(number, layers[key], table, ground))
    first = np.cumsum([0, *(len(each.names) for each in told)])
    names = pd.concat([each.names for each in told], ignore_index=True)
    pairs = pd.concat(
        [each.pairs.assign(name=each.pairs["name"] + n) for each, n in zip(told, first, strict=False)],
        ignore_index=True,
    )
    sums = pd.concat([each.sums for each in told], ignore_index=True)
    tables = _by_territory(context, pairs, sums)
    levels = tuple(str(layer.level) for layer in territory_layers(layers).values())
    return ZoningTables(tables | {NAME_FILE: names}, levels, zonings, points), findings


def _of_zoning(number: int, layer: Layer, table: LayerTable, laid: Laid, context: Context) -> Told:
    pieces = laid.pieces
    pairs = pd.DataFrame({"name": pieces.area, "commune": pieces.commune, "km2": pieces.km2})
    pairs = pairs[~(pairs["km2"] < LEAST_KM2)]
    row = np.flatnonzero(laid.covered)
    sums = pd.DataFrame(
        {
            "zoning": number,
            "commune": row,
            "inside_km2": pieces.inside_km2[row],
            "told_km2": context.area_km2[row] - pieces.unknown_km2[row],
            "estimated": pieces.estimated[row].astype(np.int64),
        }
    )
    return Told(_names(number, layer, table, partly_inside(layer, table)), pairs, sums)


def _of_points(number: int, layer: Layer, table: LayerTable, ground: Ground) -> Told:
    lonlat = np.zeros((0, 2)) if table.lonlat is None else table.lonlat
    commune = place_points(lonlat, ground, REACH_KM).row
    pairs = pd.DataFrame({"name": np.arange(len(commune)), "commune": commune, "km2": np.nan})
    nothing = np.zeros(len(commune), np.bool_)
    return Told(_names(number, layer, table, nothing), pairs[pairs["commune"] >= 0], pd.DataFrame())


def _names(number: int, layer: Layer, table: LayerTable, partly: NDArray[np.bool_]) -> pd.DataFrame:
    rows = table.table
    texts = [item.id for item in layer.properties if item.type == "string"]
    notes = [" ; ".join(str(cell) for cell in row if isinstance(cell, str)) for row in rows[texts].to_numpy()]
    if layer.listed is not None:
        partly = rows["code"].str.endswith("-p").to_numpy(np.bool_)
    return pd.DataFrame(
        {
            "layer": number,
            "code": rows["code"],
            "name": rows["name"].fillna(rows["code"]),
            "note": notes or "",
            "partly": partly.astype(np.int64),
        }
    )


def _by_territory(context: Context, pairs: pd.DataFrame, sums: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Add up the communes of each territory, and note where the rows of each begin."""
    territories, all_sums, all_areas = [], [], []
    start = {"sums": 0, "areas": 0}
    for key, layer in territory_layers(context.catalog.layers).items():
        level = str(layer.level)
        own = context.tables[key].table
        of = pd.Index(own["code"]).get_indexer(pd.Index(context.membership[level]))
        summed = _grouped(sums, of, "zoning", summed=["inside_km2", "told_km2"], most=["estimated"])
        listed = _grouped(pairs, of, "name", summed=["km2"], most=[])
        inside = of >= 0
        table = pd.DataFrame(
            {
                "level": level,
                "code": own["code"],
                "name": own["name"],
                "area_km2": np.bincount(of[inside], context.area_km2[inside], len(own)),
            }
        )
        for name, rows in (("sums", summed), ("areas", listed)):
            count = np.bincount(rows["territory"], minlength=len(own))
            table[name] = start[name] + np.cumsum(count) - count
            start[name] += len(rows)
        territories.append(table)
        all_sums.append(summed.drop(columns="territory"))
        all_areas.append(listed.drop(columns="territory"))
    return {
        TERRITORY_FILE: pd.concat(territories, ignore_index=True),
        SUM_FILE: pd.concat(all_sums, ignore_index=True),
        AREA_FILE: pd.concat(all_areas, ignore_index=True),
    }


def _grouped(
    rows: pd.DataFrame, of: NDArray[np.int64], by: str, *, summed: list[str], most: list[str]
) -> pd.DataFrame:
    """Add rows of communes up by territory (``of``, -1 for none) and `by`, in that order."""
    placed = rows.assign(territory=of[rows["commune"]])
    groups = placed[placed["territory"] >= 0].groupby(["territory", by], sort=True)
    added = groups[summed].sum(min_count=1)
    added[most] = groups[most].max()
    return added.reset_index()
