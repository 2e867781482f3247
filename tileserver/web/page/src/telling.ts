// What is told of a territory or of a feature of an overlay.

import { loadFigures, loadNames } from "./api";
import type { Met } from "./map/pointer";
import { describe, type Description, type Row } from "./panel/describe";
import { number } from "./text/format";
import { say, texts } from "./text/texts";
import type { Field, Figure, Layer } from "./types";
import type { World } from "./world";

export interface Asked {
  level: string;
  indicator: string;
  year: string | undefined;
}

const ranked = new WeakMap<Map<number, Figure>, Map<number, number>>();

/** Rank the territories that have a value, the largest first; equal values share a rank. */
export function ranks(figures: Map<number, Figure>): Map<number, number> {
  const known = ranked.get(figures);
  if (known) return known;
  const valued = [...figures].flatMap(([id, { value }]) => (value === null ? [] : [[id, value] as const]));
  valued.sort(([, one], [, other]) => other - one);
  const found = new Map<number, number>();
  let rank = 0;
  valued.forEach(([id, value], place) => {
    if (place === 0 || value !== valued[place - 1]?.[1]) rank = place + 1;
    found.set(id, rank);
  });
  ranked.set(figures, found);
  return found;
}

/** Say where a territory stands among those of its level. */
export async function rankText(id: number, asked: Asked): Promise<string | undefined> {
  const figures = await loadFigures(asked);
  const places = ranks(figures);
  const rank = places.get(id);
  return rank === undefined ? undefined : texts.rank(number(rank), rank, number(places.size));
}

/** Describe a territory: the figure of the map first, with its rank, then what its layer shows by default. */
export async function tellTerritory(id: number, asked: Asked, world: World, all: boolean): Promise<Description> {
  const layer = world.territory(asked.level);
  const fields = fieldsOf(layer, asked.indicator, all);
  const [names, rank, ...columns] = await Promise.all([
    loadNames(layer),
    rankText(id, asked),
    ...fields.map((field) => loadFigures(subjectOf(field, asked))),
  ]);
  const values = fields.flatMap((field, place) => {
    const { value, status, known } = columns[place]?.get(id) ?? {};
    return [[field.id, value], [`${field.id}_status`, status], [`${field.id}_known`, known]];
  });
  const described = describe({ ...names.get(id), ...Object.fromEntries(values) }, layer, fields, world.indicators);
  const row = described.rows[fields.findIndex((field) => field.id === asked.indicator)];
  if (row && rank) row.note = rank;
  return described;
}

const subjectOf = (field: Field, asked: Asked): Asked =>
  field.id === asked.indicator ? asked : { level: asked.level, indicator: field.id, year: undefined };

/** Choose what is told of a territory: the indicator of the map, and what its layer shows by default. */
export function fieldsOf(layer: Layer, indicator: string, all: boolean): Field[] {
  const told = layer.fields.filter((field) => field.role === "indicator" && !field.id.includes("@"));
  const shown = told.filter((field) => field.id === indicator);
  return all ? [...shown, ...told.filter((field) => field.default && field.id !== indicator)] : shown;
}

/** Describe a site, a group of sites or an area of a zoning, from what its tile holds. */
export function tellOverlay(met: Met & { kind: "overlay" }, world: World): Description {
  const { feature } = met;
  const layer = world.byId.get(feature.sourceLayer ?? "");
  if (!layer) throw new Error(`there is no layer ${feature.sourceLayer}`);
  const count = Number(feature.properties["count"] ?? 1);
  const of = layer.of ? world.byId.get(layer.of) : undefined;
  if (layer.role === "clusters" && of && count > 1) {
    const kind = say(of.title);
    return { name: texts.group(number(count)), kind, code: undefined, rows: [], profile: undefined, zoomTo: zoomOf(met) };
  }
  const told = layer.fields.filter(
    (field) => ["indicator", "property"].includes(field.role) && field.default && !["count", "expansion_zoom"].includes(field.id),
  );
  const described = describe(feature.properties, layer, told, world.indicators);
  described.rows = described.rows.filter((row: Row) => !row.absent);
  if (of) described.kind = say(of.title);
  return described;
}

const zoomOf = (met: Met & { kind: "overlay" }): number | undefined => {
  const zoom = Number(met.feature.properties["expansion_zoom"]);
  return Number.isFinite(zoom) ? zoom : undefined;
};
