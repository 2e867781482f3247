// What the page draws over the class map of the server: labels, the chosen territory, points.

import { labels } from "./api.js";
import { stateColour } from "./colours.js";

const INK = "#26323b";
const HALO = "#ffffff";

// Fonts of the reader's device: MapLibre draws them itself when a style names no glyph address.
// The first name also tells it the weight.
const FONT = ["Roboto Medium", "system-ui", "sans-serif"];

/** Where names begin to appear, by level, and how they grow: from zoom, size, to zoom, size. */
const LABELS = {
  region: { from: 4.2, size: [5, 11, 8, 15] },
  departement: { from: 5.2, size: [6, 10.5, 9, 14] },
  ti: { from: 4.8, size: [5, 9, 10, 14] },
  epci: { from: 6.8, size: [7, 9.5, 11, 13.5] },
  commune: { from: 8.8, size: [9, 10, 13, 14] },
};

export const POINTS = {
  friches: { colour: "#c2521f", shape: "circle", area: "site_surface" },
  qpv: { colour: "#7a2f7f", shape: "diamond" },
};

const OTHER_POINTS = { colour: "#3d4450", shape: "circle" };

/** Say how a layer of points is drawn. */
export const pointLook = (id) => POINTS[id] ?? OTHER_POINTS;

/** Build the whole style: the class map of the server, the chosen territory, points, names. */
export function compose(style, territory, overlays, { selected }) {
  const sources = { ...style.sources };
  const paint = { "fill-color": stateColour(style.metadata.legend) };
  const base = style.layers.map((layer) => (layer.id === "choropleth" ? { ...layer, paint } : layer));
  const layers = [...base, ...outlines(territory, selected)];
  for (const overlay of overlays) {
    sources[overlay.id] = { type: "vector", url: overlay.tilejson };
    layers.push(points(overlay));
  }
  addLabels(sources, layers, territory);
  return { ...style, sources, layers };
}

/** Let through the chosen territory alone; undefined: nothing. */
export const isSelected = (id) => (id === undefined ? ["literal", false] : ["==", ["id"], id]);

function outlines(territory, selected) {
  const place = { source: territory.id, "source-layer": territory.id, type: "line" };
  // The layout of the style's borders: lines of one layout are made once, and painted twice.
  const layout = { "line-join": "round", "line-cap": "round" };
  const hovered = ["boolean", ["feature-state", "hover"], false];
  const filter = isSelected(selected);
  return [
    {
      ...place,
      id: "hovered",
      layout,
      paint: { "line-color": INK, "line-width": 1.6, "line-opacity": ["case", hovered, 0.9, 0] },
    },
    {
      ...place,
      id: "selected-casing",
      layout,
      filter,
      paint: { "line-color": "#ffffff", "line-width": 5 },
    },
    {
      ...place,
      id: "selected",
      layout,
      filter,
      paint: { "line-color": INK, "line-width": 2.4 },
    },
  ];
}

function points(overlay) {
  const look = pointLook(overlay.id);
  const place = { id: `points-${overlay.id}`, source: overlay.id, "source-layer": overlay.id };
  if (look.shape === "diamond") {
    return {
      ...place,
      type: "symbol",
      layout: {
        "icon-image": `diamond-${overlay.id}`,
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 6, 0.5, 11, 0.95],
      },
    };
  }
  return {
    ...place,
    type: "circle",
    // Large sites below, so that small ones are not lost under them.
    layout: look.area ? { "circle-sort-key": ["-", 0, ["coalesce", ["get", look.area], 0]] } : {},
    paint: {
      "circle-color": look.colour,
      "circle-opacity": 0.9,
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 6, 0.3, 10, 1],
      "circle-radius": ["interpolate", ["linear"], ["zoom"], 6, radius(look, 0.45), 11, radius(look, 1)],
    },
  };
}

/** Make the disc's area follow the site's: the square root of m², held between readable sizes. */
function radius(look, factor) {
  if (!look.area) return 5 * factor;
  const side = ["sqrt", ["max", 0, ["coalesce", ["get", look.area], 0]]];
  return ["interpolate", ["linear"], side, 0, 3 * factor, 100, 4.5 * factor, 1000, 16 * factor];
}

function addLabels(sources, layers, territory) {
  const look = LABELS[territory.level];
  if (!look) return;
  const [fromZoom, fromSize, toZoom, toSize] = look.size;
  const layer = {
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
  layers.push(layer);
  sources.names = { type: "geojson", data: labels(territory) };
}

/** Draw the diamond of a layer of points, as pixels for MapLibre. */
export function diamond(colour, ratio) {
  const side = Math.round(18 * ratio);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  const middle = side / 2;
  const reach = middle - 1.5 * ratio;
  context.beginPath();
  context.moveTo(middle, middle - reach);
  context.lineTo(middle + reach, middle);
  context.lineTo(middle, middle + reach);
  context.lineTo(middle - reach, middle);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = "#ffffff";
  context.stroke();
  return context.getImageData(0, 0, side, side);
}
