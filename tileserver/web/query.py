"""Query strings and path parts: bounded, and nothing unknown passes in silence."""

from collections.abc import Mapping
from typing import Literal

from starlette.requests import Request

from tileserver.errors import RequestError
from tileserver.tiles.address import shown

Language = Literal["fr", "en"]


def parameters(request: Request, *allowed: str) -> Mapping[str, str]:
    """Give the query parameters by name; raise `RequestError` for one that is unknown or repeated."""
    pairs = request.query_params.multi_items()
    given = dict(pairs)
    for name in given:
        if name not in allowed:
            what = f"the parameters here are {', '.join(allowed)}" if allowed else "there are none here"
            raise RequestError(f"query parameter {shown(name)} is not known; {what}")
    if len(given) < len(pairs):
        repeated = next(name for name in given if len(request.query_params.getlist(name)) > 1)
        raise RequestError(f"query parameter {repeated} is given more than once; give it once")
    return given


def language(given: Mapping[str, str]) -> Language:
    """Read ``lang``: French unless English is asked for."""
    text = given.get("lang", "fr")
    if text == "fr":
        return "fr"
    if text == "en":
        return "en"
    raise RequestError(f"lang is {shown(text)}; it is fr or en")
