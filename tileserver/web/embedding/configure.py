"""``/embed/configure``: a page on which a partner composes its frame, sees it, and takes the code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from styles.model import METHODS
from styles.palettes import NAMES
from tileserver.errors import RequestError
from tileserver.store.manifest import IndicatorEntry
from tileserver.tiles.address import shown
from tileserver.web.embedding.chrome import DEFAULTS, chrome_query, read_chrome
from tileserver.web.embedding.dress import quoted
from tileserver.web.embedding.frame import card, lenient_state
from tileserver.web.embedding.oembed import frame_code
from tileserver.web.links import base_url
from tileserver.web.mapstate import LEVELS, PARAMETERS, MapState, overlays
from tileserver.web.profile.pages import HEADERS, HTML, choose_language
from tileserver.web.profile.words import THEMES, say
from tileserver.web.query import Language, read_query
from tileserver.web.respond import VARY_CODING, respond
from tileserver.web.snapshot import Snapshot
from tileserver.web.state import live, snapshot

HEIGHTS: Final = (200, 2000)
_HEIGHT: Final = 520

_POLICY: Final = HEADERS["Content-Security-Policy"].replace(
    "default-src 'none'; ", "default-src 'none'; script-src 'self'; connect-src 'self'; frame-src 'self'; "
)

_METHODS: Final = {
    "quantile": ("Autant de territoires par classe", "As many territories in each class"),
    "equal": ("Classes de même largeur", "Classes of equal width"),
    "jenks": ("Ruptures naturelles (Jenks)", "Natural breaks (Jenks)"),
    "fixed": ("Seuils usuels", "Usual limits"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a list."""

    value: str
    label: str
    chosen: bool


@cache
def _environment() -> Any:
    # Here, because tiles need no templates and the start should not wait for them.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("tileserver.web.embedding"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def configure(request: Request) -> Response:
    """Serve the page. Its form asks for itself again, so that it works without scripts."""
    shot = snapshot(request)
    query = _query(request)
    chrome = read_chrome(query)
    height = _height(query)
    page_lang = choose_language(request, {"lang": query["ui"]} if "ui" in query else {})
    state = lenient_state(shot, query)
    base = base_url(request, live(request).settings)

    def write() -> bytes:
        text: str = (
            _environment()
            .get_template("configure.html")
            .render(**_told(shot, state, chrome, height, page_lang, base))
        )
        return text.encode()

    key = (shot.digest, "configure", state.query, state.lang, *chrome.values(), height, page_lang, base)
    headers = {**HEADERS, "Content-Security-Policy": _POLICY, "Vary": f"{VARY_CODING}, Accept-Language"}
    return await respond(request, key, write, HTML, headers)


def _query(request: Request) -> Mapping[str, str]:
    """Read the form: fields that were left empty are none, boxes of one name are a list."""
    pairs = [pair for pair in request.query_params.multi_items() if pair[1]]
    given: dict[str, str] = {}
    for name, text in pairs:
        given[name] = f"{given[name]},{text}" if name == "show" and name in given else text
    return read_query(urlencode(given).encode(), (*PARAMETERS, *DEFAULTS, "height", "ui"))


def _height(query: Mapping[str, str]) -> int:
    text = query.get("height", str(_HEIGHT))
    least, most = HEIGHTS
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and least <= int(text) <= most):
        raise RequestError(f"height is {shown(text)}; a frame is {least} to {most} pixels high")
    return int(text)


