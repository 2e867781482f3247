"""Gives the communes of an edition the detailed borders of an older one.

Old communes are united into what they have become. Where an old commune was divided since, no file
holds the new border in detail: the old ground is cut along the simplified outlines of the new
communes. A commune without an older outline keeps the simplified one. Each such case is a finding.
"""

from dataclasses import dataclass

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from preprocess.coverage import union_groups
from preprocess.cut import cut_piece
from preprocess.findings import Finding

STEP = "refine"
SHOWN = 8
SHARE = 0.2
"""An overlap counts from this part of the smaller of the two: simplified borders lie a little aside."""

NARROW_DEG = 0.002
"""Between a simplified outline and a detailed one, a gap narrower than this (about 200 m) is no lake."""

LEAST_IOU = 0.8
LEAST_KM2 = 0.5
KM2_A_DEGREE = 111.32**2
"""Square kilometres in a square degree, before the cosine of the latitude: enough to judge a size."""

Shapes = NDArray[np.object_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which old outlines meet which new communes, as numbers of rows, int64 (n) each.

    ``group`` (one a pair): pairs that share an old or a new commune, through any chain, have one number.
    """

    old: Ints
    new: Ints
    group: Ints


def refine(
    plain: geopandas.GeoDataFrame, detailed: geopandas.GeoDataFrame, mapping: pd.DataFrame, source: str
) -> tuple[geopandas.GeoDataFrame, list[Finding]]:
    """Return `plain` with the borders of `detailed`, and what was found on the way.

    Both have ``code`` (unique) and polygons, EPSG:4326, and are valid coverages; `mapping` pairs the
    codes of `detailed` (``old``) with later ones (``new``), as `preprocess.vintage` gives them. The
    result has the rows and columns of `plain`. It is a valid coverage wherever every commune comes
    from whole outlines; elsewhere neighbours have been joined, which the caller should still prove
    (`preprocess.repair.repair_coverage`). `source` names the detailed file in the findings.
    """
    codes = plain["code"].to_numpy()
    outlines: Shapes = plain.geometry.to_numpy()
    pieces: Shapes = detailed.geometry.to_numpy()
    pairs = _pairs(detailed["code"], plain["code"], mapping)
    findings = _unplaced(detailed["code"].to_numpy(), pairs, source)
    piece, commune, noted = _divide(pieces, outlines, pairs, (detailed["code"].to_numpy(), codes), source)
    findings += noted
    shapes = union_groups(piece, commune, len(codes))
    lacking = shapely.is_empty(shapes)
    drawn, noted = _keep_plain(shapes, outlines, lacking, codes, source)
    findings += noted
    drawn, noted = _join(drawn, lacking, source)
    findings += noted + _compare(drawn, outlines, codes, source)
    findings.append(_carried(drawn[~lacking], outlines[~lacking], len(pieces), source))
    return plain.set_geometry(drawn, crs=plain.crs), findings


def _pairs(old: pd.Series, new: pd.Series, mapping: pd.DataFrame) -> Pairs:
    """Find the rows of each pair of `mapping`, leave out what neither list knows, and group the rest."""
    left = pd.Index(old).get_indexer(mapping["old"])
    right = pd.Index(new).get_indexer(mapping["new"])
    known = (left >= 0) & (right >= 0)
    left, right = left[known].astype(np.int64), right[known].astype(np.int64)
    label = np.arange(len(new))
    while True:
        # The least number spreads from neighbour to neighbour; chains of mergers are short.
        of_old = np.full(len(old), len(new))
        np.minimum.at(of_old, left, label[right])
        spread = label.copy()
        np.minimum.at(spread, right, of_old[left])
        if np.array_equal(spread, label):
            return Pairs(left, right, label[right])
        label = spread


def _divide(
    pieces: Shapes,
    outlines: Shapes,
    pairs: Pairs,
    codes: tuple[NDArray[np.object_], NDArray[np.object_]],
    source: str,
) -> tuple[Shapes, Ints, list[Finding]]:
    """Return the pieces of ground, and the row of the new commune that each belongs to."""
    communes = pd.Series(pairs.new).groupby(pairs.group).transform("nunique").to_numpy()
    single = communes == 1
    ground, owner = [pieces[pairs.old[single]]], [pairs.new[single]]
    findings = []
    for group in np.unique(pairs.group[~single]):
        inside = pairs.group == group
        old, new = np.unique(pairs.old[inside]), np.unique(pairs.new[inside])
        cut = 0
        for piece in pieces[old]:
            heirs = _heirs(piece, outlines[new])
            parts, part = cut_piece(piece, outlines[new[heirs]])
            cut += len(heirs) > 1
            ground.append(parts)
            owner.append(new[heirs][part])
        how = "their own old outlines" if cut == 0 else "the simplified outlines where nothing else tells"
        findings.append(
            Finding(
                severity="info",
                step=STEP,
                rule="detail-divided",
                source=source,
                key=str(codes[1][new[0]]),
                message=f"{_listed(codes[0][old])} became {_listed(codes[1][new])}: the ground was divided "
                f"along {how} ({cut} outline{'' if cut == 1 else 's'} cut).",
            )
        )
    return np.concatenate(ground), np.concatenate(owner).astype(np.int64), findings


def _heirs(piece: shapely.Geometry, outlines: Shapes) -> Ints:
    """Choose the communes that a piece is divided among: those that it overlaps in earnest."""
    common = shapely.area(shapely.intersection(piece, outlines))
    share = common / np.minimum(shapely.area(piece), shapely.area(outlines))
    if not common.any():
        return np.array([np.argmin(shapely.distance(piece, outlines))])
    serious = np.flatnonzero(share > SHARE)
    return serious if len(serious) else np.array([np.argmax(common)])


def _keep_plain(
    shapes: Shapes, outlines: Shapes, lacking: NDArray[np.bool_], codes: NDArray[np.object_], source: str
) -> tuple[Shapes, list[Finding]]:
    """Draw the communes without detail as they were, less what detailed neighbours cover."""
    drawn = shapes.copy()
    rows = np.flatnonzero(lacking)
    if len(rows) == 0:
        return drawn, []
    tree = shapely.STRtree(shapes[~lacking])
    detailed = np.flatnonzero(~lacking)
    for row in rows:
        over = detailed[tree.query(outlines[row], predicate="intersects")]
        rest = shapely.difference(outlines[row], shapely.coverage_union_all(shapes[over]))
        flat = [part for part in shapely.get_parts(rest) if part.geom_type == "Polygon"]
        drawn[row] = shapely.union_all(flat) if flat else outlines[row]
    findings = []
    departement = pd.Series(codes[rows]).str.replace(r"^(97.|..).*$", r"\1", regex=True)
    for key, members in pd.Series(codes[rows]).groupby(departement.to_numpy()):
        findings.append(
            Finding(
                severity="info",
                step=STEP,
                rule="detail-lacking",
                source=source,
                key=str(key),
                message=f"No detailed outline leads to {_listed(members.to_numpy())} ({len(members)} in "
                f"département {key}); the simplified outline was kept.",
            )
        )
    return drawn, findings


def _join(shapes: Shapes, lacking: NDArray[np.bool_], source: str) -> tuple[Shapes, list[Finding]]:
    """Join the borders that do not match, among the communes concerned and their neighbours only."""
    concerned = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    gap = 0.0
    if lacking.any() and not lacking.all():
        rows, alone = np.flatnonzero(~lacking), np.flatnonzero(lacking)
        beside = shapely.STRtree(shapes[rows]).query(shapes[alone], predicate="dwithin", distance=NARROW_DEG)
        concerned[alone[beside[0]]] = True
        gap = NARROW_DEG if len(beside[0]) else 0.0
    if not concerned.any():
        return shapes, []
    tree = shapely.STRtree(shapes)
    rows = np.unique(tree.query(shapes[concerned], predicate="dwithin", distance=gap)[1])
    joined = shapes.copy()
    joined[rows] = shapely.coverage_clean(shapes[rows], gap_width=gap)
    changed = int((~shapely.equals_exact(joined[rows], shapes[rows], normalize=True)).sum())
    finding = Finding(
        severity="repair",
        step=STEP,
        rule="detail-joined",
        source=source,
        key="",
        message=f"{changed} communes were adjusted so that detailed borders meet those drawn from "
        "simplified outlines.",
    )
    return joined, [finding]


def _unplaced(old: NDArray[np.object_], pairs: Pairs, source: str) -> list[Finding]:
    gone = np.ones(len(old), np.bool_)
    gone[pairs.old] = False
    return [
        Finding(
            severity="warning",
            step=STEP,
            rule="detail-unplaced",
            source=source,
            key=str(code),
            message=f"{code} leads to no commune of the map; its outline was left out.",
        )
        for code in old[gone]
    ]


def _compare(drawn: Shapes, outlines: Shapes, codes: NDArray[np.object_], source: str) -> list[Finding]:
    """Report the communes that the detail moves a long way from their simplified outline."""
    areas, before = shapely.area(drawn), shapely.area(outlines)
    common = shapely.area(shapely.intersection(drawn, outlines))
    iou = common / (areas + before - common)
    middle = shapely.bounds(outlines)[:, [1, 3]].mean(axis=1)
    change_km2 = np.abs(areas - before) * KM2_A_DEGREE * np.cos(np.radians(middle))
    odd = np.flatnonzero((iou < LEAST_IOU) & (change_km2 > LEAST_KM2))
    table = pd.DataFrame({"code": codes[odd], "iou": iou[odd]})
    table["departement"] = table["code"].str.replace(r"^(97.|..).*$", r"\1", regex=True)
    findings = []
    for key, rows in table.groupby("departement"):
        worst = rows.sort_values(["iou", "code"])[:SHOWN].itertuples(index=False)
        shown = ", ".join(f"{row.code} ({row.iou:.2f})" for row in worst)
        more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
        findings.append(
            Finding(
                severity="warning",
                step=STEP,
                rule="detail-differs",
                source=source,
                key=str(key),
                message=f"Detailed and simplified outline have less than {LEAST_IOU:.0%} of their ground in "
                f"common and differ by over {LEAST_KM2} km²: {shown}{more}; the detailed one was kept.",
            )
        )
    return findings


def _carried(drawn: Shapes, outlines: Shapes, pieces: int, source: str) -> Finding:
    return Finding(
        severity="info",
        step=STEP,
        rule="detail-carried",
        source=source,
        key="",
        message=f"{len(drawn)} communes take the borders of {pieces} detailed outlines: from "
        f"{shapely.get_num_coordinates(outlines).sum()} to {shapely.get_num_coordinates(drawn).sum()} "
        "vertices.",
    )


def _listed(codes: NDArray[np.object_]) -> str:
    more = f" and {len(codes) - SHOWN} more" if len(codes) > SHOWN else ""
    return ", ".join(str(code) for code in codes[:SHOWN]) + more
