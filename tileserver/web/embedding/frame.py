"""``/embed``: the map alone, for the frames of other sites."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import RequestError
from tileserver.web.access import grant_of, key_query
from tileserver.web.answer import REVALIDATE
from tileserver.web.assets import PAGE
from tileserver.web.embedding.cards import SITE, Card, head
from tileserver.web.embedding.chrome import DEFAULTS, chrome_class, read_chrome
from tileserver.web.embedding.dress import Dress, dressed
from tileserver.web.embedding.fallback import fallback
from tileserver.web.embedding.first import first_picture, preloads
from tileserver.web.home import find_asset, page_headers
from tileserver.web.links import base_url
from tileserver.web.mapstate import PARAMETERS, MapState, read_state
from tileserver.web.profile.pages import HTML
from tileserver.web.query import language, parameters
from tileserver.web.respond import respond
from tileserver.web.shown import title
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot

_SCRIPT_SECONDS: Final = 3600
"""How long a browser keeps the script without asking: it is in the way of other people's pages."""

_SELF: Final = "frame-ancestors 'self'"


async def page(request: Request) -> Response:
    """Serve ``/``: the map page, which reads its state itself; the head tells other sites of it."""
    shot = snapshot(request)
    query = parameters(request, *PARAMETERS, "v")
    language(query)
    state = lenient_state(shot, query)
    base = base_url(request, live(request).settings)
    asset = find_asset(request, PAGE)
    mine = key_query(request)
    begun = preloads(shot, state, query, mine)

    def write() -> bytes:
        dress = Dress(
            lang=state.lang,
            title=_title(state),
            head=begun + head(card(state, base, "/")),
            first=first_picture(shot, state, mine),
        )
        return dressed(asset.body, dress)

    key = (shot.digest, asset.digest, "page", state.query, state.lang, base, begun, mine)
    return await respond(request, key, write, HTML, page_headers(live(request).settings))


async def embed(request: Request) -> Response:
    """Serve ``/embed``: the map of a state, in the frame of any site that may have it."""
    shot = snapshot(request)
    query = parameters(request, *PARAMETERS, *DEFAULTS, "v")
    chrome = read_chrome(query)
    state = lenient_state(shot, query)
    base = base_url(request, live(request).settings)
    asset = find_asset(request, PAGE)
    mine = key_query(request)
    begun = preloads(shot, state, query, mine)

    def write() -> bytes:
        named = " – ".join(title(state)) or SITE
        sheet = '  <link rel="stylesheet" href="static/embed.css">\n'
        dress = Dress(
            lang=state.lang,
            title=_title(state),
            head=sheet + begun + head(card(state, base, "/embed")),
            body_class=chrome_class(chrome),
            first=first_picture(shot, state, mine),
            fallback=fallback(state, base, named, mine),
        )
        return dressed(asset.body, dress)

    key = (shot.digest, asset.digest, "embed", state.query, state.lang, *chrome.values(), base, mine, begun)
    return await respond(request, key, write, HTML, frame_headers(request))


async def script(request: Request) -> Response:
    """Serve ``/embed.js``: the custom element ``<territory-map>``."""
    asset = live(request).assets["embed.js"]
    headers = {"Cache-Control": f"public, max-age={_SCRIPT_SECONDS}"}
    return await respond(request, (asset.digest,), lambda: asset.body, asset.media_type, headers)


def _title(state: MapState) -> str:
    return " – ".join(part for part in (*title(state), SITE) if part)


def frame_headers(request: Request) -> dict[str, str]:
    """Give the headers of what may stand in a frame: the browser asks them who may show it."""
    allowed = ancestors_of(request)
    ancestors = "*" if "*" in allowed else " ".join(("'self'", *allowed))
    headers = page_headers(live(request).settings)
    policy = headers["Content-Security-Policy"].replace(_SELF, f"frame-ancestors {ancestors}")
    return headers | {"Content-Security-Policy": policy, "Cache-Control": REVALIDATE}


def ancestors_of(request: Request) -> tuple[str, ...]:
    """List the sites that may frame what is asked for: with a key, its own alone."""
    grant = grant_of(request)
    if grant is not None and grant.site:
        return (grant.site,)
    return live(request).settings.embed_origins


def card(state: MapState, base: str, path: str) -> Card:
    """Describe the map of a state to other sites."""
    named, where = title(state)
    indicator = state.indicator
    text = (
        ""
        if indicator is None
        else (indicator.definition.en if state.lang == "en" else indicator.definition.fr)
    )
    return Card(
        base=base,
        path=path,
        query=state.query,
        picture_query=state.query,
        title=f"{named} – {where}" if named else SITE,
        description=_short(text),
        lang=state.lang,
    )


def lenient_state(shot: Snapshot, query: Mapping[str, str]) -> MapState:
    """Read a state as the page does: what the store cannot show falls back to what it can.

    A frame stands in other people's pages for years; a refusal there would help nobody.
    """
    given = {name: text for name, text in query.items() if name in PARAMETERS}
    for names in ((), *_ASIDE):
        try:
            return read_state(shot, {name: text for name, text in given.items() if name not in names})
        except RequestError:
            continue
    return read_state(shot, {})


_ASIDE: Final = (
    *((name,) for name in PARAMETERS),
    tuple(name for name in PARAMETERS if name not in ("level", "indicator", "lang", "theme")),
    tuple(name for name in PARAMETERS if name not in ("level", "lang")),
    tuple(name for name in PARAMETERS if name != "lang"),
)
"""What is left aside, one part after the other, until a state can be shown."""


def _short(text: str, most: int = 200) -> str:
    """Cut a text at a word."""
    if len(text) <= most:
        return text
    return f"{text[:most].rsplit(' ', 1)[0].rstrip(' ,;:.')}…"
