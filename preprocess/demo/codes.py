"""Codes after the manner of INSEE and of the SIREN register."""

from collections.abc import Sequence

import numpy as np

CAPITAL, SECOND, THIRD = "75056", "69123", "13055"
ARRONDISSEMENTS = {
    CAPITAL: range(75101, 75121),
    SECOND: range(69381, 69390),
    THIRD: range(13201, 13217),
}
FAR_DEPARTEMENT, LAGOON_DEPARTEMENT = "974", "976"
FAR_REGION, LAGOON_REGION = "04", "06"
REGIONS = ("11", "24", "27", "28", "32", "44", "52", "53", "75", "76", "84", "93", "94")
NO_EPCI, NO_EPCI_NAME = "ZZZZZZZZZ", "Sans objet"

_FIXED = ("75", "69", "13", "2A", "2B", "60")


def departement_codes(count: int) -> list[str]:
    """Give `count` codes: 75, 69, 13, 2A, 2B and 60 first, then two digits in rising order."""
    pool = [f"{n:02}" for n in range(1, 96) if n != 20 and f"{n:02}" not in _FIXED]
    rest = max(0, count - len(_FIXED))
    picked = [pool[int(n)] for n in np.linspace(0, len(pool) - 1, rest)]
    return [*_FIXED, *picked][:count]


def commune_codes(departement: str, count: int, rng: np.random.Generator) -> list[str]:
    """Give `count` rising commune codes in a département, clear of those with a meaning."""
    if len(departement) == 3:
        return [f"{departement}{n:02}" for n in range(1, count + 1)]
    reserved = {int(code[2:]) for code in ARRONDISSEMENTS if code.startswith(departement)}
    for city, codes in ARRONDISSEMENTS.items():
        if city.startswith(departement):
            # The whole hundred: readers may know arrondissements by their first characters.
            reserved |= set(range(codes[0] // 100 * 100 % 1000, codes[0] // 100 * 100 % 1000 + 100))
    free = [n for n in range(1, 1000) if n not in reserved]
    room = min(len(free), max(count, int(count * 1.3)))
    chosen = np.sort(rng.choice(room, size=count, replace=False))
    return [f"{departement}{free[int(n)]:03}" for n in chosen]


def siren(first_eight: str) -> str:
    """Append the check digit of Luhn that makes nine digits a SIREN."""
    total = 0
    for place, digit in enumerate(reversed(first_eight)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{first_eight}{-total % 10}"


def commune_siren(code: str) -> str:
    """Return the SIREN of a commune, after its code as in the register."""
    departement, number = code[:2], code[2:]
    if departement in ("2A", "2B"):
        return siren(f"2120{'0' if departement == '2A' else '3'}{number}")
    return siren(f"21{departement}0{number}")


def epci_sirens(departements: Sequence[str]) -> list[str]:
    """Give each EPCI a SIREN, in its order; `departements` holds that of each one's seat."""
    given = []
    for order, departement in enumerate(departements):
        digits = departement.replace("A", "0").replace("B", "0")[:2]
        given.append(siren(f"24{digits}{order:04}" if order % 3 else f"2000{order:04}"))
    return given
