"""MapLibre style documents (https://maplibre.org/maplibre-style-spec/), written from the model.

No ``glyphs`` and no ``sprite``: a style asks for nothing but our tiles. MapLibre GL JS draws text
with the fonts of the reader's device when a style names no glyph address.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from styles.model import Choropleth

WATER: Final = "#e3e9ec"
LAND: Final = "#f5f3ee"
_BORDER: Final = "#ffffff"
_FRAME: Final = "#6f7780"
_RIM: Final = "#a3a9ad"

Join = Literal["tiles", "state"]
"""Where a map finds the value of a territory: in its tiles, as the property named by the indicator; or in
the feature state ``value``, where a client puts it that takes outlines and values apart."""


@dataclass(frozen=True, slots=True)
class TileSource:
    """A layer of our tiles: its id (also the name of the layer inside a tile) and its TileJSON address."""

    layer: str
    url: str


def choropleth_style(
    model: Choropleth, territory: TileSource, frame: TileSource | None, join: Join = "tiles"
) -> dict[str, Any]:
    """Write the style of a class map, coloured by what `join` names.

    `frame` is the layer of régions: it paints the land below territories that do not cover the
    country, and thin outlines above them. None leaves both out.
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
        _layer("borders", "line", territory, _border_paint()),
    ]
    if frame:
        layers.append(_layer("frame", "line", frame, _frame_paint()))
    return {
        "version": 8,
        "name": f"{model.variable.title.fr} – {model.level}",
        "metadata": {"legend": legend(model)},
        "sources": sources,
        "layers": layers,
    }


def fill_colour(model: Choropleth, join: Join = "tiles") -> Any:
    """Write the colour of a territory as an expression on its value; no value is no data, not zero."""
    if not model.classes:
        return model.no_data_colour
    value = ["get", model.variable.id] if join == "tiles" else ["feature-state", "value"]
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
        "title": asdict(model.variable.title),
        "unit": asdict(model.variable.unit),
        "precision": model.variable.precision,
        "palette": model.variable.palette,
        "breaks": list(model.breaks),
        "classes": [asdict(item) for item in model.classes],
        "no_data": {
            "colour": model.no_data_colour,
            "count": model.missing,
            "label": asdict(model.no_data),
        },
    }


def _layer(name: str, kind: str, source: TileSource, paint: dict[str, Any]) -> dict[str, Any]:
    layer = {"id": name, "type": kind, "source": source.layer, "source-layer": source.layer, "paint": paint}
    if kind == "line":
        layer["layout"] = {"line-join": "round", "line-cap": "round"}
    return layer


def _border_paint() -> dict[str, Any]:
    """Outlines that fade in with the zoom: between a thousand small territories they would be the map."""
    return {
        "line-color": _BORDER,
        "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.25, 8, 0.6, 12, 1.2],
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 4, 0.5, 8, 0.85],
    }


def _frame_paint() -> dict[str, Any]:
    return {
        "line-color": ["interpolate", ["linear"], ["zoom"], 4, _RIM, 9, _FRAME],
        "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.5, 9, 1.2, 12, 1.6],
        "line-opacity": 0.8,
    }
