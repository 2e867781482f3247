"""What the survey of recruitment projects (BMO) *is*: the shape of ``labour.toml``.

The survey counts, by trade and *bassin d'emploi*, the recruitment projects of a year. Its figures are a long
table, not indicators: several hundred trades, each with some figures.
"""

from typing import Annotated

from msgspec import Meta, field

from layers.spec import Declaration, Slug, Text

Year = Annotated[str, Meta(pattern=r"^[0-9]{4}$")]

NATION, NATION_CODE = "nation", "all"
"""The level of the whole map and the code of its only territory."""

BASSIN = "bassin"
"""The level of the survey's own zones."""

TOTAL = "all"
"""The code under which all trades are added up."""


class ZoneList(Declaration, frozen=True):
    """Which zone each commune is in: a table of one row a commune."""

    source: Slug
    commune: str
    zone: str


class Nomenclature(Declaration, frozen=True):
    """A list of trades; ``source`` and its column ``code`` are its official list, where that is a file.

    ``domains`` are the trades whose codes begin with one letter.
    """

    title: Text
    domains: dict[Annotated[str, Meta(pattern=r"^[A-Z]$")], Text] = field(default_factory=dict)
    source: Slug | None = None
    code: str | None = None


class Columns(Declaration, frozen=True):
    """The columns of the figures: projects, how many of them are difficult, how many seasonal."""

    met: str
    xmet: str
    smet: str


class SurveyYear(Declaration, frozen=True):
    """The file of a year: a row a zone, département and trade.

    The names of its columns; the id of the list of zones that fits it. ``recoded`` leads a code of this file
    to that of the same zone in the list. ``outside`` are zones that are not on the map.
    """

    year: Year
    source: Slug
    nomenclature: Slug
    zones: Slug
    zone: str
    zone_name: str
    place: str
    trade: str
    trade_name: str
    family: str
    family_name: str
    recoded: dict[str, str] = field(default_factory=dict)
    outside: tuple[str, ...] = ()


class Labour(Declaration, frozen=True):
    """The survey: its years, the lists of its zones, and how it reaches the territories.

    ``place`` is the level that the column of that name of each year is of; a zone that lies in several of
    them has rows in each. ``weight`` is the indicator by which a zone is shared out among the territories
    that it lies in. ``absent`` says what it means that there is no row. ``secret`` are the cells that mean
    *withheld*; codes of zones have ``zone_width`` figures, of which some files have lost the first zeros.
    ``compared`` is a list of zones that no year uses, held against the others. Series begin anew wherever
    the nomenclature changes. ``focus`` is the code of the family of trades that the site is about.
    """

    title: Text
    definition: Text
    absent: Text
    columns: Columns
    weight: Slug
    place: Slug
    secret: tuple[str, ...]
    zone_width: Annotated[int, Meta(ge=1, le=9)]
    zones: dict[Slug, ZoneList]
    nomenclatures: dict[Slug, Nomenclature]
    years: tuple[SurveyYear, ...]
    compared: Slug | None = None
    focus: str | None = None


def labour_sources(labour: Labour) -> tuple[str, ...]:
    """Return the ids of the sources that the survey is read from: years, lists of zones, nomenclatures."""
    listed = [labour.zones[key].source for key in labour.zones]
    named = [each.source for each in labour.nomenclatures.values() if each.source is not None]
    return tuple(dict.fromkeys([*(year.source for year in labour.years), *listed, *named]))
