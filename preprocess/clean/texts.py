"""Texts on one line, and years of dates."""

import pandas as pd

from preprocess.clean.cleaned import Cleaned, Fault

DATE = r"(?P<first>\d{4})(?:-\d{2}(?:-\d{2})?)?(?:[T ].*)?|\d{1,2}/\d{1,2}/(?P<last>\d{4})"
"""ISO 8601 to the year, the month, the day or the time; or the French order, 14/07/2021."""


def line(values: pd.Series) -> Cleaned:
    """Return texts on one line, without blanks at their ends; the empty text is null."""
    text = values.str.replace(r"\s+", " ", regex=True).str.strip()
    return Cleaned(text.mask(text == "").astype("str"))


def year(values: pd.Series) -> Cleaned:
    """Return the year of each date, four digits."""
    parts = values.str.strip().str.extract(rf"^(?:{DATE})$")
    found = parts["first"].fillna(parts["last"]).astype("str")
    wrong = values.notna() & found.isna()
    told = "is no date (2021-07-14, or 14/07/2021); it was left out"
    return Cleaned(found, (Fault(wrong, rule="date-invalid", severity="warning", told=told),))
