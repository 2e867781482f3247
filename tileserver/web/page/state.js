// What the map shows, kept in the address: ?level=&indicator=&show= beside MapLibre's #zoom/lat/lon.

/** Read the state from the address; unknown words fall back to what there is. */
export function readState(levels, indicators, overlays) {
  const query = new URL(location.href).searchParams;
  const pick = (wanted, there, fallback) => (there.includes(wanted) ? wanted : fallback);
  const level = pick(query.get("level"), levels, levels.includes("ti") ? "ti" : levels[0]);
  const shown = (query.get("show") ?? "").split(",").filter((name) => overlays.includes(name));
  return {
    level,
    indicator: pick(query.get("indicator"), indicators, indicators[0]),
    shown: new Set(shown),
  };
}

/** Write the state into the address without a new entry in the history. */
export function writeState(state) {
  const url = new URL(location.href);
  url.searchParams.set("level", state.level);
  url.searchParams.set("indicator", state.indicator);
  if (state.shown.size) url.searchParams.set("show", [...state.shown].join(","));
  else url.searchParams.delete("show");
  // A comma is readable, and allowed in a query.
  url.search = url.search.replaceAll("%2C", ",");
  history.replaceState(history.state, "", url);
}
