"""The files that pages are made of, held in memory with their digests.

The map page is built from TypeScript by Vite (``npm run build``); the style sheet of the other pages is
served as it is. Two megabytes once, and then no path of a request ever reaches the file system.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

PAGE: Final = "index.html"
"""The map page among the assets; not there when it is not built."""

_MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_PLAIN: Final = (".css", ".js", ".png", ".svg")
_HASHED: Final = "assets"
"""The folder of built files whose names hold a hash of what they are."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that is served as it is.

    ``digest`` is of its bytes, ``media_type`` names its kind; ``brotli`` are its bytes compressed when the
    page was built, None where they were not; ``lasting``: another content would have another name.
    """

    body: bytes
    digest: str
    media_type: str
    brotli: bytes | None = None
    lasting: bool = False


def load_assets(built: Path) -> Mapping[str, Asset]:
    """Read the plain files beside this module, and those of the map page from the folder `built`.

    A page that is not built is a warning, not an error: everything but the map is served without it.
    """
    assets = {
        entry.name: _asset(entry.name, entry.read_bytes())
        for entry in files("tileserver.web").joinpath("page").iterdir()
        if Path(entry.name).suffix in _PLAIN
    }
    for path in sorted((*built.glob("*"), *built.glob(f"{_HASHED}/*"))):
        if path.suffix in _MEDIA_TYPES:
            name = path.relative_to(built).as_posix()
            packed = path.with_name(f"{path.name}.br")
            brotli = packed.read_bytes() if packed.is_file() else None
            assets[name] = _asset(name, path.read_bytes(), brotli, lasting=name.startswith(_HASHED))
    if PAGE not in assets:
        _log.warning("the map page is not built; run make setup", extra={"folder": str(built)})
    return assets


def _asset(name: str, body: bytes, brotli: bytes | None = None, *, lasting: bool = False) -> Asset:
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    return Asset(body, digest, _MEDIA_TYPES[Path(name).suffix], brotli, lasting)
