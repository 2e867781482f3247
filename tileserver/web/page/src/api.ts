// What the page asks of the server it came from: each thing once.

import type { Catalogue, Figure, Indicator, Layer, Legend, Name } from "./types";
import type { StyleSpecification } from "maplibre-gl";

// The page is at / or /embed of the server, whatever prefix a proxy puts before it.
const BASE = new URL("./", document.baseURI);

const asked = new Map<string, Promise<unknown>>();
let store = "";

/** Give the address of a path of the server. */
export const address = (path: string): string => new URL(path, BASE).href;

/** Give an address that names the version of the store, so that the browser may keep the answer for ever. */
const versioned = (path: string) => address(`${path}${path.includes("?") ? "&" : "?"}v=${store}`);

async function ask<T>(url: string): Promise<T> {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? answer.statusText);
  return body as T;
}

/** Make once, and keep; what failed is made again. */
function once<T>(key: string, make: () => Promise<T>): Promise<T> {
  const known = asked.get(key) as Promise<T> | undefined;
  if (known) return known;
  const made = make();
  made.catch(() => asked.delete(key));
  asked.set(key, made);
  return made;
}

/** Load layers and indicators. */
export async function loadCatalogue(): Promise<Catalogue> {
  const [layers, indicators] = await Promise.all([
    ask<Omit<Catalogue, "indicators">>(address("layers")),
    ask<{ indicators: Indicator[] }>(address("indicators")),
  ]);
  store = layers.store;
  return { ...layers, indicators: indicators.indicators };
}

export type ClassMap = StyleSpecification & { metadata: { legend: Legend } };

/** Load the class map of an indicator at a level, for values that are feature states. */
export function loadStyle(level: string, indicator: string): Promise<ClassMap> {
  const url = versioned(`styles/choropleth/${level}/${indicator}.json?join=state`);
  return once(url, () => ask(url));
}

interface Columns {
  ids: number[];
  values: (number | null)[];
  statuses?: string[];
  known?: number[];
}

/** Load the figures of an indicator at a level, by feature id. */
export function loadFigures(level: string, indicator: string): Promise<Map<number, Figure>> {
  const url = versioned(`indicators/${indicator}?level=${level}&keys=id`);
  return once(url, async () => {
    const { ids, values, statuses, known } = await ask<Columns>(url);
    return new Map(
      ids.map((id, place) => [
        id,
        { value: values[place] ?? null, status: statuses?.[place], known: known?.[place] },
      ]),
    );
  });
}

/** Give the address of the points at which the names of a layer are written. */
export const labels = (layer: Layer): string => versioned(`layers/${layer.id}/labels`);

/** Load code and name of a layer's territories, by feature id. */
export function loadNames(layer: Layer): Promise<Map<number, Name>> {
  return once(`names of ${layer.id}`, async () => {
    const { features } = await ask<{ features: { id: number; properties: Name }[] }>(labels(layer));
    return new Map(features.map(({ id, properties }) => [id, properties]));
  });
}
