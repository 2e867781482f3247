"""What a source and a layer *are*: the shape of one TOML file each (an indicator: `layers.indicator_spec`).

The structs are strict: an unknown key, a missing key or a value of another type is refused when the
file is read (`layers.catalog`), with the file and the key in the message. They hold declarations
only; no data is opened here.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

MAX_ZOOM = 18
"""Deepest zoom whose grid (4096 units a tile) still fits in signed 32-bit coordinates."""

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Zoom = Annotated[int, Meta(ge=0, le=MAX_ZOOM)]

FieldType = Literal["string", "integer", "number", "boolean"]
Kind = Literal["territory", "points", "lines", "zoning"]
Clean = Literal["commune", "departement", "hectares", "line", "outlier", "postcode", "siren", "year"]
"""What can be done to the cells of a column before they are typed: one module each in `preprocess.clean`."""


class Declaration(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every declaration: immutable, and an unknown key is an error."""


class Text(Declaration, frozen=True):
    """A text for people: French first, English second."""

    fr: str
    en: str


class ZoomRange(Declaration, frozen=True):
    """Zooms at which a layer has tiles of its own, both ends included."""

    min: Zoom
    max: Zoom


class Source(Declaration, frozen=True):
    """One official file: where it lies under the sources folder, and who publishes it.

    ``edition`` is the year of the commune list (COG) on which its codes stand; ``null`` lists the
    cell values that mean *none* in its columns, besides the empty cell. ``latlon`` is the column of a
    table with positions as one text, the latitude first: ``"46.09, 4.06"``. ``note`` is what whoever sees
    its figures must be told (a sample, a partial extent); it is shown wherever the source is. ``member``
    names the file within a ``.zip`` that holds several. ``ends_at_blank`` declares that the table ends at
    its first empty row: what follows is another one.
    ``download`` is the address of the file itself, ``checksum`` its digest as in ``sha256:…``.
    """

    path: str
    title: Text
    producer: str
    licence: str
    url: str
    date: str
    edition: int | None = None
    crs: str | None = None
    member: str | None = None
    sheet: str | None = None
    header_row: int = 1
    ends_at_blank: bool = False
    separator: str = ","
    encoding: str = "utf-8-sig"
    null: tuple[str, ...] = ()
    latlon: str | None = None
    note: Text | None = None
    download: str | None = None
    checksum: Annotated[str, Meta(pattern=r"^(sha1|sha256|sha512):[0-9a-fA-F]{40,128}$")] | None = None


class Within(Declaration, frozen=True):
    """How many features of the points ``layers`` lie within ``km`` of a point, the ends included."""

    layers: tuple[Slug, ...]
    km: Annotated[float, Meta(gt=0, le=200)]


class Nearest(Declaration, frozen=True):
    """The km from a point to the nearest area of the zonings ``layers``, 0 inside one.

    Where the zonings do not tell all areas around, nearer ones may be missing: it is known only of a point
    that is no farther from that area than from ground of which one of the zonings tells nothing.
    """

    layers: tuple[Slug, ...]


class Usual(Declaration, frozen=True):
    """The bounds of the usual values of a column, in its own unit, both included."""

    least: float
    most: float


class Property(Declaration, frozen=True):
    """A property of the features of a layer, which tiles can carry.

    It is a ``column`` of the source, cleaned by ``clean`` before it is typed (``outlier`` tells whether a
    number is out of its ``usual`` bounds), or made for a point: the code of the territory of ``level`` that
    it lies in, whether it is ``inside`` an area of a zoning (no data where the zoning does not tell), the km
    to the ``nearest`` area, the number of features ``within`` a distance. ``default`` properties are in every
    tile; the others only when ``properties=`` names them.
    """

    id: Slug
    type: FieldType
    title: Text
    column: str | None = None
    clean: Clean | None = None
    usual: Usual | None = None
    level: Slug | None = None
    inside: Slug | None = None
    nearest: Nearest | None = None
    within: Within | None = None
    unit: str | None = None
    precision: int | None = None
    default: bool = True


class Membership(Declaration, frozen=True):
    """How each commune finds its territory at one level.

    ``source`` is a table. Where it has a ``commune`` column, each row is a commune and ``code`` is
    its territory. Where it has a ``member`` column instead, each row is a member of a territory and
    ``via`` names, in order, the code lists in which a member is looked up.
    """

    source: Slug
    code: str
    name: str
    commune: str | None = None
    member: str | None = None
    via: tuple["Via", ...] = ()


class Via(Declaration, frozen=True):
    """A table that leads from a member's code to the communes that it covers."""

    source: Slug
    member: str
    commune: str


class Outlines(Declaration, frozen=True):
    """More detailed outlines of the finest level, on an older edition of the commune list.

    ``key`` is the column of the code in ``source``; ``movements`` is the table of mergers, splits and
    changes of code (INSEE) that carries those codes to the edition of the layer's own source. The
    build goes on without a ``source`` that is not in the sources folder, and says so.
    """

    source: Slug
    key: str
    movements: Slug


