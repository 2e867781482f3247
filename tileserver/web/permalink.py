"""Short links to maps: the state itself, packed into the address, so that nothing is kept anywhere.

A link is a version and the canonical query of a state, deflated (RFC 1951) with words that such queries have
and written in the letters of addresses (base64url). It leads to the map for as long as its codes and
indicators are there.
"""

import base64
import binascii
import zlib
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tileserver.errors import NotFoundError
from tileserver.tiles.address import shown
from tileserver.web.links import base_url
from tileserver.web.mapstate import PARAMETERS, read_state
from tileserver.web.query import parameters
from tileserver.web.respond import respond_json
from tileserver.web.state import live, snapshot

VERSION: Final = "1"

WORDS: Final = (
    b"&theme=dark&theme=light&lang=en&filter=&compare=&show=natura2000_zsc,natura2000_zps,znieff1,znieff2,zrr,afr,"
    b"qpv,acv,pvd,friches,france_relance,manuprox&palette=YlGnBu&classes=5&method=jenks&method=equal&form=fill"
    b"&form=circles&year=2025&year=2024&year=2023&indicator=unemployment_rate&indicator=poverty_rate&indicator=friches"
    b"&indicator=recruitment_projects&indicator=population&indicator=density&indicator=difficult_projects_share"
    b"level=region&level=departement&level=commune&level=epci&level=ti&selected=ti-&selected=&at=6.5/47.0/-0.9"
)
"""What queries are likely to have, the likeliest last. It never changes: another one is another `VERSION`."""

MOST_PACKED: Final = 2000
MOST_WRITTEN: Final = 6000


def pack(query: str) -> str:
    """Write a query as the last part of a short address."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=WORDS)
    data = squeezer.compress(query.encode()) + squeezer.flush()
    return VERSION + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpack(text: str) -> str:
    """Read the query of a short address; raise `NotFoundError` for what is none."""
    if text.startswith(VERSION) and len(text) <= MOST_PACKED:
        letters = text.removeprefix(VERSION)
        reader = zlib.decompressobj(-15, zdict=WORDS)
        try:
            data = base64.b64decode(letters + "=" * (-len(letters) % 4), altchars=b"-_", validate=True)
            query = reader.decompress(data, MOST_WRITTEN).decode()
        except (binascii.Error, zlib.error, UnicodeDecodeError):
            query = ""
        if query and reader.eof and not reader.unused_data:
            return query
    raise NotFoundError(f"{shown(text)} is no link to a map; it was cut, or not made here")


async def link(request: Request) -> Response:
    """Serve ``/s?<state>``: the short address of a map."""
    shot = snapshot(request)
    query = parameters(request, *PARAMETERS, "v")
    state = read_state(shot, query)
    base = base_url(request, live(request).settings)
    url = f"{base}/s/{pack(state.query)}" if state.query else f"{base}/"
    return await respond_json(request, (shot.digest, "link", state.query, base), lambda: {"url": url})


async def follow(request: Request) -> Response:
    """Serve ``/s/{link}``: lead to the map."""
    parameters(request)
    query = unpack(request.path_params["link"])
    # Only what a state has, whoever packed it; the page falls back where some of it is no more.
    for name, _ in parse_qsl(query, keep_blank_values=True):
        if name not in PARAMETERS:
            raise NotFoundError(f"{shown(name)} is no part of a map; the link was not made here")
    base = base_url(request, live(request).settings)
    return RedirectResponse(f"{base}/?{query}", 303, {"Cache-Control": "no-cache"})
