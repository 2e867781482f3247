"""What is kept of the work done: a least-recently-used map bounded in bytes, and one flight a key.

Both belong to the event loop: nothing here is called from another thread, so nothing needs a lock.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ENTRY_BYTES: Final = 1000
"""What an entry takes besides its body: key, headers and the map's own, measured on answers of tiles."""

LARGEST_SHARE: Final = 8
"""An entry may take one part in this many of the whole, or a few would push out all others."""


class BoundedCache(Generic[K, V]):
    """Values by key, the ones not used for longest leaving first. A capacity of 0 keeps nothing."""

    def __init__(self, capacity_bytes: int) -> None:
        self._capacity = capacity_bytes
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """Give the value of `key`, which becomes the last to leave; None where there is none."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep `value`, counted as `size` bytes and `ENTRY_BYTES`, unless it is too large for that."""
        size += ENTRY_BYTES
        if size * LARGEST_SHARE > self._capacity:
            return
        previous = self._kept.pop(key, None)
        if previous is not None:
            self.bytes -= previous[1]
        self._kept[key] = (value, size)
        self.bytes += size
        while self.bytes > self._capacity:
            _, (_, left) = self._kept.popitem(last=False)
            self.bytes -= left


class Flights(Generic[K, V]):
    """Work under way by key: whoever asks for a key that is being made waits for the same result.

    A failure is told to all who wait, and kept for nobody. Who stops waiting stops no one else's work.
    """

    def __init__(self) -> None:
        self._under_way: dict[K, asyncio.Task[V]] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._under_way

    async def join(self, key: K, make: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """Give the result of the flight of `key`; start it with `make` where there is none."""
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(make())
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._land(key, done))
        return await asyncio.shield(task)

    def _land(self, key: K, done: asyncio.Task[V]) -> None:
        del self._under_way[key]
        if not done.cancelled():
            done.exception()  # told to those who wait; where none does any more, it is not a stray one
