// The picture that stands for the map until the map is drawn: the same territories, classes and colours, at the
// same place, drawn by the server. It lies over the canvas, lets the pointer through, and goes without a trace.

import type { Map as MapLibre, MapSourceDataEvent } from "maplibre-gl";

import { make } from "../dom";

const FADE_MS = 300;

/** How long a map may be covered that does not get all its tiles. */
const PATIENCE_MS = 6000;

/** How often to see whether a frame is drawn. */
const GLANCE_MS = 16;

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

/** A map beneath a picture: nothing of what it draws is seen. */
interface Covered {
  /** Draw a whole frame; fulfilled when it is drawn, not only asked for. The page goes on meanwhile. */
  draw(): Promise<void>;
  /** Let the map draw as it will, and be seen. */
  lift(): void;
}

let covered: Covered | undefined;

/**
 * Keep a map from drawing while the picture covers it: without a graphics card, each frame of half a map would take a
 * tenth of a second from the tiles that are still to come. With the first tile of each source a corner of one is drawn,
 * which has the shaders compiled.
 *
 * The canvas is hidden as well: of one that is seen, the browser reads every pixel back after each frame, and the page
 * stands still until all that was asked for is drawn.
 */
export function cover(map: MapLibre): void {
  if (!picture) return;
  const { painter } = map;
  const { render } = painter;
  const { gl } = painter.context;
  const { style } = map.getCanvas();
  const met = new Set<string>();
  const fade = map._fadeDuration;
  let wanted: "corner" | "whole" | undefined;
  let ready = false;
  style.visibility = "hidden";
  map._fadeDuration = 0; // the picture is what fades: names come at once beneath it
  painter.render = (...frame) => {
    if (!wanted) return;
    if (wanted === "corner") {
      gl.enable(gl.SCISSOR_TEST);
      gl.scissor(0, 0, CORNER, CORNER);
    }
    wanted = undefined;
    render.apply(painter, frame);
    gl.disable(gl.SCISSOR_TEST);
  };
  const meet = ({ sourceId, tile }: MapSourceDataEvent) => {
    if (!tile || met.has(sourceId) || !Object.keys(tile.buckets).length) return;
    met.add(sourceId);
    wanted ??= "corner";
    map.triggerRepaint();
  };
  map.on("sourcedata", meet);
  covered = {
    draw: async () => {
      map.off("sourcedata", meet);
      wanted = undefined;
      await map.once("idle"); // names are in their places
      wanted = "whole";
      map.triggerRepaint();
      await map.once("render");
      await done(gl);
      ready = true;
    },
    lift: () => {
      map.off("sourcedata", meet);
      painter.render = render;
      map._fadeDuration = fade;
      style.visibility = "";
      if (!ready) map.triggerRepaint();
    },
  };
  map.once("movestart", dropPicture);
  setTimeout(dropPicture, PATIENCE_MS);
}

/** Wait until all that was asked of a graphics card is done, without standing still. */
async function done(gl: WebGL2RenderingContext): Promise<void> {
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  if (!fence) return; // the card is gone, and MapLibre will begin anew
  gl.flush();
  while (gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.UNSIGNALED) await pause(GLANCE_MS);
  gl.deleteSync(fence);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Let the map draw, and be seen. */
function reveal(): void {
  covered?.lift();
  covered = undefined;
}

/** Take the picture away at once: it would show what is no longer so. */
export function dropPicture(): void {
  reveal();
  if (!kept) picture?.remove();
}

/** Wait until the map has every tile of its view: from here on it tells what is under the pointer. */
export async function allTiles(map: MapLibre): Promise<void> {
  while (!(map.isStyleLoaded() && map.areTilesLoaded())) await map.once("render");
}

/**
 * Wait until a frame that shows every tile of the view is seen. What it can do without is added by `more`: below a
 * picture before that frame, as nobody waits for it there.
 */
export async function firstMap(map: MapLibre, more: () => Promise<void>): Promise<void> {
  const beneath = covered !== undefined;
  if (beneath) await more();
  await allTiles(map);
  const drawn = covered ? covered.draw() : map.once("render");
  map.triggerRepaint();
  await drawn;
  reveal();
  // The page's next frame begins when this one has reached the screen.
  await new Promise(requestAnimationFrame);
  performance.mark("first-map");
  if (!beneath) await more();
}

/** Let the picture fade, once the map is there. */
export function fadePicture(): void {
  if (!picture) return;
  picture.classList.add("gone");
  setTimeout(dropPicture, FADE_MS);
}
