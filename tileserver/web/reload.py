"""Notices that another version of the store was published, and serves it without a restart."""

import asyncio
import logging

from tileserver.errors import StoreError
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import Live

_log = logging.getLogger(__name__)


class Reloader:
    """Takes a newly published version, or keeps the one in use and says once why."""

    def __init__(self, state: Live) -> None:
        self._state = state
        self._refused: str | None = None

    async def watch(self, seconds: float) -> None:
        """Look every `seconds`, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            await self.look()

    async def look(self) -> None:
        """Look once at what is published. Opening it checks every file, in a thread."""
        state = self._state
        root = state.settings.store
        before = state.snapshot.digest
        try:
            published = await asyncio.to_thread(state.engine.current, root)
            if published == before:
                self._refused = None
                return
            shot = await asyncio.to_thread(lambda: state.gate.check(Snapshot(state.engine.open(root))))
        except StoreError as error:
            self._refuse(str(error))
            return
        state.swap(shot)
        self._refused = None
        _log.info("took a new store version", extra={"store": shot.digest, "before": before})

    def _refuse(self, reason: str) -> None:
        if reason != self._refused:
            _log.error("a new store version is refused; the old one stays", extra={"error": reason})
        self._refused = reason
