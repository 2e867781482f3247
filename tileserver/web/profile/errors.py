"""What is wrong with a request, as a page to a browser; everybody else gets the problem itself."""

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import TileserverError
from tileserver.web.profile.pages import HEADERS, HTML, Links, choose_language, render, wants_page

LANGUAGES = ("fr", "en")

Handler = Callable[[Request], Awaitable[Response]]


def telling_people(handler: Handler) -> Handler:
    """Make a handler tell browsers what is wrong by a page."""

    @wraps(handler)
    async def told(request: Request) -> Response:
        try:
            return await handler(request)
        except TileserverError as error:
            query = dict(parse_qsl(request.url.query))
            query = {name: value for name, value in query.items() if name != "lang" or value in ("fr", "en")}
            if not wants_page(request, query):
                raise
            lang = choose_language(request, query)
            links = Links(_root(request), query.get("lang"))
            page = render(
                "error.html", lang, links, f"?lang={'fr' if lang == 'en' else 'en'}",
                wrong=error.status, detail=str(error),
            )  # fmt: skip
            headers = {**HEADERS, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
            return Response(page, error.status, headers, HTML)

    return told


def _root(request: Request) -> str:
    """Lead from the address of a request to the site's root, as the browser counts: ``%2F`` is no slash."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    below = path.removeprefix(request.scope.get("root_path", "").encode())
    return "../" * (below.count(b"/") - 1)
