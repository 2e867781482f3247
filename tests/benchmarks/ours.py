"""This project: the tile renderer, called as the server calls it."""

from tests.benchmarks.shapes import PROPERTIES
from tileserver.store.reader import LayerStore
from tileserver.tiles.render import render


class Ours:
    """Tiles of one layer, by `tileserver.tiles.render`, with the benchmark's properties."""

    name = "tileserver"

    def __init__(self, layer: LayerStore) -> None:
        self._layer = layer
        by_id = {field.id: field.column for field in layer.entry.fields}
        self._columns = tuple(by_id[name] for name in PROPERTIES)

    def tile(self, zoom: int, x: int, y: int) -> bytes:
        """Render the tile, uncompressed."""
        return render(self._layer, zoom, x, y, self._columns)
