// The picture that stands for the map until the map is drawn: the same territories, classes and colours, at the
// same place, drawn by the server. It lies over the canvas, lets the pointer through, and goes without a trace.

import type { Map as MapLibre } from "maplibre-gl";

import { make } from "../dom";

const FADE_MS = 300;

let picture = document.getElementById("first");
let kept = false;

/** Pixels at the sides of the window that lie under something. */
export type Room = Record<"top" | "right" | "bottom" | "left", number>;

/** Keep the picture, or make room for one: there will be no map. */
export function keepPicture(): HTMLElement {
  kept = true;
  picture ??= make("picture", { id: "first", className: "first" });
  return picture;
}

/** Lay a picture of the whole where the map will be: only where the legend is as large as usual is it there already. */
export function layPicture(room: Room): void {
  for (const [side, pixels] of Object.entries(room)) picture?.style.setProperty(`--${side}`, `${pixels}px`);
}

/** Take the picture away at once: it would show what is no longer so. */
export function dropPicture(): void {
  if (!kept) picture?.remove();
}

/** Wait for the first frame that shows every tile of the view. */
export async function firstMap(map: MapLibre): Promise<void> {
  if (picture) map.once("movestart", dropPicture);
  while (!(map.isStyleLoaded() && map.areTilesLoaded())) await map.once("render");
  performance.mark("first-map");
}

/** Let the picture fade, once the map is there. */
export function fadePicture(): void {
  if (!picture) return;
  picture.classList.add("gone");
  setTimeout(dropPicture, FADE_MS);
}
