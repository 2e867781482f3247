"""Pure checks of rows: each returns the rows that stand, and a finding for each that does not."""

from collections.abc import Sequence

import geopandas
import numpy as np
import pandas as pd
import shapely

from layers.spec import FieldType
from preprocess.crs import outside_world
from preprocess.findings import Finding
from tileserver.errors import SourceError

STEP = "validate"
SHOWN = 10
TRUE = ("true", "vrai", "oui", "1", "t")
FALSE = ("false", "faux", "non", "0", "f")


def refuse_duplicates(place: str, column: str, codes: pd.Series) -> None:
    """Raise `SourceError` where a code stands on several rows, naming codes and rows (from 1)."""
    repeated = codes[codes.duplicated(keep=False) & codes.notna()]
    if repeated.empty:
        return
    groups = list(repeated.groupby(repeated, sort=True))
    shown = "; ".join(
        f"{code} on rows {', '.join(str(row + 1) for row in rows.index)}" for code, rows in groups[:SHOWN]
    )
    more = f"; and {len(groups) - SHOWN} more" if len(groups) > SHOWN else ""
    raise SourceError(f"{place}: column {column!r} has codes that should be unique: {shown}{more}")


def drop_repeated(
    frame: geopandas.GeoDataFrame, columns: Sequence[str], source: str
) -> tuple[geopandas.GeoDataFrame, list[Finding]]:
    """Keep the first of the rows that share the values of `columns`."""
    repeated = frame.duplicated(subset=list(columns), keep="first")
    findings = [
        Finding(
            severity="warning",
            step=STEP,
            rule="duplicate-code",
            source=source,
            key="/".join(str(value) for value in row),
            message=f"Row {number + 1} repeats the code of an earlier row; it was left out.",
        )
        for number, row in zip(
            frame.index[repeated], frame.loc[repeated, list(columns)].itertuples(index=False), strict=True
        )
    ]
    return frame[~repeated], findings


def drop_empty_codes(
    frame: geopandas.GeoDataFrame, columns: Sequence[str], source: str
) -> tuple[geopandas.GeoDataFrame, list[Finding]]:
    """Leave out the rows that lack one of the `columns` that make their code."""
    empty = frame[list(columns)].isna().any(axis=1)
    findings = [
        Finding(
            severity="warning",
            step=STEP,
            rule="empty-code",
            source=source,
            key=f"row {number + 1}",
            message=f"Row {number + 1} has no {' or no '.join(columns)}; it was left out.",
        )
        for number in frame.index[empty]
    ]
    return frame[~empty], findings


def drop_unlocated(
    frame: geopandas.GeoDataFrame, key: str, source: str
) -> tuple[geopandas.GeoDataFrame, list[Finding]]:
    """Leave out the rows without geometry, or with a coordinate outside the world."""
    shapes = frame.geometry
    empty = (shapes.isna() | shapes.is_empty).to_numpy()
    # A point whose coordinates are NaN or infinite is as unlocated as one without geometry.
    # Bounds leave out a vertex that is NaN, so each is looked at.
    xy, row = shapely.get_coordinates(shapes.to_numpy(), return_index=True)
    unreal = ~empty & (np.bincount(row[~np.isfinite(xy).all(axis=1)], minlength=len(frame)) > 0)
    outside = ~unreal & outside_world(frame)
    reasons = np.select([empty, unreal, outside], [1, 1, 2], default=0)
    rules = {1: "empty-geometry", 2: "outside-world"}
    texts = {1: "has no position that can be read", 2: "lies outside longitude ±180, latitude ±90"}
    findings = [
        Finding(
            severity="warning",
            step=STEP,
            rule=rules[int(reason)],
            source=source,
            key=_key(code, int(number)),
            message=f"Row {int(number) + 1} {texts[int(reason)]}; it was left out.",
        )
        for number, code, reason in zip(frame.index, frame[key], reasons, strict=True)
        if reason
    ]
    return frame[reasons == 0], findings


def refuse_other_shapes(place: str, frame: geopandas.GeoDataFrame, allowed: Sequence[str]) -> None:
    """Raise `SourceError` where a row is of another geometry type than the layer draws."""
    types = frame.geometry.geom_type
    wrong = frame.index[~types.isin(allowed)]
    if len(wrong):
        raise SourceError(
            f"{place}: row {int(wrong[0]) + 1} is a {types[wrong[0]]} and {len(wrong)} rows are not "
            f"{' or '.join(allowed)}; correct the file, or the `kind` of the layer"
        )


def typed(
    values: pd.Series, kind: FieldType, keys: pd.Series, *, source: str, column: str
) -> tuple[pd.Series, list[Finding]]:
    """Return text as the declared type; what cannot be read becomes null, with a finding.

    ``string`` → ``str``; ``integer`` → ``Int64``; ``number`` → ``float64``; ``boolean`` →
    ``boolean``. `keys` names each row in the findings. Outliers are kept: they are values.
    """
    if kind == "string":
        return values.astype("str"), []
    result = _booleans(values) if kind == "boolean" else _numbers(values, whole=kind == "integer")
    good = result.notna()
    bad = values.notna() & ~good
    wanted = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}[kind]
    findings = [
        Finding(
            severity="warning",
            step=STEP,
            rule="unreadable-value",
            source=source,
            key=_key(key, int(number)),
            message=f"{column} is {text!r}, not {wanted}; it was taken as missing.",
        )
        for number, key, text in zip(values.index[bad], keys[bad], values[bad], strict=True)
    ]
    return result, findings


def _booleans(values: pd.Series) -> pd.Series:
    lowered = values.str.lower()
    unread = ~lowered.isin([*TRUE, *FALSE])
    return lowered.isin(TRUE).astype("boolean").mask(unread)


def _numbers(values: pd.Series, *, whole: bool) -> pd.Series:
    """Read figures; *inf*, *nan* and, where `whole` is asked, fractions are unreadable."""
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    good = np.isfinite(numbers.to_numpy())
    if not whole:
        return numbers.where(good)
    good &= ((numbers % 1 == 0) & (numbers.abs() <= 2**53)).to_numpy()
    return numbers.where(good).astype("Int64")


def _key(code: object, number: int) -> str:
    return code if isinstance(code, str) else f"row {number + 1}"
