// What the page draws over the class map of the server: labels, the chosen territory, points.

import type { FilterSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";

import { labels, type ClassMap } from "../api";
import type { Layer } from "../types";
import { stateColour } from "./colours";
import { pointLayer } from "./points";

const INK = "#26323b";
const HALO = "#ffffff";

// Fonts of the reader's device: MapLibre draws them itself when a style names no glyph address.
// The first name also tells it the weight.
const FONT = ["Roboto Medium", "system-ui", "sans-serif"];

interface NameLook {
  from: number;
  /** From zoom, size, to zoom, size. */
  size: [number, number, number, number];
}

/** Where names begin to appear, by level, and how they grow. */
const NAMES: Record<string, NameLook> = {
  region: { from: 4.2, size: [5, 11, 8, 15] },
  departement: { from: 5.2, size: [6, 10.5, 9, 14] },
  ti: { from: 4.8, size: [5, 9, 10, 14] },
  epci: { from: 6.8, size: [7, 9.5, 11, 13.5] },
  commune: { from: 8.8, size: [9, 10, 13, 14] },
};

/** Build the whole style: the class map of the server, the chosen territory, points, names. */
export function compose(
  style: ClassMap,
  territory: Layer,
  overlays: Layer[],
  selected: number | undefined,
): StyleSpecification {
  const sources: Record<string, SourceSpecification> = { ...style.sources };
  const layers = style.layers.map((layer) =>
    layer.id === "choropleth" && layer.type === "fill"
      ? { ...layer, paint: { "fill-color": stateColour(style.metadata.legend) } }
      : layer,
  );
  layers.push(...outlines(territory, selected));
  for (const overlay of overlays) {
    sources[overlay.id] = { type: "vector", url: overlay.tilejson };
    layers.push(pointLayer(overlay));
  }
  const look = territory.level ? NAMES[territory.level] : undefined;
  if (look) {
    sources["names"] = { type: "geojson", data: labels(territory) };
    layers.push(names(look));
  }
  return { ...style, sources, layers };
}

/** Let through the chosen territory alone; undefined: nothing. */
export const isSelected = (id: number | undefined): FilterSpecification =>
  id === undefined ? ["literal", false] : ["==", ["id"], id];

function outlines(territory: Layer, selected: number | undefined): LayerSpecification[] {
  const place = { source: territory.id, "source-layer": territory.id, type: "line" as const };
  // The layout of the style's borders: lines of one layout are made once, and painted twice.
  const layout = { "line-join": "round", "line-cap": "round" } as const;
  const filter = isSelected(selected);
  return [
    {
      ...place,
      id: "hovered",
      layout,
      paint: {
        "line-color": INK,
        "line-width": 1.6,
        "line-opacity": ["case", ["boolean", ["feature-state", "hover"], false], 0.9, 0],
      },
    },
    { ...place, id: "selected-casing", layout, filter, paint: { "line-color": "#ffffff", "line-width": 5 } },
    { ...place, id: "selected", layout, filter, paint: { "line-color": INK, "line-width": 2.4 } },
  ];
}

function names(look: NameLook): LayerSpecification {
  const [fromZoom, fromSize, toZoom, toSize] = look.size;
  return {
    id: "names",
    type: "symbol",
    minzoom: look.from,
    source: "names",
    layout: {
      "text-field": ["get", "name"],
      "text-font": FONT,
      "text-size": ["interpolate", ["linear"], ["zoom"], fromZoom, fromSize, toZoom, toSize],
      "text-max-width": 8,
      "symbol-sort-key": ["get", "rank"],
      "text-padding": 6,
    },
    paint: { "text-color": INK, "text-halo-color": HALO, "text-halo-width": 1.6 },
  };
}
