// What the page asks of the server it came from.

const BASE = new URL("../", import.meta.url);

/** Give the address of a path of the server. */
export const address = (path) => new URL(path, BASE).href;

async function ask(path) {
  const answer = await fetch(address(path), { headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? answer.statusText);
  return body;
}

const styles = new Map();

/** Load layers and indicators. */
export async function loadCatalogue() {
  const [layers, indicators] = await Promise.all([ask("layers"), ask("indicators")]);
  return { views: layers.views, layers: layers.layers, indicators: indicators.indicators };
}

/** Load the class map of an indicator at a level; each is asked for once. */
export function loadStyle(level, indicator) {
  const path = `styles/choropleth/${level}/${indicator}.json`;
  if (!styles.has(path)) {
    const asked = ask(path);
    asked.catch(() => styles.delete(path));
    styles.set(path, asked);
  }
  return styles.get(path);
}
