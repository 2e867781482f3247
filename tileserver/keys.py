"""Keys that let a partner see restricted layers: signed, expiring, bound to the partner's site.

A key is ``v1.<id>.<payload>.<signature>``: the payload is JSON (partner, names, expiry in seconds since 1970,
site) in base64url, the signature HMAC-SHA256 over all before it with the secret of that id. The server keeps
several secrets, so that one can be replaced while keys of the old one run out. No key is ever logged.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct

from tileserver.errors import ConfigError

LEAST_SECRET: Final = 32
"""Characters of a secret: less could be guessed."""

LONGEST: Final = 2000

_VERSION: Final = "v1"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)


class Grant(Struct, frozen=True):
    """What a key allows: ``names`` of layers and indicators, until ``expires``, in pages of ``site``.

    ``site`` is an origin, as in ``https://portal.example.fr``; empty for any.
    """

    partner: str
    names: tuple[str, ...]
    expires: int
    site: str = ""


class Secrets:
    """Secrets by their ids; the first signs. Its text form hides them."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._secrets = dict(pairs)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(self._secrets)})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secrets) and self._secrets == other._secrets

    def __hash__(self) -> int:
        return hash(tuple(self._secrets))

    def __bool__(self) -> bool:
        return bool(self._secrets)

    @property
    def text(self) -> str:
        """The secrets as the setting writes them, for another process."""
        return ",".join(f"{name}:{secret}" for name, secret in self._secrets.items())

    def sign(self, grant: Grant) -> str:
        """Make a key; raise `ConfigError` where there is no secret."""
        if not self._secrets:
            raise ConfigError(
                "TILESERVER_KEYS has no secret to sign with, as in 2027a:<32 characters or more>"
            )
        name = next(iter(self._secrets))
        signed = f"{_VERSION}.{name}.{_pack(msgspec.json.encode(grant))}"
        return f"{signed}.{_pack(self._signature(name, signed))}"

    def read(self, key: str, now: float) -> Grant | None:
        """Give what a key allows; None where it is altered, of an unknown secret, or expired."""
        parts = key.split(".") if len(key) <= LONGEST else []
        if len(parts) != 4 or parts[0] != _VERSION or parts[1] not in self._secrets:
            return None
        signed, given = key.rpartition(".")[0], _unpack(parts[3])
        if given is None or not hmac.compare_digest(given, self._signature(parts[1], signed)):
            return None
        try:
            grant = msgspec.json.decode(_unpack(parts[2]) or b"", type=Grant)
        except msgspec.DecodeError:
            return None
        return grant if now < grant.expires else None

    def _signature(self, name: str, signed: str) -> bytes:
        return hmac.new(self._secrets[name].encode(), signed.encode(), hashlib.sha256).digest()


def read_secrets(variable: str, text: str) -> Secrets:
    """Read ``id:secret,id:secret``; raise `ConfigError` without telling any secret."""
    pairs = []
    for number, part in enumerate((item.strip() for item in text.split(",")), start=1):
        name, colon, secret = part.partition(":")
        if not colon or not _ID.fullmatch(name):
            raise ConfigError(f"{variable}: entry {number} is not id:secret, as in 2027a:<secret>")
        if len(secret) < LEAST_SECRET:
            raise ConfigError(f"{variable}: the secret {name} has less than {LEAST_SECRET} characters")
        pairs.append((name, secret))
    if len({name for name, _ in pairs}) < len(pairs):
        raise ConfigError(f"{variable} has two secrets of one id; give each another")
    return Secrets(pairs)


def _pack(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpack(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _pack(data) == text else None  # one text a key: no other spelling of it is valid
