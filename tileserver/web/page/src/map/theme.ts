// Light and dark: the colours of the map below and above its classes. The classes are the same in both.

import type { Legend } from "../types";

export interface Theme {
  name: "light" | "dark";
  water: string;
  land: string;
  /** A territory whose value is told by a circle. */
  ground: string;
  noData: string;
  border: string;
  frame: string;
  ink: string;
  halo: string;
  pattern: string;
}

const LIGHT: Theme = {
  name: "light",
  water: "#e3e9ec",
  land: "#f5f3ee",
  ground: "#e9e6df",
  noData: "#d4d4cf",
  border: "#ffffff",
  frame: "#6f7780",
  ink: "#26323b",
  halo: "#ffffff",
  pattern: "#6b7178",
};

const DARK: Theme = {
  name: "dark",
  water: "#141b20",
  land: "#222c33",
  ground: "#2f3a42",
  noData: "#3a444b",
  border: "#141b20",
  frame: "#93a1aa",
  ink: "#f1f4f5",
  halo: "#141b20",
  pattern: "#8b979f",
};

/** Give what a pattern lies on in a legend: the middle class, or the ground below circles. */
export const groundOf = ({ classes }: Legend, theme: Theme): string =>
  classes[Math.floor((classes.length - 1) / 2)]?.colour ?? theme.ground;

const DEVICE = matchMedia("(prefers-color-scheme: dark)");

/** Give the colours of a theme; undefined follows the reader's device. */
export const themeOf = (name: string | undefined): Theme =>
  (name ?? (DEVICE.matches ? "dark" : "light")) === "dark" ? DARK : LIGHT;

/** Tell when the reader's device goes from light to dark or back. */
export const onDeviceTheme = (tell: () => void): void => DEVICE.addEventListener("change", tell);
