"""``manifest.json``: what a store version holds, and the digest that names it.

The manifest is deterministic (no build time, no host): equal inputs give an equal store digest.
Everything a server says about a layer or an indicator (TileJSON, catalogue, styles) comes from here,
so a store is complete without the declarations it was built from.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from tileserver.store import digests

MAGIC = "territory-tile-store"
FORMAT = 4
"""Raised whenever a reader of the older format would misread the files."""

CURRENT = "CURRENT"
"""The file that names the version in use."""

MANIFEST = "manifest.json"

EXTENT = 4096
"""Units a tile side, MVT 2.1 §4.1."""

FieldRole = Literal["code", "name", "property", "indicator", "status", "known"]
LayerRole = Literal["features", "labels", "clusters"]


class Title(Struct, frozen=True):
    """A text for people, French first."""

    fr: str
    en: str


class File(Struct, frozen=True):
    """A file of the store: its size in bytes and its digest (`tileserver.store.digests`)."""

    bytes: int
    digest: str


class Field(Struct, frozen=True, kw_only=True):
    """A property that tiles of a layer can carry.

    ``role`` tells who declares it. An indicator names the fields that hold its ``status`` (slugs of
    `tileserver.store.status`, null where *ok*) and the share ``known`` (of partial figures), None where
    there is nothing to tell. ``column`` is its place in the tag table (the kernel's number).
    ``coarse``, for a number, is the column of its values at three significant digits, None where they are
    the same. ``count`` is the number of rows with a value; ``minimum`` and ``maximum`` are over those
    rows (numbers only). ``level``: its values are the codes of the territories of that level that each point
    lies in.
    """

    id: str
    role: FieldRole
    type: Literal["string", "integer", "number", "boolean"]
    title: Title
    column: int
    default: bool
    unit: Title | None = None
    precision: int | None = None
    coarse: int | None = None
    count: int
    minimum: float | None = None
    maximum: float | None = None
    status: str | None = None
    known: str | None = None
    level: str | None = None


class Inventory(Struct, frozen=True, kw_only=True):
    """What ``/projects`` or ``/land`` tell of a layer of points: fields to count by, fields to add up."""

    subject: Literal["projects", "land"]
    counts: tuple[str, ...]
    totals: tuple[str, ...]


class Geometry(Struct, frozen=True, kw_only=True):
    """One level of detail of a layer: its Arrow files, relative to the store directory.

    ``rings`` is there for polygons (territories, zonings) only. Its rows are the rows ``first`` to
    ``first + count`` of the layer's tables: all of them, but for clusters, which have rows of their own at
    each zoom.
    """

    file: str
    index: str
    count: int
    first: int = 0
    vertices: int
    rings: str | None = None


class Exact(Struct, frozen=True, kw_only=True):
    """The geometry of a layer as its sources give it; see `tileserver.store.exact_format`."""

    file: str
    vertices: int


class Quality(Struct, frozen=True, kw_only=True):
    """Published proof for one zoom of a territory layer. Areas in km² on the ground.

    ``ids`` territories are present of ``expected``; ``invalid`` counts polygons that are not valid,
    ``invalid_edges`` territories with an edge on which a neighbour disagrees, ``crossing_edges``
    edges that cross a tile line (0, 0 and 0 in every published store). ``gaps`` are holes of the
    whole layer where the full-precision outlines have land, ``gap_km2`` that land; ``overlap_km2``
    is covered twice. ``lost_km2`` is the part of each full-precision territory that its simplified
    shape does not cover, summed; ``area_km2`` the layer's full area, to compare with. ``restored``
    counts territories that had collapsed and were given their smallest valid shape.
    """

    vertices: int
    ids: int
    expected: int
    invalid: int
    invalid_edges: int
    crossing_edges: int
    gaps: int
    gap_km2: float
    overlap_km2: float
    lost_km2: float
    area_km2: float
    restored: int


class Heaviest(Struct, frozen=True, kw_only=True):
    """The tile of a zoom that has most bytes, and where they come from: what a byte budget is held against.

    ``bytes`` is the tile without properties, ``columns`` what each column of the tag table adds to it.
    """

    x: int
    y: int
    features: int
    bytes: int
    columns: tuple[int, ...]


class Coarser(Struct, frozen=True, kw_only=True):
    """Coarser outlines of a layer at one zoom, for tiles that would be over a byte budget otherwise.

    ``bytes`` is the tile of the zoom that has most bytes with them, without properties.
    """

    geometry: Geometry
    quality: Quality
    bytes: int = 0


class LayerEntry(Struct, frozen=True, kw_only=True):
    """A layer of the store. ``bounds`` is west, south, east, north in degrees (EPSG:4326).

    ``geometries``, ``quality``, ``heaviest`` and ``coarser`` are keyed by zoom as text, because JSON keys
    are text. Points have one geometry, on the grid of ``max_zoom`` or a deeper one; zooms without a geometry
    of their own are shifted from it. Clusters have one a zoom. ``geometry_digest`` is BLAKE2b-128 in hex over
    all that a tile without properties depends on: it stays when only values change. ``role`` tells the
    layers that are made from another, the one ``of`` which they are; those have no ``exact`` geometry.
    """

    id: str
    title: Title
    description: Title
    kind: Literal["territory", "points", "lines", "zoning"]
    level: str | None
    min_zoom: int
    max_zoom: int
    buffer: int
    order: int
    count: int
    bounds: tuple[float, float, float, float]
    fields: tuple[Field, ...]
    geometries: dict[str, Geometry]
    attributes: str
    tags: str
    values: str
    geometry_digest: str
    sources: tuple[str, ...]
    quality: dict[str, Quality] = {}
    role: LayerRole = "features"
    of: str | None = None
    heaviest: dict[str, Heaviest] = {}
    inventory: Inventory | None = None
    coarser: dict[str, Coarser] = {}
    exact: Exact | None = None


class ShareOut(Struct, frozen=True):
    """How figures of zones reached the communes: the source of the zones, the indicator that weighs."""

    source: str
    weight: str


class Category(Struct, frozen=True):
    """What a whole number stands for, where an indicator is a class."""

    value: int
    title: Title


class IndicatorEntry(Struct, frozen=True, kw_only=True):
    """An indicator, with all that a figure needs beside it: definition, unit, rule, source, date.

    ``periods`` are in the order of time, empty where it has none; a series begins anew at each of ``breaks``.
    ``editions``: source → year of its list of communes. ``coverage``: level → period (empty text for none) →
    status → number of territories. ``country``: the figure of the whole country by period. Not ``listed``: it
    is there for others to rest on. ``limits`` are inner limits of classes that people of the field know,
    rising; none where none are declared.
    """

    id: str
    title: Title
    definition: Title
    unit: Title
    type: Literal["integer", "number"]
    precision: int
    rule: str
    date: str
    theme: str = ""
    count: bool = False
    listed: bool = True
    numerator: str | None
    denominator: str | None
    factor: float = 1.0
    weight: str | None = None
    expression: str | None = None
    share_out: ShareOut | None = None
    least_known: float = 0.0
    periods: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    classes: int
    palette: str
    limits: tuple[float, ...] = ()
    order: int
    sources: tuple[str, ...]
    editions: dict[str, int] = {}
    levels: tuple[str, ...]
    coverage: dict[str, dict[str, dict[str, int]]] = {}
    country: dict[str, float] = {}


class SourceEntry(Struct, frozen=True, kw_only=True):
    """A source file as it was read: who publishes it, and the digest of its bytes.

    ``note`` is what whoever sees its figures must be told: that they are a sample, for example.
    """

    id: str
    title: Title
    path: str
    producer: str
    licence: str
    url: str
    date: str
    bytes: int
    digest: str
    note: Title | None = None


class LabourYear(Struct, frozen=True, kw_only=True):
    """A year of the survey of recruitment projects: its file, and the nomenclature of its trades."""

    year: str
    nomenclature: str
    source: str


class LabourEntry(Struct, frozen=True, kw_only=True):
    """The survey of recruitment projects: what its figures are, and their files (name → rows).

    ``absent`` says what it means that a trade has no figure somewhere. ``domains``: nomenclature → first
    letter of a trade's code → name of the domain that these trades make. ``focus``: the family that the
    site is about. ``weight`` is the indicator by
    which zones were shared out, ``place`` the level at which the rows of the files are told apart. ``breaks``
    are the years whose nomenclature is not that of the year before: no line is drawn across.
    """

    title: Title
    definition: Title
    absent: Title
    weight: str
    place: str
    years: tuple[LabourYear, ...]
    nomenclatures: dict[str, Title]
    domains: dict[str, dict[str, Title]] = {}
    focus: str | None = None
    breaks: tuple[str, ...]
    levels: tuple[str, ...]
    sources: tuple[str, ...]
    files: dict[str, int]


class CoverEntry(Struct, frozen=True, kw_only=True):
    """Where a file tells of every area of its zoning: the territories of a level, or those that it touches.

    ``codes`` are the territories, none for all of the level ``but`` some. ``edition`` is the year of the list
    of communes on which the file stands, where it has one.
    """

    source: str
    edition: int | None
    level: str | None
    codes: tuple[str, ...]
    but: tuple[str, ...]
    touched: bool


class ZoningEntry(Struct, frozen=True, kw_only=True):
    """A zoning that is told of each territory: its layer, and what each of its files covers."""

    layer: str
    covers: tuple[CoverEntry, ...]


class ZoningsEntry(Struct, frozen=True, kw_only=True):
    """The zonings of territories: layers of areas and of points, levels, and the files (name → rows)."""

    levels: tuple[str, ...]
    zonings: tuple[ZoningEntry, ...]
    points: tuple[str, ...]
    files: dict[str, int]


class MembersEntry(Struct, frozen=True, kw_only=True):
    """Which territories each commune belongs to: the levels, the finest first, and files (name → rows)."""

    levels: tuple[str, ...]
    files: dict[str, int]


class Manifest(Struct, frozen=True, kw_only=True):
    """The whole of ``manifest.json``."""

    magic: str
    format: int
    generator: str
    bounds: tuple[float, float, float, float]
    layers: tuple[LayerEntry, ...]
    indicators: tuple[IndicatorEntry, ...]
    sources: tuple[SourceEntry, ...]
    files: dict[str, File]
    findings: dict[str, int]
    labour: LabourEntry | None = None
    zonings: ZoningsEntry | None = None
    members: MembersEntry | None = None


def encode(manifest: Manifest) -> bytes:
    """Write the manifest as canonical JSON (sorted keys, UTF-8), the bytes that the digest covers."""
    return msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=1)


def digest(data: bytes) -> str:
    """Digest of `data` in hex, the name of a store version."""
    return digests.of_bytes(data)
