"""A country of a few squares, as a store that lives in memory: enough for every route of the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log, pi, radians, tan
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tileserver.errors import StoreError
from tileserver.store import manifest as m
from tileserver.store.exact import ExactStore
from tileserver.web.contracts import Renderer, StoreLike

DIGEST = "0123456789abcdef0123456789abcdef"

Box = tuple[float, float, float, float]

REGIONS: Mapping[str, tuple[str, Box]] = {
    "11": ("Île-de-France", (1.4, 48.1, 3.6, 49.2)),
    "52": ("Pays de la Loire", (-2.6, 46.2, 0.9, 48.6)),
    "94": ("Corse", (8.5, 41.3, 9.6, 43.1)),
    "93": ("Provence-Alpes-Côte d'Azur", (4.2, 42.9, 7.7, 45.1)),
    "84": ("Auvergne-Rhône-Alpes", (2.0, 44.1, 7.2, 46.8)),
    "01": ("Guadeloupe", (-61.9, 15.8, -61.0, 16.6)),
    "04": ("La Réunion", (55.2, -21.4, 55.9, -20.8)),
}


def _grid(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    side = m.EXTENT << zoom
    y = (1 - log(tan(pi / 4 + radians(lat) / 2)) / pi) / 2
    return round((lon + 180) / 360 * side), round(y * side)


def _box(bounds: Box, zoom: int) -> list[int]:
    west, south, east, north = bounds
    left, bottom = _grid(west, south, zoom)
    right, top = _grid(east, north, zoom)
    return [left, top, right, bottom]


@dataclass(frozen=True)
class FakeLevel:
    """A layer whose territories are boxes."""

    bbox: NDArray[np.int32]


@dataclass(frozen=True)
class FakePoints:
    """The middles of boxes."""

    xy: NDArray[np.int32]
    zoom: int


@dataclass(frozen=True)
class FakeLayer:
    """A layer whose geometry is its boxes."""

    entry: m.LayerEntry
    attributes: pa.Table
    boxes: tuple[Box, ...]

    def level(self, zoom: int, /) -> FakeLevel:
        """Return the boxes on the grid of `zoom`."""
        return FakeLevel(np.array([_box(box, zoom) for box in self.boxes], np.int32))

    @property
    def coarser(self) -> "FakeLayer":
        """Return itself: there are no coarser outlines."""
        return self

    @property
    def points(self) -> FakePoints:
        """Return the middle of each box."""
        west, north, east, south = self.level(18).bbox.T
        return FakePoints(np.column_stack([(west + east) // 2, (north + south) // 2]), 18)


@dataclass(frozen=True)
class FakeStore:
    """A store version."""

    digest: str
    manifest: m.Manifest
    layers: Mapping[str, FakeLayer]
    labour: None = None
    zonings: None = None
    members: None = None
    exact: Mapping[str, ExactStore] = field(default_factory=dict)

    def release(self) -> None:
        """Hand nothing back: nothing is mapped."""

    def populate(self) -> None:
        """Map nothing, as `release`."""


def _text(text: str) -> m.Title:
    return m.Title(text, f"{text} (en)")


def _fields() -> tuple[m.Field, ...]:
    def make(name: str, role: m.FieldRole, column: int, *, default: bool = True) -> m.Field:
        return m.Field(
            id=name, role=role, type="string", title=_text(name), column=column, default=default, count=3,
            unit=_text("hab/km²") if name == "density" else None,
        )  # fmt: skip

    return (
        make("code", "code", 0),
        make("name", "name", 1),
        make("nature", "property", 2),
        make("remark", "property", 3, default=False),
        make("population", "indicator", 4),
        make("density", "indicator", 5),
        make("jobs", "indicator", 6, default=False),
    )


def _entry(
    name: str, level: str | None, zooms: tuple[int, int], count: int, labels_of: str | None = None
) -> m.LayerEntry:
    return m.LayerEntry(
        id=name, title=_text(name), description=_text(f"Les {name}"), level=level,
        kind="territory" if level else "points", min_zoom=zooms[0], max_zoom=zooms[1], buffer=64,
        order=zooms[0], count=count, bounds=(-61.9, -21.4, 55.9, 49.2), fields=_fields(),
        geometries={}, geometry_digest=f"{name}-geometry", attributes=f"{name}.arrow",
        tags="", values="", sources=("outlines",),
        role="labels" if labels_of else "features", of=labels_of,
    )  # fmt: skip


def _table(codes: list[str], names: list[str]) -> pa.Table:
    count = len(codes)
    return pa.table(
        {
            "id": pa.array(range(count), pa.uint64()),
            "code": codes,
            "name": names,
            "population": pa.array([None, *(1000 * place**2 for place in range(1, count))], pa.int64()),
            "density": pa.array([float(place) for place in range(count)]),
            "jobs": pa.array([None] * count, pa.int64()),
            "rank": pa.array(range(count), pa.int64()),
        }
    )


def _indicator(name: str, precision: int) -> m.IndicatorEntry:
    return m.IndicatorEntry(
        id=name, title=_text(name), definition=_text("…"), unit=_text("hab/km²"), type="number",
        precision=precision, rule="ratio" if name == "density" else "sum", date="2023", numerator=None,
        denominator=None, classes=5,
        palette="YlGnBu", order=1, sources=("census",), levels=("region", "ti"),
    )  # fmt: skip


def _source(name: str, producer: str, licence: str) -> m.SourceEntry:
    return m.SourceEntry(
        id=name, title=_text(name), path=f"{name}.csv", producer=producer, licence=licence,
        url="https://example.org", date="2025", bytes=1, digest="00",
    )  # fmt: skip


def country(digest: str = DIGEST) -> FakeStore:
    """Make the store: regions and their names, TI and communes of the same squares, a layer of points."""
    codes, names = list(REGIONS), [name for name, _ in REGIONS.values()]
    boxes = tuple(box for _, box in REGIONS.values())
    table = _table(codes, names)
    entries = (
        _entry("regions", "region", (0, 12), len(codes)),
        _entry("regions_labels", None, (0, 12), len(codes), "regions"),
        _entry("ti", "ti", (0, 11), len(codes)),
        _entry("communes", "commune", (5, 12), len(codes)),
        _entry("friches", None, (6, 14), len(codes)),
    )
    manifest = m.Manifest(
        magic=m.MAGIC, format=m.FORMAT, generator="test", bounds=entries[0].bounds, layers=entries,
        indicators=(_indicator("population", 0), _indicator("density", 1), _indicator("jobs", 0)),
        sources=(_source("outlines", "IGN <COG>", "Licence Ouverte 2.0"), _source("census", "INSEE", "ODbL")),
        files={}, findings={},
    )  # fmt: skip
    return FakeStore(digest, manifest, {entry.id: FakeLayer(entry, table, boxes) for entry in entries})


def fake_render(
    layer: Any,
    z: int,
    x: int,
    y: int,
    columns: tuple[int, ...],
    mask: NDArray[np.uint8] | None = None,
    /,
) -> bytes:
    """Give bytes that depend on everything a tile depends on: none in row 16, few in column 12."""
    if y == 16:
        return b""
    told = "" if mask is None else f"/{mask.tolist()}"
    text = f"{layer.entry.id}/{z}/{x}/{y}/{columns}{told};".encode()
    return text if x == 12 else text * 40


@dataclass
class FakeEngine:
    """An engine over the country in memory."""

    store: FakeStore = field(default_factory=country)
    render: Renderer = fake_render

    def current(self, root: Path) -> str:
        """Name the country's version."""
        del root
        return self.store.digest

    def open(self, root: Path) -> StoreLike:
        """Give the country, unless the root is said to be missing."""
        if root.name == "missing":
            raise StoreError(f"{root}: no published store here")
        return self.store

    def reopen(self, root: Path, digest: str) -> StoreLike:
        """Say that no older version is left."""
        raise StoreError(f"{root}: no version {digest} here")

    def rehearse(self, store: StoreLike) -> bytes:
        """Give no tile: there is no memory to take."""
        del store
        return b""

    def warm(self) -> None:
        """Do nothing: there is no kernel."""
