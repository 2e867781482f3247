// What the page asks of the server it came from: each thing once.

import type { FeatureCollection, Point } from "geojson";
import type { StyleSpecification, VectorSourceSpecification } from "maplibre-gl";

import { addressOf, type Look, type MapState } from "./state";
import type { Catalogue, Figure, Hit, Indicator, Layer, Legend, Name } from "./types";

// The page is at / or /embed of the server, whatever prefix a proxy puts before it.
const BASE = new URL("./", document.baseURI);

const asked = new Map<string, Promise<unknown>>();
let store = "";

/** The key that opens restricted layers to the page that it is in the address of. */
const KEY = new URL(location.href).searchParams.get("k") ?? undefined;

/** Give the address of a path of the server. */
export function address(path: string, query: Record<string, string | number | undefined> = {}): string {
  const url = new URL(path, BASE);
  if (KEY !== undefined) url.searchParams.set("k", KEY);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** Give an address that names the version of the store, so that the browser may keep the answer for ever. */
const versioned = (path: string, query: Record<string, string | number | undefined> = {}) =>
  address(path, { ...query, v: store });

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

/** What the figures of a map are of. */
export interface Subject {
  level: string;
  indicator: string;
  year: string | undefined;
}

/** Load the class map of an indicator at a level, for values that are feature states. */
export function loadStyle({ level, indicator, year }: Subject, look: Look): Promise<ClassMap> {
  const { form, method, classes, palette } = look;
  const url = versioned(`styles/choropleth/${level}/${indicator}.json`, {
    join: "state", year, form, method, classes, palette,
  });
  return once(url, () => ask(url));
}

/**
 * Describe the tiles of the outlines of a layer. Their TileJSON would say the same; asking for it first would hold up
 * the first map by a request.
 */
export function outlineSource(layer: Layer): VectorSourceSpecification {
  const url = address(`geometry/${layer.id}/z/x/y.mvt`, { v: layer.geometry_digest });
  return {
    type: "vector",
    tiles: [url.replace("/z/x/y.mvt", "/{z}/{x}/{y}.mvt")],
    minzoom: layer.min_zoom,
    maxzoom: layer.max_zoom,
    bounds: layer.bounds,
  };
}

/** Give the address of a picture of a view with some figures, `width` × `height` pixels. */
export function viewPicture(
  view: number,
  width: number,
  height: number,
  { level, indicator, year, form, method, classes, palette, filter, theme }: Subject & Look & { filter: string | undefined; theme: string },
): string {
  return versioned(`view/${width}x${height}.webp`, {
    level, indicator, year, form, method, classes, palette, filter, theme: theme === "light" ? undefined : theme, view,
  });
}

/** Give the address of a picture of a map, by its path; its words are in the language of the page. */
export function statePicture(path: string, state: MapState, lang?: string): string {
  return versioned(path, { ...Object.fromEntries(addressOf(state, BASE).searchParams), lang });
}

interface Columns {
  ids: number[];
  values: (number | null)[];
  statuses?: string[];
  known?: number[];
}

/** Load the figures of an indicator at a level, by feature id. */
export function loadFigures({ level, indicator, year }: Subject): Promise<Map<number, Figure>> {
  const url = versioned(`indicators/${indicator}`, { level, keys: "id", year });
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

/** Load the ids of the territories that a filter lets through. */
export function loadKept({ level, indicator }: Subject, filter: string): Promise<Set<number>> {
  const url = versioned(`indicators/${indicator}`, { level, keys: "id", filter });
  return once(url, async () => new Set((await ask<Columns>(url)).ids));
}

/** Give the address of the points at which the names of a layer are written. */
export const labels = (layer: Layer): string => versioned(`layers/${layer.id}/labels`);

/** Load a point a territory of a layer, with its id, code, name and rank by area. */
export const loadPoints = (layer: Layer): Promise<FeatureCollection<Point>> =>
  once(`points of ${layer.id}`, () => ask(labels(layer)));

/** Load ids and places of a layer's territories, by code. */
export async function loadPlaces(layer: Layer): Promise<Map<string, { id: number; at: [number, number] }>> {
  const { features } = await loadPoints(layer);
  return new Map(
    features.map(({ id, properties, geometry }) => {
      const [lon = 0, lat = 0] = geometry.coordinates;
      return [String(properties?.["code"]), { id: Number(id), at: [lon, lat] }];
    }),
  );
}

/** Load code and name of a layer's territories, by feature id. */
export function loadNames(layer: Layer): Promise<Map<number, Name>> {
  return once(`names of ${layer.id}`, async () => {
    const { features } = await loadPoints(layer);
    return new Map(features.map(({ id, properties }) => [Number(id), properties as Name]));
  });
}

/** Find territories by name or code, the best first. */
export async function findTerritories(text: string): Promise<Hit[]> {
  const url = versioned("territories", { q: text.slice(0, 100), limit: 12, f: "json" });
  return (await once(url, () => ask<{ territories: Hit[] }>(url))).territories;
}
