// The colours of territories, told to the map as feature state.
//
// The style of the server computes them from values; but MapLibre lays tiles out anew when such an expression
// changes: seconds, for all communes. This one is the same for all indicators, and no tile has to be touched.

/** Write the colour of a territory as an expression; without state it is that of no data. */
export const stateColour = (legend) => ["to-color", ["feature-state", "colour"], legend.no_data.colour];

/** Give the territories of a layer the colours of their classes; null is no data. */
export function setColours(map, layer, values, { breaks, classes }) {
  for (const [id, value] of values) {
    const colour = value === null ? null : classes[breaks.filter((limit) => value >= limit).length].colour;
    map.setFeatureState({ source: layer.id, sourceLayer: layer.id, id }, { colour });
  }
}
