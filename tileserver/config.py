"""Settings of a server: read once from the environment, frozen, then passed by hand."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from tileserver.errors import ConfigError

PREFIX: Final = "TILESERVER_"

_HERE: Final = Path(__file__).resolve().parent
_MAPLIBRE_PLACES: Final = (
    _HERE / "web" / "vendor" / "maplibre",
    _HERE.parent / "node_modules" / "maplibre-gl" / "dist",
)
_LOG_LEVELS: Final = ("critical", "error", "warning", "info", "debug")
_TRUE: Final = ("1", "true", "yes", "on")
_FALSE: Final = ("0", "false", "no", "off")

T = TypeVar("T")


def _default_maplibre() -> Path:
    """Where MapLibre GL JS lies: beside the page in a package or image, in node_modules in a checkout."""
    return next((place for place in _MAPLIBRE_PLACES if place.is_dir()), _MAPLIBRE_PLACES[-1])


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that a server is told from outside.

    ``public_url`` is the address that clients use, without a slash at its end; None takes it from
    each request. ``trust_forwarded`` believes ``X-Forwarded-Proto`` and ``X-Forwarded-Host``, which
    only a server behind a proxy that sets them may do. ``cors_origins`` is ``("*",)`` for any site.
    ``maplibre`` is the folder of MapLibre GL JS's built files, which the server hands out itself.
    """

    store: Path
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    trust_forwarded: bool = False
    cors_origins: tuple[str, ...] = ("*",)
    log_level: str = "info"
    maplibre: Path = _MAPLIBRE_PLACES[-1]

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

        return cls(
            store=read("STORE", _path, Path("var/store")),
            host=read("HOST", _text, "127.0.0.1"),
            port=read("PORT", _port, 8080),
            public_url=read("PUBLIC_URL", _url, None),
            trust_forwarded=read("TRUST_FORWARDED", _flag, default=False),
            cors_origins=read("CORS_ORIGINS", _origins, ("*",)),
            log_level=read("LOG_LEVEL", _log_level, "info"),
            maplibre=read("MAPLIBRE", _path, _default_maplibre()),
        )


def _text(_variable: str, text: str) -> str:
    return text


def _path(_variable: str, text: str) -> Path:
    return Path(text).expanduser()


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


def _log_level(variable: str, text: str) -> str:
    if text.lower() not in _LOG_LEVELS:
        raise ConfigError(f"{variable} is {text!r}; the levels are {', '.join(_LOG_LEVELS)}")
    return text.lower()
