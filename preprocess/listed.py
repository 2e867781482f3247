"""A zoning that is a list of communes: their status brought to today's list, and their ground united."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.spec import Layer, Listed
from preprocess.crossing import Crossing, cross
from preprocess.figures.context import Context
from preprocess.figures.notes import note, notes
from preprocess.findings import Finding
from preprocess.ids import feature_ids
from preprocess.laid import Laid, Pieces
from preprocess.membership import Nesting
from preprocess.passages import Origin
from preprocess.prepared import LayerTable
from preprocess.validate import refuse_duplicates

Ints = NDArray[np.int64]

INSIDE, PARTLY, OUTSIDE, UNTOLD = range(4)


def take_listed(context: Context, nesting: Nesting) -> tuple[dict[str, LayerTable], list[Finding]]:
    """Return the areas of each listed zoning of the catalogue; how they lie over the communes is noted."""
    tables: dict[str, LayerTable] = {}
    findings: list[Finding] = []
    for key, layer in context.catalog.layers.items():
        if layer.listed is not None:
            state, noted = _states(layer.listed, context)
            findings += noted
            tables[key], context.laid[key] = _united(
                key, layer, state, _names(layer.listed.level, context, nesting), context
            )
    return tables, findings


def _names(level: str, context: Context, nesting: Nesting) -> Mapping[str, str]:
    """Return the names of the territories of a level by code."""
    found = (nesting.names.get(key) for key, layer in context.catalog.layers.items() if layer.level == level)
    return next((names for names in found if names), {})


def _states(listed: Listed, context: Context) -> tuple[Ints, list[Finding]]:
    """Return the state of each commune of today, int64 (n).

    A commune made of several has their common state; where they differ, or one is not on the list, a part of
    it that nobody knows is inside.
    """
    folder = context.folder
    table = folder.table(listed.source, [listed.commune, listed.status])
    empty = table.index[table[listed.commune].isna()]
    findings = [
        note("empty-code", listed.source, f"row {row + 1}", f"Row {row + 1} has no {listed.commune}.")
        for row in empty
    ]
    table = table.drop(index=empty).reset_index(drop=True)
    refuse_duplicates(folder.place(listed.source), listed.commune, table[listed.commune])
    words = dict.fromkeys(listed.inside, INSIDE)
    words |= dict.fromkeys(listed.partly, PARTLY) | dict.fromkeys(listed.outside, OUTSIDE)
    known = ", ".join(words)
    state = np.asarray(table[listed.status].map(words).fillna(UNTOLD), np.int64)
    strange = table[state == UNTOLD].set_index(listed.commune)[listed.status].to_dict()
    findings += notes(
        "unreadable-value",
        listed.source,
        [str(code) for code in strange],
        lambda code: f"{listed.status} of {code} is {strange[code]!r}, none of {known}; not known.",
        f"{len(strange)} communes have a {listed.status} that is none of {known}",
        key=listed.status,
    )
    codes = pd.Index(table[listed.commune], dtype="str")
    edition = context.catalog.sources[listed.source].edition
    if edition is None or edition == context.edition:
        return _placed(codes, state, context.communes), findings
    crossing = cross(context.history, Origin(listed.source, edition), codes)
    carried = _placed(crossing.reached, _common(crossing, state), context.communes)
    return carried, findings + list(crossing.findings)


def _common(crossing: Crossing, state: Ints) -> Ints:
    """Return the state that all parts of each reached commune have, `PARTLY` where they differ."""
    count = len(crossing.reached)
    least, most = np.full(count, UNTOLD, np.int64), np.full(count, INSIDE, np.int64)
    np.minimum.at(least, crossing.new, state[crossing.old])
    np.maximum.at(most, crossing.new, state[crossing.old])
    common = np.where(least == most, least, np.where(least == OUTSIDE, UNTOLD, PARTLY))
    told: Ints = np.where((crossing.lacking > 0) & (common != UNTOLD), PARTLY, common)
    return told


def _placed(codes: pd.Index, state: Ints, communes: pd.Index) -> Ints:
    row = codes.get_indexer(communes)
    placed: Ints = np.where(row >= 0, state[row], UNTOLD)
    return placed


def _united(
    key: str, layer: Layer, state: Ints, names: Mapping[str, str], context: Context
) -> tuple[LayerTable, Laid]:
    """Unite the communes of one state in each territory of the level, whose `names` are given, to areas."""
    listed = layer.listed
    assert listed is not None  # noqa: S101 - told by the caller
    territory = context.membership[listed.level]
    commune = np.flatnonzero((state <= PARTLY) & territory.notna().to_numpy())
    within = pd.MultiIndex.from_arrays([territory.iloc[commune].astype("str"), state[commune]])
    area, groups = within.factorize(sort=True)
    words = {INSIDE: listed.inside[0], PARTLY: listed.partly[0] if listed.partly else ""}
    outlines = context.outlines.geometry.to_numpy()
    shapes = [shapely.coverage_union_all(outlines[commune[area == number]]) for number in range(len(groups))]
    code = [f"{key}-{of}" + ("-p" if kind == PARTLY else "") for of, kind in groups]
    table = pd.DataFrame({"id": feature_ids(f"layer {key}", code), "code": code})
    table["name"] = [names.get(of, of) for of, _ in groups]
    for item in layer.properties:
        table[item.id] = [words[kind] for _, kind in groups]
    kept = table.astype({name: "str" for name in table.columns if name != "id"})
    inside, unknown = (np.where(state == kind, context.area_km2, 0.0) for kind in (INSIDE, PARTLY))
    pieces = Pieces(
        area=area.astype(np.int64),
        commune=commune.astype(np.int64),
        km2=np.where(state[commune] == INSIDE, context.area_km2[commune], np.nan),
        inside_km2=inside,
        unknown_km2=unknown,
        estimated=np.zeros(len(state), np.bool_),
    )
    file = np.zeros(len(kept), np.int64)
    return LayerTable(key, kept, shapes=np.array(shapes, object), file=file), Laid(pieces, state != UNTOLD)
