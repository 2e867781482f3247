"""``/territories``: search by name or code, or the territories of a level, as a page or JSON."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from tileserver.errors import RequestError
from tileserver.store.manifest import Title
from tileserver.tiles.address import shown
from tileserver.web.answer import cache_control
from tileserver.web.profile.errors import telling_people
from tileserver.web.profile.names import Named, list_names, search
from tileserver.web.profile.pages import HEADERS, HTML, Links, choose_form, choose_language, render
from tileserver.web.profile.places import find_row, level_plural, level_title, name_at
from tileserver.web.query import parameters
from tileserver.web.respond import JSON, respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import snapshot

FORMS: Final[Mapping[str, str]] = {"json": JSON, "html": HTML}

FOUND: Final = 20
LISTED: Final = 200
"""Territories of an answer, unless ``limit`` says otherwise: of a search, of a level."""

MOST: Final = 200
LONGEST: Final = 100
"""Characters of ``q``."""

_FIRST_LEVEL: Final = "ti"
_TELLS_WHERE: Final = "departement"


class Hit(Struct, frozen=True, kw_only=True):
    """A territory that was found. ``within`` is the département that holds most of its communes."""

    level: str
    level_title: Title
    code: str
    name: str
    within: str | None


class Hits(Struct, frozen=True, kw_only=True):
    """What was found: ``count`` in all, the first of them in ``territories``."""

    q: str | None
    level: str | None
    count: int
    limit: int
    territories: tuple[Hit, ...]


@telling_people
async def territories(request: Request) -> Response:
    """Serve the search; without ``q``, the territories of a level by name."""
    shot = snapshot(request)
    query = parameters(request, "q", "level", "limit", "lang", "f", "v")
    lang = choose_language(request, query)
    asked = query.get("q", "").strip() or None
    if asked is not None and len(asked) > LONGEST:
        raise RequestError(f"q has {len(asked)} characters; at most {LONGEST} are read")
    level = query.get("level")
    if level is not None:
        shot.level(level)
    limit = _limit(query.get("limit"), FOUND if asked else LISTED)
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form = choose_form(request, query, headers, FORMS)
    if form == "html":
        headers |= HEADERS
    links = Links("", query.get("lang"))

    def make() -> bytes:
        hits = find(shot, asked, level, limit)
        return msgspec.json.encode(hits) if form == "json" else _page(shot, hits, lang, links)

    key = (shot.digest, "territories", asked, level, limit, form, lang, query.get("lang"))
    return await respond(request, key, make, FORMS[form], headers)


def _limit(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= MOST):
        raise RequestError(f"limit is {shown(text)}; it is a whole number from 0 to {MOST}")
    return int(text)


def find(shot: Snapshot, asked: str | None, level: str | None, limit: int) -> Hits:
    """Find territories; without a text those of a level (the Territoires d'industrie unless said)."""
    names = shot.once("names", list_names)
    if asked is not None:
        found = search(names, asked, level)
    else:
        level = level or (_FIRST_LEVEL if _FIRST_LEVEL in shot.levels else next(iter(shot.levels)))
        found = sorted((each for each in names if each.level == level), key=lambda each: each.key)
    return Hits(
        q=asked,
        level=level,
        count=len(found),
        limit=limit,
        territories=tuple(_hit(shot, each) for each in found[:limit]),
    )


def _hit(shot: Snapshot, found: Named) -> Hit:
    return Hit(
        level=found.level,
        level_title=level_title(found.level, shot.levels[found.level]),
        code=found.code,
        name=found.name,
        within=_within(shot, found),
    )


def _within(shot: Snapshot, found: Named) -> str | None:
    members, layer = shot.store.members, shot.levels.get(_TELLS_WHERE)
    if members is None or layer is None or found.level in (_TELLS_WHERE, "region"):
        return None
    around = members.shared(found.level, found.code).get(_TELLS_WHERE, [])
    row = find_row(layer, around[0].code) if around else None
    return None if row is None else name_at(layer, row)


def _page(shot: Snapshot, hits: Hits, lang: Any, links: Links) -> bytes:
    other = "fr" if lang == "en" else "en"
    asked = {"q": hits.q} if hits.q else {"level": str(hits.level)}
    levels = sorted(shot.levels.items(), key=lambda item: item[1].entry.order)
    return render(
        "search.html",
        lang,
        links,
        Links("", other)("territories", **asked),
        hits=hits,
        levels=[(level, level_plural(level, layer), layer.entry.count) for level, layer in levels],
    )
