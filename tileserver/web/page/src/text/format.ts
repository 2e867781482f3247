// Numbers as readers of the language write them.

import { language } from "./texts";

const LOCALE = language === "en" ? "en-GB" : "fr-FR";

const SQUARE_METRES_A_HECTARE = 10_000;

/** Write a number with exactly `decimals` decimals. */
export function number(value: number, decimals = 0): string {
  return value.toLocaleString(LOCALE, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** Write a number with its unit; large areas in hectares, which is how land is spoken of. */
export function quantity(value: number, decimals: number, unit: string): string {
  if (unit === "m²" && value >= SQUARE_METRES_A_HECTARE) {
    return `${number(value / SQUARE_METRES_A_HECTARE, 1)}\u00a0ha`;
  }
  return unit ? `${number(value, unit === "m²" ? 0 : decimals)}\u00a0${unit}` : number(value, decimals);
}
