"""What a map shows, as its address says it: one contract for the page, pictures, embeds and links.

``?level=&indicator=&year=&form=&method=&classes=&palette=&show=&selected=&compare=&filter=&at=&lang=&theme=``,
all optional. Reading checks each against the store; writing gives equal states equal texts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, urlencode

from styles.model import Choropleth, Look
from tileserver.errors import NotFoundError, RequestError
from tileserver.store.manifest import IndicatorEntry
from tileserver.tiles.address import shown
from tileserver.tiles.filters import Filter, parse_filter
from tileserver.web.contracts import LayerLike
from tileserver.web.figures import column_name
from tileserver.web.query import Language, language
from tileserver.web.snapshot import Snapshot
from tileserver.web.styling import LOOK, one_of, read_look

Theme = Literal["light", "dark"]

PARAMETERS: Final = (
    "level", "indicator", "year", *LOOK, "show", "selected", "compare", "filter", "at", "lang", "theme",
)  # fmt: skip
"""Every parameter of a state, in the order in which it is written."""

MOST_COMPARED: Final = 4
LEVELS: Final = ("ti", "region", "departement", "epci", "commune")
"""The level of a map that names none: the first that the store has."""

_THEMES: Final[Mapping[str, Theme]] = {"light": "light", "dark": "dark"}
_NUMBER: Final = r"-?[0-9]{1,3}(?:\.[0-9]{1,10})?"
_AT: Final = re.compile(rf"({_NUMBER})/({_NUMBER})/({_NUMBER})", re.ASCII)
_MOST_ZOOM: Final = 22.0
_MOST_LATITUDE: Final = 85.06


@dataclass(frozen=True, slots=True)
class At:
    """Where a map looks: the zoom of 512-pixel tiles, and the centre in degrees."""

    zoom: float
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class MapState:
    """A state that the store can show. ``look`` keeps what was asked for; None leaves it to the indicator.

    ``layer`` and ``indicator`` are settled: of a level without any indicator the latter is None. ``written``
    are the parameters that were given, checked, in their canonical form.
    """

    level: str
    layer: LayerLike
    indicator: IndicatorEntry | None
    year: str | None
    look: Look
    show: tuple[str, ...]
    selected: str | None
    compare: tuple[str, ...]
    filter: Filter | None
    at: At | None
    lang: Language
    theme: Theme | None
    written: Mapping[str, str]

    @property
    def query(self) -> str:
        """The canonical query string: equal for equal states, commas and slashes as they are."""
        return urlencode(self.written, safe=",/@:", quote_via=quote)

    def map(self, shot: Snapshot) -> Choropleth | None:
        """Classify what is shown."""
        if self.indicator is None:
            return None
        return shot.choropleth(self.indicator, self.level, self.year, self.look)


def read_state(shot: Snapshot, query: Mapping[str, str]) -> MapState:
    """Read the state of a map from the parameters of a query, other ones left aside.

    Raises `RequestError` (400, also for what does not exist), one sentence.
    """
    try:
        return _read(shot, query)
    except NotFoundError as error:
        raise RequestError(str(error)) from error


def _read(shot: Snapshot, query: Mapping[str, str]) -> MapState:
    level = query.get("level") or next((name for name in LEVELS if name in shot.levels), "")
    layer = shot.level(level)
    indicator = _indicator(shot, level, query.get("indicator"))
    year = query.get("year")
    if year is not None and indicator is not None:
        column_name(layer, indicator, year)
    show = _listed(query.get("show", ""))
    there = overlays(shot)
    for name in show:
        if name not in there:
            raise RequestError(f"show names {shown(name)}; a map can show {', '.join(there) or 'nothing'}")
    selected = query.get("selected") or None
    compare = _listed(query.get("compare", ""))
    if len(compare) > MOST_COMPARED:
        raise RequestError(f"compare has {len(compare)} codes; it takes at most {MOST_COMPARED}")
    _check_codes(layer, [code for code in (selected, *compare) if code])
    text = query.get("filter")
    theme = one_of(query["theme"], "theme", _THEMES) if "theme" in query else None
    state = MapState(
        level=level,
        layer=layer,
        indicator=indicator,
        year=year,
        look=read_look(query),
        show=tuple(name for name in there if name in show),
        selected=selected,
        compare=compare,
        filter=parse_filter(text, None) if text else None,
        at=_read_at(query["at"]) if "at" in query else None,
        lang=language(query),
        theme=theme,
        written=_canonical(query, tuple(name for name in there if name in show)),
    )
    state.map(shot)  # a look that the indicator can't have is told now
    return state


def overlays(shot: Snapshot) -> tuple[str, ...]:
    """List the layers that a map can show over its territories, in declared order."""
    entries = sorted((layer.entry for layer in shot.store.layers.values()), key=lambda entry: entry.order)
    return tuple(entry.id for entry in entries if entry.level is None and entry.role == "features")


def _indicator(shot: Snapshot, level: str, name: str | None) -> IndicatorEntry | None:
    if name:
        found = shot.indicator(name)
        shot.at_level(found, level)
        return found
    there = (item for item in shot.manifest.indicators if level in item.levels)
    return min(there, key=lambda item: item.order, default=None)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in text.split(",") if part))


def _check_codes(layer: LayerLike, codes: list[str]) -> None:
    if not codes:
        return
    known = set(layer.attributes.column("code").to_pylist())
    for code in codes:
        if code not in known:
            raise RequestError(f"there is no territory {shown(code)} at level {layer.entry.level}")


def _read_at(text: str) -> At:
    found = _AT.fullmatch(text)
    if not found:
        raise RequestError(f"at is {shown(text)}; it is zoom/latitude/longitude, as in 5.2/46.5/2.6")
    zoom, latitude, longitude = (float(part) for part in found.groups())
    if not 0 <= zoom <= _MOST_ZOOM or abs(latitude) > _MOST_LATITUDE or abs(longitude) > 180:
        raise RequestError(f"at is {shown(text)}, which is off the map; zooms are 0 to {_MOST_ZOOM:g}")
    return At(zoom, latitude, longitude)


def _canonical(query: Mapping[str, str], show: tuple[str, ...]) -> dict[str, str]:
    written = {name: query[name] for name in PARAMETERS if query.get(name)}
    for name, parts in (("show", show), ("compare", _listed(query.get("compare", "")))):
        if name in written:
            written[name] = ",".join(parts)
    if "at" in written:
        at = _read_at(written["at"])
        written["at"] = f"{round(at.zoom, 2):g}/{round(at.latitude, 5):.7g}/{round(at.longitude, 5):.8g}"
    if written.get("lang") == "fr":
        del written["lang"]
    if written.get("method") == "fixed":
        written.pop("classes", None)  # declared limits have a number of their own
    return {name: text for name, text in written.items() if text}
