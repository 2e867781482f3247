"""Every tile of a layer at a zoom, with all fields, held to all that is promised of it."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from tests.decoders.commands import LINESTRING, POINT, POLYGON
from tests.decoders.shapes import multipolygons
from tests.decoders.structure import Feature, read
from tests.decoders.walk import tiles_at
from tileserver.store.manifest import EXTENT, LayerEntry
from tileserver.store.reader import open_store
from tileserver.tiles.render import render

KINDS: Final = {"territory": POLYGON, "zoning": POLYGON, "lines": LINESTRING}
"""The geometry type of each kind of layer; any other kind is made of points."""

ACCEPTED: Final = {
    # A layer's keys are those that the request names, in its order, whether or not a tile has a value.
    "a key that no feature uses",
    # Values are numbered field by field: a number that stands in two fields is written for each.
    "a value twice",
}
"""Warnings that our tiles may give: the specification says SHOULD (§4.1), and the cost is a few bytes."""

Task = tuple[str, int]


@dataclass(slots=True)
class Swept:
    """What was seen of one layer at one zoom; ``faults`` are sentences, none where all is well."""

    layer: str
    zoom: int
    tiles: int = 0
    features: int = 0
    polygons: int = 0
    vertices: int = 0
    ids: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def sweep(root: Path, tasks: list[Task], processes: int) -> list[Swept]:
    """Look at every tile of each (layer, zoom) of the store at `root`, in processes of their own."""
    names, zooms = zip(*tasks, strict=True)
    context = multiprocessing.get_context("spawn")  # a fork would carry the threads of this one along
    with ProcessPoolExecutor(processes, context) as pool:
        return list(pool.map(sweep_zoom, repeat(root), names, zooms))


def sweep_zoom(root: Path, name: str, z: int) -> Swept:
    """Look at every tile of layer `name` at zoom `z`."""
    layer = open_store(root, verify=False).layer(name)
    columns = tuple(range(len(layer.entry.fields)))
    seen = Swept(name, z)
    for x, y in tiles_at(layer, z):
        faults = examine(layer.entry, render(layer, z, x, y, columns), seen)
        seen.faults += [f"{name} {z}/{x}/{y}: {fault}" for fault in faults]
    return seen


def examine(entry: LayerEntry, data: bytes, seen: Swept) -> list[str]:
    """Look at one tile of a layer: count it in `seen`, and say what is wrong with it."""
    layers, findings = read(data)
    faults = [
        f"{item.where}: {item.rule} (§{item.section})" for item in findings if item.rule not in ACCEPTED
    ]
    if any(item.level == "error" for item in findings):
        return faults
    heads = [(layer.name, layer.version, layer.extent) for layer in layers]
    if heads != [(entry.id, 2, EXTENT)]:
        return [*faults, f"its layers are {heads}"]
    features = layers[0].features
    if not features:
        return faults
    seen.tiles += 1
    seen.features += len(features)
    seen.vertices += sum(len(part) for feature in features for part in feature.parts)
    seen.ids |= {feature.id for feature in features if feature.id is not None}
    kind = KINDS.get(entry.kind, POINT)
    if any(feature.id is None for feature in features):
        faults.append("a feature without an id")
    if any(feature.type != kind for feature in features):
        return [*faults, f"a feature of another type than {kind}"]
    half_open = kind == POINT and entry.buffer == 0
    faults += _outside(features, entry.buffer, EXTENT - 1 if half_open else EXTENT + entry.buffer)
    if kind == POLYGON:
        shapes = multipolygons(features)
        seen.polygons += int(shapely.get_num_geometries(shapes).sum())
        faults += [
            f"feature {features[i].id}: {shapely.is_valid_reason(shapes[i])}"
            for i in np.flatnonzero(~shapely.is_valid(shapes))
        ]
    return faults


def _outside(features: list[Feature], buffer: int, most: int) -> list[str]:
    values = [value for feature in features for part in feature.parts for xy in part for value in xy]
    low, high = min(values), max(values)
    if -buffer <= low and high <= most:
        return []
    return [f"positions from {low} to {high}, beyond the buffer of {buffer}"]
