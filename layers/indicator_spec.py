"""What an indicator *is*: the shape of one TOML file, the origin of its figures, the rule up the levels."""

from typing import Annotated, Literal

from msgspec import Meta, field

from layers.spec import Declaration, Slug, Text

Rule = Literal["sum", "ratio", "weighted_mean", "none", "expression"]
Theme = Literal["people", "labour", "economy", "land", "projects", "zonings"]


class Part(Declaration, frozen=True):
    """A column of a source that feeds an indicator.

    Its rows are keyed on the code of a commune; of a zone where the indicator has ``share_out``; of a
    territory of ``level`` where that is given (rule ``none`` only: figures that the producer made for each
    level). ``key_prefix`` is written before each key: some files give the commune without the first
    figures of its code (``601`` for ``97601``). ``period`` is what the column tells of; of several parts of
    one period the first that gives a territory wins. ``secret`` lists the cells that mean *withheld*,
    ``not_covered`` the beginnings of codes that the file lists though it knows nothing of them: *missing*.
    """

    source: Slug
    key: str
    value: str
    key_prefix: str = ""
    period: str | None = None
    level: Slug | None = None
    secret: tuple[str, ...] = ()
    not_covered: tuple[str, ...] = ()


class Regroup(Declaration, frozen=True):
    """Codes of a source that stand for one commune together (the arrondissements of a city).

    They are ``prefix`` followed by each number from ``first`` to ``last``, zero-filled to the length
    of the commune's own code.
    """

    commune: str
    prefix: str
    first: int
    last: int


class Category(Declaration, frozen=True):
    """A class that a file names in words (``cell``), and the whole number that is published for it."""

    cell: str
    value: int
    title: Text


class ShareOut(Declaration, frozen=True):
    """How figures known by zone only (zone d'emploi, bassin d'emploi) reach the communes.

    ``source`` lists the ``zone`` of each ``commune``. A sum is shared out by the indicator ``weight``; a rate
    (``weighted_mean``) is given to each commune of the zone as it is. Either way the commune's figure
    is *estimated*; a territory made of whole zones has a sum that is exact.
    """

    source: Slug
    zone: str
    commune: str
    weight: Slug = "population"


class Overlay(Declaration, frozen=True):
    """The area of each territory under a zoning, km² on an equal-area projection, each spot once.

    ``layer`` is a layer of kind ``zoning``. Where the zoning declares what it covers, elsewhere is *missing*.
    ``covered``: the area that the zoning tells of, inside it or not, instead.
    """

    layer: Slug
    covered: bool = False


class Raster(Declaration, frozen=True):
    """The area of each commune in some classes of a raster, km², by the exact share of each cell.

    ``least`` and ``most`` bound the classes, both included. Where the raster has no data is *missing*.
    ``covered``: the area that has any class, instead.
    """

    source: Slug
    least: float
    most: float
    covered: bool = False


class Points(Declaration, frozen=True):
    """The points of a layer in each commune: their number, or the ``sum`` of a numeric property.

    ``where`` keeps the points whose property has one of the values. The commune is the one under the point.
    """

    layer: Slug
    sum: Slug | None = None
    where: dict[Slug, tuple[str, ...]] = field(default_factory=dict)


class Survey(Declaration, frozen=True):
    """A figure of the survey of recruitment projects (``labour.toml``), all trades together.

    Each level has that of the survey's own table, by year (rule ``none``); shares are in per cent.
    ``sources`` are the files that it rests on.
    """

    figure: Literal["met", "xmet", "smet", "share_difficult", "share_non_seasonal"]
    sources: tuple[Slug, ...]


class Indicator(Declaration, frozen=True):
    """A statistic of territories, and the rule that carries it up the levels.

    The figures of the communes have one origin: ``parts`` (columns of sources), ``computed`` (``"area"``: km²
    from the outlines, on the ellipsoid), ``overlay``, ``raster`` or ``points``. ``sum`` adds them;
    ``weighted_mean`` averages them by the indicator ``weight``; ``none`` leaves each level with what its
    producer gives, and nothing elsewhere. ``ratio`` divides two other indicators, times ``factor``, *after*
    they were carried up, never averaging a rate; ``expression`` computes with any others, by name, likewise.

    ``weight`` of a ``sum`` measures the share of it that is known (default: the number of communes).
    ``categories`` are for rule ``none``: classes that cannot be put together.

    ``least_known`` is the share of weight that must be known for a figure to be published; below it, it
    is missing. ``breaks`` are the periods at which the series begins anew (another nomenclature, another
    method): no line is drawn across. ``count``: it counts things, and is drawn
    by symbols, not as a choropleth. ``listed = false``: it is made for others to rest on (the ground over
    which a share is taken), and no list for people offers it. ``limits`` are the inner limits of classes that
    people of the field know, rising: a map may ask for them in place of those found in the values.
    """

    title: Text
    definition: Text
    unit: Text
    type: Literal["integer", "number"]
    precision: Annotated[int, Meta(ge=0, le=9)]
    rule: Rule
    date: str
    theme: Theme
    parts: tuple[Part, ...] = ()
    regroup: tuple[Regroup, ...] = ()
    categories: tuple[Category, ...] = ()
    share_out: ShareOut | None = None
    computed: Literal["area"] | None = None
    overlay: Overlay | None = None
    raster: Raster | None = None
    points: Points | None = None
    survey: Survey | None = None
    numerator: Slug | None = None
    denominator: Slug | None = None
    factor: float = 1.0
    weight: Slug | None = None
    expression: str | None = None
    least_known: Annotated[float, Meta(ge=0, le=1)] = 0.5
    breaks: tuple[str, ...] = ()
    count: bool = False
    listed: bool = True
    classes: Annotated[int, Meta(ge=2, le=9)] = 7
    palette: str = "YlGnBu"
    limits: Annotated[tuple[float, ...], Meta(max_length=8)] = ()
    order: int = 0
