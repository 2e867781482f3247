// The picture that stands for the map until the map is drawn: the same territories, classes and colours, at the
// same place, drawn by the server. It lies over the canvas, lets the pointer through, and goes without a trace.

import type { Map as MapLibre, MapSourceDataEvent } from "maplibre-gl";

const FADE_MS = 300;

const COARSE = 0.1;

/** How long a map may take that nobody sees yet. */
const PATIENCE_MS = 6000;

const picture = document.getElementById("first");

/** Let the map draw, where it was kept from it. */
let reveal = (): void => undefined;

/**
 * Keep a map from drawing while the picture covers it. Frames of half a map would be drawn for nobody, and without a
 * graphics card each takes a tenth of a second from the tiles that are still to come.
 */
export function cover(map: MapLibre): void {
  if (!picture) return;
  const { painter } = map;
  const { render } = painter;
  let warm = false;
  painter.render = (...given) => {
    if (warm) render.apply(painter, given);
    warm = false;
  };
  const met = new Set<string>();
  const meet = ({ sourceId, tile }: MapSourceDataEvent) => {
    if (!tile || met.has(sourceId) || !Object.keys(tile.buckets).length) return;
    met.add(sourceId);
    warm = true;
    map.triggerRepaint();
  };
  map.setPixelRatio(COARSE);
  map.on("sourcedata", meet);
  reveal = () => {
    map.off("sourcedata", meet);
    painter.render = render;
    map.setPixelRatio(devicePixelRatio);
    map.triggerRepaint();
    reveal = () => undefined;
  };
  map.once("movestart", dropPicture);
  setTimeout(() => reveal(), PATIENCE_MS);
}

/** Take the picture away at once: it would show what is no longer so. */
export function dropPicture(): void {
  reveal();
  picture?.remove();
}

/** Wait for the first frame that shows every tile of the view. */
export async function firstMap(map: MapLibre): Promise<void> {
  while (!(map.isStyleLoaded() && map.areTilesLoaded())) await map.once("render");
  if (picture) {
    const drawn = map.once("render");
    reveal();
    map.triggerRepaint();
    await drawn;
  }
  performance.mark("first-map");
}

/** Let the picture fade, once the map is there. */
export function fadePicture(): void {
  if (!picture) return;
  picture.classList.add("gone");
  setTimeout(dropPicture, FADE_MS);
}
