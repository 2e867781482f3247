"""One error tree for the whole project.

::

    TileserverError                500   anything this project raises on purpose
    ├── ConfigError                500   a setting or an environment variable is wrong
    ├── DeclarationError           500   a TOML in layers/ says something impossible
    ├── SourceError                500   an input file is missing, unreadable or wrong
    ├── StoreError                 503   a store is missing, damaged or of another version
    ├── BusyError                  503   more is asked for than can be done now
    └── RequestError               400   the client asked for something malformed
        └── NotFoundError          404   well-formed, but no such thing here
            └── GoneError          410   it was here once

The class carries the HTTP status. The message is one sentence that names the culprit (file, row,
key or parameter), says what is wrong, and what would be right.
"""

from typing import ClassVar


class TileserverError(Exception):
    """Base of every error that this project raises on purpose."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"


class ConfigError(TileserverError):
    """A setting or an environment variable is wrong."""

    title = "Bad configuration"


class DeclarationError(TileserverError):
    """A layer, indicator or source declaration says something impossible."""

    title = "Bad declaration"


class SourceError(TileserverError):
    """An input file is missing, unreadable, or lacks what its declaration promises."""

    title = "Bad source file"


class StoreError(TileserverError):
    """A store is missing, damaged, or of a version that this reader does not know."""

    status = 503
    title = "Store unavailable"


class BusyError(TileserverError):
    """More is asked for than can be done now."""

    status = 503
    title = "Busy"


class RequestError(TileserverError):
    """The client asked for something malformed."""

    status = 400
    title = "Bad request"


class NotFoundError(RequestError):
    """The request is well-formed, but there is no such thing here."""

    status = 404
    title = "Not found"


class GoneError(NotFoundError):
    """What was asked for was here once, and is not any longer."""

    status = 410
    title = "Gone"
