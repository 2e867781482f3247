// Hatching: how a map shows that a figure is not simply known. The server describes each pattern.

import type { LayerSpecification, Map as MapLibre } from "maplibre-gl";

import type { Layer, Legend, Pattern, StatusEntry } from "../types";
import type { Theme } from "./theme";

/** In the order in which they are drawn. */
export const STATUSES = ["missing", "secret", "not_applicable", "partial", "estimated"];

/** Statuses without a value; their patterns lie on the colour of no data. */
export const VALUELESS = ["missing", "secret", "not_applicable"];

/** Name the layer that hatches what has a status. */
export const hatchLayer = (status: string): string => `hatch-${status}`;

/** The fills that hatch the territories of a layer. Each is drawn where the feature state `hatch` names it. */
export function hatchLayers(territory: Layer, statuses: string[]): LayerSpecification[] {
  return STATUSES.filter((status) => statuses.includes(status)).map((status) => ({
    id: hatchLayer(status),
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

/** Give a pattern the ink that is seen on what it lies on: classes, or a dark ground below circles. */
export const inked = (pattern: Pattern, { circles }: Legend, theme: Theme): Pattern =>
  circles && theme.name === "dark" ? { ...pattern, colour: theme.pattern } : pattern;

/** Give the map the pattern of a status. */
export function addPattern(map: MapLibre, { status, pattern }: StatusEntry, legend: Legend, theme: Theme): void {
  const name = `hatch-${status}`;
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  const image = drawPattern(inked(pattern, legend, theme), theme, ratio);
  if (map.hasImage(name)) map.updateImage(name, image);
  else map.addImage(name, image, { pixelRatio: ratio });
}

/** Of a canvas that is read back: on a graphics card, reading would wait for all that the map has it draw. */
export const READ: CanvasRenderingContext2DSettings = { willReadFrequently: true };

/** Every pattern is a square of this side, so that one can take the place of another without a new layout. */
const SIDE = 48;

/** An empty pattern: until some figure has the status, nobody has said how it is drawn. */
export function noPattern(): { image: ImageData; pixelRatio: number } {
  const pixelRatio = Math.max(1, Math.round(devicePixelRatio));
  return { image: new ImageData(SIDE * pixelRatio, SIDE * pixelRatio), pixelRatio };
}

/**
 * Draw a pattern as a picture that repeats without a seam; its ground stays empty. Angles are multiples of 45
 * degrees; the spacing gives a little, so that whole lines fit.
 */
export function drawPattern(pattern: Pattern, theme: Theme, ratio: number): ImageData {
  const side = SIDE * ratio;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", READ);
  if (!context) throw new Error("this browser draws no canvas");
  context.globalAlpha = pattern.opacity;
  context.strokeStyle = context.fillStyle = pattern.ground === null ? pattern.colour : theme.pattern;
  context.lineWidth = pattern.width * ratio;
  context.beginPath();
  const slanting = pattern.angles.some((angle) => angle % 90 !== 0);
  const lines = Math.round(SIDE / (pattern.spacing * (slanting ? Math.SQRT2 : 1)));
  for (const angle of pattern.angles) addLines(context, angle, side, lines);
  context.stroke();
  if (!pattern.angles.length) addDots(context, side, lines, (pattern.width * ratio) / 2 + 0.3);
  context.fill();
  return context.getImageData(0, 0, side, side);
}

function addLines(context: CanvasRenderingContext2D, angle: number, side: number, lines: number): void {
  const step = side / lines;
  for (let place = 0.5 - lines; place < 2 * lines; place++) {
    const at = place * step;
    const ends = {
      0: [0, at, side, at],
      90: [at, 0, at, side],
      45: [at - side, 2 * side, at + 2 * side, -side],
      135: [at - side, -side, at + 2 * side, 2 * side],
    }[((angle % 180) + 180) % 180];
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = ends ?? [];
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
}

function addDots(context: CanvasRenderingContext2D, side: number, dots: number, radius: number): void {
  const step = side / dots;
  for (let place = 0; place < dots * dots; place++) {
    const [x, y] = [((place % dots) + 0.5) * step, (Math.floor(place / dots) + 0.5) * step];
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
}
