// The style of the whole map: the outlines of the server, and over them hatching, circles, overlays, names.

import type {
  ExpressionSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
  SymbolLayerSpecification,
} from "maplibre-gl";

import { labels, outlineSource, type ClassMap } from "../api";
import type { Basemap, Layer } from "../types";
import { circleLayer, NO_CIRCLES } from "./circles";
import { stateColour, stateOpacity } from "./figures";
import { overlayLayers } from "./overlays";
import { calm } from "./open";
import { hatchLayers } from "./patterns";
import type { Theme } from "./theme";

// Fonts of the reader's device: MapLibre draws them itself when a style names no glyph address.
// The first name also tells it the weight.
const FONT = ["Roboto Medium", "system-ui", "sans-serif"];

interface NameLook {
  from: number;
  /** Whether names come with tiles. So they do where they are only read from near: few of many. */
  tiled: boolean;
  /** From zoom, size, to zoom, size. */
  size: [number, number, number, number];
}

/** Where names begin to appear, by level, and how they grow. */
const NAMES: Record<string, NameLook> = {
  region: { from: 4.2, tiled: false, size: [5, 11, 8, 15] },
  departement: { from: 5.2, tiled: false, size: [6, 10.5, 9, 14] },
  ti: { from: 4.8, tiled: false, size: [5, 9, 10, 14] },
  epci: { from: 6.8, tiled: true, size: [7, 9.5, 11, 13.5] },
  commune: { from: 8.8, tiled: true, size: [9, 10, 13, 14] },
};

/** How much of a territory's colour is laid over a basemap. */
const SEEN_THROUGH = 0.72;

/** The deepest zoom at which a basemap is asked for tiles; nearer by, these are enlarged. */
const DEEPEST_BASEMAP = 18;

/** The zoom from which départements are outlined below the frame of the régions. */
const COUNTIES_FROM = 6;

export interface Composition {
  territory: Layer;
  /** Every layer, by its id. */
  layers: Map<string, Layer>;
  /** The layer of the names of the territories; undefined where there is none. */
  labels: Layer | undefined;
  /** The layer of départements, where it is not the territory and there is one. */
  counties: Layer | undefined;
  /** Layers that are shown over the territories, each with the layer of its groups. */
  overlays: { layer: Layer; groups: Layer | undefined }[];
  /** Statuses that figures of the level can have. */
  statuses: string[];
  theme: Theme;
  basemap: Basemap | null;
}

/**
 * Build the style: all of it, or what is seen at first. Names, circles, outlines of what is chosen, and hatchings that
 * no figure of this map has, come a moment later: until then there are fewer shaders to compile, and no tile waits
 * for pictures of patterns.
 */
export function compose(style: ClassMap, composition: Composition, whole: boolean): StyleSpecification {
  const { territory, counties, overlays, theme } = composition;
  const sources: Record<string, SourceSpecification> = {};
  const layers: LayerSpecification[] = [];
  const told = style.metadata.legend.statuses.filter(({ everywhere }) => !everywhere).map(({ status }) => status);
  const statuses = whole ? composition.statuses : told;
  const { basemap } = composition;
  // Circles have their own layer here, and where there is a basemap that is the land.
  const left = basemap ? ["circles", "land"] : ["circles"];
  for (const layer of style.layers.filter(({ id }) => !left.includes(id))) {
    if (layer.id === "frame" && counties && whole) layers.push(countyLines(counties, theme));
    layers.push(themed(layer, theme, basemap ? SEEN_THROUGH : 1));
    if (layer.id === "background" && basemap) {
      sources["basemap"] = { type: "raster", tiles: [basemap.tiles], tileSize: 256, maxzoom: DEEPEST_BASEMAP };
      layers.push(basemapLayer(theme));
    }
    if (layer.id === "choropleth") layers.push(...hatchLayers(territory, statuses));
  }
  for (const layer of layers) {
    const of = "source" in layer ? composition.layers.get(layer.source as string) : undefined;
    if (of) sources[of.id] ??= outlineSource(of);
  }
  const zonings = overlays.filter(({ layer }) => layer.kind !== "points");
  const points = overlays.filter(({ layer }) => layer.kind === "points");
  for (const { layer, groups } of [...zonings, ...points]) {
    sources[layer.id] = { type: "vector", url: layer.tilejson };
    if (groups) sources[groups.id] = { type: "vector", url: groups.tilejson };
  }
  const draw = ({ layer, groups }: (typeof overlays)[number]) => overlayLayers(layer, groups, theme);
  const { circles } = style.metadata.legend;
  layers.push(...zonings.flatMap(draw));
  if (whole || circles) {
    sources["circles"] = { type: "geojson", data: NO_CIRCLES };
    layers.push(circleLayer(circles));
  }
  if (whole) layers.push(...outlines(territory, theme));
  layers.push(...points.flatMap(draw));
  const look = territory.level ? NAMES[territory.level] : undefined;
  if (look && whole) {
    const tiled = look.tiled ? composition.labels : undefined;
    sources["names"] = tiled ? { type: "vector", url: tiled.tilejson } : { type: "geojson", data: labels(territory) };
    layers.push({ ...names(look, theme), ...(tiled ? { "source-layer": tiled.id } : {}) });
  }
  return { ...style, sources, layers, ...(calm ? { transition: { duration: 0, delay: 0 } } : {}) };
}

