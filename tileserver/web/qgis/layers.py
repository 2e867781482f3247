"""The layers of a store as QGIS is to see them: tiles to look at, features to work on."""

from typing import Final
from xml.etree.ElementTree import Element

from styles.labels import labels_of
from styles.overlays import overlay_look
from styles.qgis.documents import Credits, Group, MapLayer, features_source, tiles_source
from styles.qgis.renderers import rule_renderer, tile_labels, tile_renderer
from styles.rules import Rule, choropleth_rules, circle_rule, ground_rule, overlay_rule
from styles.sld import Styled
from styles.words import Words, say
from tileserver.store.manifest import LayerEntry
from tileserver.web.contracts import LayerLike
from tileserver.web.figures import column_name, columns_beside, words
from tileserver.web.qgis.told import Asked, Mapped, abstract_of, aliases_of, credits_of, title_of
from tileserver.web.snapshot import Snapshot
from tileserver.web.tile_request import BEYOND

LEVELS: Final = ("region", "departement", "ti", "epci", "commune")

SHOWN: Final = "ti"
"""The level that is visible in a whole map."""

_TILES: Final = "tiles/{}/{{z}}/{{x}}/{{y}}.mvt"
_EVERYWHERE: Final = {BEYOND: "empty"}
"""QGIS asks for every tile of a view: it knows no bounds of tiles."""

_GEOMETRIES: Final = {"territory": "Polygon", "zoning": "Polygon", "lines": "Line", "points": "Point"}

_TABLES: Final = Words("Tables et géométries exactes (OGC API)", "Tables and exact geometry (OGC API)")
_LEVELS: Final = Words("Territoires", "Territories")
_GROUND: Final = Words("Fond de carte", "Ground")
_OVERLAYS: Final = Words("Projets, foncier, zonages", "Projects, land, zonings")


def mapped(shot: Snapshot, layer: LayerLike, asked: Asked) -> Mapped | None:
    """Choose what a level is coloured by: what is asked for, else the first rate; None where it has none."""
    level = layer.entry.level or ""
    if asked.indicator is None:
        listed = sorted(shot.manifest.indicators, key=lambda item: item.order)
        there = [item for item in listed if item.listed and level in item.levels]
        rates = [item for item in there if item.rule != "sum" and not item.count]
        entry = next(iter(rates or there), None)
        if entry is None:
            return None
    else:
        entry = shot.indicator(asked.indicator)
        shot.at_level(entry, level)
    column = column_name(layer, entry, asked.year)
    beside = columns_beside(layer, column)
    model = shot.choropleth(entry, level, asked.year, asked.look)
    return Mapped(entry, column, beside[0] if beside else None, model)


def tile_layers(shot: Snapshot, layer: LayerLike, asked: Asked, *, visible: bool = True) -> list[MapLayer]:
    """Give the layers that show one layer of the store, the topmost first."""
    if layer.entry.kind != "territory":
        return [_overlay(shot, layer.entry, asked, visible=visible)]
    shown = mapped(shot, layer, asked)
    found = [_territory(shot, layer.entry, shown, asked, visible=visible)]
    if shown is not None and shown.model.circles is not None:
        found.insert(0, _circles(shot, layer.entry, shown, asked, visible=visible))
    return found


def table_layer(shot: Snapshot, layer: LayerLike, asked: Asked) -> MapLayer:
    """Give a layer of the OGC API: the true geometry and the whole table, not shown to begin with."""
    entry = layer.entry
    shown = mapped(shot, layer, asked) if entry.kind == "territory" else None
    return MapLayer(
        id=f"exact_features_{entry.id}",
        title=say(words(entry.title), asked.language),
        abstract=say(words(entry.description), asked.language),
        kind="vector",
        provider="OAPIF",
        source=features_source(asked.address("ogc"), entry.id),
        style=(rule_renderer(_rules(entry, shown), asked.language),),
        bounds=entry.bounds,
        credits=credits_of(shot, entry, asked),
        crs="EPSG:4326",
        geometry=_GEOMETRIES[entry.kind],
        aliases=aliases_of(entry, asked.language),
        visible=False,
    )


def whole_map(shot: Snapshot, asked: Asked) -> list[Group]:
    """Give all layers in groups: what lies over the map, the levels with one of them shown, the tables."""
    layers = sorted(shot.store.layers.values(), key=lambda layer: layer.entry.order)
    features = [layer for layer in layers if layer.entry.role == "features"]
    overlays = [layer for layer in features if layer.entry.kind != "territory"]
    levels = [shot.levels[level] for level in LEVELS if level in shot.levels]
    shown = SHOWN if SHOWN in shot.levels else (levels[0].entry.level if levels else None)

    def over(layer: LayerLike) -> list[MapLayer]:
        return tile_layers(shot, layer, asked, visible=False)

    def level(layer: LayerLike) -> list[MapLayer]:
        return tile_layers(shot, layer, asked, visible=layer.entry.level == shown)

    groups = [
        Group(say(_OVERLAYS, asked.language), tuple(one for layer in overlays for one in over(layer))),
        Group(say(_LEVELS, asked.language), tuple(one for layer in levels for one in level(layer))),
        Group(say(_GROUND, asked.language), tuple(ground(shot, asked))),
        Group(
            say(_TABLES, asked.language),
            tuple(table_layer(shot, layer, asked) for layer in features),
            expanded=False,
        ),
    ]
    return [group for group in groups if group.layers]


