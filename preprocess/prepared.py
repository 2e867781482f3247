"""What the data half of the preprocess hands to the geometry half."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from preprocess.figures.publish import FigureColumn
from preprocess.findings import Finding
from preprocess.labour.tables import LabourTables
from preprocess.zoning_tables import ZoningTables


@dataclass(frozen=True, slots=True)
class LayerTable:
    """The rows of one layer, checked and joined.

    ``table`` has a RangeIndex and the columns ``id`` (uint64, stable feature id), ``code`` and
    ``name`` (str), then each declared property, then, for a territory layer, the columns of the
    indicators that exist at its level, described by ``figures`` in their order. *No data* is a null
    (``pd.NA``/NaN), never a zero. In EPSG:4326: ``lonlat`` is float64 (n, 2), for points, ``shapes``
    object (n), (multi)lines for lines, valid (multi)polygons for zonings; None elsewhere. ``file``, of
    a zoning: int64 (n), the number of the row's file among the layer's ``areas``.
    """

    layer: str
    table: pd.DataFrame
    lonlat: NDArray[np.float64] | None = None
    shapes: NDArray[np.object_] | None = None
    file: NDArray[np.int64] | None = None
    figures: tuple[FigureColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorFacts:
    """What came out of an indicator: its periods in the order of time, none where it has no such dimension.

    ``coverage``: level → period (empty text for none) → status → number of territories. ``country``: the
    figure of the whole country by period.
    """

    periods: tuple[str, ...]
    coverage: Mapping[str, Mapping[str, Mapping[str, int]]]
    country: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is needed to pack a store.

    ``outlines``: GeoDataFrame, EPSG:4326, columns ``code`` and ``geometry``, one row a commune,
    in the order of the rows of ``tables["communes"]``, a valid coverage.
    ``membership``: one row a commune in that same order; the column ``commune`` (never null) and one
    nullable string column for each other level (``epci``, ``ti``, ``departement``, ``region``).
    ``tables``: layer id → its rows. ``indicators``: what came out of each.
    ``source_digests``: source id → (path, bytes, digest in hex); ``source_rows``: its number of rows, 0 where
    they were not counted. ``labour``: the survey of recruitment projects, where one is declared.
    ``zonings``: the zonings of each territory, where any are.
    """

    outlines: geopandas.GeoDataFrame
    membership: pd.DataFrame
    tables: dict[str, LayerTable]
    findings: tuple[Finding, ...]
    source_digests: dict[str, tuple[str, int, str]]
    source_rows: Mapping[str, int] = field(default_factory=dict)
    labour: LabourTables | None = None
    zonings: ZoningTables | None = None
    indicators: Mapping[str, IndicatorFacts] = field(default_factory=dict)
