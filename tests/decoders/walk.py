"""Which tiles of a layer have something in them, asked of the renderer alone.

Nothing here knows how a store keeps its features, so it holds for every kind of layer.
"""

import random

from tileserver.store.reader import LayerStore, Store
from tileserver.tiles.render import render

Address = tuple[str, int, int, int]
"""Layer (or layers, with commas between them), zoom, column, row."""

Xy = tuple[int, int]


def tiles_at(layer: LayerStore, z: int) -> list[Xy]:
    """List every tile of zoom `z` that is not empty: all addresses of the world are asked for.

    About two seconds at zoom 8, and four times as long with each zoom more. Bounds would not help:
    those of a country with land overseas span the world.
    """
    return [(x, y) for x in range(1 << z) for y in range(1 << z) if render(layer, z, x, y, ())]


def children(layer: LayerStore, z: int, x: int, y: int) -> list[Xy]:
    """List the tiles of zoom ``z + 1`` within z/x/y that are not empty."""
    four = [(2 * x + i, 2 * y + j) for i in (0, 1) for j in (0, 1)]
    return [tile for tile in four if render(layer, z + 1, *tile, ())]


def random_addresses(store: Store, count: int, seed: int) -> list[Address]:
    """Draw `count` distinct tiles over all layers and zooms, walking down from each lowest zoom.

    None is empty. Fewer are given where a store has not so many.
    """
    rng = random.Random(seed)
    roots = {name: tiles_at(layer, layer.entry.min_zoom) for name, layer in store.layers.items()}
    found: dict[Address, None] = {}
    for _ in range(20 * count):
        if len(found) == count:
            break
        name = rng.choice(list(roots))
        layer = store.layer(name)
        z, tile = layer.entry.min_zoom, rng.choice(roots[name])
        target = rng.randint(z, layer.entry.max_zoom)
        # A cluster may lie a little way from the points that it stands for: then its tile has no child.
        while z < target and (below := children(layer, z, *tile)):
            z, tile = z + 1, rng.choice(below)
        found[name, z, *tile] = None
    return list(found)


def random_composites(store: Store, count: int, seed: int) -> list[Address]:
    """Draw tiles of two to four layers, each tile not empty in the first of them."""
    rng = random.Random(seed)
    found = []
    for name, z, x, y in random_addresses(store, count, seed):
        others = [
            other
            for other, layer in store.layers.items()
            if other != name and layer.entry.min_zoom <= z <= layer.entry.max_zoom
        ]
        chosen = rng.sample(others, min(len(others), rng.randint(1, 3)))
        found.append((",".join([name, *chosen]), z, x, y))
    return found
