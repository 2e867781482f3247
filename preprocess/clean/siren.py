"""The number of a firm (SIREN, 9 digits), also from that of one of its establishments (SIRET, 14).

Both end in a check digit by Luhn's algorithm (ISO/IEC 7812-1). The SIRET of La Poste are the exception:
their digits add up to a multiple of five.
"""

import pandas as pd

from preprocess.clean.cleaned import Cleaned, Fault

SIREN, SIRET = 9, 14
LA_POSTE = "356000000"


def siren(values: pd.Series) -> Cleaned:
    """Return the SIREN of each cell; null where no valid one can be read.

    Blanks and dots go. Shorter numbers have lost zeros at their beginning (a spreadsheet took them for
    numbers), and get them back where the check digit then agrees.
    """
    digits = values.str.replace(r"[\s.\u00a0\u202f]", "", regex=True)
    read = digits.map(_read, na_action="ignore")
    found = read.map(lambda pair: pair[0], na_action="ignore").astype("str")
    how = read.map(lambda pair: pair[1], na_action="ignore")
    return Cleaned(
        found,
        (
            Fault(
                how == "siret",
                rule="siren-from-siret",
                severity="repair",
                told="is a SIRET; its SIREN was taken",
            ),
            Fault(
                how == "zeros",
                rule="zeros-lost",
                severity="repair",
                told="had lost the zeros at its beginning",
            ),
            Fault(
                how == "doubtful",
                rule="siren-from-siret",
                severity="warning",
                told="is a SIRET whose check digit is wrong; its SIREN, which is valid, was taken",
            ),
            Fault(
                how == "wrong",
                rule="siren-invalid",
                severity="warning",
                told="is no valid SIREN or SIRET; it was left out",
            ),
        ),
    )


def _read(text: str) -> tuple[str | None, str]:
    """Return the SIREN in a text without blanks, and how it was read."""
    if not (text.isascii() and text.isdigit()) or len(text) > SIRET:
        return None, "wrong"
    if len(text) <= SIREN:
        full = text.zfill(SIREN)
        if not is_siren(full):
            return None, "wrong"
        return full, "right" if len(text) == SIREN else "zeros"
    full = text.zfill(SIRET)
    if not is_siren(full[:SIREN]):
        return None, "wrong"
    if is_siret(full):
        return full[:SIREN], "siret" if len(text) == SIRET else "zeros"
    return (full[:SIREN], "doubtful") if len(text) == SIRET else (None, "wrong")


def is_siren(text: str) -> bool:
    """Whether nine digits are a SIREN by their check digit; nine zeros are none."""
    return len(text) == SIREN and text.strip("0") != "" and _luhn(text) % 10 == 0


def is_siret(text: str) -> bool:
    """Whether fourteen digits are a SIRET by their check digit."""
    if len(text) != SIRET:
        return False
    return _luhn(text) % 10 == 0 or (text.startswith(LA_POSTE) and sum(map(int, text)) % 5 == 0)


def _luhn(text: str) -> int:
    """Add the digits up, every second from the right doubled and cast out nines."""
    total = 0
    for place, figure in enumerate(reversed(text)):
        number = int(figure) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total
