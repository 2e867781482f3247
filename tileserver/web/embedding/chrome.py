"""What is around the map of a frame, switched on and off by its address; the sources always stay."""

from collections.abc import Mapping
from typing import Final

from tileserver.errors import RequestError
from tileserver.tiles.address import shown

DEFAULTS: Final[Mapping[str, bool]] = {
    "title": True,
    "legend": True,
    "search": False,
    "zoom": True,
    "insets": True,
}
"""Switches of a frame, and what they are without being set."""


def read_chrome(query: Mapping[str, str]) -> Mapping[str, bool]:
    """Read the switches; raise `RequestError` for what is neither 0 nor 1."""
    for name in DEFAULTS:
        if query.get(name, "1") not in ("0", "1"):
            raise RequestError(f"{name} is {shown(query[name])}; it is 1 to show it, 0 not to")
    return {name: query[name] == "1" if name in query else default for name, default in DEFAULTS.items()}


def chrome_class(chrome: Mapping[str, bool]) -> str:
    """Name the switches as classes of the body."""
    return " ".join(["embed", *(f"with-{name}" if on else f"without-{name}" for name, on in chrome.items())])


def chrome_query(chrome: Mapping[str, bool]) -> dict[str, str]:
    """Write the switches that are not as they are by default."""
    return {name: str(int(on)) for name, on in chrome.items() if on != DEFAULTS[name]}
