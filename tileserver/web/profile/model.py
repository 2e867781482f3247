"""A profile as it is told: what JSON, CSV and the page all come from.

A figure without value says by its status why. Texts for people are in French and English. Sources are named
by their ids; `Profile.sources` holds each once.
"""

from msgspec import Struct

from tileserver.store.manifest import SourceEntry, Title


class Value(Struct, frozen=True, kw_only=True):
    """A published figure: None where there is none; ``known``: the share of weight that it rests on."""

    value: float | None
    status: str
    known: float


class Compared(Struct, frozen=True, kw_only=True):
    """The figure of the région that a territory lies in, for most of its communes."""

    code: str
    name: str
    value: Value


class Moment(Struct, frozen=True, kw_only=True):
    """A figure of one period, with those of the région and of the nation."""

    period: str
    value: Value
    region: Value | None
    nation: float | None


class Figure(Struct, frozen=True, kw_only=True):
    """An indicator of a territory.

    ``rank`` is among the ``ranked`` territories of its level that have a figure, 1 the highest, shared by
    ``tied`` of them; None without a figure, and of a class. ``label`` says what a class stands for.
    ``series`` is empty where there is one period; a series begins anew at each of ``breaks``.
    """

    id: str
    title: Title
    definition: Title
    unit: Title
    theme: str
    count: bool
    precision: int
    period: str | None
    date: str
    value: Value
    region: Compared | None
    nation: float | None
    label: Title | None
    rank: int | None
    tied: int
    ranked: int
    series: tuple[Moment, ...]
    breaks: tuple[str, ...]
    sources: tuple[str, ...]


class Link(Struct, frozen=True, kw_only=True):
    """A territory that shares communes with this one.

    ``shared`` communes are in both, of ``communes`` that it has; ``whole``: the finer of the two lies in the
    wider one.
    """

    code: str
    name: str
    shared: int
    communes: int
    whole: bool


class Related(Struct, frozen=True, kw_only=True):
    """The territories of one level that a territory lies in, or is made of."""

    level: str
    title: Title
    territories: tuple[Link, ...]


class Trade(Struct, frozen=True, kw_only=True):
    """A trade in one year: recruitment projects, of which difficult, of which seasonal.

    Shares are None where the parts they need are not known. ``nation_difficult``: the share of the country.
    ``rank`` is that of its share of difficult projects among the trades that are ranked together, 1 the
    largest, shared by ``tied`` of them; None where it is not ranked.
    """

    code: str
    name: str
    family: str | None
    projects: Value
    difficult: Value
    seasonal: Value
    share_difficult: float | None
    share_lasting: float | None
    nation_difficult: float | None
    rank: int | None = None
    tied: int = 0


class TradeFamily(Struct, frozen=True, kw_only=True):
    """The trades of a family in one year: together, and the hardest to recruit for of ``ranked``.

    ``focus``: it is the family that the site is about.
    """

    code: str
    name: str
    focus: bool
    whole: Trade
    ranked: int
    hardest: tuple[Trade, ...]


class TradeYear(Struct, frozen=True, kw_only=True):
    """One year of the survey: all trades together, the hardest to recruit for, the most sought after.

    ``ranked`` trades have projects enough to be ranked by their share of difficult ones.
    """

    year: str
    nomenclature: str
    nomenclature_title: Title
    total: Trade | None
    ranked: int
    hardest: tuple[Trade, ...]
    most: tuple[Trade, ...]
    families: tuple[TradeFamily, ...]
    trades: int


class Labour(Struct, frozen=True, kw_only=True):
    """The survey of recruitment projects of a territory. At each of ``breaks`` the nomenclature changes.

    ``least`` projects are needed to be among the hardest.
    """

    title: Title
    definition: Title
    absent: Title
    least: int
    years: tuple[TradeYear, ...]
    breaks: tuple[str, ...]
    sources: tuple[str, ...]


class Item(Struct, frozen=True, kw_only=True):
    """A project or a site: its name, where it is in degrees, and what is told of it (title → value)."""

    code: str
    name: str
    lon: float
    lat: float
    told: tuple[tuple[Title, str], ...]


class Counted(Struct, frozen=True, kw_only=True):
    """How many there are by the values of one field, the most frequent first; None for no data."""

    title: Title
    values: tuple[tuple[str | None, int], ...]


class Total(Struct, frozen=True, kw_only=True):
    """The sum of a field over the rows that have a value, ``known`` in number."""

    title: Title
    unit: Title | None
    value: float | None
    known: int


class Inventory(Struct, frozen=True, kw_only=True):
    """What of a layer of points lies in a territory; ``items`` are its first rows."""

    layer: str
    title: Title
    count: int
    counts: tuple[Counted, ...]
    totals: tuple[Total, ...]
    items: tuple[Item, ...]
    notes: tuple[Title, ...]
    sources: tuple[str, ...]


class Zone(Struct, frozen=True, kw_only=True):
    """An area of a zoning in a territory; None where its size in the territory is not known."""

    code: str
    name: str
    km2: float | None


class Zoning(Struct, frozen=True, kw_only=True):
    """What of a territory lies in a zoning: ``share`` of the ground of which that is known."""

    layer: str
    title: Title
    km2: float | None
    share: Value
    count: int
    areas: tuple[Zone, ...]
    sources: tuple[str, ...]


class Programme(Struct, frozen=True, kw_only=True):
    """The points of a programme (towns, neighbourhoods) in a territory."""

    layer: str
    title: Title
    count: int
    names: tuple[str, ...]
    sources: tuple[str, ...]


class Profile(Struct, frozen=True, kw_only=True):
    """All that is told of a territory. ``bounds``: west, south, east, north in degrees (EPSG:4326)."""

    store: str
    level: str
    level_title: Title
    code: str
    name: str
    bounds: tuple[float, float, float, float]
    within: tuple[Related, ...]
    parts: tuple[Related, ...]
    figures: tuple[Figure, ...]
    labour: Labour | None
    projects: tuple[Inventory, ...]
    land: tuple[Inventory, ...]
    zonings: tuple[Zoning, ...]
    programmes: tuple[Programme, ...]
    sources: dict[str, SourceEntry]
