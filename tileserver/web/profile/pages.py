"""Pages written from templates that escape all they are given; no script, no inline style."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request

from tileserver.errors import RequestError
from tileserver.tiles.address import shown
from tileserver.web.negotiation import choose_media_type, weights
from tileserver.web.profile import charts, words
from tileserver.web.query import Language, language
from tileserver.web.respond import JSON, VARY_CODING

HTML: Final = "text/html; charset=utf-8"
_HTML_RANGE: Final = "text/html"

_TEMPLATES: Final = ("tileserver.web.profile", "tileserver.web.ogc", "tileserver.web.qgis")
"""The packages whose templates share one base."""

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}

FRAMING_HEADERS: Final = HEADERS | {
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
        "img-src 'self'; ", "img-src 'self'; frame-src 'self'; "
    )
}
"""Those of a page that holds our map in a frame."""


@cache
def _environment() -> Any:
    # Here, because tiles need no templates and the start should not wait for them.
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"charts": charts, "statuses": words.STATUS_TOLD}
    return environment


class Links:
    """Addresses within the site, as seen from a page that lies so deep; they keep a language asked for."""

    def __init__(self, root: str, lang: str | None) -> None:
        self.root = root
        self.lang = lang

    def __call__(self, path: str, **query: str) -> str:
        """Give the address of a path without its first slash."""
        asked = query | ({"lang": self.lang} if self.lang else {})
        return f"{self.root}{path}" + (f"?{urlencode(asked)}" if asked else "")

    def file(self, path: str, **query: str) -> str:
        """Give the address of what has no language."""
        return f"{self.root}{path}" + (f"?{urlencode(query)}" if query else "")


def render(template: str, lang: Language, links: Links, other: str, **values: Any) -> bytes:
    """Write a page. `other` is the address of the page in the other language."""
    told = {
        "lang": lang,
        "link": links,
        "other": other,
        "say": lambda title: words.say(title, lang),
        "number": lambda value, decimals=0: words.number(value, decimals, lang),
        "plain": lambda value: words.plain(value, lang),
        "quantity": lambda value, decimals, unit: words.quantity(value, decimals, unit, lang),
        "percent": lambda share, decimals=0: words.percent(share, lang, decimals),
        "status": lambda value: words.status(value, lang),
        "status_word": lambda slug: words.say(words.STATUS[slug], lang),
        "credits": lambda names, sources: words.credit_lines(names, sources, lang),
        "producers": words.producers,
        "ordinal": lambda rank: words.ordinal(rank, lang),
        "t": lambda fr, en: en if lang == "en" else fr,
    }
    text: str = _environment().get_template(template).render(**told, c=told, **values)
    return text.encode()


def choose_language(request: Request, query: Mapping[str, str]) -> Language:
    """Read ``lang``, else the Accept-Language header: French unless English is liked better."""
    if "lang" in query:
        return language(query)
    given = weights(request.headers.get("accept-language", "")[:1000])
    liked = {
        tag: max((weight for name, weight in given.items() if name.split("-")[0] == tag), default=0.0)
        for tag in ("fr", "en")
    }
    return "en" if liked["en"] > liked["fr"] else "fr"


def choose_form(
    request: Request, query: Mapping[str, str], headers: dict[str, str], forms: Mapping[str, str]
) -> str:
    """Return the form asked for by ``f`` or the Accept header, and say in `headers` what it varies with.

    `forms`: names → media types; the first is for clients that name none.
    """
    varies = [VARY_CODING]
    if "lang" not in query:
        varies.append("Accept-Language")
    if "f" in query:
        form = query["f"]
        if form not in forms:
            raise RequestError(f"f is {shown(form)}; it is one of {' '.join(forms)}")
    else:
        varies.append("Accept")
        offered = {media_type.partition(";")[0]: name for name, media_type in forms.items()}
        form = offered[choose_media_type(request.headers.get("accept"), tuple(offered))]
    headers["Vary"] = ", ".join(varies)
    return form


def wants_page(request: Request, query: Mapping[str, str]) -> bool:
    """Tell whether whoever asks is to be answered with a page, also where something is wrong."""
    if "f" in query:
        return query["f"] == "html"
    return choose_media_type(request.headers.get("accept"), (JSON, _HTML_RANGE)) == _HTML_RANGE
