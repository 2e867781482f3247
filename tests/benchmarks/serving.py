"""HTTP against HTTP, one client: cold distinct tiles, bytes on the wire, and whether all send the same."""

import gc
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import content, peers, pyramid, sample
from tests.benchmarks.measure import percentile
from tests.benchmarks.peers import Absent, Peer
from tests.benchmarks.processes import Running, StartError, free_port, serving
from tests.benchmarks.shapes import PROPERTIES
from tests.benchmarks.wire import BROWSER, Client, Reply
from tests.benchmarks.workshop import LAYER, Workshop

CODINGS = {"browser": BROWSER, "gzip": "gzip", "br": "br", "zstd": "zstd"}
"""What the client says it takes."""

TIMED = "browser"
FIRST = "first"
"""The answers to the first request for each tile, where there are several rounds."""

FEW = 40
"""Tiles of a zoom below which one request for each is too much luck."""
ROUNDS = 5
"""Rounds then; odd, so that one of them is the median."""

BLOCK = 10
"""Tiles that one contender is asked for before the next one's turn."""

WARM_UP = 8
"""Tiles asked for before the clock runs: connections open, PostgreSQL settles on its plans after five."""

FUNCTION = "communes_tile"


class Wire(NamedTuple):
    """What the tiles of a zoom weigh: bodies, everything received, and the codings that came.

    ``median_ms`` is over places; but for the browser, whose turn is first, of tiles asked for before.
    """

    body: int
    received: int
    encodings: str
    median_ms: float


@dataclass(frozen=True)
class Served:
    """One contender at one zoom. Percentiles are over places, ``sum_ms`` over distinct tiles."""

    tiles: int
    failed: int
    median_ms: float
    p95_ms: float
    p99_ms: float
    sum_ms: float
    wire: dict[str, Wire]
    features: int
    with_id: int
    difference: content.Difference
    keys: tuple[str, ...]


class Slower(NamedTuple):
    """How many times as long as ours: median over places, all distinct tiles, first requests alone."""

    median: float
    sum: float
    first: float


@dataclass(frozen=True)
class ServingResult:
    """Part two: by zoom and contender. ``absent`` are those that are not on this machine."""

    versions: dict[str, str]
    absent: dict[str, str]
    zooms: dict[int, dict[str, Served]]

    def ratios(self, zoom: int, ours: str) -> dict[str, Slower]:
        """Give, for every other contender, how many times as long it takes."""
        base = self.zooms[zoom][ours]
        return {
            name: Slower(
                entry.median_ms / base.median_ms,
                entry.sum_ms / base.sum_ms,
                entry.wire[FIRST].median_ms / base.wire[FIRST].median_ms,
            )
            for name, entry in self.zooms[zoom].items()
            if name != ours
        }


def contenders(shop: Workshop) -> tuple[list[Peer], list[Absent]]:
    """Find who can be measured, ours first; PostGIS has all their tables afterwards.

    A peer that does not start is absent, with the reason; `StartError` where ours does not.
    """
    found = _found(shop)
    tile = next(iter(sample.sample(shop.features(shop.stored[-1]), 1, shop.plan.seed)))
    there: list[Peer] = []
    absent = [peer for peer in found if isinstance(peer, Absent)]
    for peer in found:
        if isinstance(peer, Peer):
            try:
                with started(peer, tile, cache=False):
                    there.append(peer)
            except StartError as error:
                if not there:
                    raise
                absent.append(Absent(peer.name, f"did not start: {error}"))
    return there, absent


def _found(shop: Workshop) -> list[Peer | Absent]:
    plan, buffer = shop.plan, shop.layer.entry.buffer
    for zoom in shop.stored:
        shop.features(zoom)
    found: list[Peer | Absent] = [peers.tileserver(plan.store, LAYER)]
    if shop.cluster and shop.postgis:
        url = shop.cluster.url
        shop.postgis.publish_function(FUNCTION)
        found += [
            peers.martin_tables(url, LAYER, buffer, shop.stored),
            peers.martin_function(url, FUNCTION, shop.stored),
            peers.tipg(url, LAYER, buffer, (plan.folder / "tipg").resolve(), install=plan.install),
        ]
    else:
        reason = "not measured: no PostGIS in this run"
        found += [Absent(name, reason) for name in ("Martin, tables", "Martin, function", "tipg")]
    archive = plan.folder / f"{LAYER}.pmtiles"
    if peers.find_martin():
        shop.say("PMTiles: writing the whole pyramid")
        count = pyramid.write(shop.layer, archive)
        shop.say(f"PMTiles: {count:,} tiles, {archive.stat().st_size / 1e6:.0f} MB")
    return [*found, peers.martin_archive(archive)]


