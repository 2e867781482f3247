"""What a frame shows without scripts: the picture of its map, and its figures in a table."""

from html import escape
from typing import Final

import numpy as np

from styles.words import format_en, format_fr
from tileserver.store.status import Status
from tileserver.web.access import with_key
from tileserver.web.embedding.dress import quoted
from tileserver.web.figures import column_name, read_column
from tileserver.web.mapstate import MapState
from tileserver.web.profile.words import STATUS

MOST_ROWS: Final = 250
"""Rows of the table: all territories but of the finest levels."""

SIZE: Final = (800, 600)

_WORDS: Final = {
    "fr": ("Territoire", "Figurent les {0} valeurs les plus élevées ; toutes sont dans le", "fichier CSV"),
    "en": ("Territory", "These are the {0} highest values; all of them are in the", "CSV file"),
}


def fallback(state: MapState, base: str, title: str, key: str) -> str:
    """Write picture and table; their addresses carry the key of the frame."""
    indicator = state.indicator
    if indicator is None:
        return ""
    header, some, file = _WORDS[state.lang]
    width, height = SIZE
    query = quoted(with_key(f"?{state.query}" if state.query else "", key))
    place = f'alt="{quoted(title)}" width="{width}" height="{height}"'
    picture = f'<img src="{base}/static/{width}x{height}.png{query}" {place}>'
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{value}</td></tr>' for name, value in _rows(state)
    )
    unit = indicator.unit.en if state.lang == "en" else indicator.unit.fr
    head = f'<thead><tr><th scope="col">{header}</th><th scope="col">{escape(unit)}</th></tr></thead>'
    table = f"<table><caption>{escape(title)}</caption>{head}<tbody>{rows}</tbody></table>"
    year = f"&amp;year={escape(state.year)}" if state.year else ""
    mine = f"&amp;{quoted(key)}" if key else ""
    address = f"{base}/indicators/{indicator.id}?level={state.level}&amp;f=csv{year}{mine}"
    more = f'<p>{some.format(MOST_ROWS)} <a href="{address}">{file}</a>.</p>'
    note = more if state.layer.entry.count > MOST_ROWS else ""
    return f'<div class="fallback">{picture}{note}{table}</div>'


def _rows(state: MapState) -> list[tuple[str, str]]:
    indicator = state.indicator
    if indicator is None:
        return []
    found = read_column(state.layer, column_name(state.layer, indicator, state.year))
    names = state.layer.attributes.column("name").to_pylist()
    order = np.argsort(-np.where(np.isfinite(found.values), found.values, -np.inf), kind="stable")
    write = format_en if state.lang == "en" else format_fr
    rows = []
    for row in order[:MOST_ROWS].tolist():
        value, told = found.values[row], found.told[row]
        if np.isfinite(value):
            text = write(float(value), indicator.precision)
            slug = told if told and told != Status.OK.slug else None
        else:
            text, slug = "", told or Status.MISSING.slug
        word = "" if slug is None else (STATUS[slug].en if state.lang == "en" else STATUS[slug].fr)
        rows.append((str(names[row]), escape(f"{text} ({word})" if text and word else text or word)))
    return rows
