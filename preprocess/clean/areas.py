"""Areas: from square metres to hectares, and which are hard to believe."""

import numpy as np
import pandas as pd

from layers.spec import Usual
from preprocess.clean.cleaned import Cleaned, Fault

M2_PER_HECTARE = 10_000


def hectares(values: pd.Series) -> Cleaned:
    """Return hectares from m², as text. What is no number stays as it is, for its type to refuse."""
    number = pd.to_numeric(values, errors="coerce")
    text = (number / M2_PER_HECTARE).map(repr, na_action="ignore").astype("str")
    return Cleaned(text.where(number.notna(), values).astype("str"))


def outlier(values: pd.Series, usual: Usual) -> Cleaned:
    """Tell of each number whether it is out of its `usual` bounds; null where there is none.

    The number itself is kept elsewhere: it is what the producer says.
    """
    number = pd.to_numeric(values, errors="coerce")
    out = (number < usual.least) | (number > usual.most)
    told = f"is out of {usual.least:g} to {usual.most:g}, the usual values; it was kept, and marked"
    flags = pd.Series(np.where(out, "true", "false"), values.index, dtype="str")
    return Cleaned(
        flags.where(number.notna()), (Fault(out, rule="unusual-value", severity="warning", told=told),)
    )
