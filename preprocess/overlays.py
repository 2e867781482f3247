"""Zonings laid over the communes: how much of each is in which area, each spot once, and where that is told.

Pieces are cut and measured in the cylindrical equal-area projection EPSG:6933, in which the edges of outlines
given in longitude and latitude stay straight, but for a hair. The share of a commune that is inside is taken
there, and applied to its area on the ellipsoid (`preprocess.areas`): one that is wholly inside has exactly
its own area.
"""

import numpy as np
import pandas as pd
import pyproj
import shapely

from layers.spec import Covers, Layer
from preprocess.findings import Finding
from preprocess.laid import Ground, Ints, Laid, Mask, Pieces, Shapes
from preprocess.prepared import LayerTable
from preprocess.whole_communes import whole_communes

STEP = "zonings"


def lay_over(
    layer: Layer, table: LayerTable, ground: Ground, edition: int | None
) -> tuple[Laid, list[Finding]]:
    """Lay the areas of a zoning over the communes; `edition` is the year of the communes of its file."""
    if table.shapes is None or table.file is None:
        raise ValueError(f"{table.layer} is no zoning")
    partly = partly_inside(layer, table)
    if layer.whole_communes and edition is not None:
        pieces, findings = whole_communes(table, ground, partly, edition, layer.areas[0].source)
    else:
        pieces, findings = cut_pieces(table.shapes, ground, partly), []
    covered = np.zeros(len(ground.codes), np.bool_)
    for number, areas in enumerate(layer.areas):
        touched = pieces.commune[table.file[pieces.area] == number]
        told, noted = _told(areas.covers, areas.source, touched, ground)
        covered |= told
        findings += noted
    return Laid(pieces, covered), findings


def partly_inside(layer: Layer, table: LayerTable) -> Mask:
    """Tell the areas of which the zoning covers an unknown part; bool (n)."""
    if layer.partly is None:
        return np.zeros(len(table.table), np.bool_)
    told: Mask = table.table[layer.partly.property].isin(layer.partly.values).to_numpy(np.bool_)
    return told


def cut_pieces(shapes: Shapes, ground: Ground, partly: Mask) -> Pieces:
    """Cut the areas by the outlines of the communes; what touches a commune without ground in it is left out.

    Where areas overlap in a commune, what is inside one of which all counts is inside.
    """
    commune, area = shapely.STRtree(shapes).query(ground.shapes, predicate="intersects")
    near = np.unique(commune)
    outlines = equal_area(ground.shapes[near])
    cut = shapely.intersection(outlines[np.searchsorted(near, commune)], equal_area(shapes)[area])
    real = shapely.area(cut) > 0
    commune, area, cut = commune[real].astype(np.int64), area[real].astype(np.int64), cut[real]
    km2_of = ground.area_km2.copy()
    km2_of[near] /= shapely.area(outlines)  # of a square metre of the projection, in each commune
    km2 = shapely.area(cut) * km2_of[commune]
    inside, whole = np.zeros(len(ground.codes)), np.zeros(len(ground.codes))
    surely = ~partly[area]
    for total, among in ((inside, surely), (whole, np.ones(len(area), np.bool_))):
        for row, numbers in pd.Series(np.flatnonzero(among)).groupby(commune[among]):
            united = cut[numbers.iloc[0]] if len(numbers) == 1 else shapely.union_all(cut[numbers])
            total[int(row)] = min(shapely.area(united) * km2_of[int(row)], ground.area_km2[int(row)])
    return Pieces(
        area=area,
        commune=commune,
        km2=np.where(surely, km2, np.nan),
        inside_km2=inside,
        unknown_km2=np.maximum(whole - inside, 0.0),
        estimated=np.zeros(len(ground.codes), np.bool_),
    )


def equal_area(shapes: Shapes) -> Shapes:
    """Project valid areas from EPSG:4326 to EPSG:6933, metres; still valid."""
    projection = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:6933", always_xy=True)
    projected: Shapes = shapely.transform(
        shapes, lambda xy: np.column_stack(projection.transform(xy[:, 0], xy[:, 1]))
    )
    bent = ~shapely.is_valid(projected)
    projected[bent] = shapely.make_valid(projected[bent], method="structure", keep_collapsed=False)
    return projected


def _told(covers: Covers, source: str, touched: Ints, ground: Ground) -> tuple[Mask, list[Finding]]:
    """Tell the communes, bool (n), of which a file tells every area, and findings about its declaration."""
    told = np.zeros(len(ground.codes), np.bool_)
    if covers.touched:
        told[touched] = True
        return told, []
    territory = ground.membership[covers.level]
    unknown = sorted({*covers.codes, *covers.but} - set(territory.dropna()))
    findings = [
        Finding(
            severity="warning",
            step=STEP,
            rule="covers-nothing",
            source=source,
            key=code,
            message=f"The file is said to cover {covers.level} {code}, or to leave it out; there is none.",
        )
        for code in unknown
    ]
    if covers.codes:
        told = territory.isin(covers.codes).to_numpy(np.bool_)
    else:
        told = (territory.notna() & ~territory.isin(covers.but)).to_numpy(np.bool_)
    return told, findings
