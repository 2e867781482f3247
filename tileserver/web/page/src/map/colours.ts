// The colours of territories, told to the map as feature state.
//
// The style of the server computes them from values; but MapLibre lays tiles out anew when such an expression
// changes: seconds, for all communes. This one is the same for all indicators, and no tile has to be touched.

import type { ExpressionSpecification, Map as MapLibre } from "maplibre-gl";

import type { Figure, Layer, Legend } from "../types";

/** Write the colour of a territory as an expression; without state it is that of no data. */
export const stateColour = (legend: Legend): ExpressionSpecification => [
  "to-color",
  ["feature-state", "colour"],
  legend.no_data.colour,
];

/** Give the colour of the class that a value is in; null is no data. */
export function colourOf(value: number | null, { breaks, classes }: Legend): string | null {
  if (value === null) return null;
  return classes[breaks.filter((limit) => value >= limit).length]?.colour ?? null;
}

/** Give the territories of a layer the colours of their classes. */
export function setColours(map: MapLibre, layer: Layer, figures: Map<number, Figure>, legend: Legend): void {
  for (const [id, { value }] of figures) {
    map.setFeatureState({ source: layer.id, sourceLayer: layer.id, id }, { colour: colourOf(value, legend) });
  }
}
