// The picture that stands for the map until the map is drawn: the same territories, classes and colours, at the
// same place, drawn by the server. It lies over the canvas, lets the pointer through, and goes without a trace.

import type { Map as MapLibre, MapSourceDataEvent } from "maplibre-gl";

import { make } from "../dom";

const FADE_MS = 300;

/** How long a map may be covered that does not get all its tiles. */
const PATIENCE_MS = 6000;

/** Pixels of each side of the corner that is drawn, where nobody sees it. */
const CORNER = 8;

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

/** Let the map draw, where it was kept from it. */
let reveal = (): void => undefined;

/**
 * Keep a map from drawing while the picture covers it: without a graphics card, each frame of half a map would take a
 * tenth of a second from the tiles that are still to come. With the first tile of each source a corner of one is drawn,
 * which has the shaders compiled.
 */
export function cover(map: MapLibre): void {
  if (!picture) return;
  const { painter } = map;
  const { render } = painter;
  const met = new Set<string>();
  let wanted = false;
  // What is seen of a canvas is read back from it, all of it, while the page waits.
  const { style } = map.getCanvas();
  style.visibility = "hidden";
  painter.render = (...frame) => {
    if (!wanted) return;
    wanted = false;
    const { gl } = painter.context;
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(0, 0, CORNER, CORNER);
    render.apply(painter, frame);
    gl.disable(gl.SCISSOR_TEST);
  };
  const meet = ({ sourceId, tile }: MapSourceDataEvent) => {
    if (!tile || met.has(sourceId) || !Object.keys(tile.buckets).length) return;
    met.add(sourceId);
    wanted = true;
    map.triggerRepaint();
  };
  map.on("sourcedata", meet);
  reveal = () => {
    reveal = () => undefined;
    map.off("sourcedata", meet);
    // Seen no sooner than the frame that all this was for: what was drawn before would be read back too.
    painter.render = (...frame) => {
      painter.render = render;
      style.visibility = "";
      render.apply(painter, frame);
    };
    map.triggerRepaint();
  };
  map.once("movestart", dropPicture);
  setTimeout(dropPicture, PATIENCE_MS);
}

/** Take the picture away at once: it would show what is no longer so. */
export function dropPicture(): void {
  reveal();
  if (!kept) picture?.remove();
}

/** Wait until a frame that shows every tile of the view is seen. */
export async function firstMap(map: MapLibre): Promise<void> {
  while (!(map.isStyleLoaded() && map.areTilesLoaded())) await map.once("render");
  const drawn = map.once("render");
  reveal();
  map.triggerRepaint(); // where nothing covered it
  await drawn;
  // The page's next frame begins when this one has reached the screen.
  await new Promise(requestAnimationFrame);
  performance.mark("first-map");
}

/** Let the picture fade, once the map is there. */
export function fadePicture(): void {
  if (!picture) return;
  picture.classList.add("gone");
  setTimeout(dropPicture, FADE_MS);
}
