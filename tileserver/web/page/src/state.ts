// What the map shows, kept in the query of the address. tileserver/web/mapstate.py reads the same.

import type { Indicator, Layer } from "./types";

export interface Place {
  zoom: number;
  lat: number;
  lon: number;
}

export interface MapState {
  level: string;
  indicator: string;
  show: string[];
  at: Place | undefined;
}

export interface Known {
  levels: string[];
  indicators: Map<string, Indicator>;
  overlays: Layer[];
}

const PLACE = /^(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;

/** Read `zoom/lat/lon`; undefined where it cannot be meant. */
export function readPlace(text: string | null): Place | undefined {
  const [zoom, lat, lon] = (PLACE.exec(text ?? "") ?? []).slice(1).map(Number);
  if (zoom === undefined || lat === undefined || lon === undefined) return undefined;
  if (zoom > 24 || Math.abs(lat) > 90 || Math.abs(lon) > 180) return undefined;
  return { zoom, lat, lon };
}

/** Write a place with the digits that its zoom can show. */
export function writePlace({ zoom, lat, lon }: Place): string {
  const digits = Math.max(1, Math.ceil(zoom / 3));
  const round = (value: number, decimals: number) => Number(value.toFixed(decimals));
  return `${round(zoom, 2)}/${round(lat, digits)}/${round(lon, digits)}`;
}

/** Read the state from the address; unknown words fall back to what there is. */
export function readState(url: URL, known: Known): MapState {
  const query = url.searchParams;
  const pick = (wanted: string | null, there: string[], fallback: string | undefined) =>
    (wanted !== null && there.includes(wanted) ? wanted : fallback) ?? "";
  const ids = known.overlays.map((layer) => layer.id);
  return {
    level: pick(query.get("level"), known.levels, known.levels.includes("ti") ? "ti" : known.levels[0]),
    indicator: pick(query.get("indicator"), [...known.indicators.keys()], [...known.indicators.keys()][0]),
    show: (query.get("show") ?? "").split(",").filter((name) => ids.includes(name)),
    // Links of before wrote the view after a number sign.
    at: readPlace(query.get("at")) ?? readPlace(url.hash.slice(1)),
  };
}

/** Give the address with the state in its query; what the state does not know (the language) stays. */
export function addressOf(state: MapState, from: URL): URL {
  const url = new URL(from);
  const set = (name: string, value: string | undefined) =>
    value ? url.searchParams.set(name, value) : url.searchParams.delete(name);
  set("level", state.level);
  set("indicator", state.indicator);
  set("show", state.show.join(","));
  set("at", state.at && writePlace(state.at));
  // Commas and slashes are readable, and allowed in a query.
  url.search = url.search.replaceAll("%2C", ",").replaceAll("%2F", "/");
  url.hash = "";
  return url;
}
