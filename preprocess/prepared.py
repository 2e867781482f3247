"""What the data half of the preprocess hands to the geometry half."""

from dataclasses import dataclass

import geopandas
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from preprocess.findings import Finding
from preprocess.labour.tables import LabourTables


@dataclass(frozen=True, slots=True)
class LayerTable:
    """The rows of one layer, checked and joined.

    ``table`` has a RangeIndex and the columns ``id`` (uint64, stable feature id), ``code`` and
    ``name`` (str), then each declared property, then, for a territory layer, one column for each
    indicator. *No data* is a null (``pd.NA``/NaN), never a zero. In EPSG:4326: ``lonlat`` is float64
    (n, 2), for points, ``shapes`` object (n), LineString or MultiLineString, for lines; None elsewhere.
    """

    layer: str
    table: pd.DataFrame
    lonlat: NDArray[np.float64] | None = None
    shapes: NDArray[np.object_] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is needed to pack a store.

    ``outlines``: GeoDataFrame, EPSG:4326, columns ``code`` and ``geometry``, one row a commune,
    in the order of the rows of ``tables["communes"]``, a valid coverage.
    ``membership``: one row a commune in that same order; the column ``commune`` (never null) and one
    nullable string column for each other level (``epci``, ``ti``, ``departement``, ``region``).
    ``tables``: layer id → its rows. ``source_digests``: source id → (path, bytes, BLAKE2b hex).
    ``labour``: the survey of recruitment projects, where one is declared.
    """

    outlines: geopandas.GeoDataFrame
    membership: pd.DataFrame
    tables: dict[str, LayerTable]
    findings: tuple[Finding, ...]
    source_digests: dict[str, tuple[str, int, str]]
    labour: LabourTables | None = None
