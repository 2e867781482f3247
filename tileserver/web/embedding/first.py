"""What a browser can begin with before a script runs: a picture of the map, and what the page will fetch."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from tileserver.render.frame import place
from tileserver.web.access import with_key
from tileserver.web.embedding.dress import quoted
from tileserver.web.mapstate import MapState
from tileserver.web.snapshot import Snapshot
from tileserver.web.styling import LOOK
from tileserver.web.views import Bounds

SIDE: Final = 760
"""Pixels of the longer side of the picture of a whole view: what a common window has room for."""

AROUND: Final = (1440, 900)
"""Pixels of a picture around a place: what lies beyond, in a larger window, is seen with the map."""

_WIDEST_ZOOM: Final = 3
"""Of the first view in the narrowest window: a level that begins deeper is not drawn at once there."""

_NOTHING: Final = "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'/%3E"
"""Without a space, at which ``srcset`` would end it."""


def first_picture(shot: Snapshot, state: MapState, key: str) -> str:
    """Write the picture that is seen until the map is drawn; empty where the map shows nothing at first.

    Its classes tell the style sheet where the map will be: of a ``view`` (``beside`` others), or ``at`` a
    place. A reader without scripts gets another, with its legend, so this one is not fetched there.
    """
    found = first_view(shot, state)
    if found is None:
        return ""
    (width, height), written = found

    def address(**more: str) -> str:
        query = urlencode({**written, **more, "v": shot.digest}, safe=",/@:")
        return quoted(with_key(f"view/{width}x{height}.webp?{query}", key))

    dark = f'<source media="(prefers-color-scheme: dark)" srcset="{address(theme="dark")}">'
    kind = "at" if state.at is not None else "view beside" if len(shot.views) > 1 else "view"
    return (
        f'<picture id="first" class="first {kind}">'
        f'<source media="(scripting: none)" srcset="{_NOTHING}">'
        f"{dark if state.theme is None else ''}"
        f'<img src="{address()}" width="{width}" height="{height}" alt="" fetchpriority="high"'
        ' elementtiming="first"></picture>'
    )


def first_view(shot: Snapshot, state: MapState) -> tuple[tuple[int, int], dict[str, str]] | None:
    """Give the size of that picture and the parameters of its address; None where the map shows nothing."""
    zoom = _WIDEST_ZOOM if state.at is None else int(state.at.zoom)
    model = state.map(shot)
    if state.indicator is None or model is None:
        return None
    if zoom < state.layer.entry.min_zoom and model.circles is None:  # circles need no outlines
        return None
    written = {**state.written, "level": state.level, "indicator": state.indicator.id}
    written.pop("lang", None)
    return AROUND if state.at is not None else _size(shot.views[0].bounds), written


def _size(bounds: Bounds) -> tuple[int, int]:
    """Give the size of a picture that some bounds fill from edge to edge."""
    west, south, east, north = bounds
    (left, bottom), (right, top) = place(west, south), place(east, north)
    share = SIDE / max(right - left, bottom - top)
    return max(round((right - left) * share), 64), max(round((bottom - top) * share), 64)


def preloads(shot: Snapshot, state: MapState, asked: Mapping[str, str], key: str) -> str:
    """Write the links of what the page will fetch for its first map; none where it would fetch otherwise.

    That is so where something of what was asked for does not exist here: the page then finds its own way.
    Addresses are those that the page makes (src/api.ts), to the letter.
    """
    indicator = state.indicator
    names = ("level", "indicator", "year", *LOOK)
    if indicator is None or any(asked[name] != state.written.get(name) for name in names if asked.get(name)):
        return ""
    year = None if state.year in indicator.periods[-1:] else state.year
    v = shot.digest
    look = {name: asked[name] for name in LOOK if name in asked}
    figures = {"level": state.level, "keys": "id"}
    period = {} if year is None else {"year": year}
    wanted = (
        (f"styles/choropleth/{state.level}/{indicator.id}.json", {"join": "state", **period, **look, "v": v}),
        (f"indicators/{indicator.id}", {**figures, **period, "v": v}),
    )
    return "".join(_link(path, query, key) for path, query in wanted)


def _link(path: str, query: Mapping[str, str], key: str) -> str:
    text = "&".join(part for part in (key, urlencode(query)) if part)
    return f'  <link rel="preload" href="{quoted(f"{path}?{text}")}" as="fetch" crossorigin>\n'
