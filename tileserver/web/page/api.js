// What the page asks of the server it came from: each thing once.

const BASE = new URL("../", import.meta.url);

const asked = new Map();
let store = "";

/** Give the address of a path of the server. */
export const address = (path) => new URL(path, BASE).href;

/** Give an address that names the version of the store, so that the browser may keep the answer for ever. */
const versioned = (path) => address(`${path}${path.includes("?") ? "&" : "?"}v=${store}`);

async function ask(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? answer.statusText);
  return body;
}

/** Make once, and keep; what failed is made again. */
function once(key, make) {
  if (!asked.has(key)) {
    const made = make();
    made.catch(() => asked.delete(key));
    asked.set(key, made);
  }
  return asked.get(key);
}

/** Load layers and indicators. */
export async function loadCatalogue() {
  const [layers, indicators] = await Promise.all([ask(address("layers")), ask(address("indicators"))]);
  store = layers.store;
  return { views: layers.views, layers: layers.layers, indicators: indicators.indicators };
}

/** Load the class map of an indicator at a level, for values that are feature states. */
export function loadStyle(level, indicator) {
  const url = versioned(`styles/choropleth/${level}/${indicator}.json?join=state&form=fill`);
  return once(url, () => ask(url));
}

/**
 * Load the figures of an indicator at a level, by feature id: value (null where there is none), and where not all
 * are ok, status and share known.
 */
export function loadFigures(level, indicator) {
  const url = versioned(`indicators/${indicator}?level=${level}&keys=id`);
  return once(`figures of ${url}`, async () => {
    const { ids, values, statuses, known } = await once(`answer of ${url}`, () => ask(url));
    return new Map(ids.map((id, place) => [id, { value: values[place], status: statuses?.[place], known: known?.[place] }]));
  });
}

/** Load the values of an indicator at a level: by feature id, null where there is none. */
export function loadValues(level, indicator) {
  const url = versioned(`indicators/${indicator}?level=${level}&keys=id`);
  return once(url, async () => {
    const { ids, values } = await once(`answer of ${url}`, () => ask(url));
    return new Map(ids.map((id, place) => [id, values[place]]));
  });
}

/** Give the address of the points at which the names of a layer are written. */
export const labels = (layer) => versioned(`layers/${layer.id}/labels`);

/** Load code and name of a layer's territories, by feature id. */
export function loadNames(layer) {
  return once(`names of ${layer.id}`, async () => {
    const { features } = await ask(labels(layer));
    return new Map(features.map(({ id, properties }) => [id, properties]));
  });
}
