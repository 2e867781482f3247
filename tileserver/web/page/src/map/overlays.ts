// How layers over the territories are drawn, on the map and in the legend.

import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  LayerSpecification,
} from "maplibre-gl";

import type { Layer } from "../types";
import type { Theme } from "./theme";

export interface OverlayLook {
  colour: string;
  shape: "circle" | "diamond" | "square" | "triangle" | "fill" | "line";
  /** Of a layer of points: the field whose m² the discs follow. */
  area?: string;
  /** Of a zoning: the angle of its hatching, in degrees anticlockwise from the x axis. */
  angle?: number;
}

const LOOKS: Record<string, OverlayLook> = {
  friches: { colour: "#c2521f", shape: "circle", area: "site_surface" },
  france_relance: { colour: "#0b6e8a", shape: "square" },
  manuprox: { colour: "#8a6100", shape: "triangle" },
  qpv: { colour: "#7a2f7f", shape: "diamond" },
  acv: { colour: "#9c2c4e", shape: "diamond" },
  pvd: { colour: "#4c6b1f", shape: "diamond" },
  zrr: { colour: "#7b5ea7", shape: "fill", angle: 0 },
  afr: { colour: "#1f6f8b", shape: "fill", angle: 90 },
  natura2000_zsc: { colour: "#2f7d32", shape: "fill", angle: 45 },
  natura2000_zps: { colour: "#00695c", shape: "fill", angle: 135 },
  znieff1: { colour: "#827717", shape: "fill", angle: 45 },
  znieff2: { colour: "#9e6a1f", shape: "fill", angle: 135 },
};

const OTHERS: Record<Layer["kind"], OverlayLook> = {
  territory: { colour: "#3d4450", shape: "fill", angle: 45 },
  zoning: { colour: "#5b4a8a", shape: "fill", angle: 45 },
  lines: { colour: "#3d4450", shape: "line" },
  points: { colour: "#3d4450", shape: "circle" },
};

/** What the discs of groups say of themselves, in the drawing. */
const GROUP_FONT = ["Roboto Medium", "system-ui", "sans-serif"];

/** Say how a layer is drawn. */
export const overlayLook = (layer: Layer): OverlayLook => LOOKS[layer.id] ?? OTHERS[layer.kind];

/** Whether a layer of the map draws an overlay. */
export const isOverlay = (id: string): boolean => /^(points|groups|zoning|line)-/.test(id);

/** Draw an overlay; below the zooms of points their groups stand for them. */
export function overlayLayers(overlay: Layer, groups: Layer | undefined, theme: Theme): LayerSpecification[] {
  const look = overlayLook(overlay);
  if (look.shape === "fill") return zoning(overlay, look);
  if (look.shape === "line") {
    const paint = { "line-color": look.colour, "line-width": 1.6 };
    return [{ id: `line-${overlay.id}`, ...place(overlay), type: "line", paint }];
  }
  const points = pointLayer(overlay, look, theme);
  if (!groups) return [points];
  return [...groupLayers(overlay, groups, look, theme), { ...points, minzoom: groups.max_zoom + 1 }];
}

const place = (layer: Layer) => ({ source: layer.id, "source-layer": layer.id });

/** A tint and a hatching, so that several zonings can lie over each other and over colours; and an outline. */
function zoning(overlay: Layer, look: OverlayLook): LayerSpecification[] {
  const id = `zoning-${overlay.id}`;
  return [
    { id, ...place(overlay), type: "fill", paint: { "fill-color": look.colour, "fill-opacity": 0.16 } },
    {
      id: `${id}-hatch`,
      ...place(overlay),
      type: "fill",
      paint: { "fill-pattern": `${id}-hatch`, "fill-antialias": false, "fill-opacity": 0.75 },
    },
    {
      id: `${id}-outline`,
      ...place(overlay),
      type: "line",
      paint: {
        "line-color": look.colour,
        "line-width": ["interpolate", ["linear"], ["zoom"], 5, 0.6, 9, 1.4],
        "line-opacity": 0.9,
      },
    },
  ];
}

function pointLayer(overlay: Layer, look: OverlayLook, theme: Theme): LayerSpecification {
  const named = { id: `points-${overlay.id}`, ...place(overlay) };
  if (look.shape !== "circle") {
    return {
      ...named,
      type: "symbol",
      layout: {
        "icon-image": `mark-${overlay.id}`,
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "icon-size": ["interpolate", ["linear"], ["zoom"], 4, 0.5, 11, 0.95],
      },
    };
  }
  return {
    ...named,
    type: "circle",
    // Large sites below, so that small ones are not lost under them.
    layout: look.area ? { "circle-sort-key": ["-", 0, ["coalesce", ["get", look.area], 0]] } : {},
    paint: {
      "circle-color": look.colour,
      "circle-opacity": 0.9,
      "circle-stroke-color": theme.halo,
      "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 6, 0.3, 10, 1],
      "circle-radius": [
        "interpolate", ["linear"], ["zoom"], 6, radius(look, 0.45), 11, radius(look, 1),
      ] as DataDrivenPropertyValueSpecification<number>,
    },
  };
}

/** Make the disc's area follow the site's: the square root of m², held between readable sizes. */
function radius(look: OverlayLook, factor: number): ExpressionSpecification | number {
  if (!look.area) return 5 * factor;
  const side: ExpressionSpecification = ["sqrt", ["max", 0, ["coalesce", ["get", look.area], 0]]];
  return ["interpolate", ["linear"], side, 0, 3 * factor, 100, 4.5 * factor, 1000, 16 * factor];
}

/** A disc that says how many points it stands for. */
function groupLayers(overlay: Layer, groups: Layer, look: OverlayLook, theme: Theme): LayerSpecification[] {
  const named = { source: groups.id, "source-layer": groups.id, maxzoom: groups.max_zoom + 1 };
  const count: ExpressionSpecification = ["coalesce", ["get", "count"], 1];
  return [
    {
      id: `groups-${overlay.id}`,
      ...named,
      type: "circle",
      layout: { "circle-sort-key": count },
      paint: {
        "circle-color": look.colour,
        "circle-opacity": 0.85,
        "circle-stroke-color": theme.halo,
        "circle-stroke-width": 1,
        "circle-radius": ["interpolate", ["linear"], ["sqrt", count], 1, 4, 3, 8, 10, 12, 60, 24],
      },
    },
    {
      id: `groups-${overlay.id}-count`,
      ...named,
      type: "symbol",
      filter: [">", count, 1],
      layout: {
        "text-field": ["to-string", ["get", "count"]],
        "text-font": GROUP_FONT,
        "text-size": ["step", count, 10, 100, 11, 1000, 12],
        "text-allow-overlap": true,
        "text-ignore-placement": true,
        "symbol-sort-key": count,
      },
      paint: { "text-color": "#ffffff" },
    },
  ];
}
