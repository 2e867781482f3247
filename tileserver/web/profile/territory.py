"""``/territories/{level}/{code}``: the profile of a territory as a page, JSON or CSV."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver.web.answer import cache_control
from tileserver.web.embedding.cards import Card, head
from tileserver.web.links import base_url
from tileserver.web.profile.build import make_profile
from tileserver.web.profile.errors import telling_people
from tileserver.web.profile.model import Profile
from tileserver.web.profile.page import write_page
from tileserver.web.profile.pages import HEADERS, HTML, Links, choose_form, choose_language
from tileserver.web.profile.places import find_place
from tileserver.web.profile.table import write_table
from tileserver.web.query import Language, parameters
from tileserver.web.respond import JSON, respond
from tileserver.web.state import live, snapshot
from tileserver.web.values import CSV

FORMS: Final[Mapping[str, str]] = {"json": JSON, "html": HTML, "csv": CSV}
ROOT: Final = "../../"


@telling_people
async def territory(request: Request) -> Response:
    """Serve the profile; its page where a browser asks."""
    shot = snapshot(request)
    query = parameters(request, "lang", "f", "v")
    lang = choose_language(request, query)
    place = find_place(shot, request.path_params["level"], request.path_params["code"])
    headers = {"Cache-Control": cache_control(query.get("v"), shot.digest)}
    form = choose_form(request, query, headers, FORMS)
    if form == "html":
        headers |= HEADERS
    if form == "csv":
        headers["Content-Disposition"] = f'attachment; filename="{place.level}-{place.code}.csv"'
    links = Links(ROOT, query.get("lang"))
    base = base_url(request, live(request).settings)

    def make() -> bytes:
        profile = make_profile(shot, place)
        if form == "json":
            return msgspec.json.encode(profile)
        if form == "csv":
            return write_table(profile, lang)
        return write_page(shot, place, profile, lang, links, social=_card(profile, lang, base))

    key = (shot.digest, "profile", place.level, place.code, form, lang, query.get("lang"), base)
    return await respond(request, key, make, FORMS[form], headers)


def _card(profile: Profile, lang: Language, base: str) -> str:
    """Say to other sites what the profile is, with a picture of the map on which it is outlined."""
    told = "key figures, trades in tension, projects, land, zonings."
    if lang == "fr":
        told = "chiffres clés, métiers en tension, projets, foncier, zonages."
    asked = {"level": profile.level, "selected": profile.code} | ({"lang": lang} if lang == "en" else {})
    card = Card(
        base=base,
        path=f"/territories/{profile.level}/{quote(profile.code)}",
        query="lang=en" if lang == "en" else "",
        picture_query=urlencode(asked),
        title=profile.name,
        description=f"{profile.name}\u00a0: {told}" if lang == "fr" else f"{profile.name}: {told}",
        lang=lang,
    )
    return head(card)