/**
 * How lines are joined. Round joins of lines so thin are not seen, and are half of what a frame has to draw. All lines
 * have one layout, so that those of a layer are made once, and painted often.
 */
const JOINED = { "line-join": "miter", "line-cap": "butt" } as const;

/** Take a layer of the server's style into the theme. */
function themed(layer: LayerSpecification, theme: Theme, opacity: number): LayerSpecification {
  switch (layer.id) {
    case "background":
      return { ...layer, paint: { "background-color": theme.water } } as LayerSpecification;
    case "land":
      return { ...layer, paint: { ...layer.paint, "fill-color": theme.land } } as LayerSpecification;
    case "choropleth":
      return {
        ...layer,
        // Neighbours share their edges to the bit, and borders lie on the others: nothing is left to smooth.
        paint: { "fill-color": stateColour(theme), "fill-opacity": stateOpacity(opacity), "fill-antialias": false },
      } as LayerSpecification;
    case "borders":
      return { ...layer, layout: JOINED, paint: { ...layer.paint, "line-color": theme.border } } as LayerSpecification;
    case "frame": {
      const colour = theme.name === "light" ? {} : { "line-color": theme.frame };
      return { ...layer, layout: JOINED, paint: { ...layer.paint, ...colour } } as LayerSpecification;
    }
    default:
      return layer;
  }
}

/** A basemap's colours where the page is dark: light and dark change places, hues stay. */
const TURNED = { "raster-brightness-min": 0.72, "raster-brightness-max": 0.1, "raster-hue-rotate": 180 };

/** What lies under colours is pale, so that they are read. */
function basemapLayer(theme: Theme): LayerSpecification {
  const turned = theme.name === "dark" ? TURNED : {};
  return { id: "basemap", type: "raster", source: "basemap", paint: { "raster-saturation": -0.6, ...turned } };
}

function countyLines(counties: Layer, theme: Theme): LayerSpecification {
  return {
    id: "counties",
    source: counties.id,
    "source-layer": counties.id,
    type: "line",
    minzoom: COUNTIES_FROM,
    layout: JOINED,
    paint: {
      "line-color": theme.frame,
      "line-width": ["interpolate", ["linear"], ["zoom"], 6, 0.3, 10, 1],
      "line-opacity": ["interpolate", ["linear"], ["zoom"], 6, 0.3, 8, 0.7],
    },
  };
}

/** The layers that outline territories, in their order. */
export const OUTLINES = ["outline-casing", "outline"] as const;

/**
 * Outlines of the territory under the pointer, of the chosen one, and of those compared, by feature state. All others
 * have no width rather than no opacity: a line of no width costs nothing to draw.
 */
function outlines(territory: Layer, theme: Theme): LayerSpecification[] {
  const place = { source: territory.id, "source-layer": territory.id, type: "line" as const };
  const layout = JOINED;
  const state = (name: string): ExpressionSpecification => ["boolean", ["feature-state", name], false];
  const width = (selected: number, compared: number, hovered: number): ExpressionSpecification => [
    "case", state("selected"), selected, state("compared"), compared, state("hover"), hovered, 0,
  ];
  return [
    { ...place, id: OUTLINES[0], layout, paint: { "line-color": theme.halo, "line-width": width(6, 4, 0) } },
    { ...place, id: OUTLINES[1], layout, paint: { "line-color": theme.ink, "line-width": width(2.8, 1.8, 1.6) } },
  ];
}

function names(look: NameLook, theme: Theme): SymbolLayerSpecification {
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
    paint: { "text-color": theme.ink, "text-halo-color": theme.halo, "text-halo-width": 1.6 },
  };
}
