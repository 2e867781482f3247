"""What readers will ask for, made before the first of them comes: classes, the picture of the first map."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from styles.model import Look
from tileserver.errors import TileserverError
from tileserver.web.assets import PAGE
from tileserver.web.bare import keep_view
from tileserver.web.embedding.first import first_view
from tileserver.web.mapstate import LEVELS, read_state
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import Live

_THEMES: Final[tuple[Mapping[str, str], ...]] = ({}, {"theme": "dark"})

_log = logging.getLogger(__name__)


async def keep_ahead(server: Live) -> None:
    """Make all this for the version in use, and again for each that takes its place; until cancelled."""
    while True:
        server.swapped.clear()
        await classify_ahead(server)
        await draw_ahead(server)
        await server.swapped.wait()


async def classify_ahead(server: Live) -> None:
    """Find the classes of every indicator at every level, as they are unless a reader wants others."""
    shot = server.gate.view(server.snapshot, frozenset())
    for indicator in shot.indicators.values():
        # Where a layer is restricted, its level is still among those of the indicator.
        for level in filter(shot.levels.__contains__, indicator.levels):
            # One at a time, so that requests get their turn between them.
            await asyncio.to_thread(shot.choropleth, indicator, level, None, Look())


async def draw_ahead(server: Live) -> None:
    """Draw the map of ``/``, then that of each other level, light and dark; nothing where no page is built.

    The process that draws is started by that, so that other first pictures need not wait for it either.
    """
    if PAGE not in server.assets:
        return
    shot = server.gate.view(server.snapshot, frozenset())
    for level in filter(shot.levels.__contains__, LEVELS):
        try:
            await _draw(server, shot, level)
        except TileserverError as error:
            _log.info("a picture is not drawn ahead", extra={"level": level, "error": str(error)})


async def _draw(server: Live, shot: Snapshot, level: str) -> None:
    found = first_view(shot, read_state(shot, {"level": level}))
    if found is None:
        return
    (width, height), written = found
    for theme in _THEMES:
        await keep_view(server, shot, read_state(shot, {**written, **theme}), width, height)