class Place(Declaration, frozen=True):
    """How the points of a layer find their commune: the one under them, else the nearest within ``reach_km``.

    ``code`` and ``name`` are the columns with the commune that the file itself gives: where it is another
    one, a finding says so. ``movements`` (INSEE) carries codes of an older ``edition`` of the source to
    today's before they are compared.
    """

    reach_km: Annotated[float, Meta(ge=0, le=50)] = 1.0
    code: str | None = None
    name: str | None = None
    movements: Slug | None = None


class Inventory(Declaration, frozen=True):
    """What ``/projects`` or ``/land`` (the ``subject``) tell of the points of a layer, by territory.

    ``counts``: properties by whose values they are counted. ``totals``: numeric properties that are added up.
    """

    subject: Literal["projects", "land"]
    counts: tuple[Slug, ...] = ()
    totals: tuple[Slug, ...] = ()


class Labels(Declaration, frozen=True):
    """The layer of names of a territory layer: ``min`` is its first zoom, where it is a deeper one."""

    min: Zoom


class Clusters(Declaration, frozen=True):
    """Groups of the points of a layer, zoom by zoom from 0 to ``max``.

    A group gathers what lies within ``radius`` (units of a tile, 4096 a side) of its seed. ``sums`` are
    ids of numeric properties whose sum each group carries.
    """

    max: Zoom
    radius: Annotated[int, Meta(ge=1, le=4096)] = 256
    sums: tuple[Slug, ...] = ()


class Covers(Declaration, frozen=True):
    """Where a file tells of every area of its zoning; elsewhere nothing is known, which is not *none*.

    Either the territories ``codes`` of ``level``, or all of that level ``but`` some. ``touched`` alone: no
    more than the communes that the file's own areas touch.
    """

    level: Slug | None = None
    codes: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    touched: bool = False


class Areas(Declaration, frozen=True):
    """A file with areas of a zoning.

    ``key`` and ``label`` are the columns of their codes and names. In a file without codes, areas are
    numbered in the order of its rows, ``number`` before each; without names, the code stands for the name.
    """

    source: Slug
    covers: Covers
    key: str | None = None
    number: str | None = None
    label: str | None = None


class Listed(Declaration, frozen=True):
    """A zoning that is a list of communes: the column ``status`` says of each ``commune`` what it is.

    ``inside``, ``partly`` and ``outside`` are its words. What is not on the list is not known. The communes
    of one status in each territory of ``level`` are drawn as one area.
    """

    source: Slug
    commune: str
    status: str
    level: Slug
    inside: Annotated[tuple[str, ...], Meta(min_length=1)]
    partly: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


class Partly(Declaration, frozen=True):
    """The areas of which a zoning covers an unknown part: their ``property`` has one of ``values``."""

    property: Slug
    values: tuple[str, ...]


class Layer(Declaration, frozen=True):
    """A layer of the map.

    A *territory* layer with ``source`` (the finest level) reads its shapes, and takes the borders of
    ``detail`` where it has one; one with ``membership`` is a union of communes. A *points* or *lines*
    layer reads ``source``, a *zoning* its ``areas``: polygons that may overlap. ``key`` is the column of the
    official code, ``label`` the column of the name; both become the properties ``code`` and ``name``.
    ``unique_key = false`` declares that several rows share a code on purpose; ``key_extra`` is then
    the column, or the columns, that tell them apart. ``multipoints``: each point of a MultiPoint is a row,
    told apart by its number. ``place`` and ``inventory`` are for points.

    A zoning that is a list of communes has ``listed`` in place of ``areas``. ``in_zonings``: the points of
    the layer are told among the zonings of a territory.

    Of a zoning, ``partly`` names the areas of which it covers an unknown part. ``whole_communes``: it is a
    list of communes, and each area the outline of one, however coarse and of whatever year.

    Each territory layer has a layer of names beside it, ``<id>_labels``, which ``labels`` may begin at a
    deeper zoom; a points layer with ``clusters`` has one of groups, ``<id>_clusters``.
    """

    title: Text
    description: Text
    kind: Kind
    zoom: ZoomRange
    buffer: Annotated[int, Meta(ge=0, le=1024)] = 64
    level: Slug | None = None
    membership: Membership | None = None
    source: Slug | None = None
    detail: Outlines | None = None
    key: str | None = None
    key_extra: str | tuple[str, ...] | None = None
    unique_key: bool = True
    label: str | None = None
    properties: tuple[Property, ...] = ()
    multipoints: bool = False
    areas: tuple[Areas, ...] = ()
    listed: Listed | None = None
    in_zonings: bool = False
    partly: Partly | None = None
    whole_communes: bool = False
    default_indicators: tuple[Slug, ...] = ()
    place: Place | None = None
    inventory: Inventory | None = None
    labels: Labels | None = None
    clusters: Clusters | None = None
    order: int = 0
