"""MapLibre style documents (https://maplibre.org/maplibre-style-spec/), written from the model.

No ``glyphs`` and no ``sprite``: a style asks for nothing but our tiles. MapLibre GL JS draws text
with the fonts of the reader's device when a style names no glyph address.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from styles.circles import (
    FROM_ZOOM,
    GROWTH,
    OPACITY,
    OUTLINE_WIDTH,
    STROKE,
    STROKE_SHARE,
    STROKE_WIDTH,
    TO_ZOOM,
    Circles,
    growth,
)
from styles.lines import (
    BORDER,
    BORDER_WIDTH,
    FRAME_COLOURS,
    FRAME_OPACITY,
    FRAME_WIDTH,
    border_opacity,
    by_zoom,
)
from styles.model import Choropleth
from styles.overlays import EDGE_OPACITY, EDGE_WIDTH, LINE_WIDTH, POINT_SIZE, TINT, OverlayLook
from styles.words import Words

WATER: Final = "#e3e9ec"
LAND: Final = "#f5f3ee"
GROUND: Final = "#e9e6df"
"""A territory whose value is told by a circle."""

SYMBOLS: Final = "symbols"
"""The source of the points of proportional circles."""

_STATE: Final = ["feature-state", "value"]

Join = Literal["tiles", "state"]
"""Where a map finds the value of a territory: in its tiles, as the property named by the indicator; or in
the feature state ``value``, where a client puts it that takes outlines and values apart."""


@dataclass(frozen=True, slots=True)
class TileSource:
    """A layer of our tiles: its id (also the name of the layer inside a tile) and its TileJSON address."""

    layer: str
    url: str


def choropleth_style(
    model: Choropleth,
    territory: TileSource,
    frame: TileSource | None,
    join: Join = "tiles",
    symbols: str | None = None,
) -> dict[str, Any]:
    """Write the style of a map, coloured by what `join` names.

    `frame` is the layer of régions: it paints the land below territories that do not cover the
    country, and thin outlines above them. None leaves both out. `symbols` is the address of the points of
    proportional circles (GeoJSON; properties ``value`` and ``status`` where `join` is ``tiles``).
    """
    sources: dict[str, Any] = {territory.layer: {"type": "vector", "url": territory.url}}
    layers: list[dict[str, Any]] = [
        {"id": "background", "type": "background", "paint": {"background-color": WATER}}
    ]
    if frame:
        sources[frame.layer] = {"type": "vector", "url": frame.url}
        layers.append(_layer("land", "fill", frame, {"fill-color": LAND, "fill-antialias": False}))
    layers += [
        _layer("choropleth", "fill", territory, {"fill-color": fill_colour(model, join), "fill-opacity": 1}),
        _layer("borders", "line", territory, _border_paint(model.level)),
    ]
    if frame:
        layers.append(_layer("frame", "line", frame, _frame_paint()))
    if model.circles is not None and symbols is not None:
        sources[SYMBOLS] = {"type": "geojson", "data": symbols}
        layers.append(_circle_layer(model.circles, join))
    return {
        "version": 8,
        "name": f"{model.variable.title.fr} – {model.level}",
        "metadata": {"legend": legend(model)},
        "sources": sources,
        "layers": layers,
    }


def overlay_style(title: Words, look: OverlayLook, source: TileSource) -> dict[str, Any]:
    """Write the style of a layer that lies over maps: without hatching and shapes, which would take a sprite.

    Areas are tinted within their borders, points are circles.
    """
    if look.shape == "fill":
        edge = {
            "line-color": look.colour,
            "line-width": by_zoom(EDGE_WIDTH),
            "line-opacity": EDGE_OPACITY,
        }
        drawn = [
            _layer("areas", "fill", source, {"fill-color": look.colour, "fill-opacity": TINT}),
            _layer("edges", "line", source, edge),
        ]
    elif look.shape == "line":
        paint = {"line-color": look.colour, "line-width": LINE_WIDTH}
        drawn = [_layer("lines", "line", source, paint)]
    else:
        point = {
            "circle-radius": POINT_SIZE / 2,
            "circle-color": look.colour,
            "circle-stroke-color": STROKE,
            "circle-stroke-width": STROKE_WIDTH,
        }
        drawn = [_layer("points", "circle", source, point)]
    return {
        "version": 8,
        "name": title.fr,
        "metadata": {"title": asdict(title)},
        "sources": {source.layer: {"type": "vector", "url": source.url}},
        "layers": drawn,
    }


def fill_colour(model: Choropleth, join: Join = "tiles") -> Any:
    """Write the colour of a territory as an expression on its value; no value is no data, not zero."""
    value = ["get", model.variable.column or model.variable.id] if join == "tiles" else _STATE
    if model.circles is not None:
        return ["case", ["==", ["typeof", value], "number"], GROUND, model.no_data_colour]
    if not model.classes:
        return model.no_data_colour
    first, *rest = (item.colour for item in model.classes)
    colour: Any = first
    if rest:
        stops = [part for pair in zip(model.breaks, rest, strict=True) for part in pair]
        colour = ["step", value, first, *stops]
    return ["case", ["==", ["typeof", value], "number"], colour, model.no_data_colour]


def legend(model: Choropleth) -> dict[str, Any]:
    """Give the legend of the map as plain JSON: what the page shows, and what another client can."""
    return {
        "indicator": model.variable.id,
        "level": model.level,
        "year": model.period,
        "title": asdict(model.variable.title),
        "unit": asdict(model.variable.unit),
        "precision": model.variable.precision,
        "form": model.form,
        "method": model.method if model.form == "fill" else None,
        "palette": model.palette,
        "over": list(model.over),
        "breaks": list(model.breaks),
        "classes": [asdict(item) for item in model.classes],
        "circles": None if model.circles is None else _told_circles(model.circles),
        "no_data": {
            "colour": model.no_data_colour,
            "count": model.missing,
            "label": asdict(model.no_data),
        },
        "statuses": [asdict(item) for item in model.statuses],
    }


def _told_circles(scale: Circles) -> dict[str, Any]:
    """Describe the scale, so that a client can give any value its radius at any zoom."""
    return {
        **asdict(scale),
        "opacity": OPACITY,
        "stroke": {"colour": STROKE, "width": STROKE_WIDTH, "share": STROKE_SHARE},
        "outline": {"colour": scale.colour, "width": OUTLINE_WIDTH},
        "zoom": {"from": FROM_ZOOM, "to": TO_ZOOM, "growth": GROWTH},
    }


def _circle_layer(scale: Circles, join: Join) -> dict[str, Any]:
    """Draw the circles, small ones over large ones where the values come with the points."""
    value = ["coalesce", ["get", "value"] if join == "tiles" else _STATE, 0]
    at_first = ["*", scale.radius, ["sqrt", ["/", ["abs", value], scale.maximum or 1]]]
    factor = growth(TO_ZOOM)
    drawn = ["case", ["==", value, 0], 0, 1]
    negative = ["<", value, 0]
    layer: dict[str, Any] = {
        "id": "circles",
        "type": "circle",
        "source": SYMBOLS,
        "paint": {
            # An exponential of the growth itself: the circles grow evenly with each zoom.
            "circle-radius": [
                "interpolate", ["exponential", GROWTH], ["zoom"],
                FROM_ZOOM, at_first, TO_ZOOM, ["*", factor, at_first],
            ],
            "circle-color": scale.colour,
            "circle-opacity": ["case", ["<=", value, 0], 0, OPACITY],
            "circle-stroke-color": ["case", negative, scale.colour, STROKE],
            "circle-stroke-width": [
                "case", negative, OUTLINE_WIDTH, ["min", STROKE_WIDTH, ["*", STROKE_SHARE, at_first]],
            ],
            "circle-stroke-opacity": drawn,
        },
    }  # fmt: skip
    if join == "tiles":
        layer["layout"] = {"circle-sort-key": ["-", 0, ["abs", value]]}
    return layer


def _layer(name: str, kind: str, source: TileSource, paint: dict[str, Any]) -> dict[str, Any]:
    layer = {"id": name, "type": kind, "source": source.layer, "source-layer": source.layer, "paint": paint}
    if kind == "line":
        layer["layout"] = {"line-join": "round", "line-cap": "round"}
    return layer


def _border_paint(level: str) -> dict[str, Any]:
    return {
        "line-color": BORDER,
        "line-width": by_zoom(BORDER_WIDTH),
        "line-opacity": by_zoom(border_opacity(level)),
    }


def _frame_paint() -> dict[str, Any]:
    return {
        "line-color": by_zoom(FRAME_COLOURS),
        "line-width": by_zoom(FRAME_WIDTH),
        "line-opacity": FRAME_OPACITY,
    }
