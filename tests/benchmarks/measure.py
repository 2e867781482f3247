"""Timing contenders against each other in one run: round by round in turns, cold and warm apart."""

import gc
import statistics
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol

import mapbox_vector_tile
import numpy as np
from numpy.typing import NDArray
from shapely.geometry import shape

from tests.benchmarks.sample import Tile

WARM_BUDGET_NS = 400_000_000
"""A contender that needs long for a tile is asked for it again fewer times, but at least once."""

COLD_ROUNDS = 5
COLD_BUDGET_NS = 1_500_000_000
"""The same for requests with cold memory: a first request of z5 is the luck of one request for one tile."""

CACHE_NUMBERS = 8 << 20
"""Numbers, 64 MB of them, that are changed before a cold request: more than a processor's caches hold."""


class Contender(Protocol):
    """Something that makes the bytes of a tile."""

    name: str

    def tile(self, zoom: int, x: int, y: int) -> bytes:
        """Make the tile, uncompressed."""


@dataclass
class Times:
    """What one contender took at one zoom, in nanoseconds, and what it gave; an entry a tile.

    ``places`` is the number of sampled places in each tile, its weight in medians.
    ``first_ns`` is the first request of each tile. ``cold_rounds_ns`` has its requests with cold memory,
    ``rounds_ns`` the warm ones: fewer of them where a tile takes long.
    """

    places: list[int]
    first_ns: list[int] = field(default_factory=list)
    cold_rounds_ns: list[list[int]] = field(default_factory=list)
    rounds_ns: list[list[int]] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)

    @property
    def cold_ns(self) -> list[float]:
        """The median of each tile's requests with cold memory."""
        return [statistics.median(rounds) for rounds in self.cold_rounds_ns]

    @property
    def warm_ns(self) -> list[float]:
        """The median of each tile's warm requests, so that every tile weighs the same."""
        return [statistics.median(rounds) for rounds in self.rounds_ns]

    @cached_property
    def ids(self) -> list[frozenset[int]]:
        """The ids of the features of each tile."""
        return [feature_ids(data) for data in self.data]


class Summary(NamedTuple):
    """The figures that the report gives of one contender at one zoom."""

    tiles: int
    first_median_ms: float
    cold_median_ms: float
    cold_p95_ms: float
    warm_median_ms: float
    warm_p95_ms: float
    warm_sum_ms: float
    median_bytes: float
    features: int


def feature_ids(data: bytes) -> frozenset[int]:
    """Give the ids of the features of a tile that cover any ground.

    mapbox-vector-tile also writes rings of two points, or of no area, for what only touches the edge
    of the buffer.
    """
    layers = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    return frozenset(
        feature["id"]
        for layer in layers.values()
        for feature in layer["features"]
        if shape(feature["geometry"]).area > 0
    )


def race(
    contenders: Sequence[Contender], tiles: Mapping[Tile, int], *, repeats: int, warm_up: Tile
) -> dict[str, Times]:
    """Ask every contender for every tile, one at a time, a round of all tiles after the other.

    A contender has a round to itself, as a server has its machine; who begins rotates from round to
    round, so that drift of the machine cancels. In the first round none of these tiles was asked before
    (`warm_up` opened connections and compiled code). In the rounds after it memory is cold: before each
    request the processor's caches are filled with something else. The `repeats` after them are warm.
    """
    times = {contender.name: Times(list(tiles.values())) for contender in contenders}
    for contender in contenders:
        contender.tile(*warm_up)
    gc.collect()
    gc.freeze()
    for contender in contenders:
        entry = times[contender.name]
        for tile in tiles:
            data, took_ns = _timed(contender, tile)
            entry.first_ns.append(took_ns)
            entry.data.append(data)
            entry.cold_rounds_ns.append([])
            entry.rounds_ns.append([])
    other = np.zeros(CACHE_NUMBERS, np.int64)
    for turn in range(COLD_ROUNDS):
        for contender in _rotated(contenders, turn):
            _cold_round(contender, tiles, times[contender.name], other)
    for turn in range(repeats):
        for contender in _rotated(contenders, turn + 1):
            _warm_round(contender, tiles, times[contender.name])
    gc.unfreeze()
    return times


def _cold_round(
    contender: Contender, tiles: Collection[Tile], times: Times, other: NDArray[np.int64]
) -> None:
    for tile, took in zip(tiles, times.cold_rounds_ns, strict=True):
        if not took or len(took) * took[0] < COLD_BUDGET_NS:
            other += 1
            took.append(_timed(contender, tile)[1])


def _warm_round(contender: Contender, tiles: Collection[Tile], times: Times) -> None:
    for tile, cold, took in zip(tiles, times.cold_rounds_ns, times.rounds_ns, strict=True):
        if not took or len(took) * cold[0] < WARM_BUDGET_NS:
            took.append(_timed(contender, tile)[1])


def _rotated(contenders: Sequence[Contender], turn: int) -> list[Contender]:
    start = turn % len(contenders)
    return [*contenders[start:], *contenders[:start]]


def _timed(contender: Contender, tile: Tile) -> tuple[bytes, int]:
    start = time.perf_counter_ns()
    data = contender.tile(*tile)
    return data, time.perf_counter_ns() - start


def summarise(times: Times) -> Summary:
    """Boil the times of one contender at one zoom down to the figures of the report.

    Medians and percentiles are over places: a tile counts as often as places lie in it.
    """
    first, cold, warm = (
        [took for took, places in zip(values, times.places, strict=True) for _ in range(places)]
        for values in (times.first_ns, times.cold_ns, times.warm_ns)
    )
    return Summary(
        tiles=len(times.cold_ns),
        first_median_ms=statistics.median(first) / 1e6,
        cold_median_ms=statistics.median(cold) / 1e6,
        cold_p95_ms=percentile(cold, 95) / 1e6,
        warm_median_ms=statistics.median(warm) / 1e6,
        warm_p95_ms=percentile(warm, 95) / 1e6,
        warm_sum_ms=sum(times.warm_ns) / 1e6,
        median_bytes=statistics.median(map(len, times.data)),
        features=sum(map(len, times.ids)),
    )


def percentile(values: Sequence[float], share: int) -> float:
    """Give the value that `share` percent of `values` do not exceed, the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-share * len(ordered) // 100) - 1)]


def missing(ours: Times, theirs: Times) -> int:
    """Count the features that `theirs` has in a tile and `ours` lacks there."""
    return sum(len(their - our) for our, their in zip(ours.ids, theirs.ids, strict=True))


class Ratio(NamedTuple):
    """How many times as long another contender takes: of the medians, and of all tiles together."""

    first: float
    cold: float
    warm: float
    warm_sum: float


def ratios(times: Mapping[str, Times], ours: str) -> dict[str, Ratio]:
    """Give, for each other contender, how many times our figures its figures are."""
    base = summarise(times[ours])
    told = {}
    for name, entry in times.items():
        if name != ours:
            other = summarise(entry)
            told[name] = Ratio(
                first=other.first_median_ms / base.first_median_ms,
                cold=other.cold_median_ms / base.cold_median_ms,
                warm=other.warm_median_ms / base.warm_median_ms,
                warm_sum=other.warm_sum_ms / base.warm_sum_ms,
            )
    return told
