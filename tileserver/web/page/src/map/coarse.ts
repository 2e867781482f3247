// A first map of larger tiles: a quarter of the requests, and less than half of the corners to cut, colour and draw.

import type { Map as MapLibre, MapSourceDataEvent, VectorTileSource } from "maplibre-gl";

/** How many zooms coarser than the view the first tiles are. */
const COARSER = 1;

/**
 * Keep the outlines of a map at tiles one zoom coarser than the view wants; gives what lets them have those. The coarse
 * tiles stay, as the parents of what is to come, until finer ones have taken their places.
 */
export function beginCoarse(map: MapLibre): () => void {
  const held = new Map<VectorTileSource, number>();
  // MapLibre would cut each coarse tile into those of the view's zoom, and parse it anew for every one.
  const cut = map._zoomLevelsToOverscale;
  map._zoomLevelsToOverscale = undefined;
  const hold = ({ source, sourceDataType, sourceId }: MapSourceDataEvent) => {
    // What lies over the territories (it comes by TileJSON) is not the same a zoom coarser: points stand in other groups.
    if (sourceDataType !== "metadata" || source.type !== "vector" || source.url !== undefined) return;
    const tiled = map.getSource<VectorTileSource>(sourceId);
    const zoom = Math.floor(map.getZoom()) - COARSER;
    if (!tiled || zoom < tiled.minzoom || zoom >= tiled.maxzoom) return;
    held.set(tiled, tiled.maxzoom);
    tiled.maxzoom = zoom;
    tiled.reparseOverscaled = false; // else they would be other tiles than those of their own zoom
  };
  map.on("sourcedata", hold);
  return () => {
    map.off("sourcedata", hold);
    map._zoomLevelsToOverscale = cut;
    for (const [source, deepest] of held) {
      source.maxzoom = deepest;
      source.reparseOverscaled = true;
    }
    map._update(); // at once, so that until the finer tiles are there the map says that it waits for some
  };
}