def ground(shot: Snapshot, asked: Asked) -> list[MapLayer]:
    """Give what lies below every map: the land, with the borders of régions; nothing where there are none."""
    if shot.frame is None:
        return []
    entry = shot.frame.entry
    query = {"properties": "", "indicators": "", **_EVERYWHERE}
    template = asked.address(_TILES.format(entry.id), query)
    title = Words("Fond : régions", "Ground: régions")
    return [
        MapLayer(
            id="vector_tiles_of_the_ground",
            title=say(title, asked.language),
            abstract=say(words(entry.description), asked.language),
            kind="vector-tile",
            provider="vectortile",
            source=tiles_source(template, entry.min_zoom, entry.max_zoom),
            style=(tile_renderer([(entry.id, ground_rule(title))], asked.language),),
            bounds=entry.bounds,
            credits=Credits("", (), asked.address(f"layers/{entry.id}")),
        )
    ]


def layer_style(shot: Snapshot, layer: LayerLike, asked: Asked) -> tuple[Element, ...]:
    """Give the style of a layer's tiles alone."""
    return tile_layers(shot, layer, asked)[-1].style


def styled(shot: Snapshot, layer: LayerLike, asked: Asked) -> Styled:
    """Give what a style of a layer's features draws, for documents of other programs than QGIS."""
    entry = layer.entry
    shown = mapped(shot, layer, asked) if entry.kind == "territory" else None
    drawn = [_rules(entry, shown)]
    if shown is not None and shown.model.circles is not None:
        drawn.append((circle_rule(shown.model, shown.column),))
    return Styled(
        id=f"{entry.level}.{shown.indicator.id}" if shown else entry.id,
        title=title_of(entry, shown, asked.language),
        collection=entry.id,
        rules=drawn,
        labels=labels_of(entry.level) if entry.level else None,
    )


def _rules(entry: LayerEntry, shown: Mapped | None) -> tuple[Rule, ...]:
    """Give the rules of a layer's areas, lines or points."""
    if shown is None:
        return (overlay_rule(overlay_look(entry.id, entry.kind), words(entry.title)),)
    return choropleth_rules(shown.model, shown.status)


def _territory(
    shot: Snapshot, entry: LayerEntry, shown: Mapped | None, asked: Asked, *, visible: bool
) -> MapLayer:
    names = next((one.entry for one in shot.store.layers.values() if _names(one.entry, entry)), None)
    query = {"properties": "", "indicators": shown.column if shown else "", **_EVERYWHERE}
    together = f"{entry.id},{names.id}" if names else entry.id
    template = asked.address(_TILES.format(together), query)
    rules = choropleth_rules(shown.model, shown.status) if shown else ()
    style = [tile_renderer([(entry.id, rule) for rule in rules], asked.language)]
    if names is not None:
        style.append(tile_labels(names.id, labels_of(entry.level or "")))
    return MapLayer(
        id=f"vector_tiles_{entry.id}",
        title=title_of(entry, shown, asked.language),
        abstract=abstract_of(entry, shown, asked.language),
        kind="vector-tile",
        provider="vectortile",
        source=tiles_source(template, entry.min_zoom, entry.max_zoom),
        style=tuple(style),
        bounds=entry.bounds,
        credits=credits_of(shot, entry, asked, shown),
        visible=visible,
    )


def _circles(shot: Snapshot, entry: LayerEntry, shown: Mapped, asked: Asked, *, visible: bool) -> MapLayer:
    """Draw circles at the points of the territories: a tile may have but a piece of an area."""
    path = f"symbols/{entry.level}/{shown.indicator.id}.geojson"
    return MapLayer(
        id=f"proportional_circles_{entry.id}",
        title=title_of(entry, shown, asked.language),
        abstract=abstract_of(entry, shown, asked.language),
        kind="vector",
        provider="ogr",
        source=asked.address(path, {"year": asked.year} if asked.year else None),
        style=(rule_renderer((circle_rule(shown.model, "value"),), asked.language),),
        bounds=entry.bounds,
        credits=credits_of(shot, entry, asked, shown),
        crs="EPSG:4326",
        geometry="Point",
        visible=visible,
    )


def _overlay(shot: Snapshot, entry: LayerEntry, asked: Asked, *, visible: bool) -> MapLayer:
    rule = overlay_rule(overlay_look(entry.id, entry.kind), words(entry.title))
    template = asked.address(_TILES.format(entry.id), _EVERYWHERE)
    return MapLayer(
        id=f"vector_tiles_{entry.id}",
        title=say(words(entry.title), asked.language),
        abstract=say(words(entry.description), asked.language),
        kind="vector-tile",
        provider="vectortile",
        source=tiles_source(template, entry.min_zoom, entry.max_zoom),
        style=(tile_renderer([(entry.id, rule)], asked.language),),
        bounds=entry.bounds,
        credits=credits_of(shot, entry, asked),
        visible=visible,
    )


def _names(entry: LayerEntry, of: LayerEntry) -> bool:
    return entry.role == "labels" and entry.of == of.id
