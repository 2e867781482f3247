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


class Answer(Struct, frozen=True, kw_only=True):
    """The territories found: ``count`` pass, the first of them are listed; ``failing`` do not.

    ``unranked_count`` stand apart, for the reasons in ``unranked_why``; the first are in ``unranked``.
    """

    store: str
    level: str
    level_title: Title
    filter: str | None
    sort: str | None
    limit: int
    columns: tuple[Told, ...]
    count: int
    failing: int
    unranked_count: int
    unranked_why: tuple[Counted, ...]
    territories: tuple[Row, ...]
    unranked: tuple[Apart, ...]
    notes: tuple[Title, ...]
    sources: dict[str, SourceEntry]


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


class Sites(Struct, frozen=True, kw_only=True):
    """The sites of a layer found: ``count`` pass, the first of them are listed; ``failing`` do not.

    ``unranked_count`` may or may not: something is not known of them, ``unranked_why``. Coordinates are in
    degrees (EPSG:4326), distances in km on the ellipsoid of WGS 84.
    """

    store: str
    layer: str
    title: Title
    level: str | None
    code: str | None
    place: str | None
    filter: str | None
    sort: str | None
    limit: int
    columns: tuple[Told, ...]
    count: int
    failing: int
    unranked_count: int
    unranked_why: tuple[Counted, ...]
    sites: tuple[Site, ...]
    unranked: tuple[Site, ...]
    notes: tuple[Title, ...]
    sources: dict[str, SourceEntry]
