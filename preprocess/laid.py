"""What comes out when a zoning is laid over the communes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from preprocess.history import History

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Ground:
    """The communes that zonings are laid over, a row each: ``shapes``, EPSG:4326, and ``area_km2``.

    ``membership``: a column a level, text or null.
    """

    codes: pd.Index
    names: NDArray[np.object_]
    shapes: Shapes
    area_km2: Floats
    membership: pd.DataFrame
    history: History


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of areas in communes: ``area`` and ``commune`` are rows, int64 (p).

    ``km2``, float64 (p), is NaN where an unknown part of the piece counts. Of each commune, float64 (n):
    ``inside_km2``, each spot once, and ``unknown_km2``, ground of which nobody knows whether it is inside.
    ``estimated``, bool (n): those whose figure the source is too coarse to give exactly.
    """

    area: Ints
    commune: Ints
    km2: Floats
    inside_km2: Floats
    unknown_km2: Floats
    estimated: Mask


@dataclass(frozen=True, slots=True)
class Laid:
    """A zoning over the communes: its pieces, and where it is told, bool (n)."""

    pieces: Pieces
    covered: Mask
