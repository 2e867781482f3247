"""How uvicorn is to run the application: the options, in one place for the command line and the tests."""

from typing import Any

from tileserver.config import Settings
from tileserver.web.logs import log_config


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
    }
