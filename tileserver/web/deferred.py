"""Routes whose handlers are named by where they are, and loaded when they are first asked for.

The routes of a server are many, those of its first seconds are few: importing all their modules took a third
of a second of every start, before which no tile could be had.
"""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response]]

PACKAGE: Final = "tileserver.web"


class Deferred(Route):
    """The route of `path`, answered by ``where``: ``module:function`` of this package."""

    def __init__(self, path: str, where: str) -> None:
        async def stand_in(request: Request) -> Response:
            handler = self._handler
            if handler is None:  # imported in a thread: other clients are answered meanwhile
                handler = await asyncio.to_thread(self.handler)
            return await handler(request)

        self.where = where
        self._handler: Handler | None = None
        super().__init__(path, stand_in)

    def handler(self) -> Handler:
        """Give the function that answers; its module is imported where it was not yet."""
        module, _, name = self.where.partition(":")
        handler: Handler = getattr(import_module(f"{PACKAGE}.{module}"), name)
        self._handler = handler
        return handler
