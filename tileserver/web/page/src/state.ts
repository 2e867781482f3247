// What the map shows, kept in the query of the address. tileserver/web/mapstate.py reads the same.

import type { Indicator, Layer } from "./types";

export interface Place {
  zoom: number;
  lat: number;
  lon: number;
}

/** How the map is drawn; undefined leaves it to the indicator. */
export interface Look {
  form: string | undefined;
  method: string | undefined;
  classes: number | undefined;
  palette: string | undefined;
}

export interface MapState extends Look {
  level: string;
  indicator: string;
  year: string | undefined;
  show: string[];
  selected: string | undefined;
  compare: string[];
  filter: string | undefined;
  at: Place | undefined;
  theme: string | undefined;
}

export interface Known {
  levels: string[];
  indicators: Map<string, Indicator>;
  overlays: Layer[];
}

export const MOST_COMPARED = 4;

const FORMS = ["fill", "circles"];
const METHODS = ["quantile", "equal", "jenks", "fixed"];
const THEMES = ["light", "dark"];
const WORD = /^[A-Za-z]{1,20}$/;
const PLACE = /^(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;

/** Read `zoom/lat/lon`; undefined where it cannot be meant. */
export function readPlace(text: string | null): Place | undefined {
  const [zoom, lat, lon] = (PLACE.exec(text ?? "") ?? []).slice(1).map(Number);
  if (zoom === undefined || lat === undefined || lon === undefined) return undefined;
  if (zoom > 22 || Math.abs(lat) > 85 || Math.abs(lon) > 180) return undefined;
  return { zoom, lat, lon };
}

/** Write a place with the digits that its zoom can show. */
export function writePlace({ zoom, lat, lon }: Place): string {
  const digits = Math.max(2, Math.ceil(zoom / 3));
  const round = (value: number, decimals: number) => Number(value.toFixed(decimals));
  return `${round(zoom, 2)}/${round(lat, digits)}/${round(lon, digits)}`;
}

/** Read the state from the address; unknown words fall back to what there is. */
export function readState(url: URL, known: Known): MapState {
  const query = url.searchParams;
  const one = (name: string, there: string[]) => there.find((item) => item === query.get(name));
  const listed = (name: string) => [...new Set((query.get(name) ?? "").split(",").filter(Boolean))];
  const ids = known.overlays.map((layer) => layer.id);
  const classes = Number(query.get("classes"));
  const palette = query.get("palette") ?? "";
  return {
    level: one("level", known.levels) ?? (known.levels.includes("ti") ? "ti" : (known.levels[0] ?? "")),
    indicator: one("indicator", [...known.indicators.keys()]) ?? [...known.indicators.keys()][0] ?? "",
    year: query.get("year") ?? undefined,
    form: one("form", FORMS),
    method: one("method", METHODS),
    classes: classes >= 3 && classes <= 9 ? Math.floor(classes) : undefined,
    palette: WORD.test(palette) ? palette : undefined,
    show: listed("show").filter((name) => ids.includes(name)),
    selected: query.get("selected") ?? undefined,
    compare: listed("compare").slice(0, MOST_COMPARED),
    filter: query.get("filter") ?? undefined,
    // Links of before wrote the view after a number sign.
    at: readPlace(query.get("at")) ?? readPlace(url.hash.slice(1)),
    theme: one("theme", THEMES),
  };
}

/** Give the address with the state in its query; what the state does not know (the language) stays. */
export function addressOf(state: MapState, from: URL): URL {
  const url = new URL(from);
  const words: Record<string, string | undefined> = {
    level: state.level,
    indicator: state.indicator,
    year: state.year,
    form: state.form,
    method: state.method,
    classes: state.classes === undefined ? undefined : String(state.classes),
    palette: state.palette,
    show: state.show.join(","),
    selected: state.selected,
    compare: state.compare.join(","),
    filter: state.filter,
    at: state.at && writePlace(state.at),
    theme: state.theme,
  };
  for (const [name, word] of Object.entries(words)) {
    if (word) url.searchParams.set(name, word);
    else url.searchParams.delete(name);
  }
  // Commas and slashes are readable, and allowed in a query.
  url.search = url.search.replaceAll("%2C", ",").replaceAll("%2F", "/");
  url.hash = "";
  return url;
}
