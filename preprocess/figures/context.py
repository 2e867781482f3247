"""What the origins of figures are made from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import geopandas
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.catalog import Catalog
from layers.indicators import POPULATION
from layers.levels import finest_layer
from preprocess.areas import areas_km2
from preprocess.cache.kept import digest
from preprocess.crossing import Crossing
from preprocess.figures.rules import Links
from preprocess.figures.table import Figures, Series
from preprocess.findings import Finding
from preprocess.history import History, read_history
from preprocess.labour.tables import LabourTables
from preprocess.laid import Laid
from preprocess.prepared import LayerTable
from preprocess.progress import Progress
from preprocess.sources import Sources

Made = tuple[LabourTables | None, list[Finding]]


@dataclass
class Context:
    """All that is known when the figures of the communes are made.

    ``outlines``: EPSG:4326, columns ``code``, ``name`` and ``geometry``, one row a commune. ``membership``: a
    row a commune in that same order, a column a level (``commune``, ``epci``, ``ti``, …), null for none.
    ``tables``: the rows of the layers that have their own (points, lines, zonings). ``done``: the figures
    of the communes that are made already, by indicator: whatever an indicator needs comes before it.
    ``zones``, ``crossings`` and ``laid`` (zonings over the communes): what was read once and is used again.
    ``links``: by indicator, which communes have parts of one figure.
    ``survey`` makes the tables of the survey of recruitment projects, given the weights of the communes.
    """

    catalog: Catalog
    folder: Sources
    outlines: geopandas.GeoDataFrame
    membership: pd.DataFrame
    tables: Mapping[str, LayerTable]
    progress: Progress
    done: dict[str, Series] = field(default_factory=dict)
    zones: dict[str, pd.Series] = field(default_factory=dict)
    crossings: dict[tuple[str, str, str], Crossing] = field(default_factory=dict)
    links: dict[str, Links] = field(default_factory=dict)
    laid: dict[str, Laid] = field(default_factory=dict)
    survey: Callable[[NDArray[np.float64]], Made] | None = None
    _history: History | None = None
    _labour: Made | None = None

    @property
    def communes(self) -> pd.Index:
        """The codes of the communes, text, sorted: the rows of all figures."""
        codes: pd.Index = pd.Index(self.outlines["code"], dtype="str", name="commune")
        return codes

    @cached_property
    def area_km2(self) -> NDArray[np.float64]:
        """The geodesic area of each commune, km²."""
        shapes = self.outlines.geometry.to_numpy()
        return self.folder.kept(shapes, areas_km2, shapes)

    @cached_property
    def ground_key(self) -> str:
        """A digest of the communes: outlines, names, territories, and the history of their list."""
        detail = finest_layer(self.catalog.layers)[1].detail
        movements = None
        if detail is not None and self.folder.has(detail.movements):
            self.folder.open(detail.movements)  # what is kept under this digest rests on it
            movements = self.folder.state(detail.movements)
        return digest(self.outlines[["code", "name", "geometry"]], self.membership, self.edition, movements)

    @property
    def edition(self) -> int | None:
        """The year of the list of communes that figures are carried to."""
        return self.catalog.sources[str(finest_layer(self.catalog.layers)[1].source)].edition

    @property
    def history(self) -> History:
        """What became of the communes of other editions; read when first asked for."""
        if self._history is None:
            self._history = read_history(self.catalog, self.folder, list(self.outlines["code"]))
        return self._history

    @property
    def population(self) -> dict[str, float] | None:
        """Population by commune, to share out what was divided; None while it is not known."""
        series = self.done.get(POPULATION)
        if series is None:
            return None
        figures = latest(series)
        return dict(zip(map(str, figures.codes), figures.value.tolist(), strict=True))

    @property
    def labour(self) -> Made:
        """The survey of recruitment projects, and what was noticed; made when first asked for."""
        if self._labour is None:
            declared = self.catalog.labour
            if declared is None or self.survey is None:
                self._labour = (None, [])
            else:
                self._labour = self.survey(np.nan_to_num(self.weight(declared.weight, None)))
        return self._labour

    def weight(self, indicator: str | None, period: str | None) -> NDArray[np.float64]:
        """Return the weight of each commune, NaN where it is not known; ones for none."""
        if indicator is None:
            return np.ones(len(self.outlines))
        series = self.done[indicator]
        return (series[period] if period in series else latest(series)).value


def latest(series: Series) -> Figures:
    """Return the figures of the last period."""
    return series[max(series, key=lambda period: period or "")]
