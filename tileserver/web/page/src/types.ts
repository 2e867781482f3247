// What the server answers, as far as the page reads it.

export type Language = "fr" | "en";

/** A text in both languages. */
export type Title = Record<Language, string>;

/** West, south, east, north in degrees. */
export type Bounds = [number, number, number, number];

export interface View {
  name: Title;
  bounds: Bounds;
}

export interface Source {
  id: string;
  title: Title;
  producer: string;
  licence: string;
  url: string;
  date: string;
  note?: Title | null;
}

export interface Field {
  id: string;
  title: Title;
  unit: Title | null;
  precision: number | null;
  role: string;
  default: boolean;
}

export interface Layer {
  id: string;
  title: Title;
  description: Title;
  kind: "territory" | "points" | "lines" | "zoning";
  level: string | null;
  role: string;
  of: string | null;
  count: number;
  min_zoom: number;
  max_zoom: number;
  order: number;
  bounds: Bounds;
  /** Names the version of the outlines: their tiles are kept for ever under it. */
  geometry_digest: string;
  fields: Field[];
  tilejson: string;
  inventory: { subject: string } | null;
  sources: Source[];
}

export interface Indicator {
  id: string;
  title: Title;
  definition: Title;
  unit: Title;
  type: "integer" | "number";
  precision: number;
  rule: string;
  date: string;
  theme: string;
  count: boolean;
  periods: string[];
  breaks: string[];
  categories: { value: number; title: Title }[];
  classes: number;
  palette: string;
  /** The inner limits that the declaration gives. */
  limits?: number[];
  levels: string[];
  /** Level → period (empty text for none) → status → number of territories. */
  coverage: Record<string, Record<string, Record<string, number>>>;
  country: Record<string, number>;
  sources: Source[];
}

/** Tiles that the operator lays under the map, and whose they are. */
export interface Basemap {
  tiles: string;
  credit: string;
}

export interface Catalogue {
  store: string;
  basemap: Basemap | null;
  views: View[];
  layers: Layer[];
  indicators: Indicator[];
}

export interface LegendClass {
  lower: number;
  upper: number;
  colour: string;
  count: number;
  label: Title;
}

/** The scale of proportional circles: `radius · √(|value| ÷ maximum)` pixels at the first zoom. */
export interface Circles {
  radius: number;
  maximum: number;
  colour: string;
  positive: number;
  zero: number;
  negative: number;
  legend: { value: number; radius: number; label: Title }[];
  opacity: number;
  stroke: { colour: string; width: number };
  outline: { colour: string; width: number };
  zoom: { from: number; to: number; growth: number };
}

/** Lines or dots, in CSS pixels; without a ground it lies over the colour of the class. */
export interface Pattern {
  angles: number[];
  spacing: number;
  width: number;
  colour: string;
  opacity: number;
  ground: string | null;
}

export interface StatusEntry {
  status: string;
  count: number;
  label: Title;
  pattern: Pattern;
  /** All that have a value share it: told, not drawn. */
  everywhere: boolean;
}

export interface Legend {
  indicator: string;
  level: string;
  year: string | null;
  title: Title;
  unit: Title;
  precision: number;
  form: "fill" | "circles";
  method: string | null;
  palette: string;
  over: string[];
  breaks: number[];
  classes: LegendClass[];
  circles: Circles | null;
  no_data: { colour: string; count: number; label: Title };
  statuses: StatusEntry[];
}

/** What is told of a territory: a value (null where there is none), and unless all are ok, why and how far known. */
export interface Figure {
  value: number | null;
  status: string | undefined;
  known: number | undefined;
}

export interface Name {
  code: string;
  name: string;
  rank: number;
}

export interface Hit {
  level: string;
  level_title: Title;
  code: string;
  name: string;
  within: string | null;
}
