"""Many clients at once over mixed zooms: answers a second, what they cost in processor and memory."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.benchmarks import load, peers, sample
from tests.benchmarks.peers import Absent, Peer
from tests.benchmarks.processes import cpu_s, memory_mb
from tests.benchmarks.serving import WARM_UP, is_tile, started
from tests.benchmarks.wire import BROWSER, Client
from tests.benchmarks.workshop import LAYER, Workshop

ASKED_ZOOMS = tuple(range(5, 15))
"""Zooms that clients look at; those beyond the layer's deepest are drawn from its deepest tiles."""

FILL_SECONDS = 3

ROUNDS = 3
"""Turns of each contender; odd, so that one of them is the median."""


@dataclass(frozen=True)
class Loaded:
    """One contender under load. ``passes`` says how often the whole list of tiles was gone through."""

    name: str
    warm: bool
    load: load.Load
    cpu_ms_per_tile: float
    memory_mb: float
    passes: float


@dataclass(frozen=True)
class ThroughputResult:
    """Part three: every contender, cold and, where it keeps tiles, warm."""

    clients: int
    seconds: int
    tiles: int
    tiles_by_zoom: dict[int, int]
    versions: dict[str, str]
    absent: dict[str, str]
    rows: tuple[Loaded, ...]


def mixed(shop: Workshop) -> list[sample.Tile]:
    """Draw distinct tiles of mixed zooms, as many places for each zoom that clients look at, shuffled."""
    low, high = shop.stored[0], shop.stored[-1]
    found: dict[sample.Tile, None] = {}
    for asked in ASKED_ZOOMS:
        features = shop.features(min(max(asked, low), high))
        found.update(dict.fromkeys(sample.sample(features, shop.plan.served_places, shop.plan.seed + asked)))
    tiles = list(found)
    order = np.random.default_rng(shop.plan.seed).permutation(len(tiles))
    return [tiles[place] for place in order]


def variants(shop: Workshop, found: Sequence[Peer]) -> list[Peer]:
    """Add this server with a process a core, where it can have them."""
    cores = os.cpu_count() or 1
    more = (
        [peers.tileserver(shop.plan.store, LAYER, workers=cores)] if peers.has_workers() and cores > 1 else []
    )
    return [found[0], *more, *found[1:]]


def run(shop: Workshop, found: Sequence[Peer], absent: Sequence[Absent]) -> ThroughputResult:
    """Put each contender under load in turn, first without finished tiles, then with its own cache full.

    All have their turn `ROUNDS` times, and of each the median round counts: machines slow down by the hour.
    """
    load.find_wrk()
    tiles = mixed(shop)
    turns = [
        (peer, warm)
        for peer in variants(shop, found)
        for warm in ((False, True) if peer.caches else (False,))
    ]
    rounds: list[list[Loaded]] = [[] for _ in turns]
    for number in range(ROUNDS):
        for (peer, warm), kept in zip(turns, rounds, strict=True):
            told = f"{peer.name}: {load.CLIENTS} clients, {'warm' if warm else 'cold'}"
            shop.say(f"{told}, round {number + 1} of {ROUNDS}")
            kept.append(_bear(shop, peer, tiles, warm=warm))
    rows = [sorted(kept, key=lambda row: row.load.per_second)[ROUNDS // 2] for kept in rounds]
    by_zoom: dict[int, int] = {}
    for zoom, _, _ in tiles:
        by_zoom[zoom] = by_zoom.get(zoom, 0) + 1
    return ThroughputResult(
        clients=load.CLIENTS,
        seconds=shop.plan.seconds,
        tiles=len(tiles),
        tiles_by_zoom=dict(sorted(by_zoom.items())),
        versions={peer.name: peer.version for peer in found},
        absent={peer.name: peer.reason for peer in absent},
        rows=tuple(rows),
    )


def _bear(shop: Workshop, peer: Peer, tiles: Sequence[sample.Tile], *, warm: bool) -> Loaded:
    paths = [peer.path(tile) for tile in tiles]
    with (
        tempfile.TemporaryDirectory(prefix="bench-wrk-") as place,
        started(peer, tiles[0], cache=warm) as running,
    ):
        with Client(running.port) as client:
            for path in paths if warm else paths[:WARM_UP]:
                reply = client.get(path, BROWSER)
                if not is_tile(reply):
                    raise ValueError(f"{peer.name} answers {path} with {reply.status}: {reply.body[:200]!r}")
        if warm:  # one connection reaches one process; each of them keeps tiles of its own
            load.run(running.port, paths, FILL_SECONDS, BROWSER, Path(place))
        roots = [running.pid]
        if peer.database and shop.cluster:
            roots.append(shop.cluster.pid)
        before = cpu_s(roots)
        figures = load.run(running.port, paths, shop.plan.seconds, BROWSER, Path(place))
        spent = cpu_s(roots) - before
        return Loaded(
            name=peer.name,
            warm=warm,
            load=figures,
            cpu_ms_per_tile=1000 * spent / max(1, figures.requests),
            memory_mb=memory_mb(roots),
            passes=figures.requests / len(paths),
        )
