"""Settings of a server: read once from the environment, frozen, then passed by hand."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from tileserver.errors import ConfigError
from tileserver.keys import Secrets, read_secrets

PREFIX: Final = "TILESERVER_"

_HERE: Final = Path(__file__).resolve().parent
_BUILT_PAGE: Final = _HERE / "web" / "page" / "built"
_LOG_LEVELS: Final = ("critical", "error", "warning", "info", "debug")
_SECONDS: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?", re.ASCII)
_ANCESTOR: Final = re.compile(
    r"https?://(\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(:[0-9]{1,5})?", re.ASCII
)
_TRUE: Final = ("1", "true", "yes", "on")
_FALSE: Final = ("0", "false", "no", "off")

T = TypeVar("T")


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that a server is told from outside.

    ``public_url`` is the address that clients use, without a slash at its end; None takes it from
    each request. ``trust_forwarded`` believes ``X-Forwarded-Proto`` and ``X-Forwarded-Host``, which
    only a server behind a proxy that sets them may do. ``cors_origins`` is ``("*",)`` for any site.
    ``page`` is the folder of the map page, built with MapLibre GL JS in it.
    ``cache_mb`` bounds the finished answers that a process keeps, 10^6 bytes each; 0 keeps none.
    ``tile_budget_kb`` is what a layer of a tile may take uncompressed, in 10^3 bytes; 0 sets no bound. Every
    ``reload_seconds`` a process looks for a new store version; 0 never. ``workers`` are the processes.
    ``embed_origins`` are the sites that may show ``/embed`` in a frame; ``("*",)`` is any.
    ``basemap`` is the address of raster tiles that lie below the map, with ``{z}``, ``{x}`` and ``{y}``, and
    ``basemap_credit`` says whose they are.
    ``restricted`` layers and indicators are shown to who has a key signed with one of the secrets ``keys``.
    """

    store: Path
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    trust_forwarded: bool = False
    cors_origins: tuple[str, ...] = ("*",)
    log_level: str = "info"
    page: Path = _BUILT_PAGE
    cache_mb: int = 64
    tile_budget_kb: int = 500
    reload_seconds: float = 5.0
    workers: int = 1
    embed_origins: tuple[str, ...] = ("*",)
    basemap: str | None = None
    basemap_credit: str = ""
    restricted: tuple[str, ...] = ()
    keys: Secrets = Secrets()

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from variables named ``TILESERVER_…``; an empty one counts as absent.

        Raises `ConfigError`, naming the variable, for a value that cannot be meant and for a
        variable with the prefix that no setting has.
        """
        given = {key: text.strip() for key, text in environ.items() if key.startswith(PREFIX)}
        unknown = sorted(given.keys() - {PREFIX + name.upper() for name in cls.__struct_fields__})
        if unknown:
            known = ", ".join(PREFIX + name.upper() for name in cls.__struct_fields__)
            raise ConfigError(f"{unknown[0]} is no setting; the settings are {known}")

        def read(name: str, parse: Callable[[str, str], T], default: T) -> T:
            variable = PREFIX + name
            text = given.get(variable, "")
            return parse(variable, text) if text else default

        basemap, credit = read("BASEMAP", _tiles, None), read("BASEMAP_CREDIT", _text, "")
        if (basemap is None) != (not credit):
            raise ConfigError(
                f"{PREFIX}BASEMAP and {PREFIX}BASEMAP_CREDIT belong together: tiles, and the words that say "
                "whose they are, as in © IGN"
            )
        return cls(
            basemap=basemap,
            basemap_credit=credit,
            store=read("STORE", _path, Path("var/store")),
            host=read("HOST", _text, "127.0.0.1"),
            port=read("PORT", _port, 8080),
            public_url=read("PUBLIC_URL", _url, None),
            trust_forwarded=read("TRUST_FORWARDED", _flag, default=False),
            cors_origins=read("CORS_ORIGINS", _origins, ("*",)),
            log_level=read("LOG_LEVEL", _log_level, "info"),
            page=read("PAGE", _path, _BUILT_PAGE),
            cache_mb=read("CACHE_MB", _whole(0, 1_000_000), 64),
            tile_budget_kb=read("TILE_BUDGET_KB", _whole(0, 1_000_000), 500),
            reload_seconds=read("RELOAD_SECONDS", _seconds, 5.0),
            workers=read("WORKERS", _whole(1, 1000), 1),
            embed_origins=read("EMBED_ORIGINS", _ancestors, ("*",)),
            restricted=read("RESTRICTED", _names, ()),
            keys=read("KEYS", read_secrets, Secrets()),
        )

    def to_env(self) -> dict[str, str]:
        """Write the settings as the variables that `from_env` reads, for another process."""
        written = {
            "trust_forwarded": str(int(self.trust_forwarded)),
            "cors_origins": ",".join(self.cors_origins),
            "embed_origins": ",".join(self.embed_origins) or "none",
            "restricted": ",".join(self.restricted),
            "keys": self.keys.text,
            "public_url": self.public_url or "",
            "basemap": self.basemap or "",
            "store": str(self.store.absolute()),
            "page": str(self.page.absolute()),
        }
        return {
            PREFIX + name.upper(): written.get(name, str(getattr(self, name)))
            for name in self.__struct_fields__
        }


def _text(_variable: str, text: str) -> str:
    return text


def _path(_variable: str, text: str) -> Path:
    return Path(text).expanduser()


def _whole(least: int, most: int) -> Callable[[str, str], int]:
    def parse(variable: str, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
            raise ConfigError(f"{variable} is {text!r}; it is a whole number from {least} to {most}")
        return int(text)

    return parse


def _seconds(variable: str, text: str) -> float:
    if not _SECONDS.fullmatch(text):
        raise ConfigError(f"{variable} is {text!r}; it is a number of seconds, as in 5 or 0.5; 0 is never")
    return float(text)


def _port(variable: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise ConfigError(f"{variable} is {text!r}; a port is a whole number from 0 to 65535")
    return int(text)


def _url(variable: str, text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ConfigError(
            f"{variable} is {text!r}; it is the address of the server, as in https://tiles.example.fr"
        )
    return text.rstrip("/")


def _tiles(variable: str, text: str) -> str:
    parts = urlsplit(text)
    named = all(text.count(part) == 1 for part in ("{z}", "{x}", "{y}")) and not parts.fragment
    if not (named and _ANCESTOR.fullmatch(f"{parts.scheme}://{parts.netloc}") and "*" not in parts.netloc):
        raise ConfigError(
            f"{variable} is {text!r}; it is the address of raster tiles, as in "
            "https://tiles.example.fr/plan/{z}/{x}/{y}.png"
        )
    return text


def _flag(variable: str, text: str) -> bool:
    if text.lower() not in _TRUE + _FALSE:
        raise ConfigError(f"{variable} is {text!r}; it is {_TRUE[1]} or {_FALSE[1]}")
    return text.lower() in _TRUE


def _origins(variable: str, text: str) -> tuple[str, ...]:
    origins = tuple(origin.strip() for origin in text.split(",") if origin.strip())
    for origin in origins:
        parts = urlsplit(origin)
        plain = (
            parts.scheme in ("http", "https")
            and parts.netloc
            and origin == f"{parts.scheme}://{parts.netloc}"
        )
        if origin != "*" and not plain:
            raise ConfigError(
                f"{variable} holds {origin!r}; an origin is * or as in https://portal.example.fr"
            )
    return ("*",) if "*" in origins else origins


def _names(_variable: str, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _ancestors(variable: str, text: str) -> tuple[str, ...]:
    """Read sites that may frame: origins, whose host may begin with ``*.``; or none but the server's own."""
    if text.lower() == "none":
        return ()
    sites = tuple(site.strip() for site in text.split(",") if site.strip())
    for site in sites:
        if site != "*" and not _ANCESTOR.fullmatch(site):
            raise ConfigError(
                f"{variable} holds {site!r}; a site is * or as in https://portal.example.fr, "
                "https://*.example.fr, and none allows no other site"
            )
    return ("*",) if "*" in sites else sites


def _log_level(variable: str, text: str) -> str:
    if text.lower() not in _LOG_LEVELS:
        raise ConfigError(f"{variable} is {text!r}; the levels are {', '.join(_LOG_LEVELS)}")
    return text.lower()
