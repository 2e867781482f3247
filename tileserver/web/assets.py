"""The page's files and MapLibre GL JS, held in memory with their digests.

Two megabytes once, and then no path of a request ever reaches the file system.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

_MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

_MAPLIBRE_FILES: Final = (
    "maplibre-gl.mjs",
    "maplibre-gl-shared.mjs",
    "maplibre-gl-worker.mjs",
    "maplibre-gl.css",
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that is served as it is; ``digest`` is of its bytes, ``media_type`` names its kind."""

    body: bytes
    digest: str
    media_type: str


def load_assets(maplibre: Path) -> Mapping[str, Asset]:
    """Read the page's own files, and those of MapLibre GL JS from the folder `maplibre`.

    A missing library is a warning, not an error: tiles are served without it, the map page is not.
    """
    assets = {
        entry.name: _asset(entry.name, entry.read_bytes())
        for entry in files("tileserver.web").joinpath("page").iterdir()
        if Path(entry.name).suffix in _MEDIA_TYPES
    }
    for name in _MAPLIBRE_FILES:
        path = maplibre / name
        if path.is_file():
            assets[f"maplibre/{name}"] = _asset(name, path.read_bytes())
    if f"maplibre/{_MAPLIBRE_FILES[0]}" not in assets:
        _log.warning("no MapLibre GL JS, so no map page; run npm ci", extra={"folder": str(maplibre)})
    return assets


def _asset(name: str, body: bytes) -> Asset:
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    return Asset(body, digest, _MEDIA_TYPES[Path(name).suffix])
