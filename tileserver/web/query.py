"""Query strings and path parts: bounded, and nothing unknown passes in silence."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qsl

from starlette.requests import Request

from tileserver.errors import RequestError
from tileserver.tiles.address import shown

Language = Literal["fr", "en"]


def parameters(request: Request, *allowed: str) -> Mapping[str, str]:
    """Give the query parameters of a request by name; see `read_query`."""
    return read_query(request.scope["query_string"], allowed)


def read_query(query: bytes, allowed: tuple[str, ...]) -> Mapping[str, str]:
    """Read a query string; raise `RequestError` for a parameter that is unknown or repeated."""
    if not query:
        return {}
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    given = dict(pairs)
    for name in given:
        if name not in allowed:
            what = f"the parameters here are {', '.join(allowed)}" if allowed else "there are none here"
            raise RequestError(f"query parameter {shown(name)} is not known; {what}")
    if len(given) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in given if names.count(name) > 1)
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
