"""Documents that people read as pages and machines as JSON: negotiated, linked, cached alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver.store.manifest import Title
from tileserver.web.answer import cache_control
from tileserver.web.links import base_url
from tileserver.web.profile.pages import HEADERS, HTML, Links, choose_form, choose_language, render
from tileserver.web.query import Language, parameters
from tileserver.web.respond import JSON, respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live

ROOT: Final = "/ogc"

SCHEMA: Final = "application/schema+json"
PARAMETERS: Final = ("f", "lang", "v")

Link = dict[str, str | bool]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is told: the store version, the server's address, the language, and who asked for it.

    ``asked`` is the language of the address, None where the reader's own was taken.
    """

    shot: Snapshot
    site: str
    lang: Language
    asked: str | None = None

    @property
    def key(self) -> tuple[str | None, ...]:
        """All that a document depends on here."""
        return (self.shot.digest, self.site, self.lang, self.asked)

    def say(self, title: Title) -> str:
        """Give a text in the language of the document."""
        return title.en if self.lang == "en" else title.fr

    def t(self, fr: str, en: str) -> str:
        """Choose between two texts."""
        return en if self.lang == "en" else fr

    def url(self, path: str, **query: str) -> str:
        """Give the address of a path below the root of the OGC API; it keeps a language asked for."""
        asked = query | ({"lang": self.asked} if self.asked else {})
        return f"{self.site}{ROOT}{path}" + (f"?{urlencode(asked, safe=':/,')}" if asked else "")

    def link(self, rel: str, path: str, media_type: str, title: str, **query: str) -> Link:
        """Make a link to a path below the root of the OGC API."""
        return {"rel": rel, "type": media_type, "title": title, "href": self.url(path, **query)}

    def both(self, path: str, media_type: str = JSON, *, page: bool = False) -> list[Link]:
        """Make the links of a document to itself and to its other form; `page` tells which of them it is."""
        own, other = ("html", "json") if page else ("json", "html")
        types = {"json": media_type, "html": "text/html"}
        this = self.t("ce document", "this document")
        return [
            self.link("self", path, types[own], this, f=own),
            self.link("alternate", path, types[other], f"{this} ({other.upper()})", f=other),
        ]


def read_place(request: Request, query: Mapping[str, str], shot: Snapshot | None = None) -> Place:
    """Read where and in which language a document is told."""
    state = live(request)
    site = base_url(request, state.settings)
    return Place(shot or state.snapshot, site, choose_language(request, query), query.get("lang"))


async def send(
    request: Request,
    key: tuple[object, ...],
    make: Callable[[Place, bool], dict[str, Any]],
    template: str,
    media_type: str = JSON,
    others: Mapping[str, Callable[[Place], dict[str, Any]]] | None = None,
) -> Response:
    """Answer with the document that `make` gives, written out as JSON or as a page of `template`.

    `make` is told the place, and whether it is for a page. `key` is all that the document depends on besides
    the place. `others` are further documents in JSON, by the value of ``f`` that asks for them.
    """
    others = others or {}
    query = parameters(request, *PARAMETERS)
    place = read_place(request, query)
    headers = {"Cache-Control": cache_control(query.get("v"), place.shot.digest)}
    # Of forms of one media type the last is the one for those who name none.
    forms = {**dict.fromkeys(others, media_type), "json": media_type, "html": HTML}
    form = choose_form(request, query, headers, forms)
    if form == "html":
        headers |= HEADERS

    def write() -> bytes:
        if form in others:
            return msgspec.json.encode(others[form](place))
        made = make(place, form == "html")
        return page(place, template, doc=made) if form == "html" else msgspec.json.encode(made)

    whole = ("ogc", *key, *place.key, form)
    return await respond(request, whole, write, forms[form], headers)


def page(place: Place, template: str, **values: Any) -> bytes:
    """Write a page, its links absolute: the depth of its address does not matter then."""
    other = "fr" if place.lang == "en" else "en"
    links = Links(f"{place.site}/", place.asked)
    return render(template, place.lang, links, f"?f=html&lang={other}", **values)
