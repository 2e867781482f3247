"""The layer of groups of a points layer: what each group carries, and the proof that nothing is lost."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.derived import known_count
from layers.spec import Clusters, Layer
from preprocess import field_entries
from preprocess.clusters import Grouping, group_points, totals
from preprocess.derived import Derived, Positions, hilbert_order
from tileserver.errors import TileserverError
from tileserver.store.manifest import Field, LayerEntry, Title

COUNT = Title("Nombre d'éléments", "Number of features")
EXPANSION = Title("Zoom auquel le groupe se défait", "Zoom at which the group comes apart")


def clusters(
    parent: LayerEntry, layer: Layer, table: pd.DataFrame, xy: NDArray[np.int32], declared: Clusters
) -> Derived:
    """Make the layer of groups of a points layer; refuse to if a zoom has not all points in it.

    `table` has the rows of the layer and `xy`, int32 (n, 2), their positions on the grid of its deepest
    zoom, both in one order.
    """
    ids = table["id"].to_numpy(np.uint64)
    groupings = group_points(xy, ids, layer.zoom.max, deepest=declared.max, radius=declared.radius)
    tables, positions = [], []
    for grouping in groupings:
        order = hilbert_order(grouping.xy, grouping.zoom)
        rows = _rows(table, grouping, parent.fields, declared.sums)
        prove(parent, table, rows, declared.sums, grouping.zoom)
        tables.append(rows.iloc[order])
        positions.append(Positions(grouping.zoom, grouping.xy[order]))
    rows = pd.concat(tables, ignore_index=True)
    return Derived(
        role="clusters",
        zooms=(0, declared.max),
        table=rows,
        fields=_fields(rows, parent.fields, declared.sums),
        positions=positions,
        title=Title(f"{parent.title.fr} – groupes", f"{parent.title.en} – groups"),
        description=Title(
            "Les éléments proches à un zoom, réunis : leur nombre, et les sommes de leurs valeurs connues.",
            "Features that are close at a zoom, taken together: their number, and sums of known values.",
        ),
    )


def prove(
    parent: LayerEntry, table: pd.DataFrame, rows: pd.DataFrame, sums: Sequence[str], zoom: int
) -> None:
    """Add the groups of a zoom up again; raise `TileserverError` unless they are the layer's own totals."""
    figures = [("count", len(table), int(rows["count"].sum()))]
    for name in sums:
        scale = _scale(_field(parent.fields, name))
        figures += [
            (name, int(_scaled(table[name], scale)[0].sum()), int(_scaled(rows[name], scale)[0].sum())),
            (known_count(name), int(table[name].notna().sum()), int(rows[known_count(name)].sum())),
        ]
    for name, wanted, found in figures:
        if found != wanted:
            raise TileserverError(
                f"groups of layer {parent.id} at zoom {zoom}: {name} adds up to {found}, not {wanted}; "
                "nothing was published. This is a fault of the program: please report it with the sources"
            )


def _rows(
    table: pd.DataFrame, grouping: Grouping, fields: Sequence[Field], sums: Sequence[str]
) -> pd.DataFrame:
    """Make the rows of one zoom, in order of group."""
    groups = len(grouping.id)
    alone = np.full(groups, -1)
    alone[grouping.group] = np.arange(len(table))
    alone[grouping.members > 1] = -1
    site = table[["code", "name"]].astype(object).reindex(alone).reset_index(drop=True)
    rows = site.assign(id=grouping.id, count=grouping.members)
    for name in sums:
        field = _field(fields, name)
        scale = _scale(field)
        scaled, known = _scaled(table[name], scale)
        total = totals(scaled, grouping.group, groups)
        among = totals(known.astype(np.int64), grouping.group, groups)
        summed = pd.Series(total if field.type == "integer" else total / scale)
        rows[name] = summed.astype("Int64" if field.type == "integer" else "float64").where(among > 0)
        rows[known_count(name)] = among
    return rows.assign(expansion_zoom=grouping.expansion)


def _scaled(values: pd.Series, scale: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Turn values into whole numbers of their last decimal, 0 where there is none; and tell where."""
    known = values.notna().to_numpy(np.bool_)
    if scale == 1:  # whole already; by way of floats, large ones would lose their last figures
        return values.fillna(0).to_numpy(np.int64), known
    return np.rint(values.fillna(0.0).to_numpy(np.float64) * scale).astype(np.int64), known


def _scale(field: Field) -> int:
    return 1 if field.type == "integer" else int(10 ** (field.precision or 0))


def _field(fields: Sequence[Field], name: str) -> Field:
    return next(field for field in fields if field.id == name)


def _fields(rows: pd.DataFrame, parents: Sequence[Field], sums: Sequence[str]) -> tuple[Field, ...]:
    """Describe code and name of a group of one, then count, sums and expansion zoom."""
    result = [*field_entries.head_fields(rows)]

    def add(name: str, text: Title, *, kind: str = "integer", default: bool = True) -> None:
        made = field_entries.field(
            rows, len(result), name, role="property", kind=kind, text=text, default=default
        )
        result.append(made)

    add("count", COUNT)
    for name in sums:
        parent = _field(parents, name)
        add(name, Title(f"{parent.title.fr}, somme", f"{parent.title.en}, sum"), kind=parent.type)
        result[-1] = replace(result[-1], unit=parent.unit, precision=parent.precision)
        told = Title(f"{parent.title.fr}, valeurs connues", f"{parent.title.en}, known values")
        add(known_count(name), told, default=False)
    add("expansion_zoom", EXPANSION)
    return tuple(result)
