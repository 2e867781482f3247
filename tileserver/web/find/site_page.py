"""The page that finds sites: the form filled with the query, and the sites found."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from tileserver.store.manifest import Title
from tileserver.web.contracts import LayerLike
from tileserver.web.find.model import Site, Sites
from tileserver.web.find.page import Heading, Reader
from tileserver.web.find.phrases import phrases
from tileserver.web.find.ranking import Asked
from tileserver.web.find.site_form import fields_of, fill, places, things_near
from tileserver.web.find.site_map import draw_sites
from tileserver.web.profile.funded import told_of
from tileserver.web.profile.outline import map_at
from tileserver.web.profile.pages import render
from tileserver.web.snapshot import Snapshot

_TOLD: Final = 4

_KEPT: Final = ("layer", "level", "code", "filter", "filter-lang", "sort", "columns", "limit", "lang")


def write_page(shot: Snapshot, layer: LayerLike, asked: Asked, found: Sites | None, reader: Reader) -> bytes:
    """Write the page; without sites the form alone, with examples."""
    query, lang = reader.query, reader.lang
    filled, rest = fill(layer, asked.filter, query.get("filter", ""))
    kept = {name: query[name] for name in _KEPT if name in query}
    return render(
        "sites.html",
        lang,
        reader.links,
        _address(kept, lang="fr" if lang == "en" else "en"),
        answer=found,
        drawn=None if found is None else draw_sites(shot, found),
        map_at=map_at,
        phrases=phrases(asked.filter, _titles(layer, found)),
        layer=layer.entry,
        fields=fields_of(layer),
        filled=filled,
        rest=rest,
        where="" if asked.within is None else ":".join(asked.within),
        places=places(shot, layer),
        near=things_near(shot, layer),
        sort=asked.sort if "sort" in query else None,
        falling=asked.falling,
        limit=query.get("limit", ""),
        headings=() if found is None else [_heading(kept, found, column.id) for column in found.columns],
        files={} if found is None else {form: _address(kept, f=form) for form in ("csv", "geojson", "json")},
        told=() if found is None else [_told(layer, found, site) for site in found.sites],
        examples=_examples(layer) if found is None else (),
    )


def _titles(layer: LayerLike, found: Sites | None) -> dict[str, tuple[Title, Title | None]]:
    columns = () if found is None else found.columns
    own = {field.id: (field.title, field.unit) for field in layer.entry.fields}
    return own | {each.id: (each.title, each.unit) for each in columns}


def _told(layer: LayerLike, found: Sites, site: Site) -> tuple[tuple[Title, str], ...]:
    """Tell of a site what no column tells."""
    columns = {column.id for column in found.columns}
    values = {name: value for name, value in site.properties.items() if name not in columns}
    titles = {column.title.fr for column in found.columns}
    return tuple((title, text) for title, text in told_of(layer, values) if title.fr not in titles)[:_TOLD]


def _address(kept: Mapping[str, str], **changed: str) -> str:
    asked = {**kept, **changed}
    return f"sites?{urlencode(asked)}" if asked else "sites"


def _heading(kept: Mapping[str, str], found: Sites, column: str) -> Heading:
    now = {f"-{column}": "descending", column: "ascending"}.get(found.sort or "")
    # Of a distance the least is sought first.
    down = now == "ascending" if column.startswith("near.") else now != "descending"
    return Heading(_address(kept, sort=f"-{column}" if down else column), now)


def _examples(layer: LayerLike) -> list[tuple[Title, str]]:
    names = {field.id for field in layer.entry.fields}
    found = []
    if {"area_ha", "in_natura2000_zsc"} <= names:
        wanted = 'area_ha >= 2 AND in_natura2000_zsc = FALSE AND "near.projects.all" <= 10'
        title = Title(
            "Plus de 2 ha, hors Natura 2000, à moins de 10 km d’un projet financé",
            "Over 2 ha, outside Natura 2000, within 10 km of a funded project",
        )
        found.append((title, _address({"filter": wanted, "sort": "-area_ha"})))
    if {"area_ha", "in_afr"} <= names:
        wanted = "area_ha >= 5 AND area_suspect = FALSE AND in_afr = TRUE"
        title = Title("Plus de 5 ha en zone d’aide à finalité régionale", "Over 5 ha in a regional aid area")
        found.append((title, _address({"filter": wanted, "sort": "-area_ha"})))
    return found
