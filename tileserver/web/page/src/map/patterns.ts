// Hatching: how a map shows that a figure is not simply known. The server describes each pattern.

import type { LayerSpecification, Map as MapLibre } from "maplibre-gl";

import type { Layer, Pattern, StatusEntry } from "../types";
import type { Theme } from "./theme";

/** In the order in which they are drawn. */
export const STATUSES = ["missing", "secret", "not_applicable", "partial", "estimated"];

/** Statuses without a value; their patterns lie on the colour of no data. */
export const VALUELESS = ["missing", "secret", "not_applicable"];

const QUARTER = Math.PI / 2;

/** The fills that hatch the territories of a layer. Each is drawn where the feature state `hatch` names it. */
export function hatchLayers(territory: Layer, statuses: string[]): LayerSpecification[] {
  return STATUSES.filter((status) => statuses.includes(status)).map((status) => ({
    id: `hatch-${status}`,
    type: "fill",
    source: territory.id,
    "source-layer": territory.id,
    paint: {
      "fill-pattern": `hatch-${status}`,
      "fill-antialias": false,
      "fill-opacity": ["case", ["==", ["feature-state", "hatch"], status], 1, 0],
    },
  }));
}

/** Give the map the pattern of a status, in the ink of the theme where the pattern lies on no data. */
export function addPattern(map: MapLibre, { status, pattern }: StatusEntry, theme: Theme): void {
  const name = `hatch-${status}`;
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  const image = drawPattern(pattern, theme, ratio);
  if (map.hasImage(name)) map.updateImage(name, image);
  else map.addImage(name, image, { pixelRatio: ratio });
}

/** Draw a pattern as a picture that repeats without a seam; its ground stays empty. */
export function drawPattern(pattern: Pattern, theme: Theme, ratio: number): ImageData {
  // A slanting line meets itself again after its spacing over the sine of its angle; at right angles, after the spacing.
  const slanting = pattern.angles.some((angle) => angle % 90 !== 0);
  const side = Math.round(pattern.spacing * (slanting ? Math.SQRT2 : 1) * ratio);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser draws no canvas");
  context.globalAlpha = pattern.opacity;
  context.strokeStyle = context.fillStyle = pattern.ground === null ? pattern.colour : theme.pattern;
  context.lineWidth = pattern.width * ratio;
  for (const angle of pattern.angles) drawLines(context, angle, side);
  if (!pattern.angles.length) {
    context.arc(side / 2, side / 2, (pattern.width * ratio) / 2 + 0.3, 0, 4 * QUARTER);
    context.fill();
  }
  return context.getImageData(0, 0, side, side);
}

/** Draw a line through the square, and its neighbours through the corners. */
function drawLines(context: CanvasRenderingContext2D, angle: number, side: number): void {
  const turn = (-angle * Math.PI) / 180;
  const [dx, dy] = [Math.cos(turn) * 2 * side, Math.sin(turn) * 2 * side];
  const flat = angle % 180 === 0;
  const upright = angle % 180 === 90;
  for (const shift of [-side, 0, side]) {
    const x = side / 2 + (flat ? 0 : shift);
    const y = side / 2 + (flat && !upright ? shift : 0);
    context.beginPath();
    context.moveTo(x - dx, y - dy);
    context.lineTo(x + dx, y + dy);
    context.stroke();
  }
}
