// The figures of territories, told to the map as feature state: `colour`, `hatch`, `dim`.
//
// The style of the server computes colours from values; but MapLibre lays tiles out anew when such an expression
// changes: seconds, for all communes. These are the same for all indicators, and no tile has to be touched.

import type { ExpressionSpecification, GeoJSONFeature, Map as MapLibre } from "maplibre-gl";

import type { Figure, Layer, Legend } from "../types";
import { VALUELESS } from "./patterns";
import type { Theme } from "./theme";

/** Write the colour of a territory as an expression; without state it is that of no data. */
export const stateColour = (theme: Theme): ExpressionSpecification => [
  "to-color",
  ["feature-state", "colour"],
  theme.noData,
];

/** Write how much of its colour a territory has, unless a filter dims it. */
export const stateOpacity = (opacity: number): ExpressionSpecification => [
  "case", ["boolean", ["feature-state", "dim"], false], 0.22 * opacity, opacity,
];

/** Give the colour of the class that a value is in; null is no data. */
export function colourOf(value: number | null, { breaks, classes, form }: Legend, theme: Theme): string | null {
  if (value === null) return null;
  if (form === "circles") return theme.ground;
  return classes[breaks.filter((limit) => value >= limit).length]?.colour ?? null;
}

/** Give the status that hatches a territory; null for none. */
export function hatchOf({ value, status }: Figure, legend: Legend): string | null {
  const told = value === null && !VALUELESS.includes(status ?? "") ? "missing" : status;
  const entry = legend.statuses.find((item) => item.status === told);
  return entry && !entry.everywhere ? entry.status : null;
}

/** What MapLibre tells of a tile that has come. */
interface Tile {
  querySourceFeatures(result: GeoJSONFeature[], where: { sourceLayer: string }): void;
}

/** Figures of a layer, and how they are shown. */
export interface Told {
  layer: Layer;
  figures: Map<number, Figure>;
  legend: Legend;
  theme: Theme;
  /** The territories that a filter lets through; undefined without one. */
  kept: Set<number> | undefined;
}

/**
 * Tells the map the colours and hatchings of the territories that it has tiles of; what a filter keeps out is dimmed.
 *
 * Of each change MapLibre looks for every territory told in every tile and layer: of all 34,875 communes when some
 * hundreds are in view, that takes ten times as long. The others are told as their tiles come, before they are drawn.
 */
export class FigureStates {
  private now: Told | undefined;
  /** The territories of the layer that were ever told: their tiles may come back without a word. */
  private known = new Set<number>();

  constructor(private readonly map: MapLibre) {
    map.on("sourcedata", ({ sourceId, tile }) => {
      if (tile && this.now && sourceId === this.now.layer.id) this.meet(tile as Tile, this.now);
    });
  }

  /** Tell other figures. */
  show(told: Told): void {
    const { layer } = told;
    if (layer !== this.now?.layer) this.known = new Set();
    this.now = told;
    const source = this.map.getSource(layer.id);
    const there = source ? this.map.querySourceFeatures(layer.id, { sourceLayer: layer.id }) : [];
    for (const { id } of there) if (typeof id === "number") this.known.add(id);
    for (const id of this.known) this.tell(id, told);
  }

  /** Tell the figures of a tile that has come. */
  private meet(tile: Tile, told: Told): void {
    const there: GeoJSONFeature[] = [];
    tile.querySourceFeatures(there, { sourceLayer: told.layer.id });
    for (const { id } of there) {
      if (typeof id !== "number" || this.known.has(id)) continue;
      this.known.add(id);
      this.tell(id, told);
    }
  }

  private tell(id: number, { layer, figures, legend, theme, kept }: Told): void {
    const figure = figures.get(id);
    if (!figure) return;
    this.map.setFeatureState(
      { source: layer.id, sourceLayer: layer.id, id },
      {
        colour: colourOf(figure.value, legend, theme),
        hatch: hatchOf(figure, legend),
        dim: kept !== undefined && !kept.has(id),
      },
    );
  }
}
