"""Official codes that spreadsheets took for numbers: postcodes, départements, communes."""

import pandas as pd

from preprocess.clean.cleaned import Cleaned, Fault

POSTCODE = r"(?:0[1-9]|[1-8]\d|9[0-8])\d{3}"
DEPARTEMENT = r"0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-5]|97[1-8]|98[4-9]"
COMMUNE = r"(?:0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-8])\d{3}"


def postcode(values: pd.Series) -> Cleaned:
    """Return five digits: ``8000`` is ``08000``."""
    return _code(values, POSTCODE, 5, "postcode")


def departement(values: pd.Series) -> Cleaned:
    """Return the code of a département: ``8.0`` is ``08``, ``2a`` is ``2A``."""
    return _code(values, DEPARTEMENT, 2, "code of a département")


def commune(values: pd.Series) -> Cleaned:
    """Return the code of a commune: ``1053`` is ``01053``."""
    return _code(values, COMMUNE, 5, "code of a commune")


def _code(values: pd.Series, pattern: str, width: int, what: str) -> Cleaned:
    """Take decimals of nothing off, give lost zeros back, and refuse what does not look like the code."""
    whole = values.str.replace(r"\.0+$", "", regex=True).str.upper()
    full = whole.str.zfill(width)
    good = full.str.fullmatch(pattern).fillna(value=False).astype(bool)
    given = values.notna()
    return Cleaned(
        full.where(good).astype("str"),
        (
            Fault(
                given & good & (full != whole),
                rule="zeros-lost",
                severity="repair",
                told=f"as a {what} begins with 0",
            ),
            Fault(
                given & good & (whole != values.str.upper()),
                rule="code-as-number",
                severity="repair",
                told=f"is a number; as a {what} it has no decimals",
            ),
            Fault(
                given & ~good, rule="code-invalid", severity="warning", told=f"is no {what}; it was left out"
            ),
        ),
    )
