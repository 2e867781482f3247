"""The picture that the map page begins with, drawn before the first reader comes."""

import logging
from collections.abc import Mapping
from typing import Final

from tileserver.errors import TileserverError
from tileserver.web.assets import PAGE
from tileserver.web.bare import keep_view
from tileserver.web.embedding.first import first_view
from tileserver.web.mapstate import read_state
from tileserver.web.state import Live

_THEMES: Final[tuple[Mapping[str, str], ...]] = ({}, {"theme": "dark"})

_log = logging.getLogger(__name__)


async def draw_ahead(server: Live) -> None:
    """Draw the map of ``/`` without parameters, light and dark; nothing where no page is built.

    The process that draws is started by that, so that other first pictures need not wait for it either.
    """
    if PAGE not in server.assets:
        return
    shot = server.gate.view(server.snapshot, frozenset())
    try:
        found = first_view(shot, read_state(shot, {}))
        if found is None:
            return
        (width, height), written = found
        for theme in _THEMES:
            await keep_view(server, shot, read_state(shot, {**written, **theme}), width, height)
    except TileserverError as error:
        _log.info("no picture is drawn ahead", extra={"error": str(error)})
