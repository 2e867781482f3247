"""What the web half asks of a store and of a renderer: no more than this, so that a test can stand in."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tileserver.store.exact import ExactStore
from tileserver.store.labour import LabourStore
from tileserver.store.manifest import LayerEntry, Manifest
from tileserver.store.members import MembersStore
from tileserver.store.zonings import ZoningStore


class LevelLike(Protocol):
    """Geometry of a territory layer at one zoom, as `tileserver.store.reader.PolygonLevel` says."""

    @property
    def bbox(self) -> NDArray[np.int32]:
        """Boxes of the rows: west, north, east, south."""
        ...


class PointsLike(Protocol):
    """Positions of a point layer, as `tileserver.store.reader.PointLevel` says."""

    @property
    def xy(self) -> NDArray[np.int32]:
        """A position a row, in grid units."""
        ...

    @property
    def zoom(self) -> int:
        """The zoom of that grid."""
        ...


class LayerLike(Protocol):
    """A layer of an open store; ``attributes`` is its Arrow table."""

    @property
    def entry(self) -> LayerEntry:
        """What the manifest says of it."""
        ...

    @property
    def attributes(self) -> Any:
        """Its Arrow table."""
        ...

    @property
    def points(self) -> PointsLike:
        """The positions of a layer of points."""
        ...

    @property
    def coarser(self) -> "LayerLike":
        """The same rows in coarser outlines where there are such; itself where not."""
        ...

    def level(self, zoom: int, /) -> LevelLike:
        """Return the geometry of `zoom`."""
        ...


class StoreLike(Protocol):
    """An open store version."""

    @property
    def digest(self) -> str:
        """The name of the version."""
        ...

    @property
    def manifest(self) -> Manifest:
        """What the version holds."""
        ...

    @property
    def layers(self) -> Mapping[str, LayerLike]:
        """Layers by id."""
        ...

    @property
    def exact(self) -> Mapping[str, ExactStore]:
        """Their geometry as the sources give it, by id; not of those made from others."""
        ...

    @property
    def labour(self) -> LabourStore | None:
        """The survey of recruitment projects, where there is one."""
        ...

    @property
    def zonings(self) -> ZoningStore | None:
        """The zonings of territories, where there are some."""
        ...

    @property
    def members(self) -> MembersStore | None:
        """Which territories each commune belongs to, where the store tells."""
        ...

    def release(self) -> None:
        """Hand the pages of the mapped files back."""
        ...

    def populate(self) -> None:
        """Map the pages that the first tiles need."""
        ...


class Renderer(Protocol):
    """`tileserver.tiles.render.render`, from several threads at once."""

    def __call__(
        self,
        layer: Any,
        z: int,
        x: int,
        y: int,
        columns: tuple[int, ...],
        mask: NDArray[np.uint8] = ...,
        /,
    ) -> bytes:
        """Return a tile of a layer: uncompressed, empty where nothing is, of the rows in `mask` if given."""
        ...


class Engine(Protocol):
    """What opens a store and makes its tiles: `tileserver.store.reader` and `tileserver.tiles.render`."""

    @property
    def current(self) -> Callable[[Path], str]:
        """Read which version of a store is in use; raise `StoreError`."""
        ...

    @property
    def open(self) -> Callable[[Path], StoreLike]:
        """Open the current version of a store; raise `StoreError`."""
        ...

    @property
    def reopen(self) -> Callable[[Path, str], StoreLike]:
        """Open a version of a store that is not the current one any more; raise `StoreError`."""
        ...

    @property
    def warm(self) -> Callable[[], None]:
        """Compile or load the kernels."""
        ...

    @property
    def rehearse(self) -> Callable[[StoreLike], bytes]:
        """Make the heaviest tile of a store, for the sake of the thread that makes it."""
        ...

    @property
    def render(self) -> Renderer:
        """What renders the tiles."""
        ...
