// A territory or a site, told as a heading, a line below it, and a row for each of some fields.

import { quantity } from "../text/format";
import { language, say, texts, word } from "../text/texts";
import type { Field, Indicator, Layer } from "../types";

export interface Row {
  title: string;
  text: string;
  absent: boolean;
  /** Said below, quietly: a rank. */
  note?: string;
}

export interface Description {
  name: string;
  kind: string;
  code: string | undefined;
  rows: Row[];
  /** The address of its profile. */
  profile: string | undefined;
  /** Of a group of points: the zoom at which it comes apart. */
  zoomTo?: number | undefined;
}

type Properties = Record<string, unknown>;

/** Describe what has these properties. */
export function describe(
  properties: Properties,
  layer: Layer,
  fields: Field[],
  indicators: Map<string, Indicator>,
): Description {
  const kind = layer.level ? word(texts.singular, layer.level, say(layer.title)) : say(layer.title);
  const code = text(properties["code"]);
  return {
    name: text(properties["name"]) ?? code ?? kind,
    kind,
    code,
    rows: fields.map((field) => row(field, properties, indicators.get(field.id))),
    profile: layer.level && code ? profileOf(layer.level, code) : undefined,
  };
}

const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

/** Give the address of a territory's profile. */
export const profileOf = (level: string, code: string): string =>
  `territories/${level}/${encodeURIComponent(code)}${language === "en" ? "?lang=en" : ""}`;

function row(field: Field, properties: Properties, indicator: Indicator | undefined): Row {
  const value = properties[field.id];
  const status = text(properties[`${field.id}_status`]);
  const known = Number(properties[`${field.id}_known`] ?? 0);
  const title = say(indicator?.title ?? field.title);
  if (value === undefined || value === null) {
    return { title, text: word(texts.statuses, status, texts.noData), absent: true };
  }
  const unit = say(indicator?.unit ?? field.unit);
  return { title, text: valueText(value, unit, field, indicator) + statusText(status, known), absent: false };
}

function valueText(value: unknown, unit: string, field: Field, indicator: Indicator | undefined): string {
  const category = indicator?.categories.find((item) => item.value === value);
  if (category) return say(category.title);
  if (typeof value !== "number") return String(value);
  return quantity(value, indicator?.precision ?? field.precision ?? 0, unit);
}

/** Say how a figure is known, where it is not simply so. */
export function statusText(status: string | undefined, known: number): string {
  if (!status || status === "ok") return "";
  const share = status === "partial" ? ` (${quantity(100 * known, 0, "%")})` : "";
  return `, ${word(texts.statuses, status, status)}${share}`;
}
