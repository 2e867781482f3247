// Pictures that overlays need, drawn when MapLibre misses them.

import type { Map as MapLibre } from "maplibre-gl";

import type { Layer } from "../types";
import { overlayLook, type OverlayLook } from "./overlays";
import { drawPattern, READ } from "./patterns";
import type { Theme } from "./theme";

const SIDE = 18;

/** Draw the picture of a name, `mark-<layer>` or `zoning-<layer>-hatch`; other names are nobody's. */
export function addMark(map: MapLibre, name: string, layers: Map<string, Layer>, theme: Theme): void {
  const id = /^mark-(.+)$|^zoning-(.+)-hatch$/.exec(name)?.slice(1).find(Boolean);
  const layer = layers.get(id ?? "");
  if (!layer || map.hasImage(name)) return;
  const look = overlayLook(layer);
  const ratio = Math.max(1, Math.round(devicePixelRatio));
  const image = look.shape === "fill" ? hatching(look, theme, ratio) : mark(look, theme, ratio);
  map.addImage(name, image, { pixelRatio: ratio });
}

function hatching(look: OverlayLook, theme: Theme, ratio: number): ImageData {
  const pattern = { angles: [look.angle ?? 45], spacing: 7, width: 1.1, opacity: 1, colour: look.colour, ground: null };
  return drawPattern(pattern, theme, ratio);
}

/** Draw a diamond, a square or a triangle with a rim. */
function mark(look: OverlayLook, theme: Theme, ratio: number): ImageData {
  const side = SIDE * ratio;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", READ);
  if (!context) throw new Error("this browser draws no canvas");
  const [middle, reach] = [side / 2, side / 2 - 1.5 * ratio];
  const corners: Record<string, [number, number][]> = {
    diamond: [[0, -1], [1, 0], [0, 1], [-1, 0]],
    square: [[-0.75, -0.75], [0.75, -0.75], [0.75, 0.75], [-0.75, 0.75]],
    triangle: [[0, -0.9], [0.95, 0.75], [-0.95, 0.75]],
  };
  context.beginPath();
  for (const [x, y] of corners[look.shape] ?? []) context.lineTo(middle + x * reach, middle + y * reach);
  context.closePath();
  context.fillStyle = look.colour;
  context.fill();
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = theme.halo;
  context.stroke();
  return context.getImageData(0, 0, side, side);
}