def _told(
    shot: Snapshot, state: MapState, chrome: Mapping[str, bool], height: int, lang: Language, base: str
) -> dict[str, Any]:
    switches = chrome_query(chrome)
    what = _explicit(state)
    asked = urlencode(what, safe=",/@:")
    query = urlencode({**what, **switches}, safe=",/@:")
    address = f"{base}/embed?{query}"
    named = card(state, base, "/embed").title

    def t(fr: str, en: str) -> str:
        return en if lang == "en" else fr

    return {
        "t": t,
        "lang": lang,
        "state": state,
        "chrome": chrome,
        "height": height,
        "heights": HEIGHTS,
        "levels": [
            Choice(level, say(shot.levels[level].entry.title, lang), level == state.level)
            for level in sorted((name for name in LEVELS if name in shot.levels), key=_order(shot))
        ],
        "groups": _indicators(shot, state, lang),
        "years": [Choice(year, year, year == state.year) for year in reversed(_years(state))],
        "forms": _forms(state, t),
        "methods": _methods(state, t),
        "counts": [Choice(str(n), str(n), state.look.classes == n) for n in range(3, 10)],
        "palettes": [Choice(name, name, state.look.palette == name) for name in NAMES],
        "overlays": [
            Choice(name, say(shot.layer(name).entry.title, lang), name in state.show)
            for name in overlays(shot)
        ],
        "address": address,
        "relative": f"../embed?{query}",
        "frame": frame_code(address, named, "100%", str(height)),
        "element": _element({**what, **switches}, f"{base}/?{asked}", base, named, height),
        "link": f"{base}/?{asked}",
        "picture": f"{base}/static/1200x630.png?{asked}",
        "other": urlencode({**what, **switches, "height": str(height), "ui": t("en", "fr")}, safe=",/"),
        "title": named,
    }


def _order(shot: Snapshot) -> Any:
    return lambda level: shot.levels[level].entry.order


def _indicators(shot: Snapshot, state: MapState, lang: Language) -> list[tuple[str, list[Choice]]]:
    """List the indicators of the level by theme."""
    groups: dict[str, list[Choice]] = {}
    for item in sorted(shot.manifest.indicators, key=lambda item: item.order):
        if state.level in item.levels:
            theme = item.theme if item.theme in THEMES else ""
            chosen = state.indicator is not None and item.id == state.indicator.id
            groups.setdefault(theme, []).append(Choice(item.id, say(item.title, lang), chosen))
    return [(say(THEMES[theme], lang), groups[theme]) for theme in THEMES if theme in groups]


def _years(state: MapState) -> Sequence[str]:
    return () if state.indicator is None or len(state.indicator.periods) < 2 else state.indicator.periods


def _forms(state: MapState, t: Any) -> list[Choice]:
    """Offer circles and fill where the indicator can be either."""
    if state.indicator is None or not _is_total(state.indicator):
        return []
    return [
        Choice("circles", t("Cercles proportionnels", "Proportional circles"), state.look.form == "circles"),
        Choice("fill", t("Aplats de couleur", "Filled areas"), state.look.form == "fill"),
    ]


def _methods(state: MapState, t: Any) -> list[Choice]:
    indicator = state.indicator
    fixed = indicator is not None and bool(indicator.limits or indicator.categories)
    return [
        Choice(name, t(*_METHODS[name]), state.look.method == name)
        for name in METHODS
        if name != "fixed" or fixed
    ]


def _is_total(indicator: IndicatorEntry) -> bool:
    return indicator.count or indicator.rule == "sum"


def _explicit(state: MapState) -> dict[str, str]:
    """Name level and indicator also where they are what a map shows anyway: that may change one day."""
    named = {"level": state.level}
    if state.indicator is not None:
        named["indicator"] = state.indicator.id
    return named | dict(state.written)


def _element(given: Mapping[str, str], link: str, base: str, named: str, height: int) -> str:
    """Write the code of the custom element, with a link for readers without scripts."""
    others = {"title": "title-bar", "selected": "territory"}
    told = {**given, "height": str(height)}
    listed = " ".join(f'{others.get(name, name)}="{quoted(text)}"' for name, text in told.items())
    return (
        f'<script src="{base}/embed.js" async></script>\n'
        f'<territory-map {listed} title="{quoted(named)}">\n'
        f'  <a href="{quoted(link)}">{escape(named)}</a>\n'
        f"</territory-map>"
    )