@contextmanager
def started(peer: Peer, first: sample.Tile, *, cache: bool) -> Iterator[Running]:
    """Run a contender on a free port until it answers its `first` tile; alone but for PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="bench-http-") as place:
        folder, port = Path(place), free_port()
        command = peer.command(port, cache, folder)
        with serving(command, port, peer.path(first), folder / "log") as running:
            yield running


def run(shop: Workshop, found: Sequence[Peer], absent: Sequence[Absent]) -> ServingResult:
    """Measure the contenders side by side, their finished tiles never kept; then compare what they sent."""
    tiles = {
        zoom: sample.sample(shop.features(zoom), shop.plan.served_places, shop.plan.seed)
        for zoom in shop.measured
    }
    replies = _ask_all(shop, found, tiles)
    shop.say("comparing what was sent")
    result = ServingResult(
        versions={peer.name: peer.version for peer in found},
        absent={peer.name: peer.reason for peer in absent},
        zooms={},
    )
    for zoom, places in tiles.items():
        ours = [_content(reply) for reply in replies[zoom][found[0].name][TIMED]]
        result.zooms[zoom] = {
            peer.name: _served(replies[zoom][peer.name], list(places.values()), ours) for peer in found
        }
    return result


def _ask_all(
    shop: Workshop, found: Sequence[Peer], tiles: Mapping[int, Mapping[sample.Tile, int]]
) -> dict[int, dict[str, dict[str, list[Reply]]]]:
    """Ask all contenders for all tiles in every coding, over one connection each.

    All run, and one at a time is asked. The timed round goes from one to the next every few tiles, and begins
    with another each time, so that a machine that slows down slows all of them; `BLOCK` tiles in a row leave
    each its caches.
    """
    warm_up = {zoom: shop.other_tiles(zoom, wanted, WARM_UP) for zoom, wanted in tiles.items()}
    first = next(iter(warm_up.values()))[0]
    replies: dict[int, dict[str, dict[str, list[Reply]]]] = {}
    with ExitStack() as stack:
        clients = {}
        for peer in found:
            running = stack.enter_context(started(peer, first, cache=False))
            clients[peer] = stack.enter_context(Client(running.port))
        for zoom, wanted in tiles.items():
            shop.say(f"z{zoom}: {len(wanted)} tiles, one client")
            for peer, client in clients.items():
                for number in range(WARM_UP):
                    client.get(peer.path(warm_up[zoom][number % len(warm_up[zoom])]), BROWSER)
            asked = list(wanted)
            gc.collect()
            gc.disable()
            try:
                timed = _several(clients, asked)
            finally:
                gc.enable()
            replies[zoom] = {
                peer.name: timed[peer]
                | {
                    name: [client.get(peer.path(tile), accepted) for tile in asked]
                    for name, accepted in CODINGS.items()
                    if name != TIMED
                }
                for peer, client in clients.items()
            }
    return replies


def _several(
    clients: Mapping[Peer, Client], tiles: Sequence[sample.Tile]
) -> dict[Peer, dict[str, list[Reply]]]:
    """Ask for the tiles in turns; where they are few in several rounds: each tile's median counts."""
    rounds = [_in_turns(clients, tiles) for _ in range(ROUNDS if len(tiles) < FEW else 1)]
    return {
        peer: {
            FIRST: rounds[0][peer],
            TIMED: [
                sorted(answers, key=lambda reply: reply.took_ns)[len(answers) // 2]
                for answers in zip(*(each[peer] for each in rounds), strict=True)
            ],
        }
        for peer in clients
    }


def _in_turns(clients: Mapping[Peer, Client], tiles: Sequence[sample.Tile]) -> dict[Peer, list[Reply]]:
    """Ask each contender for a block of tiles, then the next contender; another begins each block."""
    order = list(clients)
    replies: dict[Peer, list[Reply]] = {peer: [] for peer in order}
    for start in range(0, len(tiles), BLOCK):
        for peer in order:
            get = clients[peer].get
            replies[peer] += [get(peer.path(tile), CODINGS[TIMED]) for tile in tiles[start : start + BLOCK]]
        order = [*order[1:], order[0]]
    return replies


def _content(reply: Reply) -> content.Content:
    if not is_tile(reply):
        return {}
    return content.read(content.decompress(reply.body, reply.encoding))


def is_tile(reply: Reply) -> bool:
    """Tell a tile, or an empty one, from an error."""
    return reply.status == 200 or (reply.status == 204 and not reply.body)


def _served(
    replies: Mapping[str, Sequence[Reply]], places: Sequence[int], ours: Sequence[content.Content]
) -> Served:
    timed = replies[TIMED]
    theirs = [_content(reply) for reply in timed]
    weighed = over_places(timed, places)
    return Served(
        tiles=len(timed),
        failed=sum(not is_tile(reply) for answers in replies.values() for reply in answers),
        median_ms=statistics.median(weighed),
        p95_ms=percentile(weighed, 95),
        p99_ms=percentile(weighed, 99),
        sum_ms=sum(reply.took_ns for reply in timed) / 1e6,
        wire={name: weigh(answers, places) for name, answers in replies.items()},
        features=sum(map(len, theirs)),
        with_id=sum(feature.id is not None for tile in theirs for feature in tile.values()),
        difference=content.total(
            [content.compare(our, their) for our, their in zip(ours, theirs, strict=True)]
        ),
        keys=tuple(sorted(set().union(*map(content.keys_of, theirs)))),
    )


def over_places(answers: Sequence[Reply], places: Sequence[int]) -> list[float]:
    """Give the milliseconds of answers, each as often as places lie in its tile."""
    return [reply.took_ns / 1e6 for reply, count in zip(answers, places, strict=True) for _ in range(count)]


def weigh(answers: Sequence[Reply], places: Sequence[int]) -> Wire:
    """Add up the bytes of answers, each distinct tile once."""
    return Wire(
        body=sum(len(reply.body) for reply in answers),
        received=sum(reply.received for reply in answers),
        encodings="+".join(sorted({reply.encoding for reply in answers if reply.body})),
        median_ms=statistics.median(over_places(answers, places)),
    )


def differs_in_attributes(served: Served) -> bool:
    """Tell whether a contender put other attributes on its features than the four."""
    return set(served.keys) != set(PROPERTIES)
