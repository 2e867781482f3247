// The figures of territories, told to the map as feature state: `colour`, `hatch`, `dim`.
//
// The style of the server computes colours from values; but MapLibre lays tiles out anew when such an expression
// changes: seconds, for all communes. These are the same for all indicators, and no tile has to be touched.

import type { ExpressionSpecification, Map as MapLibre } from "maplibre-gl";

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

/** Give the territories of a layer their colours and hatchings; what a filter keeps out is dimmed. */
export function setFigures(
  map: MapLibre,
  layer: Layer,
  figures: Map<number, Figure>,
  legend: Legend,
  theme: Theme,
  kept: Set<number> | undefined,
): void {
  for (const [id, figure] of figures) {
    const state = {
      colour: colourOf(figure.value, legend, theme),
      hatch: hatchOf(figure, legend),
      dim: kept !== undefined && !kept.has(id),
    };
    map.setFeatureState({ source: layer.id, sourceLayer: layer.id, id }, state);
  }
}
