"""A zoning that is a list of communes, drawn coarsely: each drawing goes to the commune that it stands for.

The drawings have no code and stand on an older list; their outlines are off by a tenth of the commune and
more. An area belongs to the commune of today that holds most of it. Where all that the commune was made of is
on the list, the commune is inside as a whole; where some of it is not, the drawings give its share, and the
figure is an estimate.
"""

import re
import unicodedata
from collections.abc import Mapping

import numpy as np
import shapely

from preprocess.areas import areas_km2
from preprocess.figures.notes import notes
from preprocess.findings import Finding
from preprocess.laid import Ground, Ints, Mask, Pieces, Shapes
from preprocess.prepared import LayerTable

ARTICLE = re.compile(r"^(le|la|les|l)[ '’-]")


def whole_communes(
    table: LayerTable, ground: Ground, partly: Mask, edition: int, source: str
) -> tuple[Pieces, list[Finding]]:
    """Give each area to a commune, and find what of the commune is inside.

    `edition` is the list of communes on which the areas stand. An area that meets no commune is left out:
    a finding tells of it, and another of an area with a name that its commune has not.
    """
    shapes = table.shapes
    if shapes is None:
        raise ValueError(f"{table.layer} has no areas")
    heirs = ground.history.heirs(ground.history.communes(edition), ground.history.at(edition))
    origins: dict[str, set[str]] = {}
    for old, became in heirs.items():
        for new in became:
            origins.setdefault(new, set()).add(old)
    area, commune = _homes(shapes, ground, heirs, origins)
    made_of = np.array([max(1, len(origins.get(str(code), ()))) for code in ground.codes])
    count = len(ground.codes)
    drawn = areas_km2(shapes)[area]
    total = np.bincount(commune, drawn, count)
    complete = np.bincount(commune, minlength=count) >= made_of
    scale = np.divide(ground.area_km2, total, out=np.ones(count), where=total > 0)
    km2 = drawn * np.where(complete, scale, np.minimum(scale, 1.0))[commune]
    surely = ~partly[area]
    inside = np.bincount(commune[surely], km2[surely], count)
    unknown = np.bincount(commune[~surely], km2[~surely], count)
    plain = complete & ((inside == 0) | (unknown == 0))
    pieces = Pieces(
        area=area,
        commune=commune,
        km2=np.where(surely, km2, np.nan),
        inside_km2=np.where(plain & (inside > 0), ground.area_km2, inside),
        unknown_km2=np.where(plain & (unknown > 0), ground.area_km2, unknown),
        estimated=(total > 0) & ~plain,
    )
    return pieces, _findings(table, ground, area, commune, made_of, source)


def _homes(
    shapes: Shapes, ground: Ground, heirs: Mapping[str, set[str]], origins: Mapping[str, set[str]]
) -> tuple[Ints, Ints]:
    """Pair each area with the commune that holds most of it, int64 (p) each.

    Also with the communes that came apart from that one, where at least half of one lies in the area.
    """
    commune, area = shapely.STRtree(shapes).query(ground.shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(ground.shapes[commune], shapes[area]))
    order = np.lexsort((-common, area))
    first = order[np.flatnonzero(np.diff(area[order], prepend=-1))]
    first = first[common[first] > 0]
    codes = ground.codes.to_numpy()
    beside = {
        str(code): set().union(*(heirs[old] for old in origins.get(str(code), ()))) - {str(code)}
        for code in np.unique(codes[commune[first]])
    }
    home = dict(zip(area[first].tolist(), codes[commune[first]].tolist(), strict=True))
    half = np.flatnonzero(common >= 0.5 * shapely.area(ground.shapes[commune]))
    also = [pair for pair in half if codes[commune[pair]] in beside.get(home.get(int(area[pair]), ""), ())]
    kept = np.sort(np.concatenate([first, np.array(also, np.int64)]))
    return area[kept].astype(np.int64), commune[kept].astype(np.int64)


def _findings(
    table: LayerTable, ground: Ground, area: Ints, commune: Ints, made_of: Ints, source: str
) -> list[Finding]:
    codes, names = table.table["code"].to_numpy(), table.table["name"].to_numpy()
    away = codes[np.setdiff1d(np.arange(len(codes)), area)].tolist()
    called = dict(zip(codes.tolist(), names.tolist(), strict=True))
    findings = notes(
        "area-off-land",
        source,
        away,
        lambda code: f"Area {code} ({called[code]}) meets no commune; it counts nowhere.",
        f"{len(away)} areas meet no commune and count nowhere",
        key=table.layer,
    )
    whole = made_of[commune] == 1
    there = {
        str(codes[a]): f"{ground.codes[c]} ({ground.names[c]})"
        for a, c in zip(area[whole], commune[whole], strict=True)
        if plain_name(names[a]) != plain_name(ground.names[c])
    }
    return findings + notes(
        "area-other-name",
        source,
        list(there),
        lambda code: f"Area {code} ({called[code]}) lies in commune {there[code]}; it was given to it.",
        f"{len(there)} areas bear another name than the commune that they were given to",
        key=table.layer,
        severity="info",
    )


def plain_name(name: str) -> str:
    """Return a name without article, accents, signs and capitals; ``½`` stands for ``œ`` in some files."""
    text = name.lower().replace("œ", "oe").replace("½", "oe")
    text = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return re.sub(r"[^a-z0-9]", "", ARTICLE.sub("", text))
