"""The application as a function of its settings. Importing this module does nothing."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from tileserver.config import Settings
from tileserver.web import catalogue, health, home, styling, tiles
from tileserver.web.assets import load_assets
from tileserver.web.contracts import Engine, StoreLike
from tileserver.web.cors import Cors
from tileserver.web.problems import HANDLERS
from tileserver.web.state import Live, Snapshot

ROUTES = (
    # Tiles first: the router tries the routes in order, and nearly all requests are tiles.
    Route("/tiles/{layer}/{z}/{x}/{y}.mvt", tiles.tile),
    Route("/tiles/{layer}.json", tiles.layer_tilejson),
    Route("/layers", catalogue.layers),
    Route("/layers/{layer}", catalogue.layer),
    Route("/layers/{layer}/labels", catalogue.labels),
    Route("/indicators", catalogue.indicators),
    Route("/indicators/{indicator}", catalogue.indicator),
    Route("/styles/choropleth/{level}/{indicator}.json", styling.choropleth),
    Route("/static/{name:path}", home.static),
    Route("/health", health.health),
    Route("/ready", health.ready),
    Route("/", home.page),
)


class StoreEngine:
    """The engine of a real server: stores on disk, compiled kernels."""

    def __init__(self) -> None:
        # Here, because the kernels bring numba: half a second that importing this module must not cost.
        from tileserver.store.reader import open_store
        from tileserver.tiles.render import render, warm

        self.open: Callable[[Path], StoreLike] = open_store
        self.warm: Callable[[], None] = warm
        self.render: Callable[[Any, int, int, int, tuple[int, ...]], bytes] = render


def create_app(settings: Settings, engine: Engine | None = None) -> Starlette:
    """Make the application. The store is opened when it starts, and a missing one stops the start."""
    chosen = engine or StoreEngine()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        store = await asyncio.to_thread(chosen.open, settings.store)
        live = Live(settings, chosen, load_assets(settings.maplibre), Snapshot(store))
        # The kernels compile in the background: the process answers /health and says /ready is not yet.
        warming = asyncio.create_task(live.make_ready())
        try:
            yield {"live": live}
        finally:
            warming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await warming

    app = Starlette(
        routes=list(ROUTES),
        middleware=[Middleware(Cors, origins=settings.cors_origins)],
        exception_handlers=dict(HANDLERS),
        lifespan=lifespan,
        max_body_size=0,
    )
    # A path has one form. The redirect would also send the client to whatever Host it named.
    app.router.redirect_slashes = False
    return app
