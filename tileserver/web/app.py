"""The application as a function of its settings. Importing this module does nothing."""

import asyncio
import contextlib
import gc
import os
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from tileserver.config import Settings
from tileserver.web.access import Doorkeeper
from tileserver.web.assets import load_assets
from tileserver.web.contracts import Engine, Renderer, StoreLike
from tileserver.web.cors import Cors
from tileserver.web.metrics import Counting, Metrics
from tileserver.web.problems import HANDLERS
from tileserver.web.reload import Reloader
from tileserver.web.routes import ROUTES
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import Live
from tileserver.web.tile_path import TEMPLATES, TilePath

SETTLED_SECONDS: Final = 0.5
"""How long after a start the remaining handlers are loaded: clients that waited for it have their tiles."""


AHEAD_SECONDS: Final = 2.0
"""How long after all that maps are classified, and the pictures that pages begin with are drawn."""

COLLECTED_SECONDS: Final = 3.0
"""After which garbage is collected though the server is not settled: kernels are being compiled then, and
leave 1.4 million objects behind, 300 MB."""


class StoreEngine:
    """The engine of a real server: stores on disk, compiled kernels."""

    def __init__(self, intact: "Future[str] | None" = None) -> None:
        """Load the kernels' module. `intact` gives the version whose files another thread has checked."""
        # Here, because the kernels bring numba: half a second that importing this module must not cost.
        from tileserver.store.integrity import current_digest
        from tileserver.store.reader import open_store, open_version
        from tileserver.tiles.render import rehearse, render, warm

        def opened(root: Path) -> StoreLike:
            checked = None if intact is None else intact.result()
            return open_store(root, verify=current_digest(root) != checked)

        self.current: Callable[[Path], str] = current_digest
        self.open: Callable[[Path], StoreLike] = opened
        self.reopen: Callable[[Path, str], StoreLike] = open_version
        self.warm: Callable[[], None] = warm
        self.rehearse: Callable[[Any], bytes] = lambda store: rehearse(store.layers.values())
        self.render: Renderer = render


def create_app(settings: Settings, engine: Engine | None = None) -> Starlette:
    """Make the application. The store is opened when it starts, and a missing one stops the start."""
    chosen = engine or StoreEngine()
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        # The kernels are loaded beside the check of the store, and where they have to be compiled in the
        # background: the process answers /health and says /ready is not yet.
        warming = asyncio.create_task(asyncio.to_thread(chosen.warm))
        shot = await asyncio.to_thread(lambda: Snapshot(chosen.open(settings.store)))
        state = Live(settings, chosen, load_assets(settings.page), metrics, shot)
        background = [asyncio.create_task(_prepare(state, warming))]
        if settings.reload_seconds:
            background.append(asyncio.create_task(Reloader(state).watch(settings.reload_seconds)))
        try:
            yield {"live": state}
        finally:
            for task in background:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            state.close()

    app = Starlette(
        routes=list(ROUTES),
        middleware=[
            Middleware(Counting, metrics=metrics, templates=_templates()),
            Middleware(Cors, origins=settings.cors_origins),
            *([Middleware(Doorkeeper, secrets=settings.keys)] if settings.restricted else []),
            Middleware(TilePath),
            # Nothing here reads a body. Behind the tiles, because it takes as long as a kept tile does.
            Middleware(RequestBodyLimitMiddleware, max_body_size=0),
        ],
        exception_handlers=dict(HANDLERS),
        lifespan=lifespan,
    )
    # A path has one form. The redirect would also send the client to whatever Host it named.
    app.router.redirect_slashes = False
    return app


def create_worker() -> Starlette:
    """Make the application of one process among several: its settings come by the environment."""
    gc.disable()  # as `tileserver.web.server.run` does for one process
    return create_app(Settings.from_env(os.environ))


async def _prepare(state: Live, warming: asyncio.Task[None]) -> None:
    """Make the server ready for tiles; after that load what answers everything else, so that nobody waits.

    Last it classifies what maps show, and draws the pictures that pages begin with, for the first reader.
    """
    collecting = asyncio.get_running_loop().call_later(COLLECTED_SECONDS, gc.enable)
    try:
        await state.make_ready(warming)
        await asyncio.sleep(SETTLED_SECONDS)
        await state.rehearse()
        for route in ROUTES:
            await asyncio.to_thread(route.handler)
    finally:
        collecting.cancel()
        if not gc.isenabled():  # off since the start of the process: what it has made by now stays
            gc.freeze()
            gc.enable()
    await asyncio.sleep(AHEAD_SECONDS)
    # Here, because it brings what the routes of pictures do, which are loaded by now.
    from tileserver.web.embedding.ahead import keep_ahead

    await keep_ahead(state)


def _templates() -> Mapping[object, str]:
    """Give the template of a route by what answers it, which is what a request's scope names."""
    answering: dict[object, str] = {route.endpoint: route.path for route in ROUTES}
    return answering | {template: template for template in TEMPLATES.values()}
