"""What the server serves now, and the work that requests share."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, BrokenBarrierError
from time import perf_counter
from typing import Any, Final, TypeVar

from starlette.requests import Request

from tileserver.config import Settings
from tileserver.errors import GoneError, StoreError
from tileserver.web.access import Gate
from tileserver.web.answer import Finished
from tileserver.web.assets import Asset
from tileserver.web.cache import BoundedCache, Flights
from tileserver.web.compression import rehearse
from tileserver.web.contracts import Engine
from tileserver.web.metrics import Metrics
from tileserver.web.painter import Painter
from tileserver.web.snapshot import Snapshot

T = TypeVar("T")

RELEASE_EVERY: Final = 1000
"""Tiles between two releases: a random thousand of all layers and zooms touches about 130 MB."""

WARM_UP_SECONDS = 60.0
"""Compiling the kernels where no cache has them takes a third of that on two slow cores."""

REHEARSAL_SECONDS: Final = 5.0
"""How long a thread waits for the others, so that each of them rehearses and none does twice."""

RECENT: Final = 2
"""Versions kept open after another was published, for those who are paging through one."""

MASK_BYTES: Final = 32_000_000
"""Bytes of evaluated filters kept: about nine hundred of all communes."""

_log = logging.getLogger(__name__)


@dataclass
class Live:
    """What the server serves now. Handlers take ``snapshot`` once a request, through `snapshot`."""

    settings: Settings
    engine: Engine
    assets: Mapping[str, Asset]
    metrics: Metrics
    snapshot: Snapshot
    warm: asyncio.Event = field(default_factory=asyncio.Event)
    swapped: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when another version is taken; who waits for it clears it."""
    rendered: int = 0

    def __post_init__(self) -> None:
        self.answers: BoundedCache[Hashable, Finished] = BoundedCache(self.settings.cache_mb * 1_000_000)
        self.flights: Flights[Hashable, Finished] = Flights()
        self.sizes: dict[tuple[str, int], float] = {}
        """Bytes to expect of a tile before compression, by layer and zoom."""
        self.masks: BoundedCache[Hashable, Any] = BoundedCache(MASK_BYTES)
        self.mask_flights: Flights[Hashable, Any] = Flights()
        self._recent: dict[str, Snapshot] = {}
        self._reopening: Flights[str, Snapshot] = Flights()
        # As many threads as cores: more would only take turns, each with buffers of its own.
        self._workers = os.cpu_count() or 1
        self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="tiles")
        self.painter = Painter()
        self.gate = Gate(self.settings.restricted)
        self.gate.check(self.snapshot)
        self.metrics.serving(self.snapshot.digest)

    async def make_ready(self, warming: asyncio.Task[None]) -> None:
        """Be ready once `warming` has compiled or loaded the kernels, without blocking the loop."""
        began = perf_counter()
        await asyncio.to_thread(self.snapshot.store.populate)
        await warming
        self.warm.set()
        seconds = round(perf_counter() - began, 2)
        _log.info("ready", extra={"store": self.snapshot.digest, "warm_seconds": seconds})

    async def rehearse(self) -> None:
        """Have every thread make and compress the heaviest tile once.

        The memory of the first one is new, and the system gives it page by page: the first large tile of each
        thread took twice as long.
        """
        together = Barrier(self._workers)

        def work() -> None:
            with contextlib.suppress(BrokenBarrierError):  # too busy: tiles are made all the same
                together.wait(REHEARSAL_SECONDS)
            rehearse(self.engine.rehearse(self.snapshot.store))

        await asyncio.gather(*(self.in_thread(work) for _ in range(together.parties)))
        rehearse(self.engine.rehearse(self.snapshot.store))  # on the loop itself, where light tiles are made

    async def in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run `work` in one of the server's own threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def count_render(self, shot: Snapshot) -> None:
        """Count a rendered tile, and now and then hand the mapped pages back.

        Pages that a tile touched count as this process's memory until then, sixteen for each one
        needed; the page cache keeps them, so that taking one back costs microseconds.
        """
        self.rendered += 1
        if self.rendered % RELEASE_EVERY == 0:
            shot.store.release()

    def swap(self, shot: Snapshot) -> None:
        """Serve another store version from now on; requests in flight end on theirs."""
        before, self.snapshot = self.snapshot, shot
        self.swapped.set()
        self._remember(before)
        self.metrics.serving(shot.digest, before.digest)

    async def version(self, digest: str) -> Snapshot:
        """Give a version by its digest: the one in use, a recent one, or one that is still on disk.

        Raises `GoneError` where it is not.
        """
        shot = self.snapshot if digest == self.snapshot.digest else self._recent.get(digest)
        return shot or await self._reopening.join(digest, lambda: self._reopen(digest))

    async def _reopen(self, digest: str) -> Snapshot:
        try:
            shot = Snapshot(await asyncio.to_thread(self.engine.reopen, self.settings.store, digest))
        except StoreError:
            raise GoneError(
                f"version {digest} of the store is gone, and the cursor with it; begin again without cursor"
            ) from None
        self._remember(shot)
        return shot

    def _remember(self, shot: Snapshot) -> None:
        self._recent[shot.digest] = shot
        while len(self._recent) > RECENT:
            del self._recent[next(iter(self._recent))]

    def close(self) -> None:
        """End the threads."""
        self.painter.close()
        self._threads.shutdown(wait=True, cancel_futures=True)


def live(request: Request) -> Live:
    """Give what the server serves now."""
    found: Live = request.state.live
    return found


def snapshot(request: Request) -> Snapshot:
    """Give the store version on which this request begins and ends."""
    return live(request).snapshot


async def warmed(state: Live) -> None:
    """Wait until the kernels are loaded: a map opened early would not ask for a refused tile again.

    Raises `StoreError` where it takes longer than `WARM_UP_SECONDS`.
    """
    if state.warm.is_set():
        return
    try:
        async with asyncio.timeout(WARM_UP_SECONDS):
            await state.warm.wait()
    except TimeoutError:
        raise StoreError("the tile kernels are still being prepared; ask again in a minute") from None
