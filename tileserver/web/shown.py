"""From the state of a map to what a picture shows of it."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

import numpy as np
from numpy.typing import NDArray

from styles.overlays import overlay_look
from styles.words import Words
from tileserver.errors import NotFoundError
from tileserver.render.shown import Overlay, Shown
from tileserver.store.manifest import SourceEntry, Title
from tileserver.store.reader import LayerStore
from tileserver.web.contracts import LayerLike
from tileserver.web.figures import column_name, read_column, shape_sources
from tileserver.web.filtering import Mask
from tileserver.web.mapstate import MapState
from tileserver.web.query import Language
from tileserver.web.snapshot import Snapshot

_SOURCES: Final = Title("Sources", "Sources")


def show(shot: Snapshot, state: MapState, kept: Mask | None) -> Shown:
    """Gather what a picture of a state draws; `kept` marks the rows that its filter lets through."""
    model = state.map(shot)
    if model is None or state.indicator is None:
        raise NotFoundError(f"no indicator exists at level {state.level}, so there is nothing to draw")
    layer = drawable(state.layer)
    found = read_column(layer, column_name(layer, state.indicator, state.year))
    places, zoom = _places(shot, layer) if model.circles is not None else (None, 0)
    regions = shot.frame
    codes = [code for code in (state.selected, *state.compare) if code]
    return Shown(
        model=model,
        layer=layer,
        values=found.values,
        told=found.told,
        regions=regions if isinstance(regions, LayerStore) else None,
        places=places,
        places_zoom=zoom,
        overlays=tuple(_overlay(shot, name) for name in state.show),
        selected=_rows(layer, codes),
        kept=None if kept is None else kept.astype(np.bool_),
    )


def drawable(layer: LayerLike) -> LayerStore:
    """Give a layer as one that has outlines; raise `NotFoundError` for one that has none."""
    if not isinstance(layer, LayerStore):
        raise NotFoundError(f"layer {layer.entry.id} has no outlines to draw here")
    return layer


def title(state: MapState) -> tuple[str, str]:
    """Write title and subtitle of the map of a state."""
    if state.indicator is None:
        return "", ""
    period = state.year or (state.indicator.periods[-1] if state.indicator.periods else state.indicator.date)
    level = _say(state.layer.entry.title, state.lang)
    return _say(state.indicator.title, state.lang), f"{level} · {period}"


def credit(shot: Snapshot, state: MapState) -> str:
    """Write whose data a map shows, by licence, and what must be said of them."""
    shapes = shape_sources(shot.manifest.indicators, state.layer)
    names = [*(state.indicator.sources if state.indicator else ()), *shapes]
    for overlay in state.show:
        # A layer names its own sources first, then those of the territories that it is laid over.
        names += takewhile(lambda name: name not in shapes, shot.layer(overlay).entry.sources)
    sources = shot.named_sources(tuple(dict.fromkeys(names)))
    by_licence: dict[str, list[str]] = {}
    for source in sources:
        producers = by_licence.setdefault(source.licence, [])
        if source.producer not in producers:
            producers.append(source.producer)
    told = "; ".join(f"{', '.join(producers)} ({licence})" for licence, producers in by_licence.items())
    colon = "\u00a0: " if state.lang == "fr" else ": "
    return f"{_say(_SOURCES, state.lang)}{colon}{told}.{_notes(sources, state.lang)}"


def _notes(sources: Sequence[SourceEntry], lang: Language) -> str:
    notes = dict.fromkeys(_say(source.note, lang) for source in sources if source.note is not None)
    return "".join(f" {note}" for note in notes)


def _say(text: Title, lang: Language) -> str:
    return text.en if lang == "en" else text.fr


def _overlay(shot: Snapshot, name: str) -> Overlay:
    layer = shot.layer(name)
    entry = layer.entry
    look = overlay_look(entry.id, entry.kind)
    groups = shot.groups(layer)
    far_off = None if groups is None else drawable(groups)
    return Overlay(drawable(layer), look, Words(entry.title.fr, entry.title.en), far_off)


def _rows(layer: LayerStore, codes: list[str]) -> tuple[int, ...]:
    if not codes:
        return ()
    row_of = {code: row for row, code in enumerate(layer.attributes.column("code").to_pylist())}
    return tuple(row_of[code] for code in codes)


def _places(shot: Snapshot, layer: LayerStore) -> tuple[NDArray[np.int32], int]:
    """Give where the circle of each row stands, in the order of the rows, and the zoom of that grid."""
    labels = drawable(shot.label_layer(layer.entry.id))
    points = labels.points
    order = np.argsort(labels.ids)
    places = points.xy[order[np.searchsorted(labels.ids[order], layer.ids)]]
    return places, points.zoom
