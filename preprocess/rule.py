"""A rule of the findings, as it is told to the producer of the data."""

from typing import NamedTuple


class Rule(NamedTuple):
    """A short title and one explanation, in two languages."""

    fr: str
    en: str
    explained_fr: str
    explained_en: str
