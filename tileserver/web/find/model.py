"""What was found, as it is told: JSON, CSV and the page all come from this."""

from typing import Any

from msgspec import Struct

from tileserver.store.manifest import SourceEntry, Title
from tileserver.web.profile.model import Value


class Told(Struct, frozen=True, kw_only=True):
    """A column of figures: what it is, its unit, the ids of its sources."""

    id: str
    title: Title
    unit: Title
    precision: int
    count: bool
    sources: tuple[str, ...]


class Why(Struct, frozen=True, kw_only=True):
    """A figure that would have been needed, and the status that says why there is none."""

    column: str
    status: str


class Counted(Struct, frozen=True, kw_only=True):
    """Of how many territories a figure is lacking, by its status."""

    column: str
    title: Title
    status: str
    count: int


class Row(Struct, frozen=True, kw_only=True):
    """A territory that passes. ``rank`` is shared by ``tied`` of them; None where no figure orders them.

    ``cells`` are in the order of the columns.
    """

    rank: int | None
    tied: int
    code: str
    name: str
    within: str | None
    cells: tuple[Value, ...]


class Apart(Struct, frozen=True, kw_only=True):
    """A territory of which it is not known whether it passes, or where it stands."""

    code: str
    name: str
    why: tuple[Why, ...]
    cells: tuple[Value, ...]


class Found(Struct, frozen=True, kw_only=True):
    """What every answer tells: what was asked, in which version, and how many pass.

    ``count`` pass, ``failing`` do not; of ``unranked_count`` it is not known, for the reasons in
    ``unranked_why``. ``columns`` are those of the figures of all rows.
    """

    store: str
    filter: str | None
    sort: str | None
    limit: int
    columns: tuple[Told, ...]
    count: int
    failing: int
    unranked_count: int
    unranked_why: tuple[Counted, ...]
    notes: tuple[Title, ...]
    sources: dict[str, SourceEntry]


class Answer(Found, frozen=True, kw_only=True):
    """The territories of a level found, the first of them; the first of those that stand apart."""

    level: str
    level_title: Title
    territories: tuple[Row, ...]
    unranked: tuple[Apart, ...]


class Site(Struct, frozen=True, kw_only=True):
    """A site that passes, with all that its layer tells of it; ``cells`` in the order of the columns."""

    rank: int | None
    tied: int
    code: str
    name: str
    lon: float
    lat: float
    properties: dict[str, Any]
    cells: tuple[Value, ...]


class Sites(Found, frozen=True, kw_only=True):
    """The sites of a layer found, of a territory or of the country; the first of those not known of.

    Coordinates are in degrees (EPSG:4326), distances in km on the ellipsoid of WGS 84.
    """

    layer: str
    title: Title
    level: str | None
    code: str | None
    place: str | None
    sites: tuple[Site, ...]
    unranked: tuple[Site, ...]
