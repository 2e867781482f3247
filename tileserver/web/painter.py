"""Pictures are drawn by a process of their own: the library that draws holds Python's lock while it does.

So no tile waits for a picture, and a picture that takes too long can be given up.
"""

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from threading import Lock
from typing import Any, Final, TypeVar

from tileserver.errors import BusyError
from tileserver.render.process import begin
from tileserver.render.raster import Form, rasterise

T = TypeVar("T")

SECONDS: Final = 30.0
"""What a picture may take: ten times the largest one of all communes on a slow core."""

MOST_WAITING: Final = 24

_TOGETHER: Final = 2


class Painter:
    """Draws SVG in another process, started with the first picture; a few at a time, and few may wait."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_TOGETHER, thread_name_prefix="pictures")
        self._processes: ProcessPoolExecutor | None = None
        self._lock = Lock()
        self._waiting = 0

    async def in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run `work`, which calls `draw`, in a thread for pictures; raise `BusyError` where too many wait."""
        if self._waiting >= MOST_WAITING:
            raise BusyError("too many pictures are being drawn; ask again in a few seconds")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1

    def draw(self, svg: str, form: Form = "png", *, with_text: bool = True, exact: bool = True) -> bytes:
        """Draw an SVG document; raise `BusyError` where it takes longer than it may."""
        processes = self._started()
        try:
            return processes.submit(rasterise, svg, form, with_text=with_text, exact=exact).result(SECONDS)
        except (TooLate, BrokenExecutor):
            self._give_up(processes)
            raise BusyError(
                f"the picture was not drawn within {SECONDS:g} seconds; ask for a smaller one"
            ) from None

    def close(self) -> None:
        """End thread and process."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._processes is not None:
            self._processes.shutdown(wait=True, cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._processes is None:
                # Spawned, because a fork of a process with threads may never wake.
                context = multiprocessing.get_context("spawn")
                self._processes = ProcessPoolExecutor(1, mp_context=context, initializer=begin)
            return self._processes

    def _give_up(self, processes: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._processes is processes:
                self._processes = None
        for process in list((getattr(processes, "_processes", None) or {}).values()):
            process.kill()  # the executor itself would wait for the work to end
        processes.shutdown(wait=False, cancel_futures=True)
