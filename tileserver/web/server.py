"""How uvicorn is to run the application: the options, in one place for the command line and the tests."""

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any, Final

from tileserver.config import Settings
from tileserver.errors import ConfigError
from tileserver.store.integrity import begin_check
from tileserver.web.logs import log_config
from tileserver.web.sockets import share

WORKER: Final = "tileserver.web.app:create_worker"

KEEP_ALIVE_S: Final = 75
"""Seconds that an idle connection stays open: longer than a proxy keeps one (nginx: 60), or a request meets
the closing of its connection now and then, and the proxy answers 502."""

_log = logging.getLogger(__name__)

_SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


def server_options(settings: Settings) -> dict[str, Any]:
    """Give the keyword arguments for `uvicorn.run` and `uvicorn.Config`.

    ``proxy_headers`` stays off because uvicorn would believe ``X-Forwarded-Proto`` from this machine
    without being told: `Settings.trust_forwarded` alone decides. No websockets: nothing speaks them.
    """
    return {
        "host": settings.host,
        "port": settings.port,
        "log_config": log_config(settings.log_level),
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "ws": "none",
        "timeout_keep_alive": KEEP_ALIVE_S,
    }


def address(host: str, port: int) -> str:
    """Write the address of the server as a browser takes it."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run(settings: Settings) -> None:
    """Serve until interrupted: in this process, or in several that share the mapped store.

    The counts of several meet in a folder that is removed in the end. prometheus_client learns of the
    folder when it is imported, so this module does not import what imports it.
    """
    if settings.workers == 1:
        # Begun before the imports, which take as long on the other core.
        intact = begin_check(settings.store)
        gc.disable()  # until the server is settled: looking through what stays took a sixth of a start
        try:
            import uvicorn

            from tileserver.web.app import StoreEngine, create_app

            uvicorn.run(create_app(settings, StoreEngine(intact)), **server_options(settings))
        finally:
            gc.enable()
        return
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    try:
        shared = share(settings.host, settings.port)
    except OSError as error:
        raise ConfigError(f"can't listen on {settings.host}:{settings.port}: {error.strerror}") from error
    with shared, _environment(settings):
        config = uvicorn.Config(WORKER, factory=True, workers=settings.workers, **server_options(settings))
        _log.info("running on %s", address(*shared.getsockname()[:2]))
        Multiprocess(config, sockets=[shared]).run()


@contextmanager
def _environment(settings: Settings) -> Iterator[None]:
    """Hand the settings and a folder for counts to processes that are started meanwhile."""
    before = dict(os.environ)
    with TemporaryDirectory(prefix="tileserver-metrics-") as folder:
        os.environ.update(settings.to_env())
        os.environ[_SHARED_FOLDER] = folder
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
