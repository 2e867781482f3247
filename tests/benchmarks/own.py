"""Figures of this server alone: the slowest answers at z8, what an indicator costs, start-up, memory."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.benchmarks import peers, sample
from tests.benchmarks.measure import percentile
from tests.benchmarks.processes import resident_mb
from tests.benchmarks.serving import WARM_UP, started
from tests.benchmarks.wire import BROWSER, Client
from tests.benchmarks.workshop import LAYER, Workshop

ZOOM = 8
ROUNDS = 5
STARTS = 3
MOST_INDICATORS = 8


@dataclass(frozen=True)
class IndicatorCost:
    """Tiles with the first ``count`` indicators: median time, and bytes of all tiles on the wire."""

    count: int
    median_ms: float
    body: int


@dataclass(frozen=True)
class OwnResult:
    """Start-up is the median of some starts with compiled kernels, to the first tile answered."""

    zoom: int
    tiles: int
    requests: int
    median_ms: float
    p99_ms: float
    worst_ms: float
    indicators: tuple[IndicatorCost, ...]
    one_more_ms: float
    start_s: float
    resident_mb: float
    mapped_mb: float

    @property
    def beyond_mapped_mb(self) -> float:
        """Resident memory that is not the store's files, after all these tiles."""
        return self.resident_mb - self.mapped_mb


def run(shop: Workshop) -> OwnResult:
    """Measure the server with its cache off, one client."""
    zoom = min(shop.stored, key=lambda stored: abs(stored - ZOOM))
    tiles = list(sample.sample(shop.features(zoom), shop.plan.served_places, shop.plan.seed))
    shop.say(f"tileserver: z{zoom} with its default attributes, start-up, memory")
    plain = peers.tileserver(shop.plan.store, LAYER, query="")
    starts = []
    for _ in range(STARTS - 1):
        with started(plain, tiles[0], cache=False) as running:
            starts.append(running.start_s)
    with started(plain, tiles[0], cache=False) as running, Client(running.port) as client:
        starts.append(running.start_s)
        _time(client, [plain.path(tile) for tile in tiles[:WARM_UP]])
        took_ms = [
            took for _ in range(ROUNDS) for took in _time(client, [plain.path(tile) for tile in tiles])[0]
        ]
        costs, one_more_ms = _indicators(shop, client, tiles)
        resident, mapped = resident_mb(running.pid, shop.plan.store)
    return OwnResult(
        zoom=zoom,
        tiles=len(tiles),
        requests=len(took_ms),
        median_ms=statistics.median(took_ms),
        p99_ms=percentile(took_ms, 99),
        worst_ms=max(took_ms),
        indicators=tuple(costs),
        one_more_ms=one_more_ms,
        start_s=statistics.median(starts),
        resident_mb=resident,
        mapped_mb=mapped,
    )


def _time(client: Client, paths: Sequence[str]) -> tuple[list[float], int]:
    replies = [client.get(path, BROWSER) for path in paths]
    failed = [path for path, reply in zip(paths, replies, strict=True) if reply.status != 200]
    if failed:
        raise ValueError(f"tileserver does not answer {failed[0]} with a tile")
    return [reply.took_ns / 1e6 for reply in replies], sum(len(reply.body) for reply in replies)


def _indicators(
    shop: Workshop, client: Client, tiles: Sequence[sample.Tile]
) -> tuple[list[IndicatorCost], float]:
    """Ask with 0, 1, 2… indicators in turns; the cost of one is the median step, tile by tile."""
    names = [field.id for field in shop.layer.entry.fields if field.role == "indicator"][:MOST_INDICATORS]
    times: list[list[list[float]]] = [[] for _ in range(len(names) + 1)]
    sizes = [0] * len(times)
    for _ in range(ROUNDS):
        for count in range(len(times)):
            query = f"properties=&indicators={','.join(names[:count])}"
            peer = peers.tileserver(shop.plan.store, LAYER, query=query)
            took, sizes[count] = _time(client, [peer.path(tile) for tile in tiles])
            times[count].append(took)
    by_tile = [[statistics.median(column) for column in zip(*rounds, strict=True)] for rounds in times]
    costs = [
        IndicatorCost(count, statistics.median(took), size)
        for count, (took, size) in enumerate(zip(by_tile, sizes, strict=True))
    ]
    return costs, median_step(by_tile)


def median_step(by_count: Sequence[Sequence[float]]) -> float:
    """Give the median, over tiles and steps, of what one indicator more adds; 0 without a step."""
    steps = [more - fewer for low, high in pairwise(by_count) for fewer, more in zip(low, high, strict=True)]
    return statistics.median(steps) if steps else 0.0
