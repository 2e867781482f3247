// How the map is drawn: form, method, number of classes, palette.

import { byId, make } from "../dom";
import type { Look } from "../state";
import { texts, word } from "../text/texts";
import type { Indicator, Legend } from "../types";

const METHODS = ["quantile", "equal", "jenks", "fixed"];
const MOST_CLASSES = 9;
const FEWEST_CLASSES = 3;

/** Schemes of ColorBrewer that people with colour-blindness can read; the server has more, by the address. */
export const PALETTES = ["YlGnBu", "Blues", "BuPu", "Greens", "YlGn", "OrRd", "YlOrRd", "YlOrBr", "Purples", "Greys", "RdBu", "PuOr", "BrBG"];

/** Whether an indicator counts or adds up things: then circles are its form, unless asked otherwise. */
export const isTotal = (indicator: Indicator): boolean => indicator.count || indicator.rule === "sum";

const hasLimits = (indicator: Indicator) => indicator.categories.length > 0 || (indicator.limits ?? []).length > 0;

/** Whether an indicator can be drawn so; what can't is left to the server's choice. */
export function fitting(look: Look, indicator: Indicator): Look {
  return {
    ...look,
    form: look.form === "circles" && !isTotal(indicator) ? undefined : look.form,
    method: look.method === "fixed" && !hasLimits(indicator) ? undefined : look.method,
  };
}

/** Prepare the controls; `choose` is told what changes. */
export function prepareLook(choose: (part: Partial<Look>) => void): void {
  fill("method", METHODS.map((name) => [name, word(texts.methods, name, name)]));
  const numbers = Array.from({ length: MOST_CLASSES - FEWEST_CLASSES + 1 }, (_, place) => String(place + FEWEST_CLASSES));
  fill("classes", numbers.map((name) => [name, name]));
  fill("palette", PALETTES.map((name) => [name, word(texts.palettes, name, name)]));
  const listen = (id: string, tell: (value: string) => Partial<Look>) =>
    byId<HTMLSelectElement>(id).addEventListener("change", (event) =>
      choose(tell((event.currentTarget as HTMLSelectElement).value)),
    );
  listen("method", (method) => ({ method }));
  listen("classes", (classes) => ({ classes: Number(classes) }));
  listen("palette", (palette) => ({ palette }));
  for (const input of byId("forms").querySelectorAll("input")) {
    input.addEventListener("change", () => choose({ form: input.value }));
  }
}

function fill(id: string, options: (readonly [string, string])[]): void {
  byId(id).replaceChildren(...options.map(([value, textContent]) => make("option", { value, textContent })));
}

/** Show how the map is drawn. */
export function showLook(legend: Legend, indicator: Indicator): void {
  const circles = legend.form === "circles";
  byId("forms").hidden = !isTotal(indicator);
  for (const input of byId("forms").querySelectorAll("input")) input.checked = input.value === legend.form;
  for (const id of ["method-field", "classes-field"]) byId(id).hidden = circles;
  const method = byId<HTMLSelectElement>("method");
  for (const option of method.options) option.hidden = option.value === "fixed" && !hasLimits(indicator);
  method.value = legend.method ?? "quantile";
  const classes = byId<HTMLSelectElement>("classes");
  classes.disabled = legend.method === "fixed";
  classes.value = String(legend.classes.length);
  const palette = byId<HTMLSelectElement>("palette");
  // One that only the address names is listed once it is in use.
  if (![...palette.options].some((option) => option.value === legend.palette)) {
    palette.append(make("option", { value: legend.palette, textContent: legend.palette }));
  }
  palette.value = legend.palette;
}
