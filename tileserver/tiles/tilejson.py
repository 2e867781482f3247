"""TileJSON 3.0.0: what a map library needs to know of tiles."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final, Literal

from tileserver.store.manifest import Field, LayerEntry, Manifest, SourceEntry, Title

VERSION: Final = "3.0.0"

Language = Literal["fr", "en"]

Part = tuple[LayerEntry, Sequence[Field]]
"""A layer, and the properties that its tiles carry."""


def tilejson(
    manifest: Manifest,
    parts: Sequence[Part],
    tiles_url: str,
    center: tuple[float, float, int],
    lang: Language = "fr",
) -> dict[str, Any]:
    """Describe the tiles of one or several layers as a TileJSON document.

    `parts` are the layers, each with the properties that its tiles will carry; `tiles_url` is the template
    of the tiles' address with ``{z}/{x}/{y}``, `center` a longitude and latitude in degrees with a zoom.
    """
    entries = [entry for entry, _ in parts]
    wests, souths, easts, norths = zip(*(entry.bounds for entry in entries), strict=True)
    return {
        "tilejson": VERSION,
        "tiles": [tiles_url],
        "vector_layers": [
            {
                "id": entry.id,
                "description": _text(entry.description, lang),
                "minzoom": entry.min_zoom,
                "maxzoom": entry.max_zoom,
                "fields": {field.id: describe(field, lang) for field in fields},
            }
            for entry, fields in parts
        ],
        "name": ", ".join(_text(entry.title, lang) for entry in entries),
        "description": " ".join(_text(entry.description, lang) for entry in entries),
        "attribution": attribution(_sources(manifest, parts)),
        "scheme": "xyz",
        "bounds": [min(wests), min(souths), max(easts), max(norths)],
        "center": list(center),
        "minzoom": min(entry.min_zoom for entry in entries),
        "maxzoom": max(entry.max_zoom for entry in entries),
    }


def describe(field: Field, lang: Language) -> str:
    """Title of a field with its unit in brackets, as TileJSON's description of it."""
    title = _text(field.title, lang)
    return f"{title} ({_text(field.unit, lang)})" if field.unit else title


def attribution(sources: Sequence[SourceEntry]) -> str:
    """Name producers and licences, each once, as the HTML that map libraries show.

    ``INSEE, IGN (Licence Ouverte 2.0) · Cerema (ODbL)``: one group a licence, in order of appearance.
    """
    by_licence: dict[str, dict[str, None]] = {}
    for source in sources:
        by_licence.setdefault(source.licence, {})[source.producer] = None
    return " · ".join(
        escape(f"{', '.join(producers)} ({licence})" if licence else ", ".join(producers))
        for licence, producers in by_licence.items()
    )


def _sources(manifest: Manifest, parts: Sequence[Part]) -> list[SourceEntry]:
    """List the sources of each layer, followed by those of the indicators that its tiles carry."""
    wanted: list[str] = []
    for entry, fields in parts:
        carried = {field.id.partition("@")[0] for field in fields if field.role == "indicator"}
        wanted += entry.sources
        for indicator in manifest.indicators:
            if indicator.id in carried:
                wanted += indicator.sources
    by_id = {source.id: source for source in manifest.sources}
    return [by_id[name] for name in dict.fromkeys(wanted) if name in by_id]


def _text(title: Title, lang: Language) -> str:
    return title.en if lang == "en" else title.fr
